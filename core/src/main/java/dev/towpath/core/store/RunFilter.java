package dev.towpath.core.store;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Which runs of flows a list has.
 *
 * @param states any when empty
 * @param dueFrom only those that were due then or later
 * @param dueTo only those that were due before
 * @param before only those that come after this one in a list with the newest first
 */
public record RunFilter(
    Optional<String> flow,
    Set<FlowRun.State> states,
    Optional<Instant> dueFrom,
    Optional<Instant> dueTo,
    Optional<Position> before) {
  /** All runs. */
  public static final RunFilter ALL =
      new RunFilter(
          Optional.empty(), Set.of(), Optional.empty(), Optional.empty(), Optional.empty());

  public RunFilter {
    states = Set.copyOf(states);
  }

  /** A place in a list of runs: that of one run. */
  public record Position(Instant created, String id) {
    public static Position of(FlowRun run) {
      return new Position(run.created(), run.id());
    }

    public static Position of(RunRecord run) {
      return new Position(run.started(), run.id());
    }
  }
}
