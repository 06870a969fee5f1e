package dev.towpath.core.project;

import dev.towpath.core.yaml.YamlValue;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Durations and sizes as the files write them. */
final class Values {
  private static final Map<String, Long> SECONDS =
      Map.of("s", 1L, "m", 60L, "h", 3_600L, "d", 86_400L, "w", 604_800L);
  private static final Map<String, Long> BYTES =
      Map.of(
          "b", 1L,
          "kb", 1_000L,
          "mb", 1_000_000L,
          "gb", 1_000_000_000L,
          "tb", 1_000_000_000_000L,
          "kib", 1L << 10,
          "mib", 1L << 20,
          "gib", 1L << 30,
          "tib", 1L << 40);

  private Values() {}

  /** Such as {@code 30s, 15m, 2h, 1d, 1w}. */
  static Optional<Duration> duration(String text) {
    return scaled(text, SECONDS).map(Duration::ofSeconds);
  }

  /** A duration; noted when it is none. */
  static Optional<Duration> duration(YamlValue value) {
    Optional<String> text = value.asScalar();
    Optional<Duration> duration = text.flatMap(Values::duration);
    if (text.isPresent() && duration.isEmpty()) {
      value.error(
          "\"" + text.get() + "\" is not a duration",
          isNumber(text.get())
              ? "say of what: " + text.get() + "s, " + text.get() + "m, " + text.get() + "h"
              : "write a whole number and s, m, h, d or w, such as 2h");
    }
    return duration;
  }

  /** A size in bytes such as {@code 512MB} (a million) or {@code 2GiB} (2^30); noted when none. */
  static Optional<Long> size(YamlValue value) {
    Optional<String> text = value.asScalar();
    Optional<Long> size = text.flatMap(t -> scaled(t, BYTES));
    if (text.isPresent() && size.isEmpty()) {
      value.error(
          "\"" + text.get() + "\" is not a size",
          isNumber(text.get())
              ? "say of what: " + text.get() + "MB, " + text.get() + "GiB"
              : "write a whole number and KB, MB, GB, KiB, MiB or GiB, such as 512MB");
    }
    return size;
  }

  /** Whether it is a number that lacks its unit; 0 would be none with one. */
  private static boolean isNumber(String text) {
    return text.matches("[1-9]\\d{0,8}");
  }

  private static Optional<Long> scaled(String text, Map<String, Long> units) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    Long unit = units.get(text.substring(digits).strip().toLowerCase(Locale.ROOT));
    if (unit == null || digits == 0 || digits > 9) {
      return Optional.empty();
    }
    long number = Long.parseLong(text.substring(0, digits));
    boolean fits = number > 0 && number <= Long.MAX_VALUE / unit;
    return fits ? Optional.of(number * unit) : Optional.empty();
  }
}
