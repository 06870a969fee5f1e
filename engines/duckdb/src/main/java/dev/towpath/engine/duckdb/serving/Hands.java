package dev.towpath.engine.duckdb.serving;

import dev.towpath.spi.CancelledException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Threads that go into native code for others, who wait: an interrupt would not reach them there,
 * virtual threads would hold on to their carriers, and deeply nested SQL needs a deep stack. They
 * are kept for the next query, which is most of what a small one costs.
 */
final class Hands implements AutoCloseable {
  private static final long BEAT_MILLIS = 50;
  private static final long STACK_BYTES = 16L << 20;

  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().daemon().name("duckdb-", 0).stackSize(STACK_BYTES).factory());

  /** How work is stopped. */
  interface Stop {
    /** Whether it is to stop. */
    boolean wanted();

    /** Stops what runs just now. */
    void now();
  }

  /** Does the work and waits for it. An interrupt stops it and stays set. */
  <T extends @Nullable Object> T run(Callable<T> work, Stop stop) {
    FutureTask<T> task = new FutureTask<>(work);
    threads.execute(task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          T result = task.get(BEAT_MILLIS, TimeUnit.MILLISECONDS);
          if (interrupted) {
            throw new CancelledException();
          }
          return result;
        } catch (TimeoutException running) {
          if (stop.wanted() || interrupted) {
            stop.now(); // again: the first may have come between two statements
          }
        } catch (InterruptedException e) {
          interrupted = true;
          stop.now();
        } catch (ExecutionException e) {
          throw failure(e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException failure(ExecutionException e) {
    return switch (e.getCause()) {
      case RuntimeException known -> known;
      case Error error -> throw error;
      case null, default -> new IllegalStateException(e.getCause());
    };
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
