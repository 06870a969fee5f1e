package dev.towpath.core.store;

import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.util.Optional;

/**
 * One published state of the whole lake in an environment.
 *
 * @param number 1 and up, without gaps, in its environment; 0 is the empty lake before the first
 * @param effective the release whose content it has: itself, or what a rollback restored
 * @param tables number of tables in it
 * @param changed number of tables that differ from the release before
 * @param run the run that published it, if one did
 * @param note such as {@code rollback to 3} or {@code from prod at 7}
 * @param manifest its manifest's path in the lake; empty for number 0
 */
public record Release(
    String environment,
    long number,
    Kind kind,
    long effective,
    int tables,
    int changed,
    Optional<String> run,
    Instant published,
    String note,
    String manifest) {

  /**
   * The number of a release that somebody names.
   *
   * @throws TowpathException for 0, which was never published
   */
  public static long named(String environment, long number) {
    if (number == 0) {
      throw new TowpathException(
          environment + " has no release 0", "\"towpath releases\" lists what there is, from 1 on");
    }
    return number;
  }

  /** What made it. */
  public enum Kind {
    EMPTY,
    RUN,
    ROLLBACK,
    CREATE,
    PROMOTE
  }
}
