package dev.towpath.core.store;

import dev.towpath.core.project.Flow;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One run of a flow.
 *
 * @param due when it should start: the end of its interval, or when somebody asked for it
 * @param start the start of its interval; empty unless a schedule set it off
 * @param ready the moment before which it does not start: later than {@code due} after a failure
 * @param attempts how often it was started: once, and once more each time that somebody retries it
 * @param failures how often the whole run was tried again; runs of today try their tasks again
 * @param run the run of tables that it started last, if it came to that
 * @param release what it published
 * @param message why it failed or was cancelled
 * @param params values of its flow's parameters, a JSON object
 * @param backfill the backfill that it is part of
 * @param version the version of the project that it works on, once it has started
 */
public record FlowRun(
    String id,
    String environment,
    String flow,
    State state,
    Cause cause,
    Instant due,
    Optional<Instant> start,
    Instant created,
    Optional<Instant> started,
    Optional<Instant> finished,
    Instant ready,
    int attempts,
    int failures,
    Optional<String> run,
    Optional<Long> release,
    Optional<String> message,
    String params,
    Optional<String> backfill,
    Optional<String> version) {

  /** Where it stands. */
  public enum State {
    QUEUED,
    RUNNING,
    SUCCESS,
    FAILED,
    CANCELLED;

    /** Whether nothing will happen to it any more. */
    public boolean isOver() {
      return this == SUCCESS || this == FAILED || this == CANCELLED;
    }
  }

  /** What set it off. */
  public enum Cause {
    SCHEDULE,
    TABLE,
    PERSON,
    WEBHOOK,
    BACKFILL
  }

  /** A run that waits for its start. */
  public static FlowRun queued(
      String id,
      String environment,
      String flow,
      Cause cause,
      Instant due,
      Optional<Instant> start,
      Instant now) {
    return new FlowRun(
        id,
        environment,
        flow,
        State.QUEUED,
        cause,
        due,
        start,
        now,
        Optional.empty(),
        Optional.empty(),
        due,
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "{}",
        Optional.empty(),
        Optional.empty());
  }

  /** The run with these values of its flow's parameters, a JSON object. */
  public FlowRun with(String params) {
    return with(params, backfill);
  }

  /** The run as a part of a backfill. */
  public FlowRun of(String backfill) {
    return with(params, Optional.of(backfill));
  }

  private FlowRun with(String params, Optional<String> backfill) {
    return new FlowRun(
        id,
        environment,
        flow,
        state,
        cause,
        due,
        start,
        created,
        started,
        finished,
        ready,
        attempts,
        failures,
        run,
        release,
        message,
        params,
        backfill,
        version);
  }

  /** Whether it stands for an interval: then its logical time is the interval's end. */
  public boolean isForInterval() {
    return cause == Cause.SCHEDULE || cause == Cause.BACKFILL;
  }

  /**
   * What a run starts with.
   *
   * @param tasks empty when it has been started before and goes on with the tasks that it has
   * @param until when it must be over
   * @param notices whom its end is told
   * @param version the version of the project that it works on, when one is kept
   */
  public record Start(
      List<FlowTask> tasks,
      Optional<Instant> until,
      List<Flow.Notice> notices,
      Optional<String> version) {
    public Start {
      tasks = List.copyOf(tasks);
      notices = List.copyOf(notices);
    }

    /** A start on whatever the project's files are. */
    public Start(List<FlowTask> tasks, Optional<Instant> until, List<Flow.Notice> notices) {
      this(tasks, until, notices, Optional.empty());
    }
  }
}
