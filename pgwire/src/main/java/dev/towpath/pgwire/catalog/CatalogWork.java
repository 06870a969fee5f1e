package dev.towpath.pgwire.catalog;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import dev.towpath.spi.CancelledException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * A step on one connection to the catalog, within a time, a few at once. It is done by a thread of
 * its own: an interrupt means nothing to native code, which only its own cancel stops, and which
 * may not hear that either.
 */
final class CatalogWork {
  private static final Duration TIME = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final long BEAT_MILLIS = 50;
  private static final int AT_ONCE = 4;
  private static final long STACK_BYTES = 16L << 20;

  private static final Semaphore TURNS = new Semaphore(AT_ONCE, true);
  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().daemon().name("catalog-", 0).stackSize(STACK_BYTES).factory());

  private final Connection connection;
  private volatile boolean stopped;
  private boolean lost;

  CatalogWork(Connection connection) {
    this.connection = connection;
  }

  /** Something to do, which is told whether to stop. */
  @FunctionalInterface
  interface Step<T> {
    T run(BooleanSupplier stopped) throws SQLException;
  }

  /** Whether a step heard no cancel and still runs, so that the connection is not to be touched. */
  boolean isLost() {
    return lost;
  }

  /**
   * Does a step.
   *
   * @throws CancelledException when the thread was interrupted
   */
  <T> T run(Step<T> step) throws SQLException {
    FutureTask<T> task =
        new FutureTask<>(() -> {
          try {
            return step.run(() -> stopped);
          } finally {
            TURNS.release();
          }
        });
    try (Statement stop = connection.createStatement()) {
      if (!TURNS.tryAcquire(TIME.toMillis(), TimeUnit.MILLISECONDS)) {
        throw PgError.of(
            SqlState.TOO_MANY_CONNECTIONS, "too many ask the catalog just now", "try again");
      }
      THREADS.execute(task);
      return await(task, stop);
    } catch (InterruptedException e) {
      throw new CancelledException(e);
    }
  }

  private <T> T await(FutureTask<T> task, Statement stop) throws SQLException {
    long end = System.nanoTime() + TIME.toNanos();
    boolean interrupted = false;
    while (true) {
      try {
        T result = task.get(BEAT_MILLIS, TimeUnit.MILLISECONDS);
        if (stopped) {
          throw over(interrupted);
        }
        return result;
      } catch (TimeoutException e) {
        long now = System.nanoTime();
        if (!stopped && now - end > 0) {
          stopped = true;
          end = now + GRACE.toNanos();
        }
        if (stopped) {
          stop.cancel(); // again: the first may have come between two statements
          lost = now - end > 0;
        }
        if (lost) {
          throw over(interrupted);
        }
      } catch (InterruptedException e) {
        interrupted = true;
        stopped = true;
        end = System.nanoTime() + GRACE.toNanos();
        stop.cancel();
      } catch (ExecutionException e) {
        if (stopped) {
          throw over(interrupted);
        }
        switch (e.getCause()) {
          case SQLException failure -> throw failure;
          case RuntimeException failure -> throw failure;
          case Error failure -> throw failure;
          case null, default -> throw new IllegalStateException(e.getCause());
        }
      }
    }
  }

  private static RuntimeException over(boolean interrupted) {
    return interrupted
        ? new CancelledException()
        : PgError.of(
            SqlState.CANCELED,
            "canceling statement: the catalog is asked for at most " + TIME.toSeconds() + " s");
  }
}
