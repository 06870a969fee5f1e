package dev.towpath.task.objects;

import dev.towpath.spi.S3Connection;
import java.net.URI;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/** Signs questions as S3 wants it: AWS Signature Version 4. */
final class Signature {
  private static final AwsV4HttpSigner SIGNER = AwsV4HttpSigner.create();

  private Signature() {}

  /** The headers that sign a GET of a URL; without keys none. */
  static Map<String, String> of(URI uri, S3Connection connection, Clock clock) {
    Map<String, String> headers = new HashMap<>();
    if (connection.keys().isEmpty()) {
      return headers;
    }
    SdkHttpRequest request = SdkHttpRequest.builder().method(SdkHttpMethod.GET).uri(uri).build();
    SignedRequest signed =
        SIGNER.sign(sign ->
            sign.identity(identity(connection.keys().get()))
                .request(request)
                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                .putProperty(AwsV4HttpSigner.REGION_NAME, connection.region())
                .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                .putProperty(HttpSigner.SIGNING_CLOCK, clock));
    signed.request().forEachHeader((name, values) -> headers.put(name, values.getFirst()));
    headers.remove("Host"); // the connection sets it
    return headers;
  }

  private static AwsCredentialsIdentity identity(S3Connection.Keys keys) {
    return keys.token().isPresent()
        ? AwsSessionCredentialsIdentity.create(keys.access(), keys.secret(), keys.token().get())
        : AwsCredentialsIdentity.create(keys.access(), keys.secret());
  }
}
