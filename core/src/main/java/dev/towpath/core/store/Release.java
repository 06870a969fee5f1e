package dev.towpath.core.store;

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

  /** What made it. */
  public enum Kind {
    EMPTY,
    RUN,
    ROLLBACK,
    CREATE,
    PROMOTE
  }
}
