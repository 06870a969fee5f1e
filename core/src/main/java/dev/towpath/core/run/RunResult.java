package dev.towpath.core.run;

import dev.towpath.core.plan.Plan;
import dev.towpath.core.store.Release;
import java.util.List;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param release what it published; empty when it failed or nothing was stale
 */
public record RunResult(
    String run,
    Plan plan,
    boolean success,
    Optional<Release> release,
    List<TaskOutcome> tasks,
    List<CheckOutcome> checks) {
  public RunResult {
    tasks = List.copyOf(tasks);
    checks = List.copyOf(checks);
  }
}
