package dev.towpath.pgwire.type;

import dev.towpath.pgwire.wire.Outbox;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Dates and times as PostgreSQL prints them with DateStyle ISO. */
final class TimeText {
  static final long DAY = 86_400_000_000L;
  private static final long SECOND = 1_000_000L;

  /** DuckDB's infinite dates and times. */
  static final long DATE_INFINITY = Integer.MAX_VALUE;

  static final long TIME_INFINITY = Long.MAX_VALUE;

  private TimeText() {}

  /** Days since 1970. */
  static void date(Outbox out, long days) {
    if (Math.abs(days) == DATE_INFINITY) {
      out.chars(days < 0 ? "-infinity" : "infinity");
      return;
    }
    LocalDate date = LocalDate.ofEpochDay(days);
    day(out, date);
    era(out, date);
  }

  /** Microseconds since midnight. */
  static void time(Outbox out, long micros) {
    long seconds = micros / SECOND;
    out.digits(seconds / 3600, 2).int8(':').digits(seconds / 60 % 60, 2).int8(':');
    out.digits(seconds % 60, 2);
    fraction(out, micros % SECOND);
  }

  /** Microseconds since 1970. */
  static void timestamp(Outbox out, long micros) {
    if (isInfinite(out, micros)) {
      return;
    }
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(micros, DAY));
    day(out, date);
    out.int8(' ');
    time(out, Math.floorMod(micros, DAY));
    era(out, date);
  }

  /** Microseconds since 1970 in UTC, as the clocks of a zone show them. */
  static void timestamp(Outbox out, long micros, ZoneId zone) {
    if (isInfinite(out, micros)) {
      return;
    }
    ZoneOffset offset =
        zone.getRules().getOffset(Instant.ofEpochSecond(Math.floorDiv(micros, SECOND)));
    long local = micros + offset.getTotalSeconds() * SECOND;
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(local, DAY));
    day(out, date);
    out.int8(' ');
    time(out, Math.floorMod(local, DAY));
    offset(out, offset.getTotalSeconds());
    era(out, date);
  }

  /** Seconds east of Greenwich. */
  static void offset(Outbox out, int seconds) {
    int rest = Math.abs(seconds);
    out.int8(seconds < 0 ? '-' : '+').digits(rest / 3600, 2);
    if (rest % 3600 != 0) {
      out.int8(':').digits(rest / 60 % 60, 2);
    }
    if (rest % 60 != 0) {
      out.int8(':').digits(rest % 60, 2);
    }
  }

  /** Millionths of a second, without zeros at the end. */
  static void fraction(Outbox out, long micros) {
    if (micros == 0) {
      return;
    }
    int digits = 6;
    long rest = micros;
    while (rest % 10 == 0) {
      rest /= 10;
      digits--;
    }
    out.int8('.').digits(rest, digits);
  }

  private static boolean isInfinite(Outbox out, long micros) {
    if (micros != TIME_INFINITY && micros != -TIME_INFINITY) {
      return false;
    }
    out.chars(micros < 0 ? "-infinity" : "infinity");
    return true;
  }

  private static void day(Outbox out, LocalDate date) {
    int year = date.getYear() > 0 ? date.getYear() : 1 - date.getYear();
    out.digits(year, 4).int8('-').digits(date.getMonthValue(), 2).int8('-');
    out.digits(date.getDayOfMonth(), 2);
  }

  private static void era(Outbox out, LocalDate date) {
    if (date.getYear() <= 0) {
      out.chars(" BC");
    }
  }
}
