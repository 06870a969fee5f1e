package dev.towpath.source.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Dates and times as APIs write them: ISO 8601, with a T or a space, with or without an offset. */
final class Moments {
  private static final DateTimeFormatter FORMAT =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .optionalStart()
          .appendPattern("['T'][' ']HH:mm[:ss]")
          .optionalStart()
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .optionalEnd()
          .appendPattern("[XXX][XX][X]")
          .optionalEnd()
          .toFormatter();

  private Moments() {}

  /** Compares two moments, a time without an offset taken as UTC; empty when one is no moment. */
  static OptionalInt compare(String one, String other) {
    TemporalAccessor first = parse(one);
    TemporalAccessor second = parse(other);
    return first == null || second == null
        ? OptionalInt.empty()
        : OptionalInt.of(instant(first).compareTo(instant(second)));
  }

  /** The moment so much earlier, written the same way; the text itself when it is no moment. */
  static String minus(String text, Optional<Duration> less) {
    TemporalAccessor moment = parse(text);
    if (moment == null || less.isEmpty()) {
      return text;
    }
    return switch (moment) {
      case OffsetDateTime time -> written(time.minus(less.get()), text, "XXX");
      case LocalDateTime time -> written(time.minus(less.get()), text, "");
      default ->
          // a part of a day takes a whole one, since a date cannot say less
          LocalDate.from(moment).atStartOfDay().minus(less.get()).toLocalDate().toString();
    };
  }

  private static String written(TemporalAccessor moment, String like, String offset) {
    int dot = like.indexOf('.');
    int digits = 0;
    while (dot >= 0
        && dot + 1 + digits < like.length()
        && Character.isDigit(like.charAt(dot + 1 + digits))) {
      digits++;
    }
    String pattern =
        "uuuu-MM-dd"
            + (like.contains("T") ? "'T'" : " ")
            + "HH:mm:ss"
            + (digits == 0 ? "" : "." + "S".repeat(digits))
            + offset;
    return DateTimeFormatter.ofPattern(pattern, java.util.Locale.ROOT).format(moment);
  }

  private static OffsetDateTime instant(TemporalAccessor moment) {
    OffsetDateTime time =
        switch (moment) {
          case OffsetDateTime whole -> whole;
          case LocalDateTime local -> local.atOffset(ZoneOffset.UTC);
          default -> LocalDate.from(moment).atStartOfDay().atOffset(ZoneOffset.UTC);
        };
    return time.withOffsetSameInstant(ZoneOffset.UTC);
  }

  private static @Nullable TemporalAccessor parse(String text) {
    try {
      return FORMAT.parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
    } catch (DateTimeException _) {
      return null;
    }
  }
}
