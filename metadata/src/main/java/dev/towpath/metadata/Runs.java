package dev.towpath.metadata;

import dev.towpath.core.store.MetadataStore.Hold;
import dev.towpath.core.store.RunRecord;
import dev.towpath.spi.Names;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Runs, their rows, and the holds by which runs and readers show that they are alive. */
final class Runs {
  static final String DIED = "the process died";

  private final Database database;
  private final Liveness liveness;
  private final InstantSource clock;

  Runs(Database database, Liveness liveness, InstantSource clock) {
    this.database = database;
    this.liveness = liveness;
    this.clock = clock;
  }

  Hold begin(RunRecord run) {
    if (database.readOnly() && database.exists()) {
      throw database.refusal();
    }
    if (database.exists()) {
      sweep(); // whoever begins work finds what the dead left
    }
    String incarnation = liveness.register();
    return database.grouped(link -> {
      insert(link, run);
      long head = Rows.head(link, run.environment());
      return hold(link, incarnation, "run", run.environment(), head, run.id());
    });
  }

  Hold read(String environment, long release) {
    if (database.readOnly() || !database.exists()) {
      // Nobody can be told. What gc would take is safe for its grace period all the same.
      database.read(link -> Rows.release(link, environment, release));
      return () -> {};
    }
    String incarnation = liveness.register();
    return database.grouped(link -> {
      Rows.release(link, environment, release);
      return hold(link, incarnation, "reader", environment, release, null);
    });
  }

  /** A hold that one process at a time can have. */
  Optional<Hold> exporting(String environment) {
    sweep(); // a dead one's hold goes
    String incarnation = liveness.register();
    return database.grouped(link ->
        Sql.number(link, "SELECT COUNT(*) FROM hold WHERE kind = 'export' AND env = ?", environment)
                > 0
            ? Optional.empty()
            : Optional.of(
                hold(
                    link, incarnation, "export", environment, Rows.head(link, environment), null)));
  }

  private Hold hold(
      Link link,
      String incarnation,
      String kind,
      String environment,
      long release,
      @Nullable String run)
      throws SQLException {
    String id = UUID.randomUUID().toString();
    Sql.update(
        link,
        "INSERT INTO hold VALUES (?,?,?,?,?,?,?,?,?)",
        id,
        incarnation,
        ProcessHandle.current().pid(),
        kind,
        environment,
        release,
        run,
        clock.instant(),
        liveness.place(incarnation));
    AtomicBoolean open = new AtomicBoolean(true);
    return () -> {
      if (open.get()) {
        database.grouped(c -> Sql.update(c, "DELETE FROM hold WHERE id = ?", id));
        open.set(false); // not before: a close that failed can be tried again
      }
    };
  }

  private static void insert(Link link, RunRecord run) throws SQLException {
    Sql.update(
        link,
        "INSERT INTO run VALUES (?,?,?,?,?,?,?,?,?)",
        run.id(),
        run.environment(),
        run.state(),
        run.started(),
        run.finished().orElse(null),
        run.logicalTime().toString(),
        Rows.json(run.selection()),
        run.release().orElse(null),
        run.message().orElse(null));
  }

  /**
   * Finds the runs and readers whose process died, removes their holds and marks their runs failed.
   * Cheap when there is none.
   */
  void sweep() {
    if (database.readOnly()) {
      return; // those who may write will find them
    }
    Set<String> holders = new HashSet<>();
    boolean orphans =
        database.read(link -> {
          holders.addAll(
              Sql.list(link, "SELECT DISTINCT incarnation FROM hold", row -> row.getString(1)));
          return Sql.number(link, "SELECT COUNT(*) " + ORPHANS) > 0;
        });
    List<String> dead = holders.stream().filter(holder -> !liveness.alive(holder)).toList();
    if (dead.isEmpty() && !orphans) {
      return;
    }
    database.grouped(link -> {
      for (String incarnation : dead) {
        if (liveness.bury(link, incarnation)) {
          Sql.update(link, "DELETE FROM hold WHERE incarnation = ?", incarnation);
        }
      }
      bury(link);
      return dead.size();
    });
  }

  private static final String ORPHANS =
      "FROM run WHERE state = 'RUNNING' AND id NOT IN"
          + " (SELECT run FROM hold WHERE run IS NOT NULL)";

  /** Marks runs that nobody holds. */
  private void bury(Link link) throws SQLException {
    for (String run : Sql.list(link, "SELECT id " + ORPHANS, row -> row.getString(1))) {
      Sql.update(
          link,
          "UPDATE run SET state = 'FAILED', finished = ?, message = ? WHERE id = ?",
          clock.instant(),
          DIED,
          run);
      Sql.update(
          link,
          "UPDATE task SET state = 'FAILED', finished = ?, message = ?"
              + " WHERE run = ? AND state IN ('WAITING', 'READY', 'RUNNING')",
          clock.instant(),
          DIED,
          run);
    }
  }

  /** Ids of the runs that are alive, after a {@link #sweep}. */
  static Set<String> alive(Link link) throws SQLException {
    return new HashSet<>(
        Sql.list(link, "SELECT run FROM hold WHERE run IS NOT NULL", row -> row.getString(1)));
  }

  void write(List<RunRecord.Task> tasks, List<RunRecord.CheckResult> checks) {
    database.grouped(link -> {
      for (RunRecord.Task task : tasks) {
        Sql.update(
            link,
            "INSERT INTO task VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (run, asset) DO UPDATE SET"
                + " state = excluded.state, started = excluded.started,"
                + " finished = excluded.finished, row_count = excluded.row_count,"
                + " reason = excluded.reason, message = excluded.message",
            task.run(),
            task.asset(),
            task.state(),
            task.started(),
            task.finished().orElse(null),
            task.rows(),
            task.reason(),
            task.message().orElse(null));
      }
      for (RunRecord.CheckResult check : checks) {
        Sql.update(
            link,
            "INSERT INTO check_result (run, tbl, name, shown, passed, warn, failures, sample)"
                + " VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (run, tbl, name) DO UPDATE SET"
                + " shown = excluded.shown, passed = excluded.passed, warn = excluded.warn,"
                + " failures = excluded.failures, sample = excluded.sample",
            check.run(),
            Names.identity(check.table()),
            check.check(),
            check.table(),
            check.passed(),
            check.warn(),
            check.failures(),
            check.sample());
      }
      return tasks.size();
    });
  }

  void finish(String run, RunRecord.State state, @Nullable String message, Instant now) {
    database.grouped(link ->
        Sql.update(
            link,
            "UPDATE run SET state = ?, message = ?, finished = ?"
                + " WHERE id = ? AND state = 'RUNNING'",
            state,
            message,
            now,
            run));
  }
}
