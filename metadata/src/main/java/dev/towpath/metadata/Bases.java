package dev.towpath.metadata;

import dev.towpath.spi.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/** Versions in which an environment last agreed with another one, by table. */
final class Bases {
  private Bases() {}

  static Map<TableName, String> of(Connection connection, String environment) throws SQLException {
    Map<TableName, String> bases = new TreeMap<>();
    for (Map.Entry<TableName, String> entry :
        Sql.list(
            connection,
            "SELECT schema_name, table_name, version FROM base WHERE env = ?",
            row -> Map.entry(new TableName(row.getString(1), row.getString(2)), row.getString(3)),
            environment)) {
      bases.put(entry.getKey(), entry.getValue());
    }
    return bases;
  }

  static void set(Connection connection, String environment, TableName table, String version)
      throws SQLException {
    Sql.update(
        connection,
        "INSERT OR REPLACE INTO base VALUES (?,?,?,?,?)",
        environment,
        table.identity(),
        table.schema(),
        table.table(),
        version);
  }

  static void remove(Connection connection, String environment, TableName table)
      throws SQLException {
    Sql.update(
        connection, "DELETE FROM base WHERE env = ? AND tbl = ?", environment, table.identity());
  }
}
