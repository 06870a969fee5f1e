package dev.towpath.pgwire.catalog;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/** What one release looks like to those who may see the same of it. Thread-safe. */
final class Catalog implements AutoCloseable {
  private static final String TABLES =
      "SELECT CASE schema_name WHEN 'pg' THEN '' ELSE schema_name || '.' END || name FROM (SELECT"
          + " schema_name, table_name AS name FROM duckdb_tables() WHERE database_name ="
          + " current_catalog() UNION ALL SELECT schema_name, view_name FROM duckdb_views()"
          + " WHERE database_name = current_catalog() AND NOT internal)";

  private static final String VIEWS = "SELECT lower(view_name) FROM duckdb_views() WHERE internal";

  /**
   * Functions of DuckDB's own that have effects, tell of the engine, or make much of little, unless
   * one that stands for PostgreSQL's has the name.
   */
  private static final String REFUSED =
      """
      SELECT lower(function_name) FROM duckdb_functions() WHERE internal AND (
        function_type = 'scalar' AND stability = 'VOLATILE'
          AND function_name NOT IN ('random', 'uuid', 'uuidv4', 'uuidv7', 'gen_random_uuid', 'error')
        OR function_type = 'scalar' AND function_name IN ('getvariable', 'current_setting',
          'repeat', 'lpad', 'rpad', 'printf', 'format', 'bitstring', 'list_resize', 'array_resize',
          'range', 'generate_series', 'list_reduce', 'array_reduce', 'reduce', 'json_pretty',
          'json_serialize_plan', 'json_serialize_sql', 'json_deserialize_sql', 'combine',
          'finalize', 'to_aggregate_state', 'variant_bytes_to_variant')
        OR function_type = 'macro' AND (macro_definition ILIKE '%(select %'
          OR macro_definition ILIKE '%sleep_ms%'))
      EXCEPT
      SELECT lower(function_name) FROM duckdb_functions()
      WHERE NOT internal AND database_name = current_catalog()
      """;

  private final DuckDBConnection root;
  private final String name;
  private final Set<String> refused;
  private final Gate gate;
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();

  /**
   * A catalog, filled.
   *
   * @param name unlike all others in the database
   */
  Catalog(DuckDBConnection root, String name, String database, Map<TableName, Schema> tables) {
    this.root = root;
    this.name = name;
    try {
      execute(root, "ATTACH ':memory:' AS " + name);
      execute(root, "CREATE SCHEMA " + name + ".pg; CREATE SCHEMA " + name + ".info");
      Connection connection = connect();
      for (String statement : Fill.statements(database, tables)) {
        execute(connection, statement);
      }
      this.refused = names(connection, REFUSED);
      this.gate = new Gate(names(connection, TABLES), names(connection, VIEWS), refused);
      giveBack(connection);
    } catch (SQLException e) {
      throw new IllegalStateException("the catalog cannot be made: " + e.getMessage(), e);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Set<String> names(Connection connection, String sql) throws SQLException {
    Set<String> names = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  private Connection connect() throws SQLException {
    Connection connection = root.duplicate();
    // The search path comes first, so that its functions win over DuckDB's of the same name.
    execute(connection, "SET search_path = '" + name + ".pg'");
    return connection;
  }

  /** A connection, to be given back. */
  Connection take() throws SQLException {
    @Nullable Connection connection = idle.poll();
    return connection == null ? connect() : connection;
  }

  void giveBack(Connection connection) {
    idle.push(connection);
  }

  /** Functions that are not to be called. */
  Set<String> refused() {
    return refused;
  }

  /** Throws unless the query does no more than read the catalog. */
  void check(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT json_serialize_sql(?::VARCHAR)::VARCHAR")) {
      statement.setString(1, sql);
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) {
          throw PgError.of(SqlState.INTERNAL_ERROR, "the query cannot be read");
        }
        gate.check(rows.getString(1));
      }
    }
  }

  @Override
  public void close() {
    try {
      for (Connection connection : idle) {
        connection.close();
      }
      idle.clear();
      execute(root, "DETACH " + Names.quote(name));
    } catch (SQLException e) {
      throw new IllegalStateException("the catalog cannot be closed: " + e.getMessage(), e);
    }
  }
}
