package dev.towpath.engine.duckdb.serving;

import dev.towpath.spi.Names;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.duckdb.DuckDBConnection;

/**
 * Columns of a table by which single rows are looked up: short ones of which nearly every row has
 * another value. An index on one answers such a question without reading a column; it is only ever
 * another way to the same rows, whether the values are unique or not, or NULL.
 */
final class Keys {
  /** With fewer rows a scan is as quick. */
  private static final long LEAST_ROWS = 10_000;

  /** How many of a hundred rows have another value, which is estimated within some percent. */
  private static final long LEAST_DISTINCT = 90;

  private static final int MOST = 2;
  private static final int LONGEST = 36;
  private static final Set<String> WHOLE =
      Set.of(
          "TINYINT",
          "SMALLINT",
          "INTEGER",
          "BIGINT",
          "UTINYINT",
          "USMALLINT",
          "UINTEGER",
          "UBIGINT");
  private static final Set<String> OTHERS = Set.of("VARCHAR", "UUID", "HUGEINT", "UHUGEINT");

  private Keys() {}

  private record Column(String name, boolean whole) {}

  private record Found(Column column, long length) {}

  /**
   * Names of columns that are worth an index, quoted.
   *
   * @param table as it is named in SQL
   */
  static List<String> of(DuckDBConnection connection, String table) throws SQLException {
    List<Column> columns = columns(connection, table);
    if (columns.isEmpty()) {
      return List.of();
    }
    StringBuilder sql = new StringBuilder("SELECT count(*)");
    for (Column column : columns) {
      String name = Names.quote(column.name());
      sql.append(", approx_count_distinct(").append(name).append("), ");
      sql.append(
          column.whole() ? "8" : "max(strlen(" + name + "::VARCHAR))"); // the longest, in bytes
    }
    List<Found> found = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql + " FROM " + table);
        ResultSet row = statement.executeQuery()) {
      if (!row.next() || row.getLong(1) < LEAST_ROWS) {
        return List.of();
      }
      long rows = row.getLong(1);
      for (int i = 0; i < columns.size(); i++) {
        long distinct = row.getLong(2 * i + 2);
        long length = row.getLong(2 * i + 3);
        if (distinct >= rows / 100 * LEAST_DISTINCT && length <= LONGEST) {
          found.add(new Found(columns.get(i), length));
        }
      }
    }
    return found.stream()
        .sorted(
            Comparator.comparingLong(Found::length)) // of the same length the first, which keys are
        .limit(MOST)
        .map(f -> Names.quote(f.column().name()))
        .toList();
  }

  private static List<Column> columns(DuckDBConnection connection, String table)
      throws SQLException {
    List<Column> columns = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement("DESCRIBE " + table);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        String type = rows.getString(2);
        if (WHOLE.contains(type) || OTHERS.contains(type)) {
          columns.add(new Column(rows.getString(1), WHOLE.contains(type)));
        }
      }
    }
    return columns;
  }
}
