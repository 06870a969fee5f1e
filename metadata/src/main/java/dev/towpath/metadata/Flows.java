package dev.towpath.metadata;

import dev.towpath.core.project.Flow;
import dev.towpath.core.store.AuditLog;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowState;
import dev.towpath.core.store.FlowStore;
import dev.towpath.core.store.RunFilter;
import dev.towpath.spi.TableName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The tables of flows and their runs. What the tasks of a run do is in {@link Tasks}. */
final class Flows implements FlowStore {
  /**
   * In the column {@code cancel}: somebody cancelled it, or it took too long; and both for good.
   */
  private static final int CANCELLED = 1;

  private static final int LATE = 2;
  private static final int AT_ONCE = 4;

  /** Why a run that nobody asked for is there. */
  private static final String BY_ITSELF = "IN ('SCHEDULE', 'TABLE', 'WEBHOOK') AND r.asked = 0";

  /** One run of a flow at a time, and none that its pause holds back. */
  static final String MAY_START =
      " NOT EXISTS (SELECT 1 FROM flow_run other WHERE other.env = flow_run.env"
          + " AND other.flow = flow_run.flow AND other.state = 'RUNNING'"
          + " AND other.backfill IS NULL) AND (asked = 1"
          + " OR cause NOT IN ('SCHEDULE', 'TABLE', 'WEBHOOK') OR NOT EXISTS (SELECT 1 FROM flow f"
          + " WHERE f.env = flow_run.env AND f.name = flow_run.flow AND f.paused = 1))";

  private static final String MAY_START_IN_BACKFILL =
      " EXISTS (SELECT 1 FROM backfill b WHERE b.id = flow_run.backfill AND b.state = 'ACTIVE'"
          + " AND b.parallel > (SELECT COUNT(*) FROM flow_run other"
          + " WHERE other.backfill = b.id AND other.state = 'RUNNING'))";

  private final Database database;

  Flows(Database database) {
    this.database = database;
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
  public boolean advance(
      Optional<FlowState> from,
      FlowState to,
      List<FlowRun> made,
      List<String> replaced,
      Instant now) {
    return database.synced(link -> {
      if (!find(link, to.environment(), to.flow()).equals(from)) {
        return false;
      }
      put(link, to);
      for (FlowRun run : made) {
        FlowRows.insert(link, run);
      }
      for (String id : replaced) {
        FlowRun run = FlowRows.get(link, id);
        if (!run.state().isOver()) {
          cancelOnce(link, run, "a newer run took its place", now);
        }
      }
      return true;
    });
  }

  private static void put(Link link, FlowState state) throws SQLException {
    Sql.update(
        link,
        "INSERT INTO flow (env, name, paused, cursor, seen) VALUES (?,?,?,?,?)"
            + " ON CONFLICT (env, name) DO UPDATE SET paused = excluded.paused,"
            + " cursor = excluded.cursor, seen = excluded.seen",
        state.environment(),
        state.flow(),
        state.paused(),
        state.cursor(),
        seen(state));
  }

  @Override
  public void pause(FlowState beginning, boolean paused, AuditLog.Act by, Instant now) {
    database.synced(link -> {
      pause(link, beginning, paused, by, now);
      return beginning;
    });
  }

  /** The same in the transaction of something else. */
  static void pause(Link link, FlowState beginning, boolean paused, AuditLog.Act by, Instant now)
      throws SQLException {
    String environment = beginning.environment();
    String flow = beginning.flow();
    FlowState state = find(link, environment, flow).orElse(beginning);
    put(link, new FlowState(environment, flow, paused, state.cursor(), state.seen()));
    Events.add(link, now, environment, paused ? "flow.paused" : "flow.resumed", flow, null, null);
    Audits.add(link, environment, by, now);
  }

  @Override
  public void enqueue(FlowRun run, Optional<AuditLog.Act> by) {
    database.grouped(link -> {
      FlowRows.insert(link, run);
      if (by.isPresent()) {
        Audits.add(link, run.environment(), by.get(), run.created());
      }
      return run;
    });
  }

  @Override
  public Optional<FlowRun> run(String id) {
    return database.read(link -> FlowRows.find(link, id));
  }

  @Override
  public List<FlowRun> open(String environment) {
    return database.read(link ->
        Sql.list(
            link,
            "SELECT * FROM flow_run WHERE env = ? AND state IN ('QUEUED', 'RUNNING')"
                + " AND backfill IS NULL ORDER BY due, created, id",
            FlowRows::read,
            environment));
  }

  @Override
  public Set<String> held(String environment) {
    return database.read(link ->
        new HashSet<>(
            Sql.list(
                link,
                // the index of open runs is found by the words it was made with
                "SELECT r.id FROM flow_run r JOIN flow f ON f.env = r.env AND f.name = r.flow"
                    + " WHERE r.env = ? AND r.state IN ('QUEUED', 'RUNNING')"
                    + " AND r.state = 'QUEUED' AND f.paused = 1"
                    + " AND r.backfill IS NULL AND r.cause "
                    + BY_ITSELF,
                row -> row.getString(1),
                environment)));
  }

  @Override
  public Map<String, Map<FlowRun.State, Integer>> openCounts(String environment) {
    return database.read(link -> {
      Map<String, Map<FlowRun.State, Integer>> counts = new HashMap<>();
      for (String from :
          List.of(
              "flow_run r WHERE r.env = ? AND r.backfill IS NULL",
              "backfill b JOIN flow_run r ON r.backfill = b.id WHERE b.env = ? AND b.state <>"
                  + " 'DONE'")) {
        for (Map.Entry<String, Map.Entry<FlowRun.State, Integer>> row :
            Sql.list(
                link,
                "SELECT r.flow, r.state, COUNT(*) FROM "
                    + from
                    + " AND r.state IN ('QUEUED', 'RUNNING') GROUP BY r.flow, r.state",
                r ->
                    Map.entry(
                        r.getString(1),
                        Map.entry(FlowRun.State.valueOf(r.getString(2)), r.getInt(3))),
                environment)) {
          counts
              .computeIfAbsent(row.getKey(), _ -> new EnumMap<>(FlowRun.State.class))
              .merge(row.getValue().getKey(), row.getValue().getValue(), Integer::sum);
        }
      }
      return counts;
    });
  }

  @Override
  public List<FlowRun> runs(String environment, RunFilter filter, int limit) {
    Listing listing = listing(environment, filter, limit);
    return database.read(
        link -> Sql.list(link, listing.sql(), FlowRows::read, listing.values().toArray()));
  }

  /** A question for a list of runs. */
  record Listing(String sql, List<@Nullable Object> values) {}

  static Listing listing(String environment, RunFilter filter, int limit) {
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
        .dueFrom()
        .ifPresent(from -> {
          sql.append(" AND due >= ?");
          values.add(from);
        });
    filter
        .dueTo()
        .ifPresent(to -> {
          sql.append(" AND due < ?");
          values.add(to);
        });
    filter
        .before()
        .ifPresent(before -> {
          sql.append(" AND (created, id) < (?, ?)");
          values.add(before.created());
          values.add(before.id());
        });
    values.add(limit);
    return new Listing(sql.append(" ORDER BY created DESC, id DESC LIMIT ?").toString(), values);
  }

  @Override
  public List<FlowRun> runs(String environment, Optional<String> flow, int limit) {
    String order = " ORDER BY created DESC, id DESC LIMIT ?";
    return database.read(link ->
        flow.isPresent()
            ? Sql.list(
                link,
                "SELECT * FROM flow_run WHERE env = ? AND flow = ?" + order,
                FlowRows::read,
                environment,
                flow.get(),
                limit)
            : Sql.list(
                link,
                "SELECT * FROM flow_run WHERE env = ?" + order,
                FlowRows::read,
                environment,
                limit));
  }

  @Override
  public boolean start(String id, FlowRun.Start start, Instant now) {
    return database.grouped(link -> {
      int started =
          Sql.update(
              link,
              "UPDATE flow_run SET state = 'RUNNING', started = ?, attempts = attempts + 1,"
                  + " until = ?, notices = ?, version = ?, message = NULL"
                  + " WHERE id = ? AND state = 'QUEUED' AND CASE WHEN backfill IS NULL THEN"
                  + MAY_START
                  + " ELSE"
                  + MAY_START_IN_BACKFILL
                  + " END",
              now,
              start.until().orElse(null),
              Messages.text(start.notices()),
              start.version().orElse(null),
              id);
      if (started == 1) {
        FlowRun run = FlowRows.get(link, id);
        Events.add(link, now, run.environment(), "run.started", run.flow(), id, null);
        new Settling(link, run, now).begin(start.tasks());
      }
      return started == 1;
    });
  }

  @Override
  public boolean refuse(String id, String message, List<Flow.Notice> notices, Instant now) {
    return database.grouped(link -> {
      int found =
          Sql.update(
              link,
              "UPDATE flow_run SET started = ?, notices = ? WHERE id = ? AND state = 'QUEUED'",
              now,
              Messages.text(notices),
              id);
      if (found == 1) {
        FlowRows.end(link, id, FlowRun.State.FAILED, Optional.of(message), now);
      }
      return found == 1;
    });
  }

  @Override
  public boolean cancel(String id, String message, Optional<AuditLog.Act> by, Instant now) {
    return database.synced(link -> {
      Optional<FlowRun> run = FlowRows.find(link, id);
      if (run.isEmpty() || run.get().state().isOver()) {
        return false;
      }
      if (by.isPresent()) {
        Audits.add(link, run.get().environment(), by.get(), now);
      }
      cancel(link, run.get(), CANCELLED, message, now);
      return true;
    });
  }

  /**
   * Cancels a run that is not over, in the transaction of what cancels it, unless somebody has:
   * only a person who asks again takes the tasks that come last from it, too.
   */
  static void cancelOnce(Link link, FlowRun run, String message, Instant now) throws SQLException {
    if (asked(link, run) == 0) {
      cancel(link, run, CANCELLED, message, now);
    }
  }

  private static int asked(Link link, FlowRun run) throws SQLException {
    return (int) Sql.number(link, "SELECT cancel FROM flow_run WHERE id = ?", run.id());
  }

  private static void cancel(Link link, FlowRun run, int why, String message, Instant now)
      throws SQLException {
    boolean waits = run.state() == FlowRun.State.QUEUED;
    if (waits && TaskRows.of(link, run.id()).isEmpty()) {
      FlowRows.end(link, run.id(), FlowRun.State.CANCELLED, Optional.of(message), now);
      return;
    }
    int before = asked(link, run);
    int flag = before == 0 ? why : before | (why == CANCELLED ? AT_ONCE : 0);
    Sql.update(
        link,
        "UPDATE flow_run SET cancel = ?, message = ? WHERE id = ?",
        flag,
        before == 0 ? message : run.message().orElse(message),
        run.id());
    // Nothing has run yet of one that waits to be done again: so nothing has to be tidied up.
    new Settling(link, run, now).cancel(waits || atOnce(flag));
  }

  @Override
  public boolean requeue(String id, AuditLog.Act by, Instant now) {
    return database.synced(link -> {
      int found =
          Sql.update(
              link,
              "UPDATE flow_run SET state = 'QUEUED', started = NULL, finished = NULL,"
                  + " message = NULL, cancel = 0, late = 0, until = NULL, ready = ?, asked = 1"
                  + " WHERE id = ? AND state IN ('FAILED', 'CANCELLED') AND attempts = 0"
                  + " AND NOT EXISTS (SELECT 1 FROM flow_task WHERE run = flow_run.id)",
              now,
              id);
      if (found == 1) {
        FlowRun run = FlowRows.get(link, id);
        if (run.backfill().isPresent()) {
          Backfills.reopen(link, run.backfill().get());
        }
        Events.add(link, now, run.environment(), "run.retried", run.flow(), id, null);
        Audits.add(link, run.environment(), by, now);
      }
      return found == 1;
    });
  }

  /** Why a run whose column says so ended. */
  static FlowRun.State state(int cancel) {
    return (cancel & LATE) != 0 ? FlowRun.State.FAILED : FlowRun.State.CANCELLED;
  }

  /** Whether such a run is to end without the tasks that come last. */
  static boolean atOnce(long cancel) {
    return cancel >= AT_ONCE;
  }

  @Override
  public Map<String, Boolean> cancelling(String environment) {
    return database.read(link -> {
      Map<String, Boolean> runs = new HashMap<>();
      Sql.list(
              link,
              "SELECT id, cancel FROM flow_run WHERE env = ? AND state = 'RUNNING' AND cancel > 0",
              row -> Map.entry(row.getString(1), atOnce(row.getInt(2))),
              environment)
          .forEach(run -> runs.put(run.getKey(), run.getValue()));
      return runs;
    });
  }

  @Override
  public List<String> expire(String environment, Instant now) {
    String due =
        "SELECT * FROM flow_run WHERE env = ? AND state = 'RUNNING' AND cancel = 0 AND until <= ?";
    if (database.read(link -> Sql.list(link, due, FlowRows::read, environment, now)).isEmpty()) {
      return List.of();
    }
    return database.grouped(link -> {
      List<FlowRun> late = Sql.list(link, due, FlowRows::read, environment, now);
      for (FlowRun run : late) {
        cancel(link, run, LATE, "took longer than its timeout", now);
      }
      return late.stream().map(FlowRun::id).toList();
    });
  }

  @Override
  public boolean late(String id, List<Flow.Notice> notices, Instant now) {
    return database.grouped(link -> {
      int told =
          Sql.update(
              link,
              "UPDATE flow_run SET late = 1 WHERE id = ? AND late = 0"
                  + " AND state IN ('QUEUED', 'RUNNING')",
              id);
      if (told == 1) {
        FlowRun run = FlowRows.get(link, id);
        Events.add(link, now, run.environment(), "run.late", run.flow(), id, null);
        Messages.owe(link, notices, Flow.Event.DEADLINE, run, now);
      }
      return told == 1;
    });
  }
}
