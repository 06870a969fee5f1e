package dev.towpath.engine.duckdb.serving;

import dev.towpath.spi.Beat;
import dev.towpath.spi.CancelledException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Threads that go into native code for others, who wait: an interrupt would not reach them there,
 * virtual threads would hold on to their carriers, and deeply nested SQL needs a deep stack. They
 * are kept for the next query, which is most of what a small one costs.
 */
final class Hands implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final long STACK_BYTES = 16L << 20;

  private final Beat beat = new Beat("duckdb-stops", PAUSE);
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().daemon().name("duckdb-", 0).stackSize(STACK_BYTES).factory());

  /** How work is stopped. */
  interface Stop {
    /** Whether it is to stop. */
    boolean wanted();

    /** Stops what runs just now, and is wanted from then on. */
    void now();
  }

  /** Does the work and waits for it. An interrupt stops it and stays set. */
  <T extends @Nullable Object> T run(Callable<T> work, Stop stop) {
    FutureTask<T> task = new FutureTask<>(work);
    threads.execute(task);
    boolean interrupted = false;
    try (Beat.Look _ = beat.at(() -> again(stop))) {
      while (true) {
        try {
          T result = task.get();
          if (interrupted) {
            throw new CancelledException();
          }
          return result;
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

  /** Stops what is to stop once more: the first time may have come between two statements. */
  private static void again(Stop stop) {
    if (stop.wanted()) {
      stop.now();
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
    beat.close();
  }
}
