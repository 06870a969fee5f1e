package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.store.RunRecord;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How one task ended.
 *
 * @param status SUCCESS, FAILED, SKIPPED, UPSTREAM_FAILED or CANCELLED
 * @param result the new state; empty when it failed or nothing was to do
 * @param companions states of tables that come with it, such as rejected rows
 * @param changed whether the content differs from what is published
 * @param detail in a few words: {@code 3 intervals}, {@code same rows as before}
 * @param problems why it failed
 */
public record TaskOutcome(
    Asset asset,
    RunRecord.State status,
    Optional<TableState> result,
    List<TableState> companions,
    boolean changed,
    String detail,
    List<Problem> problems,
    Instant started,
    Instant finished) {
  public TaskOutcome {
    companions = List.copyOf(companions);
    problems = List.copyOf(problems);
  }

  /** Rows of the table, or -1. */
  public long rows() {
    return result.map(TableState::rows).orElse(-1L);
  }
}
