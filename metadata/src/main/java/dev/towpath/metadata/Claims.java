package dev.towpath.metadata;

import dev.towpath.core.store.FlowTask;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes tasks that are ready for the slots that are free, pool by pool, the most urgent first.
 *
 * @param pools slots by name
 * @param fallback slots of other pools
 */
record Claims(
    Database database,
    Liveness liveness,
    String environment,
    Map<String, Integer> pools,
    int fallback) {
  /** Takes tasks for this process, so many at most. */
  List<FlowTask> take(int most, Instant now) {
    if (most <= 0 || !database.read(link -> isAny(link, now))) {
      return List.of(); // without the write lock: mostly there is nothing
    }
    String incarnation = liveness.register();
    return database.grouped(link -> {
      Sql.update(
          link,
          "UPDATE flow_task SET state = 'READY' WHERE env = ?"
              + " AND state IN ('RETRY_WAIT', 'DEFERRED') AND state = 'RETRY_WAIT'"
              + " AND (sensor = 0 OR mapped = 1) AND ready <= ?",
          environment,
          now);
      List<FlowTask> taken = new ArrayList<>();
      Map<String, Integer> running = slots(link, environment);
      Optional<String> pool = pool(link, "");
      while (pool.isPresent()) {
        int room = Math.min(free(pool.get(), running), most - taken.size());
        if (room > 0) {
          take(link, pool.get(), room, incarnation, now, taken);
        }
        pool = pool(link, pool.get());
      }
      return taken;
    });
  }

  /** Whether a task waits for a slot that is free. */
  private boolean isAny(Link link, Instant now) throws SQLException {
    Optional<String> pool = pool(link, "");
    Map<String, Integer> running = pool.isEmpty() ? Map.of() : slots(link, environment);
    while (pool.isPresent()) {
      if (free(pool.get(), running) > 0) {
        return true;
      }
      pool = pool(link, pool.get());
    }
    return Sql.number(
            link,
            "SELECT 1 FROM flow_task WHERE env = ? AND state IN ('RETRY_WAIT', 'DEFERRED')"
                + " AND state = 'RETRY_WAIT' AND (sensor = 0 OR mapped = 1) AND ready <= ? LIMIT 1",
            environment,
            now)
        > 0;
  }

  /** The pool after one, by name, in which tasks wait for a slot. */
  private Optional<String> pool(Link link, String after) throws SQLException {
    return Sql.first(
        link,
        "SELECT pool FROM flow_task WHERE env = ? AND state = 'READY' AND pool > ?"
            + " ORDER BY pool LIMIT 1",
        row -> row.getString(1),
        environment,
        after);
  }

  private void take(
      Link link, String pool, int room, String incarnation, Instant now, List<FlowTask> taken)
      throws SQLException {
    for (FlowTask task :
        Sql.list(
            link,
            "SELECT * FROM flow_task WHERE env = ? AND pool = ? AND state = 'READY'"
                + " ORDER BY priority DESC, ready, run, name, idx LIMIT ?",
            TaskRows::read,
            environment,
            pool,
            room)) {
      List<FlowTask> mine =
          Sql.list(
              link,
              "UPDATE flow_task SET state = 'RUNNING', fence = fence + 1, attempts = attempts + 1,"
                  + " incarnation = ?, started = ?, finished = NULL WHERE run = ? AND name = ?"
                  + " AND idx = ? AND state = 'READY' RETURNING *",
              TaskRows::read,
              incarnation,
              now,
              task.key().run(),
              task.key().name(),
              task.key().index());
      for (FlowTask one : mine) {
        Tasks.tell(link, one, "task.started", now, "attempt", one.attempts());
        taken.add(one);
      }
    }
  }

  private int free(String pool, Map<String, Integer> running) {
    return pools.getOrDefault(pool, fallback) - running.getOrDefault(pool, 0);
  }

  /** Slots that are taken, by pool. */
  static Map<String, Integer> slots(Link link, String environment) throws SQLException {
    Map<String, Integer> slots = new HashMap<>();
    Sql.list(
            link,
            "SELECT pool, COUNT(*) FROM flow_task WHERE env = ? AND state = 'RUNNING' GROUP BY pool",
            row -> Map.entry(row.getString(1), row.getInt(2)),
            environment)
        .forEach(entry -> slots.put(entry.getKey(), entry.getValue()));
    return slots;
  }
}
