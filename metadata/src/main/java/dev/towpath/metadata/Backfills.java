package dev.towpath.metadata;

import dev.towpath.core.store.AuditLog;
import dev.towpath.core.store.Backfill;
import dev.towpath.core.store.BackfillStore;
import dev.towpath.core.store.FlowRun;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The table of backfills; their runs are rows like others, and point at theirs. */
final class Backfills implements BackfillStore {
  private final Database database;

  Backfills(Database database) {
    this.database = database;
  }

  @Override
  public void add(Backfill backfill, List<FlowRun> runs, AuditLog.Act by) {
    database.synced(link -> {
      Sql.update(
          link,
          "INSERT INTO backfill (id, env, flow, from_due, to_due, parallel, backwards, state, total,"
              + " who, created) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
          backfill.id(),
          backfill.environment(),
          backfill.flow(),
          backfill.from(),
          backfill.to(),
          backfill.parallel(),
          backfill.backwards(),
          backfill.state(),
          backfill.total(),
          backfill.who(),
          backfill.created());
      for (FlowRun run : runs) {
        FlowRows.insert(link, run);
      }
      tell(link, backfill, backfill.created());
      Audits.add(link, backfill.environment(), by, backfill.created());
      return backfill;
    });
  }

  private static void tell(Link link, Backfill backfill, Instant now) throws SQLException {
    Events.add(
        link,
        now,
        backfill.environment(),
        "backfill",
        backfill.flow(),
        null,
        null,
        "backfill",
        backfill.id(),
        "state",
        backfill.state());
  }

  @Override
  public Optional<Backfill> backfill(String id) {
    return database.read(link -> find(link, id));
  }

  private static Optional<Backfill> find(Link link, String id) throws SQLException {
    return Sql.first(link, "SELECT * FROM backfill WHERE id = ?", Backfills::read, id);
  }

  @Override
  public List<Backfill> list(String environment, int limit) {
    return database.read(link ->
        Sql.list(
            link,
            "SELECT * FROM backfill WHERE env = ? ORDER BY created DESC, id LIMIT ?",
            Backfills::read,
            environment,
            limit));
  }

  @Override
  public Backfill.Progress progress(String id) {
    Map<FlowRun.State, Integer> states = database.read(link -> states(link, id));
    return new Backfill.Progress(
        states.getOrDefault(FlowRun.State.QUEUED, 0),
        states.getOrDefault(FlowRun.State.RUNNING, 0),
        states.getOrDefault(FlowRun.State.SUCCESS, 0),
        states.getOrDefault(FlowRun.State.FAILED, 0),
        states.getOrDefault(FlowRun.State.CANCELLED, 0));
  }

  private static Map<FlowRun.State, Integer> states(Link link, String id) throws SQLException {
    Map<FlowRun.State, Integer> states = new EnumMap<>(FlowRun.State.class);
    Sql.list(
            link,
            "SELECT state, COUNT(*) FROM flow_run WHERE backfill = ? GROUP BY state",
            row -> Map.entry(FlowRun.State.valueOf(row.getString(1)), row.getInt(2)),
            id)
        .forEach(entry -> states.put(entry.getKey(), entry.getValue()));
    return states;
  }

  @Override
  public List<FlowRun> startable(String environment) {
    return database.read(link -> {
      List<FlowRun> runs = new ArrayList<>();
      for (Backfill backfill :
          Sql.list(
              link,
              "SELECT * FROM backfill WHERE env = ? AND state = 'ACTIVE' ORDER BY created, id",
              Backfills::read,
              environment)) {
        int running = states(link, backfill.id()).getOrDefault(FlowRun.State.RUNNING, 0);
        String order = backfill.backwards() ? "due DESC" : "due";
        if (running < backfill.parallel()) {
          runs.addAll(
              Sql.list(
                  link,
                  "SELECT * FROM flow_run WHERE backfill = ? AND state = 'QUEUED' ORDER BY "
                      + order
                      + " LIMIT ?",
                  FlowRows::read,
                  backfill.id(),
                  backfill.parallel() - running));
        }
      }
      return runs;
    });
  }

  @Override
  public boolean change(String id, Backfill.State to, AuditLog.Act by, Instant now) {
    return database.synced(link -> {
      Optional<Backfill> found = find(link, id);
      if (found.isEmpty()
          || found.get().state() == to
          || found.get().state() == Backfill.State.DONE
          || found.get().state() == Backfill.State.CANCELLED) {
        return false;
      }
      put(link, id, to);
      tell(link, find(link, id).orElseThrow(), now);
      Audits.add(link, found.get().environment(), by, now);
      if (to == Backfill.State.CANCELLED) {
        String open =
            "SELECT * FROM flow_run WHERE backfill = ? AND state IN ('QUEUED', 'RUNNING')";
        for (FlowRun run : Sql.list(link, open, FlowRows::read, id)) {
          Flows.cancelOnce(link, run, "its backfill was cancelled", now);
        }
      }
      return true;
    });
  }

  private static void put(Link link, String id, Backfill.State state) throws SQLException {
    Sql.update(link, "UPDATE backfill SET state = ? WHERE id = ?", state, id);
  }

  /** Notes that a run of a backfill is over; with the last of them, the backfill is. */
  static void ended(Link link, String id, Instant now) throws SQLException {
    if (find(link, id).filter(b -> b.state() != Backfill.State.CANCELLED).isEmpty()) {
      return;
    }
    Map<FlowRun.State, Integer> states = states(link, id);
    boolean open =
        states.containsKey(FlowRun.State.QUEUED) || states.containsKey(FlowRun.State.RUNNING);
    if (!open) {
      put(link, id, Backfill.State.DONE);
      tell(link, find(link, id).orElseThrow(), now);
    }
  }

  /** Lets a backfill that is over go on, one of whose runs somebody retries. */
  static void reopen(Link link, String id) throws SQLException {
    Sql.update(
        link,
        "UPDATE backfill SET state = 'ACTIVE' WHERE id = ? AND state IN ('DONE', 'CANCELLED')",
        id);
  }

  private static Backfill read(ResultSet row) throws SQLException {
    return new Backfill(
        row.getString("id"),
        row.getString("env"),
        row.getString("flow"),
        Sql.instant(row.getLong("from_due")),
        Sql.instant(row.getLong("to_due")),
        row.getInt("parallel"),
        row.getInt("backwards") != 0,
        Backfill.State.valueOf(row.getString("state")),
        row.getInt("total"),
        row.getString("who"),
        Sql.instant(row.getLong("created")));
  }
}
