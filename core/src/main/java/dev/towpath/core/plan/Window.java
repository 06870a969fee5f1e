package dev.towpath.core.plan;

import dev.towpath.core.interval.Intervals;

/**
 * The time that an incremental model builds.
 *
 * @param full whether it starts from nothing; otherwise the rows outside of {@code build} stay
 * @param build whole intervals; {@link Intervals#ALL} in a full build without {@code start:}
 */
public record Window(boolean full, Intervals build) {
  /** Nothing to build. */
  public static final Window NONE = new Window(false, Intervals.NONE);

  /** Whether there is nothing to build. */
  public boolean isEmpty() {
    return build.isEmpty();
  }
}
