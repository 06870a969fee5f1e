package dev.towpath.core.run;

import dev.towpath.core.project.Check;
import dev.towpath.spi.Rows;
import dev.towpath.spi.TableName;

/**
 * How one check ended.
 *
 * @param failures number of bad rows, or of groups of rows for {@code unique}
 * @param sample the first few of them
 * @param message what is wrong, one line; empty when it passed
 */
public record CheckOutcome(
    TableName table, Check check, boolean passed, long failures, Rows sample, String message) {

  /** Whether it stops the run. */
  public boolean stops() {
    return !passed && !check.warn() && !(check.rule() instanceof Check.Fresh);
  }
}
