package dev.towpath.metadata;

import dev.towpath.core.store.FlowTask;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What becomes of the tasks of processes that died: others take them, until they have died of one
 * too often.
 *
 * @param mostDeaths after which a task is not tried again
 */
record Deaths(
    Database database, Liveness liveness, String environment, int mostDeaths, Instant now) {
  /** Gives back what dead processes had; those tasks. */
  List<FlowTask> recover() {
    List<String> dead = new ArrayList<>();
    for (String incarnation :
        database.read(link ->
            Sql.list(
                link,
                "SELECT DISTINCT incarnation FROM flow_task WHERE env = ? AND state = 'RUNNING'"
                    + " UNION SELECT incarnation FROM flow_task WHERE env = ?"
                    + " AND state IN ('RETRY_WAIT', 'DEFERRED') AND state = 'DEFERRED'"
                    + " AND ready > ? AND incarnation IS NOT NULL",
                row -> row.getString(1),
                environment,
                environment,
                now))) {
      if (!liveness.alive(incarnation)) {
        dead.add(incarnation);
      }
    }
    if (dead.isEmpty()) {
      return List.of();
    }
    return database.synced(link -> {
      List<FlowTask> found = new ArrayList<>();
      for (String incarnation : dead) {
        if (!liveness.bury(link, incarnation)) {
          continue;
        }
        for (FlowTask task :
            Sql.list(
                link,
                "SELECT * FROM flow_task WHERE env = ? AND state = 'RUNNING' AND incarnation = ?"
                    + " ORDER BY run, name, idx",
                TaskRows::read,
                environment,
                incarnation)) {
          bury(link, task);
          found.add(task);
        }
        // what it looked at is looked at again; who does, counts the death
        Sql.update(
            link,
            "UPDATE flow_task SET ready = ? WHERE env = ? AND state = 'DEFERRED'"
                + " AND incarnation = ? AND ready > ?",
            now,
            environment,
            incarnation,
            now);
      }
      return found;
    });
  }

  private void bury(Link link, FlowTask task) throws SQLException {
    int deaths = task.deaths() + 1;
    boolean cancelled = Tasks.isCancelled(link, task);
    boolean tooOften = deaths >= mostDeaths;
    FlowTask.State state =
        cancelled
            ? FlowTask.State.CANCELLED
            : tooOften ? FlowTask.State.FAILED : FlowTask.State.READY;
    String message =
        "its process died"
            + (tooOften ? " " + deaths + " times; dead-lettered: it is not tried again" : "");
    Sql.update(
        link,
        "UPDATE flow_task SET state = ?, deaths = ?, ready = ?, finished = ?, message = ?,"
            + " fence = fence + 1, incarnation = NULL WHERE run = ? AND name = ? AND idx = ?",
        state,
        deaths,
        now,
        state.isOver() ? now : null,
        message,
        task.key().run(),
        task.key().name(),
        task.key().index());
    if (state.isOver()) {
      new Settling(link, FlowRows.get(link, task.key().run()), now).ended(task, state);
    } else {
      Tasks.tell(link, task, "task.retry", now, "message", message);
    }
  }

  /** Processes that died while they looked at what is due again. */
  Set<String> lookers() {
    Set<String> dead =
        database.read(link ->
            new HashSet<>(
                Sql.list(
                    link,
                    "SELECT DISTINCT incarnation FROM flow_task WHERE env = ?"
                        + " AND state IN ('RETRY_WAIT', 'DEFERRED') AND state = 'DEFERRED'"
                        + " AND ready <= ? AND incarnation IS NOT NULL",
                    row -> row.getString(1),
                    environment,
                    now)));
    dead.removeIf(liveness::alive);
    return dead;
  }

  /** Counts a death in the middle of a look; tells whether it was one too many. */
  boolean inLook(Link link, FlowTask task, Set<String> dead) throws SQLException {
    Optional<String> looker =
        Sql.first(
            link,
            "SELECT incarnation FROM flow_task WHERE run = ? AND name = ? AND idx = ?"
                + " AND fence = ? AND incarnation IS NOT NULL",
            row -> row.getString(1),
            task.key().run(),
            task.key().name(),
            task.key().index(),
            task.fence());
    if (looker.filter(dead::contains).isEmpty()) {
      return false;
    }
    if (task.deaths() + 1 >= mostDeaths) {
      bury(link, task);
      return true;
    }
    Sql.update(
        link,
        "UPDATE flow_task SET deaths = deaths + 1 WHERE run = ? AND name = ? AND idx = ?",
        task.key().run(),
        task.key().name(),
        task.key().index());
    return false;
  }
}
