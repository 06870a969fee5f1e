package dev.towpath.pgwire.session;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import dev.towpath.spi.Names;
import java.time.Duration;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * What a session has SET. A setting that is known has an effect, or one of the values that mean
 * what happens anyway; any other value is refused. Used by one thread.
 */
public final class Settings {
  /** Says which PostgreSQL clients may take this for. */
  public static final String VERSION = "16.4";

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

  /** How many settings may be a client's own, and characters of all that is kept. */
  private static final int MOST_OWN = 1_000;

  private static final int MOST_CHARS = 1 << 20;

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
    requireRoom(key, value);
    put(key, value);
    defaults.put(key, values.get(key));
  }

  /** Tells the client all that it is told of. */
  public void report() {
    REPORTED.forEach(name -> changed.accept(SettingValues.spelled(name), values.get(name)));
  }

  /** Changes a setting; an empty value stands for its default. */
  public void set(String name, Optional<String> value, boolean local) {
    String key = key(name);
    requireRoom(key, value.orElse(""));
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
    values.forEach((key, value) -> all.put(SettingValues.spelled(key), value));
    return all;
  }

  /** Whose clocks timestamps with time zone are shown by. */
  ZoneId zone() {
    return SettingValues.zone(get("timezone"));
  }

  /** How long a statement may take; zero for as long as it likes. */
  Duration statementTimeout() {
    return Duration.ofMillis(Long.parseLong(get("statement_timeout")));
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

  /** Throws when a client keeps more than a setting is for. */
  private void requireRoom(String key, String value) {
    long chars = (long) key.length() + value.length();
    for (Map.Entry<String, String> kept : values.entrySet()) {
      chars += kept.getKey().length() + kept.getValue().length();
    }
    for (Map.Entry<String, Optional<String>> kept : before.entrySet()) {
      chars += kept.getKey().length() + kept.getValue().map(String::length).orElse(0);
    }
    boolean known = values.containsKey(key) || before.containsKey(key);
    int own = Math.max(values.size() - defaults.size(), before.size());
    if (chars > MOST_CHARS || (!known && own >= MOST_OWN)) {
      throw PgError.of(
          SqlState.CONFIGURATION_LIMIT, "the session keeps too many settings", "RESET ALL");
    }
  }

  private void put(String key, String value) {
    String accepted = SettingValues.accepted(key, value.strip(), defaults);
    String old = values.put(key, accepted);
    if (REPORTED.contains(key) && !accepted.equals(old)) {
      changed.accept(SettingValues.spelled(key), accepted);
    }
  }
}
