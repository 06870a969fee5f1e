package dev.towpath.metadata;

import dev.towpath.spi.TableName;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/** Versions in which an environment last agreed with another one, by table. */
final class Bases {
  private Bases() {}

  static Map<TableName, String> of(Link link, String environment) throws SQLException {
    Map<TableName, String> bases = new TreeMap<>();
    for (Map.Entry<TableName, String> entry :
        Sql.list(
            link,
            "SELECT schema_name, table_name, version FROM base WHERE env = ?",
            row -> Map.entry(new TableName(row.getString(1), row.getString(2)), row.getString(3)),
            environment)) {
      bases.put(entry.getKey(), entry.getValue());
    }
    return bases;
  }

  static void set(Link link, String environment, TableName table, String version)
      throws SQLException {
    Sql.update(
        link,
        "INSERT INTO base VALUES (?,?,?,?,?) ON CONFLICT (env, tbl) DO UPDATE SET"
            + " schema_name = excluded.schema_name, table_name = excluded.table_name,"
            + " version = excluded.version",
        environment,
        table.identity(),
        table.schema(),
        table.table(),
        version);
  }

  static void remove(Link link, String environment, TableName table) throws SQLException {
    Sql.update(link, "DELETE FROM base WHERE env = ? AND tbl = ?", environment, table.identity());
  }
}
