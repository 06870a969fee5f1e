package dev.towpath.metadata;

import dev.towpath.core.store.AuditLog;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.TaskStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of runs of flows. A task that runs belongs to the incarnation that took it, under the
 * fence of that moment; what follows from its end is in {@link Settling}.
 */
final class Tasks implements TaskStore {
  private static final String MINE =
      " WHERE run = ? AND name = ? AND idx = ? AND fence = ? AND incarnation = ?"
          + " AND state IN ('RUNNING', 'DEFERRED')";

  private final Database database;
  private final Liveness liveness;

  Tasks(Database database, Liveness liveness) {
    this.database = database;
    this.liveness = liveness;
  }

  @Override
  public List<FlowTask> tasks(String run) {
    return database.read(link -> TaskRows.of(link, run));
  }

  @Override
  public Optional<FlowTask> task(FlowTask.Key key) {
    return database.read(link ->
        Sql.first(
            link,
            "SELECT * FROM flow_task WHERE run = ? AND name = ? AND idx = ?",
            TaskRows::read,
            key.run(),
            key.name(),
            key.index()));
  }

  @Override
  public List<FlowTask> claim(
      String environment, Map<String, Integer> pools, int fallback, int most, Instant now) {
    return new Claims(database, liveness, environment, pools, fallback).take(most, now);
  }

  /** Writes down what has happened to a task. */
  static void tell(Link link, FlowTask task, String type, Instant now, @Nullable Object... detail)
      throws SQLException {
    Events.add(
        link,
        now,
        task.environment(),
        type,
        task.flow(),
        task.key().run(),
        task.key().toString(),
        detail);
  }

  @Override
  public List<FlowTask> look(
      String environment, int most, int mostDeaths, Instant now, Instant until) {
    String due =
        "SELECT * FROM flow_task WHERE env = ? AND state IN ('RETRY_WAIT', 'DEFERRED')"
            + " AND sensor = 1 AND mapped = 0 AND ready <= ? ORDER BY ready, run, name, idx LIMIT ?";
    if (database.read(link -> Sql.list(link, due, TaskRows::read, environment, now, 1)).isEmpty()) {
      return List.of();
    }
    String incarnation = liveness.register();
    Deaths deaths = new Deaths(database, liveness, environment, mostDeaths, now);
    Set<String> dead = deaths.lookers();
    return database.grouped(link -> {
      List<FlowTask> taken = new ArrayList<>();
      for (FlowTask task : Sql.list(link, due, TaskRows::read, environment, now, most)) {
        if (!dead.isEmpty() && deaths.inLook(link, task, dead)) {
          continue;
        }
        boolean again = task.state() == FlowTask.State.RETRY_WAIT;
        boolean first = task.attempts() == 0;
        List<FlowTask> mine =
            Sql.list(
                link,
                "UPDATE flow_task SET state = 'DEFERRED', ready = ?, fence = fence + 1,"
                    + " incarnation = ?, attempts = attempts + ?, started = COALESCE(started, ?)"
                    + " WHERE run = ? AND name = ? AND idx = ? AND fence = ? RETURNING *",
                TaskRows::read,
                until,
                incarnation,
                first || again,
                now,
                task.key().run(),
                task.key().name(),
                task.key().index(),
                task.fence());
        for (FlowTask one : mine) {
          if (first || again) {
            tell(link, one, "task.started", now, "attempt", one.attempts());
            tell(link, one, "task.deferred", now);
          }
          taken.add(one);
        }
      }
      return taken;
    });
  }

  @Override
  public boolean end(FlowTask taken, FlowTask.End end, Instant now) {
    String incarnation = liveness.register();
    return database.grouped(link -> end(link, taken, end, incarnation, now));
  }

  private static boolean end(
      Link link, FlowTask taken, FlowTask.End end, String incarnation, Instant now)
      throws SQLException {
    FlowTask.Key key = taken.key();
    int ended =
        Sql.update(
            link,
            "UPDATE flow_task SET state = ?, finished = ?, outputs = ?, message = ?,"
                + " incarnation = NULL"
                + MINE,
            end.state(),
            now,
            end.outputs().orElse(null),
            end.message().orElse(null),
            key.run(),
            key.name(),
            key.index(),
            taken.fence(),
            incarnation);
    if (ended == 1) {
      if (end.tables().isPresent()) {
        Sql.update(
            link,
            "UPDATE flow_run SET run = ?, release = COALESCE(?, release) WHERE id = ?",
            end.tables().get().run(),
            end.tables().get().release().orElse(null),
            key.run());
      }
      new Settling(link, FlowRows.get(link, key.run()), now).ended(taken, end.state());
    }
    return ended == 1;
  }

  @Override
  public boolean retry(FlowTask taken, Instant ready, String message, Instant now) {
    String incarnation = liveness.register();
    return database.grouped(link -> {
      if (isCancelled(link, taken)) {
        return end(
            link, taken, FlowTask.End.of(FlowTask.State.CANCELLED, message), incarnation, now);
      }
      boolean mine =
          Sql.update(
                  link,
                  "UPDATE flow_task SET state = 'RETRY_WAIT', ready = ?, failures = failures + 1,"
                      + " message = ?, incarnation = NULL"
                      + MINE,
                  ready,
                  message,
                  taken.key().run(),
                  taken.key().name(),
                  taken.key().index(),
                  taken.fence(),
                  incarnation)
              == 1;
      if (mine) {
        tell(link, taken, "task.retry", now, "message", message, "ready", ready);
      }
      return mine;
    });
  }

  @Override
  public boolean giveBack(FlowTask taken, Instant now) {
    String incarnation = liveness.register();
    return database.grouped(link -> {
      if (isCancelled(link, taken)) {
        return end(
            link,
            taken,
            FlowTask.End.of(FlowTask.State.CANCELLED, "the run was cancelled"),
            incarnation,
            now);
      }
      return Sql.update(
              link,
              "UPDATE flow_task SET state = CASE state WHEN 'RUNNING' THEN 'READY' ELSE state END,"
                  + " ready = ?, incarnation = NULL"
                  + MINE,
              now,
              taken.key().run(),
              taken.key().name(),
              taken.key().index(),
              taken.fence(),
              incarnation)
          == 1;
    });
  }

  @Override
  public boolean postpone(FlowTask taken, Instant ready, String why, Instant now) {
    String incarnation = liveness.register();
    return database.grouped(link -> {
      if (isCancelled(link, taken)) {
        return end(link, taken, FlowTask.End.of(FlowTask.State.CANCELLED, why), incarnation, now);
      }
      return Sql.update(
              link,
              "UPDATE flow_task SET state = CASE state WHEN 'RUNNING' THEN 'RETRY_WAIT' ELSE state"
                  + " END, ready = ?, message = ?, incarnation = NULL"
                  + MINE,
              ready,
              why,
              taken.key().run(),
              taken.key().name(),
              taken.key().index(),
              taken.fence(),
              incarnation)
          == 1;
    });
  }

  @Override
  public List<FlowTask> running(String environment) {
    String some = "SELECT 1 FROM flow_task WHERE env = ? AND state = 'RUNNING' LIMIT 1";
    if (database.read(link -> Sql.number(link, some, environment)) == 0) {
      return List.of(); // a process that does nothing needs no sign of life
    }
    String incarnation = liveness.register();
    return database.read(link ->
        Sql.list(
            link,
            "SELECT * FROM flow_task WHERE env = ? AND state = 'RUNNING' AND incarnation = ?",
            TaskRows::read,
            environment,
            incarnation));
  }

  static boolean isCancelled(Link link, FlowTask task) throws SQLException {
    long cancel = Sql.number(link, "SELECT cancel FROM flow_run WHERE id = ?", task.key().run());
    return task.last() ? Flows.atOnce(cancel) : cancel > 0;
  }

  @Override
  public void defer(Map<FlowTask, Instant> looked, Instant now) {
    if (looked.isEmpty()) {
      return;
    }
    database.grouped(link -> {
      for (Map.Entry<FlowTask, Instant> one : looked.entrySet()) {
        FlowTask task = one.getKey();
        Sql.update(
            link,
            "UPDATE flow_task SET ready = ?, failures = 0, deaths = 0, incarnation = NULL WHERE run = ?"
                + " AND name = ? AND idx = ? AND fence = ? AND state = 'DEFERRED'",
            one.getValue(),
            task.key().run(),
            task.key().name(),
            task.key().index(),
            task.fence());
      }
      return looked;
    });
  }

  @Override
  public boolean expand(FlowTask taken, List<String> items, Instant now) {
    String incarnation = liveness.register();
    return database.grouped(link -> {
      if (isCancelled(link, taken)) {
        return end(
            link,
            taken,
            FlowTask.End.of(FlowTask.State.CANCELLED, "the run was cancelled"),
            incarnation,
            now);
      }
      if (items.isEmpty()) {
        return end(
            link,
            taken,
            FlowTask.End.of(FlowTask.State.SUCCESS, "its query has no rows"),
            incarnation,
            now);
      }
      boolean mine =
          Sql.update(
                  link,
                  "UPDATE flow_task SET state = 'WAITING', children = ?, incarnation = NULL" + MINE,
                  items.size(),
                  taken.key().run(),
                  taken.key().name(),
                  taken.key().index(),
                  taken.fence(),
                  incarnation)
              == 1;
      if (mine) {
        int place =
            (int)
                Sql.number(
                    link,
                    "SELECT place FROM flow_task WHERE run = ? AND name = ? AND idx = -1",
                    taken.key().run(),
                    taken.key().name());
        for (int i = 0; i < items.size(); i++) {
          TaskRows.insert(link, taken.child(i, items.get(i), now), place);
        }
        tell(link, taken, "task.mapped", now, "tasks", items.size());
      }
      return mine;
    });
  }

  @Override
  public List<FlowTask> recover(String environment, int mostDeaths, Instant now) {
    return new Deaths(database, liveness, environment, mostDeaths, now).recover();
  }

  @Override
  public Optional<Instant> next(String environment) {
    return database.read(link ->
        Sql.first(
            link,
            "SELECT ready FROM flow_task WHERE env = ? AND state IN ('RETRY_WAIT', 'DEFERRED')"
                + " ORDER BY ready LIMIT 1",
            row -> Sql.instant(row.getLong(1)),
            environment));
  }

  @Override
  public void hasten(String environment, Duration by) {
    long nanos = by.toNanos();
    database.synced(link -> {
      // whoever looks at a sensor now chooses its next moment afterwards
      Sql.update(
          link,
          "UPDATE flow_task SET ready = ready - ? WHERE env = ? AND incarnation IS NULL"
              + " AND state IN ('RETRY_WAIT', 'DEFERRED')",
          nanos,
          environment);
      Sql.update(
          link,
          "UPDATE flow_run SET until = until - ? WHERE env = ? AND state = 'RUNNING'"
              + " AND until IS NOT NULL",
          nanos,
          environment);
      Sql.update(
          link,
          "UPDATE outbox SET due = due - ? WHERE env = ? AND done IS NULL",
          nanos,
          environment);
      return by;
    });
  }

  @Override
  public Map<String, Integer> slots(String environment) {
    return database.read(link -> Claims.slots(link, environment));
  }

  @Override
  public Map<FlowTask.State, Integer> open(String environment) {
    return database.read(link -> {
      Map<FlowTask.State, Integer> open = new EnumMap<>(FlowTask.State.class);
      Sql.list(
              link,
              "SELECT t.state, COUNT(*) FROM flow_run r JOIN flow_task t ON t.run = r.id"
                  + " WHERE r.env = ? AND r.state = 'RUNNING' GROUP BY t.state",
              row -> Map.entry(FlowTask.State.valueOf(row.getString(1)), row.getInt(2)),
              environment)
          .forEach(entry -> open.put(entry.getKey(), entry.getValue()));
      open.keySet().removeIf(FlowTask.State::isOver);
      return open;
    });
  }

  @Override
  public Set<FlowTask.Key> reset(
      String run, Collection<String> names, boolean whole, AuditLog.Act by, Instant now) {
    return database.synced(link -> {
      Optional<FlowRun> found = FlowRows.find(link, run);
      if (found.isEmpty() || !found.get().state().isOver()) {
        return Set.of();
      }
      Set<FlowTask.Key> again = new Resetting(link, found.get(), now).reset(names, whole);
      if (!again.isEmpty()) {
        Audits.add(link, found.get().environment(), by, now);
      }
      return again;
    });
  }
}
