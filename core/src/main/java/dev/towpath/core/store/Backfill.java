package dev.towpath.core.store;

import java.time.Instant;

/**
 * Past intervals of a flow that somebody wants to be run, each exactly once. Its runs are made when
 * it is.
 *
 * @param from the first firing that counts
 * @param to the first that does not count any more
 * @param parallel runs at a time
 * @param backwards whether the newest interval comes first
 * @param total number of its runs
 */
public record Backfill(
    String id,
    String environment,
    String flow,
    Instant from,
    Instant to,
    int parallel,
    boolean backwards,
    State state,
    int total,
    String who,
    Instant created) {

  /** Where it stands. */
  public enum State {
    ACTIVE,
    PAUSED,
    CANCELLED,
    /** All of its runs are over. */
    DONE
  }

  /**
   * How many of its runs stand where.
   *
   * @param queued not started
   */
  public record Progress(int queued, int running, int succeeded, int failed, int cancelled) {}
}
