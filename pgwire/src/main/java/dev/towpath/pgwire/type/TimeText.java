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

  private static final long YEAR_1 = LocalDate.of(1, 1, 1).toEpochDay();
  private static final long YEAR_10000 = LocalDate.of(10_000, 1, 1).toEpochDay();
  private static final long MARCH_0 = LocalDate.of(0, 3, 1).toEpochDay();

  /** Days of 400 years, after which the calendar begins again. */
  private static final int ERA = 146_097;

  private TimeText() {}

  /** Days since 1970. */
  static void date(Outbox out, long days) {
    if (Math.abs(days) >= DATE_INFINITY) {
      out.chars(days < 0 ? "-infinity" : "infinity");
      return;
    }
    day(out, days);
    era(out, days);
  }

  /** Microseconds since midnight. */
  static void time(Outbox out, long micros) {
    clock(out, micros / SECOND, (int) (micros % SECOND));
  }

  /** Hours, of which there may be any number, minutes, seconds and millionths of one. */
  static void clock(Outbox out, long seconds, int micros) {
    int rest = (int) (seconds % 3600);
    out.digits(seconds / 3600, 2).int8(':').pair(rest / 60).int8(':').pair(rest % 60);
    fraction(out, micros);
  }

  /** Microseconds since 1970. */
  static void timestamp(Outbox out, long micros) {
    if (isInfinite(out, micros)) {
      return;
    }
    long days = local(out, micros);
    era(out, days);
  }

  /** Microseconds since 1970 in UTC, as the clocks of a zone show them. */
  static void timestamp(Outbox out, long micros, ZoneId zone) {
    if (isInfinite(out, micros)) {
      return;
    }
    ZoneOffset offset =
        zone.getRules().getOffset(Instant.ofEpochSecond(Math.floorDiv(micros, SECOND)));
    long days = local(out, micros + offset.getTotalSeconds() * SECOND);
    offset(out, offset.getTotalSeconds());
    era(out, days);
  }

  private static long local(Outbox out, long micros) {
    long days = Math.floorDiv(micros, DAY);
    day(out, days);
    out.int8(' ');
    time(out, Math.floorMod(micros, DAY));
    return days;
  }

  /** Seconds east of Greenwich. */
  static void offset(Outbox out, int seconds) {
    int rest = Math.abs(seconds);
    out.int8(seconds < 0 ? '-' : '+').pair(rest / 3600);
    if (rest % 3600 != 0) {
      out.int8(':').pair(rest / 60 % 60);
    }
    if (rest % 60 != 0) {
      out.int8(':').pair(rest % 60);
    }
  }

  /** Millionths of a second, without zeros at the end. */
  private static void fraction(Outbox out, int micros) {
    if (micros == 0) {
      return;
    }
    int digits = 6;
    int rest = micros;
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

  /** Without the era. */
  private static void day(Outbox out, long days) {
    if (days < YEAR_1 || days >= YEAR_10000) {
      LocalDate date = LocalDate.ofEpochDay(days);
      out.digits(date.getYear() > 0 ? date.getYear() : 1 - date.getYear(), 4).int8('-');
      out.pair(date.getMonthValue()).int8('-').pair(date.getDayOfMonth());
      return;
    }
    // As LocalDate has it, in years that begin in March, without its longs and its object.
    int day = (int) (days - MARCH_0);
    int era = day / ERA;
    int ofEra = day % ERA;
    int yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365;
    int ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int month = (5 * ofYear + 2) / 153;
    int year = 400 * era + yearOfEra + (month < 10 ? 0 : 1);
    out.pair(year / 100).pair(year % 100).int8('-');
    out.pair(month < 10 ? month + 3 : month - 9).int8('-');
    out.pair(ofYear - (153 * month + 2) / 5 + 1);
  }

  private static void era(Outbox out, long days) {
    if (days < YEAR_1) {
      out.chars(" BC");
    }
  }
}
