package dev.towpath.pgwire.session;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import dev.towpath.spi.Names;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a session has SET. A setting that is known has an effect, or one of the values that mean
 * what happens anyway; any other value is refused. Used by one thread.
 */
public final class Settings {
  /** Says which PostgreSQL clients may take this for. */
  public static final String VERSION = "16.4";

  private static final Pattern TIME = Pattern.compile("(\\d{1,9})\\s*(us|ms|s|min|h|d)?");
  private static final Pattern OFFSET = Pattern.compile("([+-]?)(\\d{1,2})(?::?(\\d\\d))?");

  /** Whose changes clients are told. */
  private static final Set<String> REPORTED =
      Set.of(
          "application_name",
          "client_encoding",
          "datestyle",
          "integer_datetimes",
          "intervalstyle",
          "server_encoding",
          "server_version",
          "standard_conforming_strings",
          "timezone",
          "is_superuser",
          "session_authorization",
          "default_transaction_read_only",
          "in_hot_standby");

  private final Map<String, String> defaults = new TreeMap<>();
  private final Map<String, String> values = new TreeMap<>();
  private final Map<String, Optional<String>> before = new LinkedHashMap<>();
  private final BiConsumer<String, String> changed;

  /**
   * The settings of a session that begins.
   *
   * @param changed hears what a client is told, by name and value
   */
  public Settings(String user, BiConsumer<String, String> changed) {
    this.changed = changed;
    String[] pairs = {
      "application_name", "",
      "bytea_output", "hex",
      "client_encoding", "UTF8",
      "client_min_messages", "notice",
      "datestyle", "ISO, MDY",
      "default_transaction_isolation", "repeatable read",
      "default_transaction_read_only", "on",
      "escape_string_warning", "on",
      "extra_float_digits", "1",
      "idle_in_transaction_session_timeout", "0",
      "idle_session_timeout", "0",
      "in_hot_standby", "off",
      "integer_datetimes", "on",
      "intervalstyle", "postgres",
      "is_superuser", "off",
      "jit", "off",
      "lc_collate", "C",
      "lc_ctype", "C.UTF-8",
      "lc_messages", "C",
      "lc_monetary", "C",
      "lc_numeric", "C",
      "lc_time", "C",
      "lock_timeout", "0",
      "max_identifier_length", "63",
      "max_index_keys", "32",
      "row_security", "on",
      "search_path", "\"$user\", public",
      "server_encoding", "UTF8",
      "server_version", VERSION,
      "server_version_num", "160004",
      "session_authorization", user,
      "ssl", "on",
      "standard_conforming_strings", "on",
      "statement_timeout", "0",
      "synchronous_commit", "on",
      "timezone", "UTC",
      "transaction_isolation", "repeatable read",
      "transaction_read_only", "on",
      "xmloption", "content"
    };
    for (int i = 0; i < pairs.length; i += 2) {
      defaults.put(pairs[i], pairs[i + 1]);
    }
    values.putAll(defaults);
  }

  /** A startup parameter, which is the default of the session from then on. */
  public void begin(String name, String value) {
    String key = key(name);
    put(key, value);
    defaults.put(key, values.get(key));
  }

  /** Tells the client all that it is told of. */
  public void report() {
    REPORTED.forEach(name -> changed.accept(spelled(name), values.get(name)));
  }

  /** Changes a setting; an empty value stands for its default. */
  public void set(String name, Optional<String> value, boolean local) {
    String key = key(name);
    if (local) {
      before.putIfAbsent(key, Optional.ofNullable(values.get(key)));
    } else {
      before.remove(key);
    }
    Optional<String> wanted = value.or(() -> Optional.ofNullable(defaults.get(key)));
    if (wanted.isEmpty()) {
      values.remove(key);
    } else {
      put(key, wanted.get());
    }
  }

  void resetAll() {
    for (String key : Set.copyOf(values.keySet())) {
      set(key, Optional.empty(), false);
    }
  }

  /** Takes back what held for a transaction only. */
  void transactionEnded() {
    before.forEach((key, value) -> {
      if (value.isPresent()) {
        put(key, value.get());
      } else {
        values.remove(key);
      }
    });
    before.clear();
  }

  /** The value of a setting. */
  String get(String name) {
    String value = values.get(name.toLowerCase(Locale.ROOT));
    if (value == null) {
      throw unknown(name);
    }
    return value;
  }

  /** The value of a setting, if it is known. */
  public Optional<String> find(String name) {
    return Optional.ofNullable(values.get(name.toLowerCase(Locale.ROOT)));
  }

  /** All of them, by name as it is spelled. */
  public Map<String, String> all() {
    Map<String, String> all = new TreeMap<>();
    values.forEach((key, value) -> all.put(spelled(key), value));
    return all;
  }

  /** Whose clocks timestamps with time zone are shown by. */
  ZoneId zone() {
    return zone(get("timezone"));
  }

  /** How long a statement may take; zero for as long as it likes. */
  Duration statementTimeout() {
    return Duration.ofMillis(Long.parseLong(millis("statement_timeout", get("statement_timeout"))));
  }

  private static String spelled(String key) {
    return switch (key) {
      case "datestyle" -> "DateStyle";
      case "intervalstyle" -> "IntervalStyle";
      case "timezone" -> "TimeZone";
      default -> key;
    };
  }

  /** Settings with a dot in their name are the client's own, whatever they are. */
  private String key(String name) {
    String key = name.toLowerCase(Locale.ROOT);
    if (!defaults.containsKey(key) && key.indexOf('.') <= 0) {
      throw unknown(name);
    }
    return key;
  }

  private PgError unknown(String name) {
    return PgError.of(
        SqlState.UNDEFINED_OBJECT,
        "unrecognized configuration parameter \"" + name + "\"",
        Names.nearest(name, defaults.keySet())
            .map(n -> "did you mean \"" + n + "\"?")
            .orElse(null));
  }

  private void put(String key, String value) {
    String accepted = accepted(key, value.strip());
    String old = values.put(key, accepted);
    if (REPORTED.contains(key) && !accepted.equals(old)) {
      changed.accept(spelled(key), accepted);
    }
  }

  private String accepted(String key, String value) {
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
      case "statement_timeout", "lock_timeout" -> millis(key, lower);
      case "idle_in_transaction_session_timeout", "idle_session_timeout" ->
          oneOf(key, millis(key, lower), "0");
      case "extra_float_digits" -> oneOf(key, value, "0", "1", "2", "3");
      case "intervalstyle" -> oneOf(key, lower, "postgres");
      case "bytea_output" -> oneOf(key, lower, "hex");
      case "standard_conforming_strings" -> on(key, lower);
      case "transaction_isolation", "default_transaction_isolation" ->
          oneOf(
              key, lower, "repeatable read", "serializable", "read committed", "read uncommitted");
      case "server_version",
          "server_version_num",
          "server_encoding",
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
    return String.valueOf(
        switch (unit) {
          case "us" -> count / 1000;
          case "s" -> count * 1000;
          case "min" -> count * 60_000;
          case "h" -> count * 3_600_000;
          case "d" -> count * 86_400_000;
          default -> count;
        });
  }

  private static String zoneName(String value) {
    zone(value);
    return value;
  }

  /** A zone by its name, or hours east of Greenwich. */
  private static ZoneId zone(String value) {
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
