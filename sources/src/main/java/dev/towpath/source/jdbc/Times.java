package dev.towpath.source.jdbc;

import dev.towpath.source.common.Settings;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Spans of time as people write them: {@code 500ms}, {@code 30s}, {@code 10m}, {@code 2h}, {@code
 * 7d}, {@code 1w}.
 */
final class Times {
  private static final Pattern SPAN = Pattern.compile("(?i)([0-9]{1,9}) ?(ms|s|m|h|d|w)");

  private Times() {}

  /** The span; empty when the text is none. */
  static Optional<Duration> parse(String text) {
    Matcher matcher = SPAN.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
          case "ms" -> Duration.ofMillis(number);
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          case "d" -> Duration.ofDays(number);
          default -> Duration.ofDays(7 * number);
        });
  }

  /** A key that holds a span above nothing. */
  static Optional<Duration> setting(Settings settings, String key) {
    Optional<String> text = settings.text(key);
    Optional<Duration> span = text.flatMap(Times::parse).filter(d -> !d.isZero());
    if (text.isPresent() && span.isEmpty()) {
      settings.problem(
          key,
          "\"%s\" cannot be \"%s\"".formatted(key, text.get()),
          "write a time such as 30s or 5m");
    }
    return span;
  }

  /** Seconds with a fraction, as SQL takes them. */
  static String seconds(Duration span) {
    return java.math.BigDecimal.valueOf(span.toMillis(), 3).stripTrailingZeros().toPlainString();
  }
}
