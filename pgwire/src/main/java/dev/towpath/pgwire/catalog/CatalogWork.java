package dev.towpath.pgwire.catalog;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import dev.towpath.spi.CancelledException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Steps on one connection to the catalog, each within a time and in its turn. */
final class CatalogWork {
  private static final long BEAT_MILLIS = 50;

  private final Connection connection;
  private final CatalogTurns turns;
  private volatile boolean stopped;
  private boolean lost;

  CatalogWork(Connection connection, CatalogTurns turns) {
    this.connection = connection;
    this.turns = turns;
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
    try (Statement stop = connection.createStatement()) {
      CatalogTurns.Turn turn = turns.take();
      if (turn == null) {
        throw PgError.of(
            SqlState.TOO_MANY_CONNECTIONS, "too many ask the catalog just now", "try again");
      }
      FutureTask<T> task =
          new FutureTask<>(() -> {
            try {
              return step.run(() -> stopped);
            } finally {
              turn.end();
            }
          });
      turns.begin(task);
      try {
        return await(task, stop);
      } finally {
        turn.leave(); // nothing any more, when the step has ended
      }
    } catch (InterruptedException e) {
      throw new CancelledException(e);
    }
  }

  private <T> T await(FutureTask<T> task, Statement stop) throws SQLException {
    long end = System.nanoTime() + turns.time().toNanos();
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
          end = now + turns.grace().toNanos();
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
        end = System.nanoTime() + turns.grace().toNanos();
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

  private RuntimeException over(boolean interrupted) {
    return interrupted
        ? new CancelledException()
        : PgError.of(
            SqlState.CANCELED,
            "canceling statement: the catalog is asked for at most "
                + turns.time().toSeconds()
                + " s");
  }
}
