package dev.towpath.pgwire.session;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which values settings may have. */
final class SettingValues {
  private static final Pattern TIME = Pattern.compile("(\\d{1,9})\\s*(us|ms|s|min|h|d)?");
  private static final Pattern OFFSET = Pattern.compile("([+-]?)(\\d{1,2})(?::?(\\d\\d))?");

  private SettingValues() {}

  /** A setting's name as PostgreSQL spells it. */
  static String spelled(String key) {
    return switch (key) {
      case "datestyle" -> "DateStyle";
      case "intervalstyle" -> "IntervalStyle";
      case "timezone" -> "TimeZone";
      default -> key;
    };
  }

  /**
   * The value as it is kept.
   *
   * @param key the setting's name in lower case
   * @param defaults which some settings must keep
   * @throws PgError when it is none that this server knows
   */
  static String accepted(String key, String value, Map<String, String> defaults) {
    String lower = value.toLowerCase(Locale.ROOT);
    return switch (key) {
      case "client_encoding" ->
          switch (lower.replaceAll("[-_']", "")) {
            case "utf8", "unicode" -> "UTF8";
            case "sqlascii" -> "SQL_ASCII";
            default -> throw only(key, value, "UTF8");
          };
      case "datestyle" -> {
        if (!lower.startsWith("iso")) {
          throw only(key, value, "ISO");
        }
        yield lower.contains("dmy") ? "ISO, DMY" : lower.contains("ymd") ? "ISO, YMD" : "ISO, MDY";
      }
      case "timezone" -> zoneName(value);
      case "statement_timeout" -> millis(key, lower);
      case "lock_timeout" -> millis(key, lower); // nothing here waits for a lock
      case "idle_in_transaction_session_timeout", "idle_session_timeout" ->
          oneOf(key, millis(key, lower), "0");
      case "extra_float_digits" -> oneOf(key, value, "0", "1", "2", "3");
      case "intervalstyle" -> oneOf(key, lower, "postgres");
      case "bytea_output" -> oneOf(key, lower, "hex");
      case "standard_conforming_strings",
          "default_transaction_read_only",
          "transaction_read_only" ->
          on(key, lower);
      case "transaction_isolation", "default_transaction_isolation" ->
          oneOf(
              key, lower, "repeatable read", "serializable", "read committed", "read uncommitted");
      case "server_version",
          "server_version_num",
          "server_encoding",
          "session_authorization",
          "integer_datetimes",
          "is_superuser",
          "max_identifier_length",
          "max_index_keys",
          "in_hot_standby",
          "ssl" ->
          oneOf(key, value, defaults.getOrDefault(key, value));
      default -> value;
    };
  }

  private static String on(String key, String value) {
    if (!Set.of("on", "true", "1", "yes").contains(value)) {
      throw only(key, value, "on");
    }
    return "on";
  }

  private static String oneOf(String key, String value, String... known) {
    for (String each : known) {
      if (each.equals(value)) {
        return each;
      }
    }
    throw only(key, value, String.join(", ", known));
  }

  private static PgError only(String key, String value, String known) {
    return PgError.of(
        SqlState.INVALID_PARAMETER_VALUE,
        "invalid value for parameter \"" + spelled(key) + "\": \"" + value + "\"",
        "this server knows " + known);
  }

  private static String millis(String key, String value) {
    Matcher time = TIME.matcher(value);
    if (!time.matches()) {
      throw only(key, value, "milliseconds, or a number with us, ms, s, min, h or d");
    }
    long count = Long.parseLong(time.group(1));
    String unit = time.group(2) == null ? "ms" : time.group(2);
    long millis =
        switch (unit) {
          case "us" -> count / 1000;
          case "s" -> count * 1000;
          case "min" -> count * 60_000;
          case "h" -> count * 3_600_000;
          case "d" -> count * 86_400_000;
          default -> count;
        };
    if (millis > Integer.MAX_VALUE) {
      throw only(key, value, "0 to " + Integer.MAX_VALUE + " milliseconds");
    }
    return String.valueOf(millis);
  }

  private static String zoneName(String value) {
    zone(value);
    return value;
  }

  /** A zone by its name, or hours east of Greenwich. */
  static ZoneId zone(String value) {
    Matcher offset = OFFSET.matcher(value);
    try {
      if (offset.matches()) {
        int minutes = offset.group(3) == null ? 0 : Integer.parseInt(offset.group(3));
        int total = Integer.parseInt(offset.group(2)) * 60 + minutes;
        return ZoneOffset.ofTotalSeconds((offset.group(1).equals("-") ? -60 : 60) * total);
      }
      return ZoneId.of(value.equalsIgnoreCase("utc") ? "UTC" : value);
    } catch (DateTimeException e) {
      throw only("timezone", value, "names such as Europe/Amsterdam and UTC").because(e);
    }
  }
}
