package dev.towpath.core.interval;

import dev.towpath.spi.DataType;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.zone.ZoneRules;
import java.util.Optional;

/** Instants as values of DATE and TIMESTAMP columns in a time zone, and back. */
public final class TimeValues {
  private static final DateTimeFormatter DATE_TIME =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral(' ')
          .appendValue(ChronoField.HOUR_OF_DAY, 2)
          .appendLiteral(':')
          .appendValue(ChronoField.MINUTE_OF_HOUR, 2)
          .appendLiteral(':')
          .appendValue(ChronoField.SECOND_OF_MINUTE, 2)
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter(java.util.Locale.ROOT);
  private static final DateTimeFormatter OFFSET_DATE_TIME =
      new DateTimeFormatterBuilder()
          .append(DATE_TIME)
          .appendOffset("+HH:mm", "+00")
          .toFormatter(java.util.Locale.ROOT);

  private TimeValues() {}

  /**
   * The text that a CAST to the type accepts for the start of an interval.
   *
   * @param instant {@link Instant#MIN} and {@link Instant#MAX} become {@code -infinity} and {@code
   *     infinity}
   * @param zone whose wall clock DATE and TIMESTAMP columns show
   */
  public static String text(Instant instant, DataType type, ZoneId zone) {
    if (instant.equals(Instant.MIN)) {
      return "-infinity";
    }
    if (instant.equals(Instant.MAX)) {
      return "infinity";
    }
    return switch (type.sql()) {
      case "DATE" -> instant.atZone(zone).toLocalDate().toString();
      case "TIMESTAMP WITH TIME ZONE" -> OFFSET_DATE_TIME.format(instant.atOffset(ZoneOffset.UTC));
      default -> DATE_TIME.format(instant.atZone(zone).toLocalDateTime());
    };
  }

  /**
   * The span of time that a value as DuckDB prints it stands for: a whole day for a DATE, a
   * microsecond otherwise; empty when it cannot be told, such as for infinity.
   */
  public static Optional<Interval> span(String text, DataType type, ZoneId zone) {
    try {
      return switch (type.sql()) {
        case "DATE" -> {
          LocalDate day = LocalDate.parse(text);
          yield Optional.of(
              new Interval(
                  day.atStartOfDay(zone).toInstant(),
                  day.plusDays(1).atStartOfDay(zone).toInstant()));
        }
        case "TIMESTAMP WITH TIME ZONE" ->
            Optional.of(moment(OffsetDateTime.parse(text, offsetFormat(text)).toInstant()));
        default -> Optional.of(moment(instant(LocalDateTime.parse(text, DATE_TIME), zone)));
      };
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /**
   * The first instant at which clocks show a time. One that they skip is that just before the gap,
   * so that times keep their order, and lie in the interval whose bounds they are between.
   */
  private static Instant instant(LocalDateTime time, ZoneId zone) {
    ZoneRules rules = zone.getRules();
    return rules.getValidOffsets(time).isEmpty()
        ? rules.getTransition(time).getInstant().minusNanos(1000)
        : time.atZone(zone).toInstant();
  }

  private static DateTimeFormatter offsetFormat(String text) {
    int sign = Math.max(text.lastIndexOf('+'), text.lastIndexOf('-'));
    String pattern = text.length() - sign <= 3 ? "+HH" : "+HH:mm";
    return new DateTimeFormatterBuilder()
        .append(DATE_TIME)
        .appendOffset(pattern, "+00")
        .toFormatter(java.util.Locale.ROOT);
  }

  private static Interval moment(Instant instant) {
    return new Interval(instant, instant.plusNanos(1000));
  }
}
