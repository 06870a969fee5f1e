package dev.towpath.core.store;

import java.time.Instant;
import java.util.Optional;

/**
 * One run of a flow.
 *
 * @param due when it should start: the end of its interval, or when somebody asked for it
 * @param start the start of its interval; empty unless a schedule set it off
 * @param ready the moment before which it does not start: later than {@code due} after a failure
 * @param attempts how often it was started, for whatever reason
 * @param failures how often it failed and is tried again
 * @param run the run of tables that it started last, if it came to that
 * @param release what it published
 * @param message why it failed or was cancelled
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
    Optional<String> message) {

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
    PERSON
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
        Optional.empty());
  }

  /** How a run ended. */
  public record End(
      State state, Optional<String> run, Optional<Long> release, Optional<String> message) {}
}
