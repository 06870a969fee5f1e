package dev.towpath.metadata;

import dev.towpath.core.store.Release;
import dev.towpath.core.store.ReleaseManifest;
import dev.towpath.core.store.ReleaseManifest.Reference;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Fills an empty store from the lake's manifests. */
final class Restorer {
  private Restorer() {}

  /** The transaction of {@link dev.towpath.core.store.MetadataStore#restore}. */
  static int restore(
      Link link,
      String store,
      List<ReleaseManifest> releases,
      Map<String, List<TableState>> states,
      String makeRoom)
      throws SQLException {
    if (Sql.number(link, "SELECT COUNT(*) FROM environment") > 0
        || Sql.number(link, "SELECT COUNT(*) FROM state") > 0) {
      throw new TowpathException(
          "the metadata store is not empty, so nothing was restored",
          makeRoom + " first if it is lost or damaged");
    }
    Sql.update(link, "UPDATE store SET id = ?", store);
    for (Map.Entry<String, List<TableState>> entry : states.entrySet()) {
      for (TableState state : entry.getValue()) {
        Rows.insert(link, state, entry.getKey(), true);
      }
    }
    Map<String, Map<TableName, Reference>> open = new HashMap<>();
    for (ReleaseManifest manifest : releases) {
      Release release = manifest.release();
      String environment = release.environment();
      Sql.update(
          link,
          "INSERT INTO environment VALUES (?, ?)"
              + " ON CONFLICT (name) DO UPDATE SET head = excluded.head",
          environment,
          release.number());
      Rows.insert(link, release);
      Map<TableName, Reference> before = open.getOrDefault(environment, Map.of());
      move(link, release, before, manifest.tables());
      open.put(environment, manifest.tables());
      Sql.update(link, "DELETE FROM base WHERE env = ?", environment);
      for (Map.Entry<TableName, String> base : manifest.bases().entrySet()) {
        Bases.set(link, environment, base.getKey(), base.getValue());
      }
    }
    return releases.size();
  }

  private static void move(
      Link link, Release release, Map<TableName, Reference> before, Map<TableName, Reference> after)
      throws SQLException {
    for (Map.Entry<TableName, Reference> entry : before.entrySet()) {
      Reference next = after.get(entry.getKey());
      if (next == null || !next.state().equals(entry.getValue().state())) {
        Sql.update(
            link,
            "UPDATE pointer SET to_release = ? WHERE env = ? AND tbl = ? AND to_release IS NULL",
            release.number(),
            release.environment(),
            entry.getKey().identity());
      }
    }
    for (Map.Entry<TableName, Reference> entry : after.entrySet()) {
      Reference previous = before.get(entry.getKey());
      if (previous == null || !previous.state().equals(entry.getValue().state())) {
        Rows.point(link, release, entry.getKey(), entry.getValue().state());
      }
    }
  }
}
