package dev.towpath.core.schedule;

import java.time.Instant;

/**
 * A moment at which a flow is due, and the time that has passed since the one before.
 *
 * @param at when it is due, which is the end of its interval
 * @param start the moment at which it was due before, had it been running since ever
 */
public record Firing(Instant at, Instant start) {

  /** The end of its interval, itself not part of it. */
  public Instant end() {
    return at;
  }
}
