package dev.towpath.core.schedule;

import dev.towpath.core.project.Flow;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowState;
import dev.towpath.core.store.FlowStore;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.TableName;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Decides which runs of flows there are, and which may start. It has no clock and no threads of its
 * own: each {@link #tick} looks at the moment that its clock tells, writes what follows, and says
 * when to come back. So tests steer time, and two processes may tick on one store.
 *
 * <p>Why an interval runs exactly once: a flow's cursor and the runs that moving it makes are
 * written in one transaction that compares the cursor first, and the store holds one run of a flow
 * for a moment at most. Who comes second changes nothing.
 */
public final class Scheduler {
  /** Missed firings that are made up for in one go; the next tick goes on from there. */
  private static final int MOST_AT_ONCE = 100;

  /** Starts after which a run whose process died each time is given up. */
  private static final int MOST_ATTEMPTS = 5;

  private final String environment;
  private final MetadataStore store;
  private final FlowStore flows;
  private final InstantSource clock;
  private final Supplier<String> ids;

  /**
   * A scheduler of one environment.
   *
   * @param ids makes ids of runs
   */
  public Scheduler(
      String environment, MetadataStore store, InstantSource clock, Supplier<String> ids) {
    this.environment = environment;
    this.store = store;
    this.flows = store.flows();
    this.clock = clock;
    this.ids = ids;
  }

  /**
   * What a tick came to.
   *
   * @param started runs that this process has now, and must do
   * @param cancelled runs that this process should stop
   * @param next the next moment at which a flow is due or a run may be tried again
   */
  public record Tick(List<FlowRun> started, List<String> cancelled, Optional<Instant> next) {
    public Tick {
      started = List.copyOf(started);
      cancelled = List.copyOf(cancelled);
    }
  }

  /**
   * Sees to everything that is due.
   *
   * @param project the flows as they are now
   * @param mine runs that this process has
   * @param room how many more it can take
   */
  public Tick tick(List<Flow> project, Set<String> mine, int room) {
    Instant now = clock.instant();
    flows.recover(environment, MOST_ATTEMPTS, now);
    Optional<Instant> next = Optional.empty();
    for (Flow flow : project) {
      next = earlier(next, settle(flow, now));
    }
    Map<String, Flow> byName = new HashMap<>();
    project.forEach(flow -> byName.put(flow.name(), flow));
    List<FlowRun> open = flows.open(environment);
    List<FlowRun> started = start(open, byName, room, now);
    for (FlowRun run : open) {
      if (run.state() == FlowRun.State.QUEUED && run.ready().isAfter(now)) {
        next = earlier(next, Optional.of(run.ready()));
      }
    }
    return new Tick(started, mine.stream().filter(flows::cancelled).toList(), next);
  }

  private static Optional<Instant> earlier(Optional<Instant> one, Optional<Instant> other) {
    return one.isEmpty() || (other.isPresent() && other.get().isBefore(one.get())) ? other : one;
  }

  /** Makes the runs that a flow is due for; says when it is due next. */
  private Optional<Instant> settle(Flow flow, Instant now) {
    Firings firings = Firings.of(flow);
    Optional<FlowState> known = flows.flow(environment, flow.name());
    if (known.isEmpty()) {
      flows.advance(known, first(flow, now), List.of());
      return Optional.of(now); // whatever that makes due is seen to by the next tick
    }
    FlowState state = known.get();
    if (state.paused()) {
      return Optional.empty();
    }
    if (flow.trigger() instanceof Flow.After after) {
      follow(flow, after, state, now);
      return Optional.empty();
    }
    List<Firing> due = due(flow, firings, state.cursor(), now);
    if (!due.isEmpty()) {
      fire(flow, state, due, now);
    }
    return firings.next(now).map(Firing::at);
  }

  private FlowState first(Flow flow, Instant now) {
    Instant cursor =
        flow.catchup()
            ? flow.start()
                .map(start -> Firings.moment(start, flow.zone()).minusNanos(1))
                .filter(start -> start.isBefore(now))
                .orElse(now)
            : now;
    Map<TableName, String> seen =
        flow.trigger() instanceof Flow.After after ? versions(after.tables()) : Map.of();
    return new FlowState(environment, flow.name(), flow.paused(), cursor, seen);
  }

  private static List<Firing> due(Flow flow, Firings firings, Instant cursor, Instant now) {
    if (flow.catchup()) {
      return firings.between(cursor.plusNanos(1), now.plusNanos(1), MOST_AT_ONCE);
    }
    return firings.last(now).filter(f -> f.at().isAfter(cursor)).stream().toList();
  }

  private void fire(Flow flow, FlowState state, List<Firing> due, Instant now) {
    boolean busy = isBusy(flow);
    FlowState moved =
        new FlowState(environment, flow.name(), false, due.getLast().at(), state.seen());
    List<FlowRun> runs = new ArrayList<>();
    if (!busy || flow.concurrency() != Flow.Concurrency.SKIP) {
      for (Firing firing : due) {
        runs.add(
            FlowRun.queued(
                ids.get(),
                environment,
                flow.name(),
                FlowRun.Cause.SCHEDULE,
                firing.at(),
                Optional.of(firing.start()),
                now));
      }
    }
    Set<String> before = new HashSet<>();
    if (busy && flow.concurrency() == Flow.Concurrency.CANCEL) {
      flows.open(environment).stream()
          .filter(run -> run.flow().equals(flow.name()))
          .forEach(run -> before.add(run.id()));
    }
    if (flows.advance(Optional.of(state), moved, runs)) {
      before.forEach(run -> flows.cancel(run, "a newer run took its place", now));
    }
  }

  private boolean isBusy(Flow flow) {
    return flows.open(environment).stream().anyMatch(run -> run.flow().equals(flow.name()));
  }

  /** Makes a run when tables that the flow waits for have other rows than when it last ran. */
  private void follow(Flow flow, Flow.After after, FlowState state, Instant now) {
    Map<TableName, String> versions = versions(after.tables());
    long moved =
        versions.entrySet().stream()
            .filter(v -> !v.getValue().equals(state.seen().get(v.getKey())))
            .count();
    boolean due = after.all() ? moved == after.tables().stream().distinct().count() : moved > 0;
    if (!due) {
      return;
    }
    // A run that waits will see the newest rows anyway.
    boolean waiting =
        flows.open(environment).stream()
            .anyMatch(r -> r.flow().equals(flow.name()) && r.state() == FlowRun.State.QUEUED);
    FlowRun run =
        FlowRun.queued(
            ids.get(), environment, flow.name(), FlowRun.Cause.TABLE, now, Optional.empty(), now);
    flows.advance(
        Optional.of(state),
        new FlowState(environment, flow.name(), false, state.cursor(), versions),
        waiting ? List.of() : List.of(run));
  }

  private Map<TableName, String> versions(List<TableName> tables) {
    LakeView head = store.view(environment, store.head(environment).number());
    Map<TableName, String> versions = new HashMap<>();
    for (TableName table : tables) {
      head.table(table).map(TableState::version).ifPresent(v -> versions.put(table, v));
    }
    return versions;
  }

  /** Takes what may start: one run of a flow at a time, by priority, then by when it was due. */
  private List<FlowRun> start(List<FlowRun> open, Map<String, Flow> byName, int room, Instant now) {
    Set<String> busy = new HashSet<>();
    open.stream()
        .filter(run -> run.state() == FlowRun.State.RUNNING)
        .forEach(run -> busy.add(run.flow()));
    List<FlowRun> waiting = new ArrayList<>(open);
    waiting.removeIf(run ->
        run.state() != FlowRun.State.QUEUED
            || run.ready().isAfter(now)
            || !byName.containsKey(run.flow()));
    waiting.sort(
        Comparator.comparingInt((FlowRun run) -> -priority(byName, run))
            .thenComparing(FlowRun::due)
            .thenComparing(FlowRun::id));
    List<FlowRun> started = new ArrayList<>();
    for (FlowRun run : waiting) {
      if (started.size() < room && !busy.contains(run.flow()) && flows.start(run.id(), now)) {
        busy.add(run.flow());
        started.add(run);
      }
    }
    return started;
  }

  private static int priority(Map<String, Flow> byName, FlowRun run) {
    Flow flow = byName.get(run.flow());
    return flow == null ? 0 : flow.priority();
  }

  /**
   * Notes how a run of this process ended; one that failed and has tries left waits for the next.
   *
   * @param random between 0 and 1, for the jitter
   */
  public void ended(Flow flow, FlowRun run, FlowRun.End end, double random) {
    Instant now = clock.instant();
    boolean again = end.state() == FlowRun.State.FAILED && run.failures() < flow.retries().most();
    if (again) {
      Instant ready = now.plus(Backoff.delay(flow.retries(), run.failures(), random));
      flows.retry(run.id(), ready, end.message().orElse("failed"));
    } else {
      flows.finish(run.id(), end, now);
    }
  }
}
