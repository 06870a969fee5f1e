package dev.towpath.metadata;

import dev.towpath.core.project.Flow;
import dev.towpath.core.store.FlowRun;
import dev.towpath.spi.TowpathException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Rows of runs of flows. */
final class FlowRows {
  private FlowRows() {}

  static void insert(Link link, FlowRun run) throws SQLException {
    Sql.update(
        link,
        "INSERT INTO flow_run (id, env, flow, state, cause, due, interval_start, created, started,"
            + " finished, ready, attempts, failures, run, release, message, cancel, params, backfill)"
            + " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0,?,?)",
        run.id(),
        run.environment(),
        run.flow(),
        run.state(),
        run.cause(),
        run.due(),
        run.start().orElse(null),
        run.created(),
        run.started().orElse(null),
        run.finished().orElse(null),
        run.ready(),
        run.attempts(),
        run.failures(),
        run.run().orElse(null),
        run.release().orElse(null),
        run.message().orElse(null),
        run.params(),
        run.backfill().orElse(null));
    Events.add(
        link,
        run.created(),
        run.environment(),
        "run.created",
        run.flow(),
        run.id(),
        null,
        "cause",
        run.cause(),
        "due",
        run.due());
  }

  static FlowRun read(ResultSet row) throws SQLException {
    long release = row.getLong("release");
    boolean published = !row.wasNull();
    return new FlowRun(
        row.getString("id"),
        row.getString("env"),
        row.getString("flow"),
        FlowRun.State.valueOf(row.getString("state")),
        FlowRun.Cause.valueOf(row.getString("cause")),
        Sql.instant(row.getLong("due")),
        Sql.instant(row, "interval_start"),
        Sql.instant(row.getLong("created")),
        Sql.instant(row, "started"),
        Sql.instant(row, "finished"),
        Sql.instant(row.getLong("ready")),
        row.getInt("attempts"),
        row.getInt("failures"),
        Optional.ofNullable(row.getString("run")),
        published ? Optional.of(release) : Optional.empty(),
        Optional.ofNullable(row.getString("message")),
        row.getString("params"),
        Optional.ofNullable(row.getString("backfill")),
        Optional.ofNullable(row.getString("version")));
  }

  static Optional<FlowRun> find(Link link, String id) throws SQLException {
    return Sql.first(link, "SELECT * FROM flow_run WHERE id = ?", FlowRows::read, id);
  }

  static FlowRun get(Link link, String id) throws SQLException {
    return find(link, id)
        .orElseThrow(() -> new TowpathException("there is no run \"" + id + "\"", null));
  }

  /** Ends a run that is not over, and owes messages to those whom its end is told. */
  static void end(Link link, String id, FlowRun.State state, Optional<String> message, Instant now)
      throws SQLException {
    List<Flow.Notice> notices =
        Messages.notices(
            Sql.first(
                    link, "SELECT notices FROM flow_run WHERE id = ?", row -> row.getString(1), id)
                .orElse(""));
    Sql.update(
        link,
        "UPDATE flow_run SET state = ?, finished = ?, message = ? WHERE id = ?",
        state,
        now,
        message.orElse(null),
        id);
    FlowRun run = get(link, id);
    Events.add(
        link,
        now,
        run.environment(),
        "run.ended",
        run.flow(),
        id,
        null,
        "state",
        state,
        "release",
        run.release().orElse(null),
        "message",
        message.orElse(null));
    if (state == FlowRun.State.FAILED) {
      fail(link, run);
      Messages.owe(link, notices, Flow.Event.FAILURE, run, now);
    } else if (state == FlowRun.State.SUCCESS && recovers(link, run)) {
      Messages.owe(link, notices, Flow.Event.RECOVERY, run, now);
    }
    if (run.backfill().isPresent()) {
      Backfills.ended(link, run.backfill().get(), now);
    }
  }

  /** A flow is broken from a run that failed to the next that succeeds; backfills are beside it. */
  private static void fail(Link link, FlowRun run) throws SQLException {
    if (run.backfill().isEmpty()) {
      Sql.update(
          link,
          "INSERT INTO flow_broken (env, flow, run) VALUES (?,?,?) ON CONFLICT DO NOTHING",
          run.environment(),
          run.flow(),
          run.id());
    }
  }

  private static boolean recovers(Link link, FlowRun run) throws SQLException {
    return run.backfill().isEmpty()
        && Sql.update(
                link,
                "DELETE FROM flow_broken WHERE env = ? AND flow = ?",
                run.environment(),
                run.flow())
            == 1;
  }
}
