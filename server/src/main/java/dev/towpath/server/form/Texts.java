package dev.towpath.server.form;

import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Base64;

/** Values that are written as text, whatever the form. */
public final class Texts {
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter(java.util.Locale.ROOT);

  private Texts() {}

  /**
   * Dates and times as ISO 8601 has them, with seconds; bytes in Base64.
   *
   * @param between what stands between a date and a time
   */
  public static String of(Object value, char between) {
    return switch (value) {
      case LocalTime time -> TIME.format(time);
      case LocalDateTime time -> time.toLocalDate() + "" + between + TIME.format(time);
      case OffsetDateTime time ->
          time.toLocalDate() + "" + between + TIME.format(time) + time.getOffset();
      case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
      default -> value.toString();
    };
  }
}
