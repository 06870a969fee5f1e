package dev.towpath.metadata;

import dev.towpath.core.store.AuditLog;
import dev.towpath.core.store.FlowState;
import dev.towpath.core.store.HeadFile;
import dev.towpath.core.store.ManifestJson;
import dev.towpath.core.store.Publication;
import dev.towpath.core.store.Release;
import dev.towpath.core.store.ReleaseManifest;
import dev.towpath.core.store.ReleaseManifest.Reference;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.ObjectStore;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Makes releases. The order is what makes them safe: under the store's write lock the head is
 * compared, then the manifest is written into the lake and synced, then the rows, then the commit.
 * So a committed release always has its manifest; a manifest without a commit is at most one more
 * release than the store knows, complete in itself, and is seen by nobody but {@code restore}.
 */
final class Publisher {
  private final ObjectStore objects;

  Publisher(ObjectStore objects) {
    this.objects = objects;
  }

  /** What a table has in the head: its name as written, its state and the state's manifest. */
  private record Current(TableName table, String state, String manifest) {}

  /** The transaction of {@link dev.towpath.core.store.MetadataStore#publish}. */
  Publication.Outcome publish(Link link, Publication publication) throws SQLException {
    String environment = publication.environment();
    long head = Rows.head(link, environment);
    if (head != publication.base()) {
      return new Publication.HeadMoved(head);
    }
    requireAlive(link, publication);
    Map<TableName, Current> current = current(link, environment);
    List<TableState> changed = new ArrayList<>();
    List<TableState> added = new ArrayList<>();
    Map<TableName, Reference> tables = new TreeMap<>();
    current.forEach((name, at) -> tables.put(name, new Reference(at.state(), at.manifest())));
    String path = path(environment, head + 1);
    for (TableState state : publication.writes()) {
      Optional<String> known = manifest(link, publication, state);
      tables.put(state.table(), new Reference(state.id(), known.orElse(path)));
      if (known.isEmpty()) {
        added.add(state);
      }
      Current before = current.get(state.table());
      if (before == null || !before.state().equals(state.id())) {
        changed.add(state);
      }
    }
    Set<TableName> removed = new TreeSet<>(publication.removes());
    removed.retainAll(current.keySet());
    removed.forEach(tables::remove);
    Release release =
        new Release(
            environment,
            head + 1,
            publication.kind(),
            publication.restores().orElse(head + 1),
            tables.size(),
            changed.size() + removed.size(),
            publication.run(),
            publication.now(),
            publication.note(),
            path);
    ensure(link, environment);
    write(link, release, added, removed, tables);
    for (TableState state : publication.writes()) {
      Rows.insert(link, state, path, true);
    }
    movePointers(link, release, changed, removed);
    Exports.owe(link, environment, release.number(), changed, publication.exports());
    if (publication.origin().isPresent()) {
      agree(link, publication.origin().get(), publication);
    }
    if (publication.run().isPresent()) {
      Sql.update(
          link,
          "UPDATE run SET state = 'SUCCESS', finished = ?, release = ? WHERE id = ?",
          publication.now(),
          release.number(),
          publication.run().get());
    }
    if (publication.owner().isPresent()) {
      Sql.update(
          link,
          "UPDATE flow_run SET run = ?, release = ? WHERE id = ?",
          publication.run().orElse(null),
          release.number(),
          publication.owner().get().task().run());
    }
    if (publication.along().isPresent()) {
      along(link, release, publication.along().get());
    }
    return new Publication.Published(release);
  }

  private static void along(Link link, Release release, Publication.Along along)
      throws SQLException {
    AuditLog.Act by = along.by();
    Instant now = release.published();
    Audits.add(
        link,
        release.environment(),
        new AuditLog.Act(
            by.who(), by.action(), "release " + release.number(), "to " + release.effective()),
        now);
    for (FlowState flow : along.pauses()) {
      Flows.pause(
          link,
          flow,
          true,
          new AuditLog.Act(by.who(), "pause", flow.flow(), "by a " + by.action()),
          now);
    }
  }

  /** The transaction of {@link dev.towpath.core.store.MetadataStore#createEnvironment}. */
  Release create(Link link, String name, Optional<String> from, Instant now) throws SQLException {
    if (Rows.exists(link, name)) {
      throw new TowpathException(
          "environment \"" + name + "\" exists already",
          "choose another name, or drop it first with: towpath env drop " + name);
    }
    if (from.isEmpty()) {
      ensure(link, name);
      return Rows.none(name);
    }
    String origin = from.get();
    if (!Rows.exists(link, origin)) {
      throw new TowpathException(
          "environment \"" + origin + "\" has not been created",
          "\"towpath env ls\" lists what there is");
    }
    long head = Rows.head(link, origin);
    ensure(link, name);
    if (head == 0) {
      return Rows.none(name);
    }
    Map<TableName, Reference> tables = new TreeMap<>();
    current(link, origin)
        .forEach((table, at) -> tables.put(table, new Reference(at.state(), at.manifest())));
    Sql.update(
        link,
        "INSERT INTO base SELECT ?, p.tbl, s.record ->> 'schema', s.record ->> 'table',"
            + " s.version FROM pointer p JOIN state s ON s.id = p.state"
            + " WHERE p.env = ? AND p.to_release IS NULL",
        name,
        origin);
    Release release =
        new Release(
            name,
            1,
            Release.Kind.CREATE,
            1,
            tables.size(),
            tables.size(),
            Optional.empty(),
            now,
            "from " + origin + " at " + head,
            path(name, 1));
    write(link, release, List.of(), Set.of(), tables);
    Sql.update(
        link,
        "INSERT INTO pointer SELECT ?, tbl, 1, NULL, state, r.published FROM pointer p"
            + " JOIN release r ON r.env = ? AND r.number = 1"
            + " WHERE p.env = ? AND to_release IS NULL",
        name,
        name,
        origin);
    return release;
  }

  private static void ensure(Link link, String environment) throws SQLException {
    Sql.update(link, "INSERT INTO environment VALUES (?, 0) ON CONFLICT DO NOTHING", environment);
  }

  private static void requireAlive(Link link, Publication publication) throws SQLException {
    if (publication.run().isPresent()) {
      String run = publication.run().get();
      Optional<String> state =
          Sql.first(link, "SELECT state FROM run WHERE id = ?", row -> row.getString(1), run);
      if (!state.equals(Optional.of("RUNNING"))) {
        throw new TowpathException(
            "run "
                + run
                + " cannot publish: it is "
                + state.map(s -> "over (" + s + ")").orElse("not known"),
            "run again");
      }
    }
    if (publication.owner().isPresent()) {
      requireOwner(link, publication.owner().get());
    }
  }

  private static void requireOwner(Link link, Publication.Owner owner) throws SQLException {
    long own =
        Sql.number(
            link,
            "SELECT COUNT(*) FROM flow_task WHERE run = ? AND name = ? AND idx = ? AND fence = ?"
                + " AND state = 'RUNNING'",
            owner.task().run(),
            owner.task().name(),
            owner.task().index(),
            owner.fence());
    if (own == 0) {
      throw new TowpathException(
          "task "
              + owner.task()
              + " of run "
              + owner.task().run()
              + " cannot publish: it is another process's now",
          null);
    }
  }

  /** The manifest that records a state already, if one does. */
  private static Optional<String> manifest(Link link, Publication publication, TableState state)
      throws SQLException {
    List<Optional<String>> found =
        Sql.list(
            link,
            "SELECT manifest FROM state WHERE id = ?",
            row -> Optional.ofNullable(row.getString(1)),
            state.id());
    if (found.isEmpty() && publication.kind() != Release.Kind.RUN) {
      throw new TowpathException(
          "state " + state.id() + " of " + state.table() + " is not kept any more",
          "\"towpath releases\" lists what can be restored");
    }
    return found.isEmpty() ? Optional.empty() : found.getFirst();
  }

  private static Map<TableName, Current> current(Link link, String environment)
      throws SQLException {
    Map<TableName, Current> current = new TreeMap<>();
    for (Current at :
        Sql.list(
            link,
            "SELECT s.record ->> 'schema', s.record ->> 'table', s.id, s.manifest"
                + " FROM pointer p JOIN state s ON s.id = p.state"
                + " WHERE p.env = ? AND p.to_release IS NULL",
            row ->
                new Current(
                    new TableName(row.getString(1), row.getString(2)),
                    row.getString(3),
                    row.getString(4)),
            environment)) {
      current.put(at.table(), at);
    }
    return current;
  }

  /** Writes the manifest and the release's row, and makes it the head. */
  private void write(
      Link link,
      Release release,
      List<TableState> states,
      Set<TableName> removed,
      Map<TableName, Reference> tables)
      throws SQLException {
    String store = Sql.first(link, "SELECT id FROM store", row -> row.getString(1)).get();
    String parent =
        release.number() == 1
            ? ""
            : Rows.release(link, release.environment(), release.number() - 1).manifest();
    if (release.number() == 1) {
      forgetLine(release);
    }
    ReleaseManifest manifest =
        new ReleaseManifest(
            store, release, parent, states, removed, tables, Bases.of(link, release.environment()));
    objects.write(release.manifest(), ManifestJson.write(manifest));
    Rows.insert(link, release);
    Sql.update(
        link,
        "UPDATE environment SET head = ? WHERE name = ?",
        release.number(),
        release.environment());
  }

  /**
   * An environment's first release follows none. When a head lies in the lake all the same, it is
   * of an environment of that name that was dropped by a process that died right after.
   */
  private void forgetLine(Release release) {
    HeadFile head = HeadFile.read(objects, release.environment());
    if (!head.manifest().isEmpty()) {
      HeadFile.dropped(release.published()).write(objects, release.environment());
    }
  }

  private static void movePointers(
      Link link, Release release, List<TableState> changed, Set<TableName> removed)
      throws SQLException {
    Set<TableName> closed = new TreeSet<>(removed);
    changed.forEach(state -> closed.add(state.table()));
    for (TableName table : closed) {
      Sql.update(
          link,
          "UPDATE pointer SET to_release = ? WHERE env = ? AND tbl = ? AND to_release IS NULL",
          release.number(),
          release.environment(),
          table.identity());
    }
    for (TableState state : changed) {
      Rows.point(link, release, state.table(), state.id());
    }
  }

  private static void agree(Link link, String origin, Publication publication) throws SQLException {
    for (TableState state : publication.writes()) {
      Bases.set(link, origin, state.table(), state.version());
    }
    for (TableName table : publication.removes()) {
      Bases.remove(link, origin, table);
    }
  }

  private static String path(String environment, long number) {
    return String.format(
        Locale.ROOT,
        "releases/%s/%012d-%s.json",
        environment,
        number,
        UUID.randomUUID().toString().substring(0, 18));
  }
}
