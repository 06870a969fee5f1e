package dev.towpath.core.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One execution of a plan, as the store keeps it.
 *
 * @param selection the selectors as typed
 * @param release what it published
 * @param message why it failed, one line
 */
public record RunRecord(
    String id,
    String environment,
    State state,
    Instant started,
    Optional<Instant> finished,
    Instant logicalTime,
    List<String> selection,
    Optional<Long> release,
    Optional<String> message) {
  public RunRecord {
    selection = List.copyOf(selection);
  }

  /** Where a run or task stands. */
  public enum State {
    WAITING,
    READY,
    RUNNING,
    SUCCESS,
    FAILED,
    SKIPPED,
    UPSTREAM_FAILED,
    CANCELLED
  }

  /**
   * One asset in a run.
   *
   * @param rows rows of the table after it; -1 when unknown
   * @param reason why it ran, as the plan said
   * @param message why it failed or was skipped
   */
  public record Task(
      String run,
      String asset,
      State state,
      Instant started,
      Optional<Instant> finished,
      long rows,
      String reason,
      Optional<String> message) {}

  /** What the checks of one table said in a run. */
  public record Checked(String run, Instant started, List<CheckResult> results) {
    public Checked {
      results = List.copyOf(results);
    }
  }

  /**
   * The outcome of one check in a run.
   *
   * @param failures number of bad rows
   * @param sample the first bad rows as a JSON array of objects
   */
  public record CheckResult(
      String run,
      String table,
      String check,
      boolean passed,
      boolean warn,
      long failures,
      String sample) {}
}
