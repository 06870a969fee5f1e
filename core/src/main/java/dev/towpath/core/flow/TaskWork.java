package dev.towpath.core.flow;

import dev.towpath.core.project.Flow;
import dev.towpath.core.store.FlowTask;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Does one try of a task. Thread-safe. */
public interface TaskWork {

  /**
   * Does it on this thread, which is interrupted to stop it; nothing of it runs any more when this
   * returns.
   *
   * @throws dev.towpath.spi.CancelledException when it was stopped
   */
  Outcome run(FlowTask task);

  /** What a try came to. */
  sealed interface Outcome {}

  /** The task is over. */
  record Ended(FlowTask.End end) implements Outcome {}

  /**
   * The try failed.
   *
   * @param retries how often, and when, it is tried again
   */
  record Failed(String message, Flow.Retries retries) implements Outcome {}

  /** The task stands for one task for each of these rows, JSON objects. */
  record Mapped(List<String> items) implements Outcome {
    public Mapped {
      items = List.copyOf(items);
    }
  }

  /** What a sensor waits for is not there yet. */
  record NotYet(Instant next) implements Outcome {}

  /**
   * The try could not begin, for a reason that has nothing to do with the task, such as a store
   * that does not answer. It is no failure of the task, and any process may take it meanwhile.
   */
  record Later(String why, Duration delay) implements Outcome {}
}
