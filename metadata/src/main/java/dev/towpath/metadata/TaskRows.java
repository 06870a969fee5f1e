package dev.towpath.metadata;

import dev.towpath.core.project.TriggerRule;
import dev.towpath.core.store.FlowTask;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Rows of tasks of flows. */
final class TaskRows {
  private TaskRows() {}

  /** Adds a task at its place in the order of its run. */
  static void insert(Link link, FlowTask task, int place) throws SQLException {
    Sql.update(
        link,
        "INSERT INTO flow_task (run, name, idx, env, flow, type, is_last, sensor, mapped, state,"
            + " pool, priority, rule, needs, successors, needs_open, needs_ok, needs_failed,"
            + " needs_skipped, children, ready, attempts, failures, deaths, fence, item, place)"
            + " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        task.key().run(),
        task.key().name(),
        task.key().index(),
        task.environment(),
        task.flow(),
        task.type(),
        task.last(),
        task.sensor(),
        task.mapped(),
        task.state(),
        task.pool(),
        task.priority(),
        task.rule(),
        String.join("\n", task.needs()),
        String.join("\n", task.successors()),
        task.counts().open(),
        task.counts().succeeded(),
        task.counts().failed(),
        task.counts().skipped(),
        task.children(),
        task.ready(),
        task.attempts(),
        task.failures(),
        task.deaths(),
        task.fence(),
        task.item().orElse(null),
        place);
  }

  static FlowTask read(ResultSet row) throws SQLException {
    return new FlowTask(
        new FlowTask.Key(row.getString("run"), row.getString("name"), row.getInt("idx")),
        row.getString("env"),
        row.getString("flow"),
        row.getString("type"),
        row.getInt("is_last") != 0,
        row.getInt("sensor") != 0,
        row.getInt("mapped") != 0,
        FlowTask.State.valueOf(row.getString("state")),
        row.getString("pool"),
        row.getInt("priority"),
        TriggerRule.valueOf(row.getString("rule")),
        names(row.getString("needs")),
        names(row.getString("successors")),
        new TriggerRule.Counts(
            row.getInt("needs_open"),
            row.getInt("needs_ok"),
            row.getInt("needs_failed"),
            row.getInt("needs_skipped")),
        row.getInt("children"),
        Sql.instant(row.getLong("ready")),
        row.getInt("attempts"),
        row.getInt("failures"),
        row.getInt("deaths"),
        row.getLong("fence"),
        Sql.instant(row, "started"),
        Sql.instant(row, "finished"),
        Optional.ofNullable(row.getString("outputs")),
        Optional.ofNullable(row.getString("message")),
        Optional.ofNullable(row.getString("item")));
  }

  private static List<String> names(String lines) {
    return lines.isEmpty() ? List.of() : List.of(lines.split("\n"));
  }

  /** All tasks of a run, in the order in which they were added. */
  static List<FlowTask> of(Link link, String run) throws SQLException {
    return Sql.list(
        link,
        "SELECT * FROM flow_task WHERE run = ? ORDER BY place, name, idx",
        TaskRows::read,
        run);
  }
}
