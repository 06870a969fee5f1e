package dev.towpath.metadata;

import dev.towpath.core.store.AccessStore;
import dev.towpath.core.store.AuditLog;
import dev.towpath.core.store.BackfillStore;
import dev.towpath.core.store.EventStore;
import dev.towpath.core.store.ExportRecord;
import dev.towpath.core.store.FlowStore;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.HeadFile;
import dev.towpath.core.store.LakeOwner;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.Outbox;
import dev.towpath.core.store.Publication;
import dev.towpath.core.store.Release;
import dev.towpath.core.store.ReleaseManifest;
import dev.towpath.core.store.RunFilter;
import dev.towpath.core.store.RunRecord;
import dev.towpath.core.store.TableState;
import dev.towpath.core.store.TaskStore;
import dev.towpath.core.store.VersionStore;
import dev.towpath.spi.ObjectStore;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The metadata store in tables of a database. Thread-safe. */
public abstract sealed class SqlStore implements MetadataStore permits SqliteStore, PostgresStore {
  private static final Pattern ENVIRONMENT = Pattern.compile("[\\p{L}\\p{N}_][\\p{L}\\p{N}_.-]*");

  private final Database database;
  private final Liveness liveness;
  private final Runs runs;
  private final Publisher publisher;
  private final Flows flows;
  private final Tasks tasks;
  private final Backfills backfills;
  private final Events events;
  private final Audits audit;
  private final Accounts access;
  private final Messages outbox;
  private final Versions versions;
  private final ObjectStore objects;
  private final InstantSource clock;
  private volatile boolean claimed;

  SqlStore(Database database, ObjectStore objects, InstantSource clock) {
    this.database = database;
    this.objects = objects;
    this.clock = clock;
    this.liveness = database.liveness();
    this.runs = new Runs(database, liveness, clock);
    this.publisher = new Publisher(objects);
    this.flows = new Flows(database);
    this.tasks = new Tasks(database, liveness);
    this.backfills = new Backfills(database);
    this.events = new Events(database);
    this.audit = new Audits(database);
    this.access = new Accounts(database);
    this.outbox = new Messages(database);
    this.versions = new Versions(database);
  }

  @Override
  public String id() {
    return database.made(c -> Sql.first(c, "SELECT id FROM store", row -> row.getString(1)).get());
  }

  @Override
  public List<String> environments() {
    return database.read(
        c -> Sql.list(c, "SELECT name FROM environment ORDER BY name", row -> row.getString(1)));
  }

  @Override
  public Release createEnvironment(String name, Optional<String> from, Instant now) {
    requireName(name);
    claim();
    Release release = database.synced(c -> publisher.create(c, name, from, now));
    announce(release);
    return release;
  }

  @Override
  public void dropEnvironment(String name) {
    runs.sweep();
    tasks.recover(name, FlowTask.MOST_DEATHS, clock.instant()); // what runs then is alive
    database.synced(c -> Environments.drop(c, name));
    Announcer.quietly(() -> HeadFile.dropped(clock.instant()).write(objects, name));
  }

  @Override
  public Release head(String environment) {
    Release head = database.read(c -> Rows.release(c, environment, Rows.head(c, environment)));
    if (head.number() == 0) {
      requireOwn();
    }
    return head;
  }

  @Override
  public List<Release> releases(String environment, long before, int limit) {
    List<Release> releases =
        database.read(c ->
            Sql.list(
                c,
                "SELECT * FROM release WHERE env = ? AND number < ? ORDER BY number DESC LIMIT ?",
                Rows::release,
                environment,
                before,
                limit));
    if (releases.isEmpty()) {
      requireOwn();
    }
    return releases;
  }

  @Override
  public LakeView view(String environment, long release) {
    return database.read(c -> {
      Release row = Rows.release(c, environment, release);
      Map<TableName, TableState> tables = new HashMap<>();
      for (TableState state :
          Sql.list(
              c,
              "SELECT s.record FROM pointer p JOIN state s ON s.id = p.state"
                  + " WHERE p.env = ? AND p.from_release <= ?"
                  + " AND (p.to_release IS NULL OR p.to_release > ?)",
              Rows::state,
              environment,
              release,
              release)) {
        tables.put(state.table(), state);
      }
      return new LakeView(row, tables);
    });
  }

  @Override
  public List<TableState> history(String environment, TableName table, int limit) {
    return database.read(c ->
        Sql.list(
            c,
            "SELECT s.record FROM pointer p JOIN state s ON s.id = p.state"
                + " WHERE p.env = ? AND p.tbl = ? ORDER BY p.from_release DESC LIMIT ?",
            Rows::state,
            environment,
            table.identity(),
            limit));
  }

  @Override
  public Optional<Instant> since(String environment, TableName table) {
    return database.read(c ->
        Sql.first(
            c,
            "SELECT since FROM pointer WHERE env = ? AND tbl = ? AND to_release IS NULL",
            row -> Sql.instant(row.getLong(1)),
            environment,
            table.identity()));
  }

  @Override
  public Optional<TableState> state(String id) {
    return database.read(
        c -> Sql.first(c, "SELECT record FROM state WHERE id = ?", Rows::state, id));
  }

  @Override
  public Optional<TableState> version(TableName table, String version) {
    return database.read(c ->
        Sql.first(
            c,
            "SELECT record FROM state WHERE tbl = ? AND version = ? LIMIT 1",
            Rows::state,
            table.identity(),
            version));
  }

  @Override
  public Map<TableName, String> bases(String environment) {
    return database.read(c -> Bases.of(c, environment));
  }

  @Override
  public Hold begin(RunRecord run) {
    requireName(run.environment());
    claim();
    return runs.begin(run);
  }

  @Override
  public Hold read(String environment, long release) {
    return runs.read(environment, release);
  }

  @Override
  public List<ExportRecord> exports(String environment) {
    return database.read(c -> Exports.of(c, environment));
  }

  @Override
  public void owe(LakeView view, Map<TableName, List<String>> declared) {
    List<TableState> states =
        declared.keySet().stream().flatMap(table -> view.table(table).stream()).toList();
    database.synced(c -> {
      long release = view.release().number();
      Exports.oweFirst(c, view.release().environment(), release, states, declared);
      return release;
    });
  }

  @Override
  public void exported(ExportRecord export, Optional<String> done, Optional<String> error) {
    database.synced(c -> {
      Exports.tried(c, export, done, error);
      return export;
    });
  }

  @Override
  public void forget(ExportRecord export) {
    database.grouped(c -> {
      Exports.forget(c, export);
      return export;
    });
  }

  @Override
  public Optional<Hold> exporting(String environment) {
    return runs.exporting(environment);
  }

  @Override
  public void tasks(List<RunRecord.Task> tasks, List<RunRecord.CheckResult> checks) {
    runs.write(tasks, checks);
  }

  @Override
  public void stage(String run, String key, TableState state) {
    database.grouped(c -> {
      Rows.insert(c, state, "", false);
      return keep(c, run, key, state.id());
    });
  }

  @Override
  public Optional<TableState> staged(String key) {
    return database.read(c -> find(c, key));
  }

  @Override
  public Optional<TableState> staged(String run, String key) {
    // Looked up without the write lock first: mostly there is nothing.
    if (staged(key).isEmpty()) {
      return Optional.empty();
    }
    return database.grouped(c -> {
      Optional<TableState> found = find(c, key);
      if (found.isPresent()) {
        keep(c, run, key, found.get().id());
      }
      return found;
    });
  }

  private static Optional<TableState> find(Link c, String key) throws SQLException {
    return Sql.first(
        c,
        "SELECT s.record FROM staged g JOIN state s ON s.id = g.state WHERE g.key = ?"
            + " ORDER BY g.at DESC, g.run LIMIT 1",
        Rows::state,
        key);
  }

  private int keep(Link c, String run, String key, String state) throws SQLException {
    return Sql.update(
        c,
        "INSERT INTO staged VALUES (?,?,?,?) ON CONFLICT (key, run)"
            + " DO UPDATE SET state = excluded.state, at = excluded.at",
        key,
        run,
        state,
        clock.instant());
  }

  @Override
  public Publication.Outcome publish(Publication publication) {
    requireName(publication.environment());
    claim();
    Publication.Outcome outcome =
        database.synced(c -> {
          Publication.Outcome published = publisher.publish(c, publication);
          if (published instanceof Publication.Published(Release release)) {
            Events.released(c, release, clock.instant());
          }
          return published;
        });
    if (outcome instanceof Publication.Published(Release release)) {
      announce(release);
    }
    return outcome;
  }

  /** Tells the lake which release is the head; {@code restore} finds it without, too. */
  private void announce(Release release) {
    if (release.number() > 0) {
      Announcer.quietly(
          () -> HeadFile.of(release.manifest()).write(objects, release.environment()));
    }
  }

  @Override
  public void finish(String run, RunRecord.State state, Optional<String> message, Instant now) {
    runs.finish(run, state, message.orElse(null), now);
  }

  @Override
  public List<RunRecord> runs(String environment, Optional<RunFilter.Position> before, int limit) {
    runs.sweep();
    StringBuilder sql = new StringBuilder("SELECT * FROM run WHERE env = ?");
    List<@Nullable Object> values = new ArrayList<>(List.of(environment));
    before.ifPresent(last -> {
      sql.append(" AND (started < ? OR (started = ? AND id > ?))");
      values.addAll(List.of(last.created(), last.created(), last.id()));
    });
    values.add(limit);
    String query = sql.append(" ORDER BY started DESC, id LIMIT ?").toString();
    return database.read(c -> Sql.list(c, query, Rows::run, values.toArray()));
  }

  @Override
  public Optional<RunRecord> run(String environment, String id) {
    runs.sweep();
    return database.read(c ->
        Sql.first(c, "SELECT * FROM run WHERE env = ? AND id = ?", Rows::run, environment, id));
  }

  @Override
  public List<RunRecord.Task> tasks(String run) {
    return database.read(c ->
        Sql.list(c, "SELECT * FROM task WHERE run = ? ORDER BY started, asset", Rows::task, run));
  }

  @Override
  public List<RunRecord.CheckResult> checks(String environment, TableName table) {
    return database.read(c ->
        Sql.list(
            c,
            "SELECT * FROM check_result WHERE tbl = ? AND run = ("
                + " SELECT r.id FROM run r JOIN check_result k ON k.run = r.id"
                + " WHERE r.env = ? AND k.tbl = ? ORDER BY r.started DESC, r.id LIMIT 1)"
                + " ORDER BY rowid",
            Rows::check,
            table.identity(),
            environment,
            table.identity()));
  }

  @Override
  public List<RunRecord.Checked> checkHistory(String environment, TableName table, int limit) {
    return database.read(c -> {
      List<RunRecord.Checked> history = new ArrayList<>();
      List<RunRecord> ran =
          Sql.list(
              c,
              "SELECT * FROM run WHERE env = ? AND id IN ("
                  + " SELECT run FROM check_result WHERE tbl = ?)"
                  + " ORDER BY started DESC, id LIMIT ?",
              Rows::run,
              environment,
              table.identity(),
              limit);
      for (RunRecord run : ran) {
        List<RunRecord.CheckResult> results =
            Sql.list(
                c,
                "SELECT * FROM check_result WHERE run = ? AND tbl = ? ORDER BY rowid",
                Rows::check,
                run.id(),
                table.identity());
        history.add(new RunRecord.Checked(run.id(), run.started(), results));
      }
      return history;
    });
  }

  @Override
  public Expiry expire(ToIntFunction<String> keep, Instant staged, boolean dryRun) {
    runs.sweep();
    liveness.sweep();
    // Synced, since files go next: after a power loss no row may come back that needs them.
    return database.synced(c -> {
      Sql.execute(c, "SAVEPOINT expire");
      Expiry expiry = Expirer.expire(c, keep, staged);
      if (dryRun) {
        Sql.execute(c, "ROLLBACK TO expire");
      }
      Sql.execute(c, "RELEASE expire");
      return expiry;
    });
  }

  @Override
  public void restore(
      String store, List<ReleaseManifest> releases, Map<String, List<TableState>> states) {
    database.synced(c -> Restorer.restore(c, store, releases, states, database.makeRoom()));
  }

  @Override
  public FlowStore flows() {
    return flows;
  }

  @Override
  public void onLost(Consumer<TowpathException> listener) {
    liveness.onLost(listener);
  }

  @Override
  public TaskStore tasks() {
    return tasks;
  }

  @Override
  public BackfillStore backfills() {
    return backfills;
  }

  @Override
  public EventStore events() {
    return events;
  }

  @Override
  public AuditLog audit() {
    return audit;
  }

  @Override
  public AccessStore access() {
    return access;
  }

  @Override
  public Outbox outbox() {
    return outbox;
  }

  @Override
  public VersionStore versions() {
    return versions;
  }

  @Override
  public long changes() {
    return database.changes();
  }

  @Override
  public void close() {
    liveness.close();
    database.close();
  }

  /** For tests: lets go of everything as the system does for a killed process. */
  void abandon() {
    liveness.abandon();
    database.close();
  }

  /** No file goes into a lake that belongs to another store. */
  private void claim() {
    if (!claimed) {
      LakeOwner.claim(objects, id());
      claimed = true;
    }
  }

  /** A store that knows nothing of what its lake holds has been lost, and this is a new one. */
  private void requireOwn() {
    Optional<String> own =
        database.read(c -> Sql.first(c, "SELECT id FROM store", row -> row.getString(1)));
    Optional<String> owner = LakeOwner.of(objects);
    if (owner.isPresent() && !owner.equals(own)) {
      throw new TowpathException(
          database.name()
              + (own.isPresent() ? " is empty" : " is not there")
              + ", and its lake belongs to another",
          "if it is lost, \"towpath restore\" rebuilds it from the lake; otherwise set lake: or"
              + " metadata: in towpath.yml");
    }
  }

  /** The name becomes part of a path in the lake. */
  private static void requireName(String environment) {
    if (!ENVIRONMENT.matcher(environment).matches()) {
      throw new TowpathException(
          "\"" + environment + "\" cannot name an environment",
          "use letters, digits, \"_\", \"-\" and \".\"");
    }
  }
}
