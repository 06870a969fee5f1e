package dev.towpath.metadata;

import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowState;
import dev.towpath.core.store.FlowStore;
import dev.towpath.core.store.RunFilter;
import dev.towpath.spi.TableName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tables of flows. A run belongs to the incarnation that started it, and only that one ends it:
 * whoever was taken for dead finds its run gone.
 */
final class Flows implements FlowStore {
  private final Database database;
  private final Liveness liveness;

  Flows(Database database, Liveness liveness) {
    this.database = database;
    this.liveness = liveness;
  }

  @Override
  public Optional<FlowState> flow(String environment, String flow) {
    return database.read(link -> find(link, environment, flow));
  }

  private static Optional<FlowState> find(Link link, String environment, String flow)
      throws SQLException {
    return Sql.first(
        link, "SELECT * FROM flow WHERE env = ? AND name = ?", Flows::state, environment, flow);
  }

  private static FlowState state(ResultSet row) throws SQLException {
    Map<TableName, String> seen = new HashMap<>();
    for (String line : row.getString("seen").lines().toList()) {
      int space = line.lastIndexOf(' ');
      seen.put(TableName.parse(line.substring(0, space)), line.substring(space + 1));
    }
    return new FlowState(
        row.getString("env"),
        row.getString("name"),
        row.getInt("paused") != 0,
        Sql.instant(row.getLong("cursor")),
        seen);
  }

  private static String seen(FlowState state) {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(state.seen())
        .forEach((table, version) -> text.append(table).append(' ').append(version).append('\n'));
    return text.toString();
  }

  @Override
  public boolean advance(Optional<FlowState> from, FlowState to, List<FlowRun> made) {
    return database.synced(link -> {
      if (!find(link, to.environment(), to.flow()).equals(from)) {
        return false;
      }
      put(link, to);
      for (FlowRun run : made) {
        insert(link, run);
      }
      return true;
    });
  }

  private static void put(Link link, FlowState state) throws SQLException {
    Sql.update(
        link,
        "INSERT OR REPLACE INTO flow VALUES (?,?,?,?,?)",
        state.environment(),
        state.flow(),
        state.paused(),
        state.cursor(),
        seen(state));
  }

  @Override
  public void pause(String environment, String flow, boolean paused, Instant now) {
    database.synced(link -> {
      FlowState state =
          find(link, environment, flow)
              .orElse(new FlowState(environment, flow, paused, now, Map.of()));
      put(link, new FlowState(environment, flow, paused, state.cursor(), state.seen()));
      return state;
    });
  }

  @Override
  public void enqueue(FlowRun run) {
    database.synced(link -> {
      insert(link, run);
      return run;
    });
  }

  private static void insert(Link link, FlowRun run) throws SQLException {
    Sql.update(
        link,
        "INSERT INTO flow_run VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,NULL,0)",
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
        run.message().orElse(null));
  }

  private static FlowRun read(ResultSet row) throws SQLException {
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
        Optional.ofNullable(row.getString("message")));
  }

  @Override
  public Optional<FlowRun> run(String id) {
    return database.read(
        link -> Sql.first(link, "SELECT * FROM flow_run WHERE id = ?", Flows::read, id));
  }

  @Override
  public List<FlowRun> open(String environment) {
    return database.read(link ->
        Sql.list(
            link,
            "SELECT * FROM flow_run WHERE env = ? AND state IN ('QUEUED', 'RUNNING')"
                + " ORDER BY due, created, id",
            Flows::read,
            environment));
  }

  @Override
  public List<FlowRun> runs(String environment, Optional<String> flow, int limit) {
    return database.read(link ->
        Sql.list(
            link,
            "SELECT * FROM flow_run WHERE env = ? AND (? IS NULL OR flow = ?)"
                + " ORDER BY created DESC, id DESC LIMIT ?",
            Flows::read,
            environment,
            flow.orElse(null),
            flow.orElse(null),
            limit));
  }

  @Override
  public List<FlowRun> runs(String environment, RunFilter filter, int limit) {
    StringBuilder sql = new StringBuilder("SELECT * FROM flow_run WHERE env = ?");
    List<@Nullable Object> values = new ArrayList<>(List.of(environment));
    filter
        .flow()
        .ifPresent(flow -> {
          sql.append(" AND flow = ?");
          values.add(flow);
        });
    if (!filter.states().isEmpty()) {
      sql.append(" AND state IN (?");
      sql.append(", ?".repeat(filter.states().size() - 1)).append(')');
      values.addAll(filter.states());
    }
    filter
        .before()
        .ifPresent(before -> {
          sql.append(" AND (created, id) < (?, ?)");
          values.add(before.created());
          values.add(before.id());
        });
    values.add(limit);
    String query = sql.append(" ORDER BY created DESC, id DESC LIMIT ?").toString();
    return database.read(link -> Sql.list(link, query, Flows::read, values.toArray()));
  }

  @Override
  public boolean start(String id, Instant now) {
    String incarnation = liveness.register();
    return database.grouped(link ->
        Sql.update(
                link,
                "UPDATE flow_run SET state = 'RUNNING', started = ?, attempts = attempts + 1,"
                    + " incarnation = ? WHERE id = ? AND state = 'QUEUED'",
                now,
                incarnation,
                id)
            == 1);
  }

  @Override
  public boolean finish(String id, FlowRun.End end, Instant now) {
    String incarnation = liveness.register();
    return database.grouped(link ->
        Sql.update(
                link,
                "UPDATE flow_run SET state = ?, finished = ?, run = ?, release = ?, message = ?,"
                    + " incarnation = NULL"
                    + " WHERE id = ? AND state = 'RUNNING' AND incarnation = ?",
                end.state(),
                now,
                end.run().orElse(null),
                end.release().orElse(null),
                end.message().orElse(null),
                id,
                incarnation)
            == 1);
  }

  @Override
  public boolean retry(String id, Instant ready, String message) {
    String incarnation = liveness.register();
    return database.grouped(link ->
        Sql.update(
                link,
                "UPDATE flow_run SET state = 'QUEUED', ready = ?, failures = failures + 1,"
                    + " message = ?, incarnation = NULL"
                    + " WHERE id = ? AND state = 'RUNNING' AND incarnation = ?",
                ready,
                message,
                id,
                incarnation)
            == 1);
  }

  @Override
  public boolean cancel(String id, String message, Instant now) {
    return database.synced(link ->
        Sql.update(
                    link,
                    "UPDATE flow_run SET state = 'CANCELLED', finished = ?, message = ?"
                        + " WHERE id = ? AND state = 'QUEUED'",
                    now,
                    message,
                    id)
                + Sql.update(
                    link,
                    "UPDATE flow_run SET cancel = 1, message = ? WHERE id = ? AND state = 'RUNNING'",
                    message,
                    id)
            > 0);
  }

  @Override
  public boolean cancelled(String id) {
    return database.read(
        link -> Sql.number(link, "SELECT cancel FROM flow_run WHERE id = ?", id) > 0);
  }

  @Override
  public List<FlowRun> recover(String environment, int mostAttempts, Instant now) {
    Map<String, Boolean> alive = new HashMap<>();
    List<String> dead = new ArrayList<>();
    List<String> running =
        database.read(link ->
            Sql.list(
                link,
                "SELECT DISTINCT incarnation FROM flow_run WHERE env = ? AND state = 'RUNNING'",
                row -> row.getString(1),
                environment));
    for (String incarnation : running) {
      if (!alive.computeIfAbsent(incarnation, liveness::alive)) {
        dead.add(incarnation);
      }
    }
    if (dead.isEmpty()) {
      return List.of();
    }
    return database.synced(link -> {
      List<FlowRun> found = new ArrayList<>();
      for (String incarnation : dead) {
        for (FlowRun run :
            Sql.list(
                link,
                "SELECT * FROM flow_run WHERE env = ? AND state = 'RUNNING' AND incarnation = ?",
                Flows::read,
                environment,
                incarnation)) {
          bury(link, run, mostAttempts, now);
          found.add(run);
        }
      }
      return found;
    });
  }

  private static void bury(Link link, FlowRun run, int mostAttempts, Instant now)
      throws SQLException {
    boolean cancel = Sql.number(link, "SELECT cancel FROM flow_run WHERE id = ?", run.id()) > 0;
    boolean tooOften = run.attempts() >= mostAttempts;
    FlowRun.State state =
        cancel ? FlowRun.State.CANCELLED : tooOften ? FlowRun.State.FAILED : FlowRun.State.QUEUED;
    @Nullable String message =
        cancel
            ? run.message().orElse(null)
            : tooOften
                ? "its process died, " + run.attempts() + " times in all; it is not tried again"
                : null;
    Sql.update(
        link,
        "UPDATE flow_run SET state = ?, finished = ?, message = ?, incarnation = NULL WHERE id = ?",
        state,
        state.isOver() ? now : null,
        message,
        run.id());
  }
}
