package dev.towpath.metadata;

import dev.towpath.core.store.MetadataStore.Hold;
import dev.towpath.core.store.RunRecord;
import dev.towpath.spi.Names;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
    String incarnation = liveness.register();
    return database.grouped(connection -> {
      insert(connection, run);
      long head = Rows.head(connection, run.environment());
      return hold(connection, incarnation, run.environment(), head, run.id());
    });
  }

  Hold read(String environment, long release) {
    String incarnation = liveness.register();
    return database.grouped(connection -> {
      Rows.release(connection, environment, release);
      return hold(connection, incarnation, environment, release, null);
    });
  }

  private Hold hold(
      Connection connection,
      String incarnation,
      String environment,
      long release,
      @Nullable String run)
      throws SQLException {
    String id = UUID.randomUUID().toString();
    Sql.update(
        connection,
        "INSERT INTO hold VALUES (?,?,?,?,?,?,?,?,?)",
        id,
        incarnation,
        ProcessHandle.current().pid(),
        run == null ? "reader" : "run",
        environment,
        release,
        run,
        clock.instant(),
        Liveness.fileName(incarnation));
    AtomicBoolean open = new AtomicBoolean(true);
    return () -> {
      if (open.getAndSet(false)) {
        database.grouped(c -> Sql.update(c, "DELETE FROM hold WHERE id = ?", id));
      }
    };
  }

  private static void insert(Connection connection, RunRecord run) throws SQLException {
    Sql.update(
        connection,
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
    Map<String, Boolean> alive = new HashMap<>();
    List<String> dead = new ArrayList<>();
    boolean orphans =
        database.read(connection -> {
          for (String incarnation :
              Sql.list(
                  connection, "SELECT DISTINCT incarnation FROM hold", row -> row.getString(1))) {
            if (!alive.computeIfAbsent(incarnation, liveness::alive)) {
              dead.add(incarnation);
            }
          }
          return Sql.number(connection, "SELECT COUNT(*) " + ORPHANS) > 0;
        });
    if (dead.isEmpty() && !orphans) {
      return;
    }
    database.grouped(connection -> {
      for (String incarnation : dead) {
        Sql.update(connection, "DELETE FROM hold WHERE incarnation = ?", incarnation);
      }
      bury(connection);
      return dead.size();
    });
  }

  private static final String ORPHANS =
      "FROM run WHERE state = 'RUNNING' AND id NOT IN"
          + " (SELECT run FROM hold WHERE run IS NOT NULL)";

  /** Marks runs that nobody holds. */
  private void bury(Connection connection) throws SQLException {
    for (String run : Sql.list(connection, "SELECT id " + ORPHANS, row -> row.getString(1))) {
      Sql.update(
          connection,
          "UPDATE run SET state = 'FAILED', finished = ?, message = ? WHERE id = ?",
          clock.instant(),
          DIED,
          run);
      Sql.update(
          connection,
          "UPDATE task SET state = 'FAILED', finished = ?, message = ?"
              + " WHERE run = ? AND state IN ('WAITING', 'READY', 'RUNNING')",
          clock.instant(),
          DIED,
          run);
    }
  }

  /** Ids of the runs that are alive, after a {@link #sweep}. */
  static Set<String> alive(Connection connection) throws SQLException {
    return new HashSet<>(
        Sql.list(
            connection, "SELECT run FROM hold WHERE run IS NOT NULL", row -> row.getString(1)));
  }

  void write(List<RunRecord.Task> tasks, List<RunRecord.CheckResult> checks) {
    database.grouped(connection -> {
      for (RunRecord.Task task : tasks) {
        Sql.update(
            connection,
            "INSERT OR REPLACE INTO task VALUES (?,?,?,?,?,?,?,?)",
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
            connection,
            "INSERT OR REPLACE INTO check_result VALUES (?,?,?,?,?,?,?,?)",
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
    database.grouped(connection ->
        Sql.update(
            connection,
            "UPDATE run SET state = ?, message = ?, finished = ?"
                + " WHERE id = ? AND state = 'RUNNING'",
            state,
            message,
            now,
            run));
  }
}
