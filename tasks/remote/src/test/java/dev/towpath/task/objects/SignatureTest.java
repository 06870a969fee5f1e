package dev.towpath.task.objects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.spi.S3Connection;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SignatureTest {
  private static final S3Connection.Keys KEYS =
      new S3Connection.Keys(
          "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", Optional.empty());
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2013-05-24T00:00:00Z"), ZoneOffset.UTC);
  private static final URI LIST =
      URI.create("https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J");

  private static S3Connection connection(Optional<S3Connection.Keys> keys) {
    return new S3Connection("", Optional.empty(), "us-east-1", keys, Optional.empty());
  }

  /** "GET Bucket (List Objects)" of AWS's documentation of signatures in headers. */
  @Test
  void isTheOneThatAwsHasPublished() {
    assertThat(Signature.of(LIST, connection(Optional.of(KEYS)), CLOCK))
        .containsEntry("X-Amz-Date", "20130524T000000Z")
        .containsEntry(
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                + " SignedHeaders=host;x-amz-content-sha256;x-amz-date,"
                + " Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
  }

  @Test
  void aSessionIsSignedToo() {
    S3Connection.Keys keys =
        new S3Connection.Keys(KEYS.access(), KEYS.secret(), Optional.of("tok/en=="));
    assertThat(Signature.of(LIST, connection(Optional.of(keys)), CLOCK))
        .containsEntry("X-Amz-Security-Token", "tok/en==")
        .hasEntrySatisfying(
            "Authorization",
            value -> assertThat(value).contains("x-amz-date;x-amz-security-token,"));
  }

  @Test
  void withoutKeysNothingIsSigned() {
    assertThat(Signature.of(LIST, connection(Optional.empty()), CLOCK)).isEmpty();
    assertThat(connection(Optional.of(KEYS)).toString())
        .doesNotContain(KEYS.access())
        .doesNotContain(KEYS.secret());
  }
}
