package dev.towpath.source.jdbc;

import static dev.towpath.source.common.Failures.quoted;

import dev.towpath.source.jdbc.DbColumn.Order;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which rows a reading by cursor takes. Its upper bound is the moment that is read; it starts at
 * the last value, or at the largest one there is when that is smaller: after the newest rows were
 * deleted or an older state was restored, what comes next must not be missed. Rows without a value
 * are always taken, because no bound tells when they came.
 */
final class Window {
  /** Values after which none can come, as dates and numbers write them. */
  private static final Pattern LAST =
      Pattern.compile("\\+?(infinity|nan)", Pattern.CASE_INSENSITIVE);

  private final Database database;
  private final Dialect dialect;
  private final Database.Contents contents;

  Window(Database database, Dialect dialect, Database.Contents contents) {
    this.database = database;
    this.dialect = dialect;
    this.contents = contents;
  }

  /** The cursor's column; fails when it cannot be one. */
  DbColumn cursor(Setup.Cursor cursor) {
    DbColumn column = database.column(contents, "cursor", cursor.column());
    if (column.order() == Order.NONE) {
      throw database.failure(
          "the \"cursor\" %s is of type %s, which has no useful order"
              .formatted(quoted(column.name()), column.declared()),
          "name a column of times, numbers or texts");
    }
    cursor.lag().ifPresent(lag -> lagged(column, "", lag));
    return column;
  }

  /** The largest value, as text; empty when there is none. */
  Optional<String> largest(Connection connection, DbColumn column) throws SQLException {
    String sql = "SELECT " + dialect.largest(column) + " FROM " + contents.relation().sql();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      Optional<String> largest = Optional.ofNullable(rows.getString(1));
      if (column.order() != Order.TEXT
          && largest.filter(v -> LAST.matcher(v).matches()).isPresent()) {
        throw database.failure(
            "the \"cursor\" "
                + quoted(column.name())
                + " is "
                + (largest.get().equalsIgnoreCase("nan") ? "NaN" : "infinity")
                + " in some row",
            "nothing can come after that: use another cursor, or a query that leaves the row out");
      }
      return largest;
    }
  }

  /** Whether one value follows another in the order of the database. */
  boolean follows(Connection connection, DbColumn column, String value, String other)
      throws SQLException {
    String sql = "SELECT " + dialect.value(column, value) + " > " + dialect.value(column, other);
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getBoolean(1);
    }
  }

  /**
   * The condition for a reading; empty for all rows.
   *
   * @param last the value to go on from
   * @param largest the largest value there is
   */
  Optional<String> condition(
      Setup.Cursor cursor, DbColumn column, Optional<String> last, Optional<String> largest) {
    String name = dialect.quote(column.name());
    Optional<String> bound =
        last.map(
                text -> {
                  String value = dialect.value(column, text);
                  String from =
                      largest
                          .map(now -> "LEAST(" + value + ", " + dialect.value(column, now) + ")")
                          .orElse(value);
                  return cursor.lag().map(lag -> lagged(column, from, lag)).orElse(from);
                })
            .or(() -> cursor.start().map(text -> dialect.value(column, text)));
    return bound.map(from ->
        column.nullable()
            ? "(" + name + " >= " + from + " OR " + name + " IS NULL)"
            : name + " >= " + from);
  }

  private String lagged(DbColumn column, String from, Setup.Lag lag) {
    boolean time = column.order() == Order.TIME;
    boolean number = column.order() == Order.NUMBER || column.order() == Order.WHOLE;
    if (time && lag.time().isPresent()) {
      return dialect.earlier(column, from, lag.time().get());
    }
    if (number && lag.number().isPresent()) {
      return "(" + from + " - " + lag.number().get().toPlainString() + ")";
    }
    throw database.failure(
        "\"lag\" cannot be \"%s\" for the cursor %s, which is of type %s"
            .formatted(lag.text(), quoted(column.name()), column.declared()),
        time
            ? "write a time such as 10m"
            : number ? "write a number such as 1000" : "a text has no distance: remove \"lag\"");
  }
}
