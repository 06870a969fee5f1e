package dev.towpath.metadata;

import dev.towpath.core.store.ExportRecord;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.TableName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The table of what exports are owed and have got. */
final class Exports {
  private Exports() {}

  /** Part of a publication: what changed is owed to all exports, known ones and new ones. */
  static void owe(
      Link link,
      String environment,
      long release,
      List<TableState> changed,
      Map<TableName, List<String>> declared)
      throws SQLException {
    oweFirst(link, environment, release, changed, declared);
    for (TableState state : changed) {
      Sql.update(
          link,
          "UPDATE export SET wanted = ?, release = ? WHERE env = ? AND tbl = ?",
          state.id(),
          release,
          environment,
          state.table().identity());
    }
  }

  /** Owes states to exports that are not on record. */
  static void oweFirst(
      Link link,
      String environment,
      long release,
      List<TableState> states,
      Map<TableName, List<String>> declared)
      throws SQLException {
    for (TableState state : states) {
      for (String target : declared.getOrDefault(state.table(), List.of())) {
        Sql.update(
            link,
            "INSERT INTO export VALUES (?,?,?,?,?,?,?,NULL,0,NULL) ON CONFLICT DO NOTHING",
            environment,
            state.table().identity(),
            target,
            state.table().schema(),
            state.table().table(),
            state.id(),
            release);
      }
    }
  }

  static List<ExportRecord> of(Link link, String environment) throws SQLException {
    return Sql.list(
        link,
        "SELECT * FROM export WHERE env = ? ORDER BY tbl, target",
        Exports::read,
        environment);
  }

  private static ExportRecord read(ResultSet row) throws SQLException {
    return new ExportRecord(
        row.getString("env"),
        new TableName(row.getString("schema_name"), row.getString("table_name")),
        row.getString("target"),
        row.getString("wanted"),
        row.getLong("release"),
        Optional.ofNullable(row.getString("done")),
        row.getInt("failures"),
        Optional.ofNullable(row.getString("error")));
  }

  static void tried(Link link, ExportRecord export, Optional<String> done, Optional<String> error)
      throws SQLException {
    Sql.update(
        link,
        "UPDATE export SET done = COALESCE(?, done), error = ?,"
            + " failures = CASE WHEN ? = 1 THEN failures + 1 ELSE 0 END"
            + " WHERE env = ? AND tbl = ? AND target = ?",
        done.orElse(null),
        error.orElse(null),
        error.isPresent(),
        export.environment(),
        export.table().identity(),
        export.target());
  }

  static void forget(Link link, ExportRecord export) throws SQLException {
    Sql.update(
        link,
        "DELETE FROM export WHERE env = ? AND tbl = ? AND target = ?",
        export.environment(),
        export.table().identity(),
        export.target());
  }
}
