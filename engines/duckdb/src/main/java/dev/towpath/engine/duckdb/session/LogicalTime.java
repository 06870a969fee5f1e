package dev.towpath.engine.duckdb.session;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * Macros that put a fixed time in the place of the clock. A macro hides the built-in function of
 * its name, and the keywords {@code current_date}, {@code localtime} and so on are such functions
 * too: {@code localtime} is {@code current_localtime()}.
 */
final class LogicalTime {
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");

  private LogicalTime() {}

  static List<String> macros(Instant now) {
    String text = MICROS.format(LocalDateTime.ofInstant(now, ZoneOffset.UTC));
    String date = text.substring(0, 10);
    String time = text.substring(11);
    String instant = "TIMESTAMPTZ '" + text + "+00'";
    return List.of(
        macro("now", instant),
        macro("current_timestamp", instant),
        macro("get_current_timestamp", instant),
        macro("transaction_timestamp", instant),
        macro("current_date", "DATE '" + date + "'"),
        macro("today", "DATE '" + date + "'"),
        macro("localtimestamp", "TIMESTAMP '" + text + "'"),
        macro("current_localtimestamp", "TIMESTAMP '" + text + "'"),
        macro("current_localtime", "TIME '" + time + "'"),
        macro("localtime", "TIME '" + time + "'"),
        macro("get_current_time", "TIMETZ '" + time + "+00'"),
        macro("current_time", "TIMETZ '" + time + "+00'"),
        "CREATE MACRO main.age(since) AS system.main.age(TIMESTAMP '"
            + date
            + "', since), "
            + "(until, since) AS system.main.age(until, since)");
  }

  private static String macro(String name, String value) {
    return "CREATE MACRO main." + name + "() AS " + value;
  }
}
