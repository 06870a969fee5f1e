package dev.towpath.source.http;

import dev.towpath.source.common.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations, rates and whole numbers as a source's file writes them. */
final class Amounts {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d|w)");
  private static final Pattern RATE = Pattern.compile("(\\d{1,6})\\s*/\\s*(s|m|h|d)");
  private static final Map<String, Duration> UNITS =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1),
          "w", Duration.ofDays(7));

  private Amounts() {}

  /** Such as {@code 30s}, {@code 2h}. */
  static Optional<Duration> duration(String text) {
    Matcher matcher = DURATION.matcher(text.strip());
    return matcher.matches()
        ? Optional.of(unit(matcher.group(2)).multipliedBy(Long.parseLong(matcher.group(1))))
        : Optional.empty();
  }

  /** A duration longer than none; anything else is noted. */
  static Duration duration(Settings settings, String key, Duration absent) {
    Optional<String> text = settings.text(key);
    if (text.isEmpty()) {
      return absent;
    }
    Optional<Duration> duration = duration(text.get()).filter(Duration::isPositive);
    if (duration.isEmpty()) {
      settings.problem(
          key,
          "\"" + key + "\" cannot be \"" + text.get() + "\"",
          "write a whole number and s, m, h or d, such as 30s");
    }
    return duration.orElse(absent);
  }

  /** The time between two requests of a rate such as {@code 5/s}; anything else is noted. */
  static Optional<Duration> interval(Settings settings, String key) {
    Optional<String> text = settings.text(key);
    Optional<Duration> interval = text.flatMap(Amounts::interval);
    if (text.isPresent() && interval.isEmpty()) {
      settings.problem(
          key,
          "\"" + key + "\" cannot be \"" + text.get() + "\"",
          "write a number of requests per s, m, h or d, such as 5/s");
    }
    return interval;
  }

  private static Optional<Duration> interval(String text) {
    Matcher matcher = RATE.matcher(text.strip());
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
      return Optional.empty();
    }
    return Optional.of(unit(matcher.group(2)).dividedBy(Long.parseLong(matcher.group(1))));
  }

  /** A whole number between two bounds, both included; anything else is noted. */
  static long number(
      Settings settings, String label, Optional<Object> value, long absent, long least, long most) {
    if (value.isEmpty()) {
      return absent;
    }
    String text = value.get().toString();
    if (text.matches("-?\\d{1,15}")) {
      long number = Long.parseLong(text);
      if (number >= least && number <= most) {
        return number;
      }
    }
    settings.problem(
        label,
        "\"" + label + "\" cannot be \"" + text + "\"",
        "write a whole number from " + least + " to " + most);
    return absent;
  }

  private static Duration unit(String name) {
    return UNITS.getOrDefault(name, Duration.ofSeconds(1));
  }
}
