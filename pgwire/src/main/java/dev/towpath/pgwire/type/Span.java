package dev.towpath.pgwire.type;

import dev.towpath.pgwire.wire.Outbox;
import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An interval: months, days and microseconds, which do not add up to each other. */
record Span(int months, int days, long micros) {
  private static final Pattern PART =
      Pattern.compile("\\s*([+-]?\\d+)\\s+(year|month|mon|day)s?(?![a-z])");
  private static final Pattern CLOCK =
      Pattern.compile("\\s*([+-]?)(\\d+):(\\d\\d):(\\d\\d)(?:\\.(\\d{1,9}))?\\s*");
  private static final long SECOND = 1_000_000L;

  /** Reads what DuckDB prints, such as {@code 1 year 2 months 3 days 04:05:06.7}. */
  static Span parse(String text) {
    int months = 0;
    int days = 0;
    int at = 0;
    Matcher part = PART.matcher(text);
    while (part.find(at) && part.start() == at) {
      int count = Integer.parseInt(part.group(1));
      switch (part.group(2)) {
        case "year" -> months += 12 * count;
        case "day" -> days += count;
        default -> months += count;
      }
      at = part.end();
    }
    if (at == text.length()) {
      return new Span(months, days, 0);
    }
    Matcher clock = CLOCK.matcher(text).region(at, text.length());
    if (!clock.matches()) {
      throw PgError.of(SqlState.INTERNAL_ERROR, "unknown interval \"" + text + "\"");
    }
    long seconds =
        Long.parseLong(clock.group(2)) * 3600
            + Long.parseLong(clock.group(3)) * 60
            + Long.parseLong(clock.group(4));
    String fraction = clock.group(5) == null ? "" : clock.group(5);
    long micros = seconds * SECOND + Long.parseLong((fraction + "000000").substring(0, 6));
    return new Span(months, days, clock.group(1).equals("-") ? -micros : micros);
  }

  /** As PostgreSQL prints it with IntervalStyle postgres. */
  void write(Outbox out) {
    int start = out.size();
    boolean negative = part(out, start, months / 12, "year", false);
    negative = part(out, start, months % 12, "mon", negative);
    negative = part(out, start, days, "day", negative);
    if (micros == 0 && out.size() > start) {
      return;
    }
    if (out.size() > start) {
      out.int8(' ');
    }
    if (micros < 0) {
      out.int8('-');
    } else if (negative) {
      out.int8('+');
    }
    TimeText.clock(out, Math.abs(micros / SECOND), (int) Math.abs(micros % SECOND));
  }

  private static boolean part(Outbox out, int start, int count, String unit, boolean negative) {
    if (count == 0) {
      return negative;
    }
    if (out.size() > start) {
      out.int8(' ');
    }
    if (negative && count > 0) {
      out.int8('+');
    }
    out.digits(count).int8(' ').chars(count == 1 ? unit : unit + "s");
    return count < 0;
  }

  /** As DuckDB reads it. */
  String engine() {
    String sign = micros < 0 ? "-" : "";
    long rest = Math.abs(micros);
    return "%d months %d days %s%d:%02d:%02d.%06d"
        .formatted(
            months,
            days,
            sign,
            rest / SECOND / 3600,
            rest / SECOND / 60 % 60,
            rest / SECOND % 60,
            rest % SECOND);
  }
}
