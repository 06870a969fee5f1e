package dev.towpath.pgwire.catalog;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Serving;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Steps on a connection to the catalog, each within a time and in its turn. */
final class CatalogWork {
  private static final long BEAT_MILLIS = 50;

  private final CatalogTurns turns;
  private volatile @Nullable Statement running;
  private volatile boolean stopped;
  private volatile boolean outgrown;
  private boolean lost;

  CatalogWork(CatalogTurns turns) {
    this.turns = turns;
  }

  /** Something to do, which looks whether it is to stop, and says what to stop for that. */
  @FunctionalInterface
  interface Step<T> {
    T run(CatalogWork work) throws SQLException;
  }

  boolean isStopped() {
    return stopped || outgrown;
  }

  /** The statement that runs from now on: the driver stops no other one of its connection. */
  void runs(Statement statement) {
    running = statement;
  }

  private void stop() {
    Statement known = running;
    try {
      if (known != null) {
        known.cancel();
      }
    } catch (SQLException ended) {
      running = null; // closed in the meantime: nothing is left to stop
    }
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
    try {
      CatalogTurns.Turn turn = turns.take();
      if (turn == null) {
        throw PgError.of(
            SqlState.TOO_MANY_CONNECTIONS, "too many ask the catalog just now", "try again");
      }
      FutureTask<T> task =
          new FutureTask<>(() -> {
            try (Serving.Computing _ = turns.watched(() -> outgrown = true)) {
              return step.run(this);
            } finally {
              turn.end();
            }
          });
      turns.begin(task);
      try {
        return await(task);
      } finally {
        turn.leave(); // nothing any more, when the step has ended
      }
    } catch (InterruptedException e) {
      throw new CancelledException(e);
    }
  }

  private <T> T await(FutureTask<T> task) throws SQLException {
    long end = System.nanoTime() + turns.time().toNanos();
    boolean interrupted = false;
    while (true) {
      try {
        T result = task.get(BEAT_MILLIS, TimeUnit.MILLISECONDS);
        if (isStopped()) {
          throw over(interrupted);
        }
        return result;
      } catch (TimeoutException e) {
        long now = System.nanoTime();
        if (!stopped && (outgrown || now - end > 0)) {
          stopped = true;
          end = now + turns.grace().toNanos();
        }
        if (stopped) {
          stop(); // again: the first may have come between two statements
          lost = now - end > 0;
        }
        if (lost) {
          throw over(interrupted);
        }
      } catch (InterruptedException e) {
        interrupted = true;
        stopped = true;
        end = System.nanoTime() + turns.grace().toNanos();
        stop();
      } catch (ExecutionException e) {
        if (isStopped()) {
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
    if (interrupted) {
      return new CancelledException();
    }
    return outgrown
        ? outOfMemory()
        : PgError.of(
            SqlState.CANCELED,
            "canceling statement: the catalog is asked for at most "
                + turns.time().toSeconds()
                + " s");
  }

  static PgError outOfMemory() {
    return PgError.of(
        SqlState.OUT_OF_MEMORY, "the query took more memory than this server has, and was stopped");
  }
}
