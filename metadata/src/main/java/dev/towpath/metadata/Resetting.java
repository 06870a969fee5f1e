package dev.towpath.metadata;

import dev.towpath.core.project.TriggerRule;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Lets tasks of a run that is over run again, inside a transaction; the run is queued then. */
final class Resetting {
  private final Link link;
  private final FlowRun run;
  private final Instant now;
  private final Map<String, FlowTask> byName = new HashMap<>();
  private final List<FlowTask> all;

  Resetting(Link link, FlowRun run, Instant now) throws SQLException {
    this.link = link;
    this.run = run;
    this.now = now;
    this.all = TaskRows.of(link, run.id());
    for (FlowTask task : all) {
      if (task.key().index() == FlowTask.WHOLE) {
        byName.put(task.key().name(), task);
      }
    }
  }

  /** Resets tasks, all that wait for them, and those that come last. */
  Set<FlowTask.Key> reset(Collection<String> names, boolean whole) throws SQLException {
    Set<String> named = new HashSet<>(names);
    named.retainAll(byName.keySet());
    Set<String> again = new HashSet<>();
    Deque<String> next = new ArrayDeque<>(named);
    while (!next.isEmpty()) {
      String name = next.remove();
      FlowTask task = byName.get(name);
      if (again.add(name) && task != null) {
        next.addAll(task.successors());
      }
    }
    if (again.isEmpty()) {
      return Set.of();
    }
    byName.values().stream().filter(FlowTask::last).forEach(t -> again.add(t.key().name()));
    Set<FlowTask.Key> keys = new LinkedHashSet<>();
    for (FlowTask task : all) {
      if (task.key().index() == FlowTask.WHOLE && again.contains(task.key().name())) {
        // rows that ended well stay, unless what they were made of runs again, too
        boolean afresh = whole || task.needs().stream().anyMatch(again::contains);
        int failed = afresh ? 0 : children(task, keys);
        reset(task, again, failed);
        if (failed == 0) { // its query runs again
          Sql.update(
              link,
              "DELETE FROM flow_task WHERE run = ? AND name = ? AND idx >= 0",
              run.id(),
              task.key().name());
        }
        keys.add(task.key());
      }
    }
    Sql.update(
        link,
        "UPDATE flow_run SET state = 'QUEUED', finished = NULL, message = NULL, cancel = 0,"
            + " late = 0, until = NULL, ready = ?, asked = 1 WHERE id = ?",
        now,
        run.id());
    if (run.backfill().isPresent()) {
      Backfills.reopen(link, run.backfill().get());
    }
    Events.add(link, now, run.environment(), "run.retried", run.flow(), run.id(), null);
    return keys;
  }

  /** Resets the rows of a mapped task that did not end well; tells how many. */
  private int children(FlowTask group, Set<FlowTask.Key> keys) throws SQLException {
    int children = 0;
    for (FlowTask task : all) {
      if (task.key().index() != FlowTask.WHOLE
          && task.key().name().equals(group.key().name())
          && task.state().isFailure()) {
        blank(task, TriggerRule.Counts.NONE, 0);
        keys.add(task.key());
        children++;
      }
    }
    return children;
  }

  private void reset(FlowTask task, Set<String> again, int children) throws SQLException {
    int open = 0;
    int succeeded = 0;
    int failed = 0;
    int skipped = 0;
    for (String need : task.needs()) {
      FlowTask other = byName.get(need);
      if (other == null || again.contains(need)) {
        open++;
      } else if (other.state() == FlowTask.State.SUCCESS) {
        succeeded++;
      } else if (other.state() == FlowTask.State.SKIPPED) {
        skipped++;
      } else {
        failed++;
      }
    }
    blank(task, new TriggerRule.Counts(open, succeeded, failed, skipped), children);
  }

  private void blank(FlowTask task, TriggerRule.Counts counts, int children) throws SQLException {
    Sql.update(
        link,
        "UPDATE flow_task SET state = 'WAITING', needs_open = ?, needs_ok = ?, needs_failed = ?,"
            + " needs_skipped = ?, children = ?, failures = 0, deaths = 0, fence = fence + 1,"
            + " incarnation = NULL, started = NULL, finished = NULL, outputs = NULL, message = NULL"
            + " WHERE run = ? AND name = ? AND idx = ?",
        counts.open(),
        counts.succeeded(),
        counts.failed(),
        counts.skipped(),
        children,
        run.id(),
        task.key().name(),
        task.key().index());
  }
}
