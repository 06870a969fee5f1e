package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Forgetting a whole environment. */
final class Environments {
  private Environments() {}

  /** The transaction of {@link dev.towpath.core.store.MetadataStore#dropEnvironment}. */
  static int drop(Link link, String name) throws SQLException {
    if (!Rows.exists(link, name)) {
      throw new TowpathException(
          "environment \"" + name + "\" has not been created",
          "\"towpath env ls\" lists what there is");
    }
    Optional<String> user =
        Sql.first(
            link,
            "SELECT kind, pid FROM hold WHERE env = ? ORDER BY kind DESC",
            row -> "a " + row.getString(1) + " of process " + row.getLong(2),
            name);
    if (user.isPresent()) {
      throw new TowpathException(
          "environment \"" + name + "\" is in use by " + user.get(), "stop it and try again");
    }
    long busy =
        Sql.number(
            link, "SELECT COUNT(*) FROM flow_task WHERE env = ? AND state = 'RUNNING'", name);
    if (busy > 0) {
      throw new TowpathException(
          "environment \"" + name + "\" is in use: tasks of its flows run",
          "\"towpath --env " + name + " runs\" shows them; cancel them, or stop the server");
    }
    for (String table : List.of("task", "check_result")) {
      Sql.update(
          link, "DELETE FROM " + table + " WHERE run IN (SELECT id FROM run WHERE env = ?)", name);
    }
    for (String table :
        List.of(
            "run",
            "release",
            "pointer",
            "base",
            "export",
            "flow",
            "flow_run",
            "flow_task",
            "flow_broken",
            "backfill",
            "event",
            "outbox")) {
      Sql.update(link, "DELETE FROM " + table + " WHERE env = ?", name);
    }
    return Sql.update(link, "DELETE FROM environment WHERE name = ?", name);
  }
}
