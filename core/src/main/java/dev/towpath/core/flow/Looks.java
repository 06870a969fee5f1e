package dev.towpath.core.flow;

import dev.towpath.core.store.FlowTask;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The looks of sensors. Enough threads that some that hang do not hold up the others; no more are
 * taken than these can look at before somebody else may take them, and those that find nothing are
 * written together.
 */
final class Looks implements AutoCloseable {
  private static final int THREADS = 32;

  /** At twenty seconds for each, all are looked at within a minute and a half. */
  private static final int MOST = 4 * THREADS;

  private final Executor executor;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(THREADS, Thread.ofVirtual().name("look-", 0).factory());
  private final AtomicInteger taken = new AtomicInteger();
  private final ConcurrentLinkedQueue<Later> later = new ConcurrentLinkedQueue<>();

  private record Later(FlowTask task, Instant next) {}

  Looks(Executor executor) {
    this.executor = executor;
  }

  /** How many more it takes now. */
  int room() {
    return MOST - taken.get();
  }

  /** Looks at all of them, soon. */
  void add(List<FlowTask> due) {
    taken.addAndGet(due.size());
    due.forEach(task -> threads.execute(() -> look(task)));
  }

  private void look(FlowTask task) {
    try {
      TaskWork.Outcome outcome = executor.outcome(task);
      if (outcome instanceof TaskWork.NotYet(Instant next)) {
        later.add(new Later(task, next));
      } else {
        executor.settle(task, outcome);
        executor.wake();
      }
    } finally {
      taken.decrementAndGet();
    }
  }

  /** Those that found nothing since this was last asked, with when they look again. */
  Map<FlowTask, Instant> deferred() {
    Map<FlowTask, Instant> deferred = new HashMap<>();
    for (Later one = later.poll(); one != null; one = later.poll()) {
      deferred.put(one.task(), one.next());
    }
    return deferred;
  }

  /** Interrupts those that look; what was not looked at is due again when its lease is over. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
