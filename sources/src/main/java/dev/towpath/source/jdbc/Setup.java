package dev.towpath.source.jdbc;

import dev.towpath.source.common.Drift;
import dev.towpath.source.common.Settings;
import dev.towpath.spi.SourceTable;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The keys of one table, read and checked.
 *
 * @param cursor of mode incremental only
 * @param key empty when none is given
 * @param parallel readers at the same time, 1 and up
 * @param finite whether dates that no calendar has are NULL
 */
record Setup(
    Access access,
    Origin origin,
    Drift drift,
    Optional<Cursor> cursor,
    List<String> key,
    int parallel,
    boolean finite) {
  static final Set<String> SOURCE_KEYS =
      Set.of(
          "url",
          "user",
          "password",
          "connect_timeout",
          "statement_timeout",
          "parallel",
          "on_bad_date");
  static final Set<String> TABLE_KEYS =
      Set.of(
          "table",
          "query",
          "cursor",
          "key",
          "start",
          "lag",
          "parallel",
          "on_bad_date",
          "statement_timeout");

  private static final int MOST_PARALLEL = 64;

  /**
   * A column that only grows.
   *
   * @param lag what is read again before the last value, as written
   * @param start where the first reading starts
   */
  record Cursor(String column, Optional<Lag> lag, Optional<String> start) {}

  /** A stretch before a cursor's last value: a time for times, a number for numbers. */
  record Lag(String text, Optional<Duration> time, Optional<BigDecimal> number) {
    static Optional<Lag> parse(String text) {
      Optional<Duration> time = Times.parse(text);
      Optional<BigDecimal> number =
          text.strip().matches("[0-9]{1,18}(\\.[0-9]{1,18})?")
              ? Optional.of(new BigDecimal(text.strip()))
              : Optional.empty();
      return time.isPresent() || number.isPresent()
          ? Optional.of(new Lag(text, time, number))
          : Optional.empty();
    }
  }

  /** Empty when something is wrong, which is noted. */
  static Optional<Setup> of(SourceTable table, Settings settings, Dialect dialect) {
    Drift drift = Drift.of(settings);
    Optional<Access> access = Access.of(settings, dialect);
    Optional<String> query = settings.text("query").filter(text -> !text.isBlank());
    Optional<String> name = settings.text("table");
    if (query.isPresent() && name.isPresent()) {
      settings.problem(
          "query", "\"table\" and \"query\" cannot both be given", "remove one of them");
    }
    Origin origin =
        query
            .map(text -> new Origin(text, true))
            .orElseGet(() -> new Origin(name.orElse(table.name().table()), false));
    List<String> key =
        settings.texts("key", settings.value("key").orElse(null)).stream()
            .filter(text -> !text.isBlank())
            .toList();
    Optional<Cursor> cursor = cursor(table, settings, key);
    int parallel = parallel(settings);
    if (cursor.isEmpty() && table.mode().equals("full") && parallel == 1 && !key.isEmpty()) {
      settings.problem(
          "key",
          "\"key\" means nothing in mode full without \"parallel\"",
          "to have it checked, write checks: [\"unique(" + String.join(", ", key) + ")\"]");
    }
    boolean finite = settings.word("on_bad_date", "fail", List.of("fail", "null")).equals("null");
    return access.map(a -> new Setup(a, origin, drift, cursor, key, parallel, finite));
  }

  private static Optional<Cursor> cursor(SourceTable table, Settings settings, List<String> key) {
    boolean incremental = table.mode().equals("incremental");
    Optional<String> column = settings.text("cursor").filter(text -> !text.isBlank());
    Optional<String> start = settings.text("start");
    Optional<String> lagText = settings.text("lag");
    Optional<Lag> lag = lagText.flatMap(Lag::parse);
    if (lagText.isPresent() && lag.isEmpty()) {
      settings.problem(
          "lag",
          "\"lag\" cannot be \"" + lagText.get() + "\"",
          "write a time such as 10m for a cursor of times, or a number for one of numbers");
    }
    if (!incremental) {
      for (String name : List.of("cursor", "lag", "start")) {
        if (settings.value(name).isPresent()) {
          settings.problem(
              name,
              "\"" + name + "\" means nothing in mode full",
              "write mode: incremental, or remove \"" + name + "\"");
        }
      }
      return Optional.empty();
    }
    if (column.isEmpty()) {
      settings.problem(
          "mode",
          "mode incremental needs a \"cursor\"",
          "name a column that grows whenever a row is added or changed, such as updated_at");
    }
    if (key.isEmpty()) {
      settings.problem(
          "mode",
          "mode incremental needs a \"key\"",
          "name the columns that tell one row from another, such as key: id");
    }
    return column.map(name -> new Cursor(name, lag, start));
  }

  private static int parallel(Settings settings) {
    String text = settings.text("parallel").orElse("1");
    int number = text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : 0;
    if (number < 1 || number > MOST_PARALLEL) {
      settings.problem(
          "parallel",
          "\"parallel\" cannot be \"" + text + "\"",
          "write how many connections may read at the same time, 1 to " + MOST_PARALLEL);
      return 1;
    }
    return number;
  }
}
