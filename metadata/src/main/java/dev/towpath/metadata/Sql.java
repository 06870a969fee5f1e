package dev.towpath.metadata;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Short forms for statements with parameters. */
final class Sql {
  private static final long NANOS = 1_000_000_000L;

  private Sql() {}

  /** Reads one row. */
  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Runs a statement without parameters or result. */
  static void execute(Link link, String sql) throws SQLException {
    link.statement(sql).execute();
  }

  /** Runs a statement and returns the number of rows it changed. */
  static int update(Link link, String sql, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = link.statement(sql);
    bind(statement, values);
    return statement.executeUpdate();
  }

  /** All rows of a query. */
  static <T> List<T> list(Link link, String sql, Row<T> row, @Nullable Object... values)
      throws SQLException {
    PreparedStatement statement = link.statement(sql);
    bind(statement, values);
    List<T> rows = new ArrayList<>();
    try (ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        rows.add(row.read(result));
      }
    }
    return rows;
  }

  /** The first row of a query, if it has one. */
  static <T> Optional<T> first(Link link, String sql, Row<T> row, @Nullable Object... values)
      throws SQLException {
    return list(link, sql, row, values).stream().findFirst();
  }

  /** A number that a query gives; 0 when it has no row. */
  static long number(Link link, String sql, @Nullable Object... values) throws SQLException {
    return first(link, sql, row -> row.getLong(1), values).orElse(0L);
  }

  /** Nanoseconds since 1970, the form of sortable times in the store; good until the year 2262. */
  static long nanos(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), NANOS), (long) instant.getNano());
  }

  /** The opposite of {@link #nanos}. */
  static Instant instant(long nanos) {
    return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
  }

  /** A time that may be NULL. */
  static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    long nanos = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(instant(nanos));
  }

  private static void bind(PreparedStatement statement, @Nullable Object... values)
      throws SQLException {
    for (int i = 0; i < values.length; i++) {
      switch (values[i]) {
        case Instant instant -> statement.setLong(i + 1, nanos(instant));
        case Boolean flag -> statement.setInt(i + 1, flag ? 1 : 0);
        case Enum<?> constant -> statement.setString(i + 1, constant.name());
        case null -> statement.setObject(i + 1, null);
        // What a program said before it failed may hold one; PostgreSQL takes none.
        case String text -> statement.setString(i + 1, text.replace('\0', '\uFFFD'));
        default -> statement.setObject(i + 1, values[i]);
      }
    }
  }
}
