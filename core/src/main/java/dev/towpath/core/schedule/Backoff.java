package dev.towpath.core.schedule;

import dev.towpath.core.project.Flow;
import java.time.Duration;

/** How long a failed task waits before it is tried again. */
public final class Backoff {
  private Backoff() {}

  /**
   * The delay grows by a factor from failure to failure up to a bound, and is then shortened by a
   * random share of the jitter, so that what failed together is not tried together.
   *
   * @param failures before this one
   * @param random between 0 and 1
   */
  public static Duration delay(Flow.Retries retries, int failures, double random) {
    double longest = retries.longest().toMillis();
    double grown = retries.delay().toMillis() * Math.pow(retries.backoff(), failures);
    double bounded = Math.min(longest, grown);
    return Duration.ofMillis(Math.round(bounded * (1 - retries.jitter() * random)));
  }
}
