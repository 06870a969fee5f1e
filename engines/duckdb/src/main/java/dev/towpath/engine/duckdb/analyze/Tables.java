package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.DuckDbError;
import dev.towpath.spi.Column;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer.TableUse;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The empty tables that queries are bound over. Thread-safe. */
final class Tables {
  private record Declared(TableName name, Schema schema) {}

  private final Map<TableName, Declared> declared = new ConcurrentHashMap<>();
  private final Map<String, SchemaLock> schemas = new ConcurrentHashMap<>();

  /** Two changes to one schema at the same time conflict, so they take turns. */
  private static final class SchemaLock {
    boolean made;
  }

  /** Makes an empty table in the place of any earlier one of that name. */
  void declare(Connection connection, TableName table, Schema schema) throws SQLException {
    if (schema.columns().isEmpty()) {
      throw new TowpathException("the table " + table + " has no columns");
    }
    SchemaLock lock =
        schemas.computeIfAbsent(Names.identity(table.schema()), _ -> new SchemaLock());
    synchronized (lock) {
      if (!lock.made) {
        execute(connection, "CREATE SCHEMA IF NOT EXISTS " + Names.quote(table.schema()));
        lock.made = true;
      }
      Declared before = declared.get(table);
      if (before != null && !before.name().quoted().equals(table.quoted())) {
        execute(connection, "DROP TABLE IF EXISTS " + before.name().quoted());
      }
      try {
        execute(connection, create(table, schema));
      } catch (SQLException e) {
        String reason = SyntaxMistakes.plain(DuckDbError.of(e).message());
        throw new TowpathException(
            "the table " + table + " cannot be declared: " + reason, null, e);
      }
      declared.put(table, new Declared(table, schema));
    }
  }

  private static String create(TableName table, Schema schema) {
    String columns =
        schema.columns().stream()
            .map(c -> Names.quote(c.name()) + " " + c.type().sql())
            .collect(Collectors.joining(", "));
    return "CREATE OR REPLACE TABLE " + table.quoted() + " (" + columns + ")";
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The columns of a table that a query names, if it is declared. */
  Optional<Schema> schema(TableUse use) {
    return use.schema().map(s -> declared.get(new TableName(s, use.table()))).map(Declared::schema);
  }

  /** All tables as {@code schema.table}. */
  List<String> names() {
    return declared.values().stream().map(d -> d.name().toString()).sorted().toList();
  }

  /** Tables with that name in any schema. */
  List<String> called(String table) {
    return declared.keySet().stream()
        .filter(n -> Names.identity(n.table()).equals(Names.identity(table)))
        .map(TableName::toString)
        .sorted()
        .toList();
  }

  /** Whether a table has a column of that name. */
  static boolean has(Collection<Schema> schemas, String column) {
    return schemas.stream().anyMatch(s -> s.column(column).isPresent());
  }

  /** A few column names, for a hint. */
  static String some(Schema schema) {
    List<String> names = schema.columns().stream().map(Column::name).limit(8).toList();
    return String.join(", ", names) + (schema.columns().size() > 8 ? ", ..." : "");
  }
}
