package dev.towpath.core.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Notices that a wall clock has gone back, by the one that never does: a machine that began with a
 * wrong time and was told the right one, or a person who set it. Used by one thread.
 */
final class Setbacks {
  /** What a clock that is kept in step may go back by is not worth a word. */
  private static final Duration LEAST = Duration.ofSeconds(2);

  private final InstantSource clock;
  private Instant wall;
  private long steady = System.nanoTime();

  /**
   * Compares with what was told before.
   *
   * @param last what this clock, or that of a process before, is known to have said
   */
  Setbacks(InstantSource clock, Instant last) {
    this.clock = clock;
    Instant now = clock.instant();
    this.wall = last.isAfter(now) ? last : now;
  }

  /** How far it has gone back since it was last asked; zero when it has not. */
  Duration since() {
    Instant now = clock.instant();
    long time = System.nanoTime();
    Duration back = Duration.between(now, wall.plusNanos(time - steady));
    wall = now;
    steady = time;
    return back.compareTo(LEAST) < 0 ? Duration.ZERO : back;
  }
}
