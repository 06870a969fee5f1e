package dev.towpath.metadata;

import dev.towpath.core.project.TriggerRule;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.JsonText;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What follows when tasks of a run end, inside the transaction of their end: those that waited for
 * them become ready, or cannot start any more, and so on; at last the run is over.
 *
 * <p>The order of rows is always a task, its mapped task, the run, its successors: so two ends of
 * one run never wait for each other, and the row of the run lets one of them go first.
 */
final class Settling {
  private final Link link;
  private final FlowRun run;
  private final Instant now;
  private final Deque<Over> over = new ArrayDeque<>();

  /** A task that has ended, and its row says so. */
  private record Over(FlowTask task, FlowTask.State state) {}

  Settling(Link link, FlowRun run, Instant now) {
    this.link = link;
    this.run = run;
    this.now = now;
  }

  /** Adds the tasks of a run that has just started; without any, goes on with those that it has. */
  void begin(List<FlowTask> tasks) throws SQLException {
    int place = 0;
    for (FlowTask task : tasks) {
      TaskRows.insert(link, task, place++);
    }
    recount();
    for (FlowTask task : tasks.isEmpty() ? TaskRows.of(link, run.id()) : tasks) {
      if (task.state() == FlowTask.State.WAITING && !task.last()) {
        release(task);
      }
    }
    if (!isOpen("open_tasks")) {
      releaseLast();
    }
    settle();
    endIfOver();
  }

  /** Goes on from a task that has just ended. */
  void ended(FlowTask task, FlowTask.State state) throws SQLException {
    over.add(new Over(task, state));
    if (settle()) {
      endIfOver();
    }
  }

  /**
   * Cancels all tasks of the run that do not run.
   *
   * @param all also those that come last
   */
  void cancel(boolean all) throws SQLException {
    List<FlowTask> cancelled =
        Sql.list(
            link,
            "UPDATE flow_task SET state = 'CANCELLED', finished = ?, fence = fence + 1"
                + " WHERE run = ? AND is_last <= ? AND children = 0"
                + " AND state IN ('WAITING', 'READY', 'RETRY_WAIT', 'DEFERRED') RETURNING *",
            TaskRows::read,
            now,
            run.id(),
            all);
    for (FlowTask task : cancelled) {
      told(task, FlowTask.State.CANCELLED);
    }
    for (FlowTask group :
        Sql.list(
            link,
            "SELECT * FROM flow_task WHERE run = ? AND is_last <= ? AND children > 0",
            TaskRows::read,
            run.id(),
            all)) {
      int children =
          (int)
              Sql.number(
                  link,
                  "SELECT COUNT(*) FROM flow_task WHERE run = ? AND name = ? AND idx >= 0 AND state"
                      + " NOT IN ('SUCCESS', 'FAILED', 'SKIPPED', 'UPSTREAM_FAILED', 'CANCELLED')",
                  run.id(),
                  group.key().name());
      Sql.update(
          link,
          "UPDATE flow_task SET children = ? WHERE run = ? AND name = ? AND idx = -1",
          children,
          run.id(),
          group.key().name());
      if (children == 0) {
        close(group, FlowTask.State.CANCELLED, Optional.empty(), Optional.empty());
        told(group, FlowTask.State.CANCELLED);
      }
    }
    boolean before = isOpen("open_tasks");
    recount();
    if (before && !isOpen("open_tasks")) {
      releaseLast();
      settle();
    }
    endIfOver();
  }

  private void endIfOver() throws SQLException {
    if (!isOpen("open_tasks") && !isOpen("open_last")) {
      end();
    }
  }

  private void recount() throws SQLException {
    String count =
        "(SELECT COUNT(*) FROM flow_task WHERE run = ? AND idx = -1 AND is_last = %d AND state NOT"
            + " IN ('SUCCESS', 'FAILED', 'SKIPPED', 'UPSTREAM_FAILED', 'CANCELLED'))";
    Sql.update(
        link,
        "UPDATE flow_run SET open_tasks = "
            + count.formatted(0)
            + ", open_last = "
            + count.formatted(1)
            + " WHERE id = ?",
        run.id(),
        run.id(),
        run.id());
  }

  private boolean isOpen(String column) throws SQLException {
    return Sql.number(link, "SELECT " + column + " FROM flow_run WHERE id = ?", run.id()) > 0;
  }

  /** Works until nothing follows any more; tells whether no task is left. */
  private boolean settle() throws SQLException {
    boolean nothing = false;
    while (!over.isEmpty()) {
      Over next = over.remove();
      told(next.task(), next.state());
      if (next.task().key().index() != FlowTask.WHOLE) {
        child(next.task());
        continue;
      }
      long[] left = left(next.task().last());
      for (String name : next.task().successors()) {
        release(name, next.state());
      }
      if (!next.task().last() && left[0] == 0) {
        releaseLast();
      }
      nothing = left[0] + left[1] == 0;
    }
    return nothing;
  }

  /** Counts a task as over; tells how many ordinary ones, and how many last ones, are not. */
  private long[] left(boolean last) throws SQLException {
    return Sql.list(
            link,
            "UPDATE flow_run SET open_tasks = open_tasks - ?, open_last = open_last - ?"
                + " WHERE id = ? RETURNING open_tasks, open_last",
            row -> new long[] {row.getLong(1), row.getLong(2)},
            last ? 0 : 1,
            last ? 1 : 0,
            run.id())
        .getFirst();
  }

  private void release(String name, FlowTask.State ended) throws SQLException {
    List<FlowTask> successor =
        Sql.list(
            link,
            "UPDATE flow_task SET needs_open = needs_open - 1, needs_ok = needs_ok + ?,"
                + " needs_failed = needs_failed + ?, needs_skipped = needs_skipped + ?"
                + " WHERE run = ? AND name = ? AND idx = -1 RETURNING *",
            TaskRows::read,
            ended == FlowTask.State.SUCCESS,
            ended.isFailure(),
            ended == FlowTask.State.SKIPPED,
            run.id(),
            name);
    for (FlowTask task : successor) {
      if (task.state() == FlowTask.State.WAITING && task.children() == 0) {
        release(task);
      }
    }
  }

  /** Lets those that come last wait for each other only. */
  private void releaseLast() throws SQLException {
    for (FlowTask task :
        Sql.list(
            link,
            "SELECT * FROM flow_task WHERE run = ? AND is_last = 1 AND state = 'WAITING'"
                + " ORDER BY place, idx",
            TaskRows::read,
            run.id())) {
      release(task);
    }
  }

  /** Sees whether a waiting task may start, or cannot any more. */
  private void release(FlowTask task) throws SQLException {
    if (task.children() > 0) {
      return; // it has started, and waits for its mapped tasks
    }
    boolean child = task.key().index() != FlowTask.WHOLE;
    TriggerRule.Verdict verdict =
        child ? TriggerRule.Verdict.START : task.rule().decide(task.counts());
    switch (verdict) {
      case WAIT -> {
        // one of those that it needs will release it
      }
      case START -> {
        if (task.pool().equals(FlowTask.NO_POOL)) {
          pass(task);
        } else {
          makeReady(task, child);
        }
      }
      case SKIP -> cannotStart(task, FlowTask.State.SKIPPED, "what it needs was skipped");
      case FAIL -> cannotStart(task, FlowTask.State.UPSTREAM_FAILED, "what it needs failed");
    }
  }

  private void makeReady(FlowTask task, boolean child) throws SQLException {
    Sql.update(
        link,
        "UPDATE flow_task SET state = ?, ready = ? WHERE run = ? AND name = ? AND idx = ?",
        task.sensor() && (child || !task.mapped()) ? FlowTask.State.DEFERRED : FlowTask.State.READY,
        now,
        run.id(),
        task.key().name(),
        task.key().index());
  }

  /** Ends a task that does nothing: a process that takes it would only cost time. */
  private void pass(FlowTask task) throws SQLException {
    Sql.update(
        link,
        "UPDATE flow_task SET state = 'SUCCESS', ready = ?, started = ?, finished = ?,"
            + " attempts = attempts + 1 WHERE run = ? AND name = ? AND idx = ?",
        now,
        now,
        now,
        run.id(),
        task.key().name(),
        task.key().index());
    over.add(new Over(task, FlowTask.State.SUCCESS));
  }

  private void cannotStart(FlowTask task, FlowTask.State state, String message)
      throws SQLException {
    close(task, state, Optional.of(message), Optional.empty());
    over.add(new Over(task, state));
  }

  private void close(
      FlowTask task, FlowTask.State state, Optional<String> message, Optional<String> outputs)
      throws SQLException {
    Sql.update(
        link,
        "UPDATE flow_task SET state = ?, finished = ?, message = ?, outputs = ?, incarnation = NULL"
            + " WHERE run = ? AND name = ? AND idx = ?",
        state,
        now,
        message.orElse(null),
        outputs.orElse(null),
        task.key().run(),
        task.key().name(),
        task.key().index());
  }

  /** Counts a mapped task's task as over; with the last of them, the mapped task is. */
  private void child(FlowTask task) throws SQLException {
    FlowTask group =
        Sql.list(
                link,
                "UPDATE flow_task SET children = children - 1 WHERE run = ? AND name = ?"
                    + " AND idx = -1 RETURNING *",
                TaskRows::read,
                run.id(),
                task.key().name())
            .getFirst();
    if (group.children() > 0) {
      return;
    }
    Map<FlowTask.State, Integer> states = states("name = ? AND idx >= 0", group.key().name());
    int all = states.values().stream().mapToInt(n -> n).sum();
    int failed = states.getOrDefault(FlowTask.State.FAILED, 0);
    boolean cancelled = states.containsKey(FlowTask.State.CANCELLED);
    FlowTask.State state =
        failed > 0
            ? FlowTask.State.FAILED
            : cancelled ? FlowTask.State.CANCELLED : FlowTask.State.SUCCESS;
    Optional<String> message =
        failed > 0
            ? Optional.of(
                failed + " of " + all + " failed; the first: " + first(group.key().name()))
            : Optional.empty();
    close(group, state, message, outputs(group));
    over.add(new Over(group, state));
  }

  /** What the tasks of a mapped one handed on: lists, in the order of their rows. */
  private Optional<String> outputs(FlowTask group) throws SQLException {
    Map<String, List<Object>> lists = new LinkedHashMap<>();
    for (String outputs :
        Sql.list(
            link,
            "SELECT outputs FROM flow_task WHERE run = ? AND name = ? AND idx >= 0"
                + " AND outputs IS NOT NULL ORDER BY idx",
            row -> row.getString(1),
            run.id(),
            group.key().name())) {
      JsonText.object(outputs)
          .forEach((name, value) -> {
            if (value != null) {
              lists.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
            }
          });
    }
    return lists.isEmpty() ? Optional.empty() : Optional.of(JsonText.write(lists));
  }

  private Map<FlowTask.State, Integer> states(String which, Object... values) throws SQLException {
    Object[] all = new Object[values.length + 1];
    all[0] = run.id();
    System.arraycopy(values, 0, all, 1, values.length);
    Map<FlowTask.State, Integer> states = new EnumMap<>(FlowTask.State.class);
    Sql.list(
            link,
            "SELECT state, COUNT(*) FROM flow_task WHERE run = ? AND " + which + " GROUP BY state",
            row -> Map.entry(FlowTask.State.valueOf(row.getString(1)), row.getInt(2)),
            all)
        .forEach(entry -> states.put(entry.getKey(), entry.getValue()));
    return states;
  }

  /** Why the first of a mapped task's tasks failed. */
  private String first(String name) throws SQLException {
    return Sql.first(
            link,
            "SELECT message FROM flow_task WHERE run = ? AND name = ? AND idx >= 0"
                + " AND state = 'FAILED' ORDER BY finished, idx LIMIT 1",
            row -> Optional.ofNullable(row.getString(1)).orElse(""),
            run.id(),
            name)
        .orElse("");
  }

  /** Ends the run: well, when all of its tasks did or were skipped. */
  private void end() throws SQLException {
    Map<FlowTask.State, Integer> states = states("idx = -1");
    boolean good = states.keySet().stream().noneMatch(FlowTask.State::isFailure);
    int cancel = (int) Sql.number(link, "SELECT cancel FROM flow_run WHERE id = ?", run.id());
    if (good) {
      FlowRows.end(link, run.id(), FlowRun.State.SUCCESS, Optional.empty(), now);
    } else if (cancel > 0) {
      FlowRows.end(
          link, run.id(), Flows.state(cancel), FlowRows.get(link, run.id()).message(), now);
    } else {
      FlowRows.end(link, run.id(), FlowRun.State.FAILED, Optional.of(why()), now);
    }
  }

  private String why() throws SQLException {
    List<String> messages =
        Sql.list(
            link,
            "SELECT name, message FROM flow_task WHERE run = ? AND idx = -1 AND state = 'FAILED'"
                + " ORDER BY finished, place",
            row -> Optional.ofNullable(row.getString(2)).orElse(row.getString(1) + " failed"),
            run.id());
    int more = messages.size() - 1;
    return messages.isEmpty()
        ? "a task was cancelled"
        : messages.getFirst() + (more > 0 ? " (and " + more + " more)" : "");
  }

  private void told(FlowTask task, FlowTask.State state) throws SQLException {
    Events.add(
        link,
        now,
        task.environment(),
        "task.ended",
        task.flow(),
        task.key().run(),
        task.key().toString(),
        "state",
        state,
        "seconds",
        task.started()
            .map(started -> Duration.between(started, now).toMillis() / 1000.0)
            .orElse(null));
  }
}
