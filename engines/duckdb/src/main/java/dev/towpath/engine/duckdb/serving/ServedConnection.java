package dev.towpath.engine.duckdb.serving;

import java.sql.SQLException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBPreparedStatement;
import org.jspecify.annotations.Nullable;

/**
 * A connection and the statements that it has prepared, since to parse and to plan a small query
 * takes longer than to run it. DuckDB plans a statement again when what it reads has changed. Used
 * by one thread at a time.
 */
final class ServedConnection implements AutoCloseable {
  private static final int MOST = 32;
  private static final int LONGEST = 10_000;

  private final DuckDBConnection connection;
  private final Map<String, DuckDBPreparedStatement> prepared =
      new LinkedHashMap<>(16, 0.75f, true);

  ServedConnection(DuckDBConnection connection) {
    this.connection = connection;
  }

  DuckDBConnection connection() {
    return connection;
  }

  /** A statement, which is to be {@linkplain #keep kept} or closed. */
  DuckDBPreparedStatement prepare(String sql) throws SQLException {
    DuckDBPreparedStatement known = prepared.remove(sql);
    return known == null ? connection.prepare(sql) : known;
  }

  /** Takes back a statement that went well, for the next time. */
  void keep(String sql, @Nullable DuckDBPreparedStatement statement) throws SQLException {
    if (statement == null || statement.isClosed()) {
      return;
    }
    if (sql.length() > LONGEST || prepared.containsKey(sql)) {
      statement.close();
      return;
    }
    prepared.put(sql, statement);
    Iterator<DuckDBPreparedStatement> eldest = prepared.values().iterator();
    if (prepared.size() > MOST) {
      eldest.next().close();
      eldest.remove();
    }
  }

  @Override
  public void close() throws SQLException {
    for (DuckDBPreparedStatement statement : prepared.values()) {
      statement.close();
    }
    connection.close();
  }
}
