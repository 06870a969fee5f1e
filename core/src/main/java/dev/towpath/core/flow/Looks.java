package dev.towpath.core.flow;

import dev.towpath.core.store.FlowTask;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The looks of sensors. Few threads serve any number of them, since a look is short; those that
 * find nothing are written together.
 */
final class Looks implements AutoCloseable {
  private static final int THREADS = 4;

  private final Executor executor;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(THREADS, Thread.ofVirtual().name("look-", 0).factory());

  Looks(Executor executor) {
    this.executor = executor;
  }

  /** Looks at all of them, soon. */
  void add(List<FlowTask> due) {
    if (due.isEmpty()) {
      return;
    }
    int share = (due.size() + THREADS - 1) / THREADS;
    for (int from = 0; from < due.size(); from += share) {
      List<FlowTask> batch = due.subList(from, Math.min(due.size(), from + share));
      threads.execute(() -> look(batch));
    }
  }

  private void look(List<FlowTask> batch) {
    Map<FlowTask, Instant> later = new HashMap<>();
    for (FlowTask task : batch) {
      if (Thread.currentThread().isInterrupted()) {
        return; // what was not looked at is due again when its lease is over
      }
      TaskWork.Outcome outcome = executor.outcome(task);
      if (outcome instanceof TaskWork.NotYet(Instant next)) {
        later.put(task, next);
      } else {
        executor.settle(task, outcome);
        executor.wake();
      }
    }
    executor.defer(later);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
