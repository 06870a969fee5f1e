package dev.towpath.task.objects;

import dev.towpath.spi.S3Connection;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.http.Answer;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/** Why a store did not say what it has, and what to do about it. */
final class Refusal {
  private static final int MOST_CHARS = 200;

  /** What is answered when a bucket is in another region. */
  private static final Set<Integer> ELSEWHERE = Set.of(301, 302, 307, 308, 400);

  private final Answer answer;
  private final S3Connection connection;
  private final ObjectUrl url;
  private final URI address;
  private final String code;

  Refusal(Answer answer, S3Connection connection, ObjectUrl url, URI address) {
    this.answer = answer;
    this.connection = connection;
    this.url = url;
    this.address = address;
    this.code = Page.text(answer.body().bytes(), "Code").orElse("");
  }

  TowpathException failure() {
    Optional<String> region =
        answer
            .headers()
            .firstValue("x-amz-bucket-region")
            .or(() -> Page.text(answer.body().bytes(), "Region"))
            .filter(there -> there.matches("[a-z0-9-]+") && !there.equals(connection.region()));
    if (region.isPresent() && ELSEWHERE.contains(answer.status())) {
      return new TowpathException(
          "the bucket \"%s\" is in the region %s, and was asked for in %s"
              .formatted(url.bucket(), region.get(), connection.region()),
          connection.name().isEmpty()
              ? "set AWS_REGION=" + region.get()
              : "write region: " + region.get() + " for the connection " + connection.name());
    }
    if (code.equals("NoSuchBucket")) {
      return new TowpathException(
          "there is no bucket \"" + url.bucket() + "\" at " + address.getAuthority(),
          "see whether its name is right, and the endpoint of " + who());
    }
    return new TowpathException(
        answer.request().shown() + " answered " + answer.words() + said(), hint());
  }

  private String said() {
    if (code.isEmpty()) {
      return answer.said();
    }
    String message =
        Page.text(answer.body().bytes(), "Message").orElse("").replaceAll("[\\s\\p{Cntrl}]+", " ");
    boolean cut = message.codePointCount(0, message.length()) > MOST_CHARS;
    String shown =
        cut ? message.substring(0, message.offsetByCodePoints(0, MOST_CHARS)) + "..." : message;
    return ": " + code + (shown.isEmpty() ? "" : ", " + shown);
  }

  private String hint() {
    return switch (code) {
      case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "InvalidSecurity" ->
          "see whether the keys of " + who() + " are right, and belong to this server";
      case "ExpiredToken", "TokenRefreshRequired" ->
          "the session of " + who() + " is over: it needs a new token";
      case "RequestTimeTooSkewed" -> "this machine's clock and the server's differ: set them right";
      default ->
          switch (answer.status()) {
            case 401, 403 ->
                connection.keys().isEmpty()
                    ? "the bucket is not open to everybody: give " + who() + " keys"
                    : "whoever waits has to be allowed to list the bucket (s3:ListBucket)";
            case 301, 302, 307, 308, 404, 405 ->
                "see whether endpoint and region of " + who() + " are right";
            case 429 -> "ask less often; retries: with a delay: help";
            default ->
                answer.status() >= 500
                    ? "the server is in trouble; retries: help when that passes"
                    : "see whether the server speaks S3's protocol (ListObjectsV2)";
          };
    };
  }

  private String who() {
    return connection.name().isEmpty()
        ? "the environment (AWS_...)"
        : "the connection " + connection.name();
  }
}
