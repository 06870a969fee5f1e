package dev.towpath.core.flow;

import dev.towpath.core.store.Backfill;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.MetadataStore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Why runs of flows and their tasks wait. The reasons say what the scheduler goes by. For one
 * answer: what it has read of the store is kept.
 */
public final class Waits {
  private static final int MOST_NAMES = 3;

  private final String environment;
  private final MetadataStore store;
  private final Predicate<String> inForce;
  private final Instant now;
  private Optional<Map<String, String>> running = Optional.empty();
  private Optional<Set<String>> held = Optional.empty();
  private final Map<String, Optional<String>> backfills = new HashMap<>();

  /**
   * Why something waits.
   *
   * @param what words that follow "it waits"
   * @param until the moment that it waits for, when it is one
   */
  public record Reason(String what, Optional<Instant> until) {
    private static Reason of(String what) {
      return new Reason(what, Optional.empty());
    }

    private static Reason of(String what, Instant until) {
      return new Reason(what, Optional.of(until.truncatedTo(ChronoUnit.SECONDS)));
    }

    /** All of it, for who has no clock of the reader's. */
    public String text() {
      return what + until.map(moment -> ", at " + moment).orElse("");
    }
  }

  /**
   * As of a moment.
   *
   * @param inForce whether there is a flow of that name
   */
  public Waits(String environment, MetadataStore store, Predicate<String> inForce, Instant now) {
    this.environment = environment;
    this.store = store;
    this.inForce = inForce;
    this.now = now;
  }

  /** Why a run has not begun; empty when it has. */
  public Optional<Reason> why(FlowRun run) {
    return run.state() == FlowRun.State.QUEUED ? Optional.of(queued(run)) : Optional.empty();
  }

  private Reason queued(FlowRun run) {
    if (!inForce.test(run.flow())) {
      return Reason.of("for its flow, which is not in the project as it is in force");
    }
    if (run.ready().isAfter(now)) {
      return Reason.of("for its next try", run.ready());
    }
    if (isHeld(run)) {
      return Reason.of("until its flow goes on, which is paused");
    }
    Optional<String> behind =
        run.backfill().isPresent()
            ? backfills.computeIfAbsent(run.backfill().get(), this::behind)
            : Optional.ofNullable(running().get(run.flow()))
                .filter(other -> !other.equals(run.id())) // it began since it was read
                .map(other -> "for run " + other + ": one run of a flow goes at a time");
    return Reason.of(behind.orElse("for its start"));
  }

  /** Whether its flow's pause holds it back. */
  public boolean isHeld(FlowRun run) {
    if (held.isEmpty()) {
      held = Optional.of(store.flows().held(environment));
    }
    return held.get().contains(run.id());
  }

  private Optional<String> behind(String backfill) {
    return store.backfills().backfill(backfill).flatMap(this::behind);
  }

  private Optional<String> behind(Backfill backfill) {
    if (backfill.state() == Backfill.State.PAUSED) {
      return Optional.of("until its backfill goes on, which is paused");
    }
    return store.backfills().progress(backfill.id()).running() < backfill.parallel()
        ? Optional.empty()
        : Optional.of("for its turn: its backfill runs " + backfill.parallel() + " at a time");
  }

  /** The run of each flow that goes. */
  private Map<String, String> running() {
    if (running.isEmpty()) {
      running =
          Optional.of(
              store.flows().open(environment).stream()
                  .filter(run -> run.state() == FlowRun.State.RUNNING)
                  .collect(Collectors.toMap(FlowRun::flow, FlowRun::id, (one, _) -> one)));
    }
    return running.get();
  }

  /**
   * Why a task does not run, when it is not over.
   *
   * @param tasks all of its run
   */
  public static Optional<Reason> why(FlowTask task, FlowRun run, List<FlowTask> tasks) {
    return switch (task.state()) {
      case WAITING ->
          Optional.of(
              Reason.of(
                  task.children() > 0
                      ? "for "
                          + task.children()
                          + (task.children() == 1 ? " task" : " tasks")
                          + " of its rows"
                      : run.state() == FlowRun.State.QUEUED
                          ? "for the run's start"
                          : needs(task, tasks)));
      case READY -> Optional.of(Reason.of("for a slot of pool " + task.pool()));
      case RETRY_WAIT -> Optional.of(Reason.of("for its next try", task.ready()));
      case DEFERRED -> Optional.of(Reason.of("for its next look", task.ready()));
      case RUNNING, SUCCESS, FAILED, SKIPPED, UPSTREAM_FAILED, CANCELLED -> Optional.empty();
    };
  }

  private static String needs(FlowTask task, List<FlowTask> tasks) {
    List<String> open =
        tasks.stream()
            .filter(t -> t.key().index() == FlowTask.WHOLE && !t.state().isOver())
            .map(t -> t.key().name())
            .filter(task.needs()::contains)
            .toList();
    if (open.isEmpty() && task.last()) {
      return "for all others";
    }
    int named = Math.min(MOST_NAMES, open.size());
    return "for "
        + String.join(", ", open.subList(0, named))
        + (open.size() > named ? " and " + (open.size() - named) + " more" : "");
  }
}
