package dev.towpath.lake.iceberg;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Dates, times and floating-point numbers as DuckDB prints them. Readers throw
 * IllegalArgumentException for anything else, {@code infinity} too.
 */
final class DuckText {
  private static final Pattern DATE = Pattern.compile("(\\d{1,6})-(\\d{2})-(\\d{2})( \\(BC\\))?");
  private static final Pattern TIME =
      Pattern.compile("(\\d{2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,9}))?)?");
  private static final Pattern ZONE = Pattern.compile("([+-])(\\d{2})(?::?(\\d{2}))?|Z");
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  private DuckText() {}

  /** Days since 1970-01-01. */
  static int date(String text) {
    Matcher m = DATE.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(text);
    }
    int year = Integer.parseInt(m.group(1));
    try {
      LocalDate date =
          LocalDate.of(
              m.group(4) == null ? year : 1 - year,
              Integer.parseInt(m.group(2)),
              Integer.parseInt(m.group(3)));
      return Math.toIntExact(date.toEpochDay());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** The date of that many days since 1970-01-01. */
  static String date(long days) {
    LocalDate date = LocalDate.ofEpochDay(days);
    int year = date.getYear();
    return String.format(
        Locale.ROOT,
        "%04d-%02d-%02d%s",
        year > 0 ? year : 1 - year,
        date.getMonthValue(),
        date.getDayOfMonth(),
        year > 0 ? "" : " (BC)");
  }

  /** Microseconds since midnight. */
  static long time(String text) {
    Matcher m = TIME.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(text);
    }
    long seconds = Integer.parseInt(m.group(1)) * 3600L + Integer.parseInt(m.group(2)) * 60L;
    if (m.group(3) != null) {
      seconds += Integer.parseInt(m.group(3));
    }
    String digits = m.group(4) == null ? "" : m.group(4);
    return seconds * 1_000_000 + Long.parseLong((digits + "000000").substring(0, 6));
  }

  /** The time of that many microseconds since midnight. */
  static String time(long micros) {
    long seconds = micros / 1_000_000;
    String text =
        String.format(
            Locale.ROOT, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    long fraction = micros % 1_000_000;
    if (fraction == 0) {
      return text;
    }
    String digits = String.format(Locale.ROOT, "%06d", fraction);
    return text + "." + digits.replaceAll("0+$", "");
  }

  /** Microseconds since 1970-01-01 00:00:00; an offset at the end is subtracted. */
  static long timestamp(String text) {
    String rest = text;
    boolean beforeChrist = rest.contains(" (BC)");
    if (beforeChrist) {
      rest = rest.replace(" (BC)", "");
    }
    int gap = rest.replace('T', ' ').indexOf(' ');
    String day = gap < 0 ? rest : rest.substring(0, gap);
    long micros =
        Math.multiplyExact((long) date(beforeChrist ? day + " (BC)" : day), MICROS_PER_DAY);
    if (gap < 0) {
      return micros;
    }
    String time = rest.substring(gap + 1);
    int zone = zoneStart(time);
    long offset = zone < 0 ? 0 : offset(time.substring(zone));
    return Math.addExact(micros, time(zone < 0 ? time : time.substring(0, zone)) - offset);
  }

  private static int zoneStart(String time) {
    for (int i = 0; i < time.length(); i++) {
      char c = time.charAt(i);
      if (c == '+' || c == '-' || c == 'Z') {
        return i;
      }
    }
    return -1;
  }

  private static long offset(String text) {
    Matcher m = ZONE.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(text);
    }
    if (m.group(1) == null) {
      return 0;
    }
    long minutes = Integer.parseInt(m.group(2)) * 60L;
    if (m.group(3) != null) {
      minutes += Integer.parseInt(m.group(3));
    }
    return (m.group(1).equals("-") ? -minutes : minutes) * 60_000_000;
  }

  /** The timestamp of that many microseconds since 1970-01-01 00:00:00. */
  static String timestamp(long micros) {
    String day = date(Math.floorDiv(micros, MICROS_PER_DAY));
    return day + " " + time(Math.floorMod(micros, MICROS_PER_DAY));
  }

  /** A number as DuckDB prints a DOUBLE, from the shortest digits that tell it apart. */
  static String floating(String javaText) {
    return switch (javaText) {
      case "NaN" -> "nan";
      case "Infinity" -> "inf";
      case "-Infinity" -> "-inf";
      default -> finite(new BigDecimal(javaText).stripTrailingZeros());
    };
  }

  private static String finite(BigDecimal value) {
    if (value.signum() == 0) {
      return "0.0";
    }
    int exponent = value.precision() - value.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = value.toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    String digits = value.unscaledValue().abs().toString();
    return (value.signum() < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  /** The text that Java reads a DuckDB DOUBLE from. */
  static String javaFloating(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "nan", "-nan" -> "NaN";
      case "inf", "infinity", "+inf" -> "Infinity";
      case "-inf", "-infinity" -> "-Infinity";
      default -> text;
    };
  }
}
