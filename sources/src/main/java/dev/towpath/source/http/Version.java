package dev.towpath.source.http;

import dev.towpath.spi.SourceState;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * What a server calls the content of an answer that it gave.
 *
 * @param asked hash of the URL that was asked
 * @param tag its ETag
 * @param modified when it was last modified, as the server wrote it
 */
record Version(String asked, Optional<String> tag, Optional<String> modified) {
  /** Two changes within one second have one time; see RFC 9110, 8.8.2.2. */
  private static final Duration TICK = Duration.ofSeconds(2);

  /** The version of an answer, if the server says one that can be relied on. */
  static Optional<Version> of(Request request, Page page) {
    Version version = new Version(hash(request), page.tag(), page.modified());
    return page.tag().isPresent() || page.modified().isPresent()
        ? Optional.of(version)
        : Optional.empty();
  }

  /** The version that a reading remembered. */
  static Optional<Version> of(SourceState state) {
    Map<String, String> cursor = state.cursor();
    return Optional.ofNullable(cursor.get("asked"))
        .map(asked ->
            new Version(
                asked,
                Optional.ofNullable(cursor.get("etag")),
                Optional.ofNullable(cursor.get("last_modified"))));
  }

  /** What to remember. */
  Map<String, String> remembered() {
    Map<String, String> all = new HashMap<>(Map.of("asked", asked));
    tag.ifPresent(value -> all.put("etag", value));
    modified.ifPresent(value -> all.put("last_modified", value));
    return all;
  }

  /** The request, so that it is answered with 304 when this version still stands. */
  Request conditional(Request request) {
    Request asking = tag.map(value -> request.with("If-None-Match", value)).orElse(request);
    return tag.isEmpty() && modified.isPresent()
        ? asking.with("If-Modified-Since", modified.get())
        : asking;
  }

  /** Whether an answer has this version; some servers give it whole to a conditional request. */
  boolean stands(Answer answer) {
    return answer.status() == 304
        || (tag.isPresent()
            ? tag.equals(answer.header("ETag"))
            : modified.isPresent() && modified.equals(answer.header("Last-Modified")));
  }

  boolean isOf(Request request) {
    return asked.equals(hash(request));
  }

  /** Last-Modified, where nothing can have changed later within the same second. */
  static Optional<String> settled(Answer answer) {
    Optional<String> text = answer.header("Last-Modified");
    Optional<ZonedDateTime> modified = text.flatMap(Version::date);
    Optional<ZonedDateTime> now = answer.header("Date").flatMap(Version::date);
    return text.filter(_ ->
        modified.isPresent() && now.isPresent() && !modified.get().plus(TICK).isAfter(now.get()));
  }

  private static Optional<ZonedDateTime> date(String text) {
    try {
      return Optional.of(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME));
    } catch (DateTimeException e) {
      return Optional.empty(); // a server that cannot write a date is not believed
    }
  }

  private static String hash(Request request) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(request.shown().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
