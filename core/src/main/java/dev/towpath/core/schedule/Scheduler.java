package dev.towpath.core.schedule;

import dev.towpath.core.parameter.FlowParameters;
import dev.towpath.core.project.Flow;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowState;
import dev.towpath.core.store.FlowStore;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.JsonText;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
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
import org.jspecify.annotations.Nullable;

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

  private final String environment;
  private final MetadataStore store;
  private final FlowStore flows;
  private final Beginning beginning;
  private final InstantSource clock;
  private final Supplier<String> ids;
  private final Starter starter;
  private final Set<String> told = new HashSet<>();

  /**
   * A scheduler of one environment.
   *
   * @param ids makes ids of runs
   * @param starter makes the tasks of runs that start
   */
  public Scheduler(
      String environment,
      MetadataStore store,
      InstantSource clock,
      Supplier<String> ids,
      Starter starter) {
    this.environment = environment;
    this.store = store;
    this.flows = store.flows();
    this.beginning = new Beginning(environment, store);
    this.clock = clock;
    this.ids = ids;
    this.starter = starter;
  }

  /** Makes the tasks of a run. */
  public interface Starter {
    /**
     * The tasks that a run starts with.
     *
     * @throws TowpathException when it cannot start; it has failed then
     */
    List<FlowTask> tasks(Flow flow, FlowRun run);

    /** Hears of a run that starts again with the tasks that it has. */
    void again(FlowRun run);

    /** The version of the project that runs start with now, which the store keeps. */
    default Optional<String> version() {
      return Optional.empty();
    }
  }

  /**
   * What a tick came to.
   *
   * @param started runs that have started
   * @param next the next moment at which a flow is due
   */
  public record Tick(List<FlowRun> started, Optional<Instant> next) {
    public Tick {
      started = List.copyOf(started);
    }
  }

  /** Sees to everything that is due. */
  public Tick tick(List<Flow> project) {
    Instant now = clock.instant();
    store.tasks().recover(environment, FlowTask.MOST_DEATHS, now);
    flows.expire(environment, now);
    Optional<Instant> next = Optional.empty();
    for (Flow flow : project) {
      next = earlier(next, settle(flow, now));
    }
    List<FlowRun> open = flows.open(environment);
    Map<String, Flow> byName = byName(project);
    told.retainAll(open.stream().map(FlowRun::id).toList());
    open.forEach(run -> tellLate(run, byName.get(run.flow()), now));
    List<FlowRun> started = start(open, byName, now);
    for (FlowRun run : open) {
      if (run.state() == FlowRun.State.QUEUED && run.ready().isAfter(now)) {
        next = earlier(next, Optional.of(run.ready()));
      }
    }
    return new Tick(started, next);
  }

  /** Starts runs that wait and may start, and nothing else: quicker than a tick. */
  public List<FlowRun> start(List<Flow> project) {
    return start(flows.open(environment), byName(project), clock.instant());
  }

  private static Map<String, Flow> byName(List<Flow> project) {
    Map<String, Flow> byName = new HashMap<>();
    project.forEach(flow -> byName.put(flow.name(), flow));
    return byName;
  }

  private void tellLate(FlowRun run, @Nullable Flow flow, Instant now) {
    if (flow != null
        && flow.deadline().filter(d -> run.due().plus(d).isBefore(now)).isPresent()
        && !told.contains(run.id())) {
      flows.late(run.id(), flow.notices(), now);
      told.add(run.id()); // only now: a store that fails is asked again
    }
  }

  private static Optional<Instant> earlier(Optional<Instant> one, Optional<Instant> other) {
    return one.isEmpty() || (other.isPresent() && other.get().isBefore(one.get())) ? other : one;
  }

  /** Makes the runs that a flow is due for; says when it is due next. */
  private Optional<Instant> settle(Flow flow, Instant now) {
    Firings firings = Firings.of(flow);
    Optional<FlowState> known = flows.flow(environment, flow.name());
    if (known.isEmpty()) {
      flows.advance(known, beginning.of(flow, now), List.of(), List.of(), now);
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

  private static List<Firing> due(Flow flow, Firings firings, Instant cursor, Instant now) {
    if (flow.catchup()) {
      return firings.between(cursor.plusNanos(1), now.plusNanos(1), MOST_AT_ONCE);
    }
    return firings.last(now).filter(f -> f.at().isAfter(cursor)).stream().toList();
  }

  private void fire(Flow flow, FlowState state, List<Firing> due, Instant now) {
    List<FlowRun> open = open(flow);
    FlowState moved =
        new FlowState(environment, flow.name(), false, due.getLast().at(), state.seen());
    List<FlowRun> runs = new ArrayList<>();
    if (open.isEmpty() || flow.concurrency() != Flow.Concurrency.SKIP) {
      for (Firing firing : due) {
        runs.add(
            FlowRun.queued(
                    ids.get(),
                    environment,
                    flow.name(),
                    FlowRun.Cause.SCHEDULE,
                    firing.at(),
                    Optional.of(firing.start()),
                    now)
                .with(params(flow)));
      }
    }
    flows.advance(Optional.of(state), moved, runs, replaced(flow, open), now);
  }

  /**
   * Runs whose place a newer one takes: the one that runs, and those that wait for the same reason.
   * What somebody asked for, and intervals that are made up for one by one, keep their turn.
   */
  private static List<String> replaced(Flow flow, List<FlowRun> open) {
    if (flow.concurrency() != Flow.Concurrency.CANCEL) {
      return List.of();
    }
    return open.stream()
        .filter(run ->
            switch (run.cause()) {
              case BACKFILL -> false;
              case PERSON, WEBHOOK -> run.state() == FlowRun.State.RUNNING;
              case SCHEDULE, TABLE -> run.state() == FlowRun.State.RUNNING || !flow.catchup();
            })
        .map(FlowRun::id)
        .toList();
  }

  /** Nobody gives values to a run that sets itself off: they are the defaults. */
  private static String params(Flow flow) {
    return JsonText.write(FlowParameters.values(flow, Map.of()));
  }

  private List<FlowRun> open(Flow flow) {
    return flows.open(environment).stream().filter(r -> r.flow().equals(flow.name())).toList();
  }

  /** Makes a run when tables that the flow waits for have other rows than when it last ran. */
  private void follow(Flow flow, Flow.After after, FlowState state, Instant now) {
    Map<TableName, String> versions = beginning.versions(after.tables());
    long moved =
        versions.entrySet().stream()
            .filter(v -> !v.getValue().equals(state.seen().get(v.getKey())))
            .count();
    boolean due = after.all() ? moved == after.tables().stream().distinct().count() : moved > 0;
    if (!due) {
      return;
    }
    List<FlowRun> open = open(flow);
    boolean needless =
        switch (flow.concurrency()) {
          case SKIP -> !open.isEmpty();
          case QUEUE -> // one that waits for its first start will see the newest rows anyway
              open.stream()
                  .anyMatch(r ->
                      r.state() == FlowRun.State.QUEUED
                          && r.cause() == FlowRun.Cause.TABLE
                          && r.attempts() == 0);
          case CANCEL -> false;
        };
    FlowRun run =
        FlowRun.queued(
                ids.get(),
                environment,
                flow.name(),
                FlowRun.Cause.TABLE,
                now,
                Optional.empty(),
                now)
            .with(params(flow));
    flows.advance(
        Optional.of(state),
        new FlowState(environment, flow.name(), false, state.cursor(), versions),
        needless ? List.of() : List.of(run),
        replaced(flow, open),
        now);
  }

  /**
   * Starts what may: one run of a flow at a time and those of backfills beside them, by priority,
   * then by when they were due. Of a paused flow, only what people asked for.
   */
  private List<FlowRun> start(List<FlowRun> open, Map<String, Flow> byName, Instant now) {
    Set<String> busy = new HashSet<>();
    open.stream()
        .filter(run -> run.state() == FlowRun.State.RUNNING)
        .forEach(run -> busy.add(run.flow()));
    List<FlowRun> waiting = new ArrayList<>(open);
    waiting.removeIf(run -> run.state() != FlowRun.State.QUEUED || run.ready().isAfter(now));
    waiting.sort(
        Comparator.comparingInt((FlowRun run) -> -priority(byName, run))
            .thenComparing(FlowRun::due)
            .thenComparing(FlowRun::id));
    List<FlowRun> started = new ArrayList<>();
    Set<String> held = waiting.isEmpty() ? Set.of() : flows.held(environment);
    for (FlowRun run : waiting) {
      if (!busy.contains(run.flow()) && !held.contains(run.id()) && begin(run, byName, now)) {
        busy.add(run.flow());
        started.add(run);
      }
    }
    for (FlowRun run : store.backfills().startable(environment)) {
      if (begin(run, byName, now)) {
        started.add(run);
      }
    }
    return started;
  }

  private boolean begin(FlowRun run, Map<String, Flow> byName, Instant now) {
    Flow flow = byName.get(run.flow());
    if (flow == null) {
      return false; // its file is gone, or will come back
    }
    boolean again = run.attempts() > 0;
    List<FlowTask> tasks;
    try {
      tasks = again ? List.of() : starter.tasks(flow, run);
    } catch (TowpathException e) {
      String message =
          e.problems().isEmpty()
              ? String.valueOf(e.getMessage())
              : e.problems().getFirst().location() + ": " + e.problems().getFirst().message();
      flows.refuse(run.id(), message, flow.notices(), now);
      return false;
    }
    if (again) {
      starter.again(run);
    }
    // A store that fails here says nothing about the run, which waits on.
    return flows.start(
        run.id(),
        new FlowRun.Start(tasks, flow.timeout().map(now::plus), flow.notices(), starter.version()),
        now);
  }

  private static int priority(Map<String, Flow> byName, FlowRun run) {
    Flow flow = byName.get(run.flow());
    return flow == null ? 0 : flow.priority();
  }
}
