package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.plan.Plan;
import dev.towpath.spi.TableName;

/** Hears of a run as it goes on; called from many threads, returns at once. */
public interface RunListener {
  /** Hears nothing. */
  RunListener NONE = new RunListener() {};

  /** What will be done. */
  default void planned(Plan plan) {}

  /** A task runs. */
  default void started(Asset asset) {}

  /** See {@link dev.towpath.spi.Monitor#progress}. */
  default void progress(TableName table, double fraction, long rows) {}

  /** A task ended, well or not. */
  default void finished(TaskOutcome outcome) {}

  /** A check ended, well or not. */
  default void checked(CheckOutcome outcome) {}

  /** Something worth a line, such as another run that published first. */
  default void note(String text) {}
}
