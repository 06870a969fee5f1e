package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.DuckDbError;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.TowpathException;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBPreparedStatement;
import org.jspecify.annotations.Nullable;

/**
 * Connections to one database, and the work that runs on them.
 *
 * <p>A statement blocks its thread in native code, where an interrupt does not reach it. So the
 * work runs on a platform thread of its own while the caller waits, hears of progress, and turns an
 * interrupt into a cancel. That also keeps virtual threads from pinning their carriers.
 */
final class Connections implements AutoCloseable {
  private static final long BEAT_MILLIS = 100;

  /** Deeply nested SQL needs more than a thread's usual stack. */
  private static final long STACK_BYTES = 16L << 20;

  private final DuckDBConnection root;
  private final ConcurrentLinkedDeque<DuckDBConnection> idle = new ConcurrentLinkedDeque<>();
  private final Set<Job> running = ConcurrentHashMap.newKeySet();
  private boolean closed;
  private int open;

  Connections(DuckDBConnection root) {
    this.root = root;
  }

  /** Something to do on a connection. */
  @FunctionalInterface
  interface Work<T> {
    T on(Job job) throws SQLException;
  }

  /** One piece of work on its connection. Used by the thread that does the work. */
  static final class Job {
    private final DuckDBConnection connection;
    private volatile boolean cancelled;
    private final LongAdder rows = new LongAdder();
    private volatile @Nullable DuckDBPreparedStatement current;
    private volatile Runnable onCancel = () -> {};

    private Job(DuckDBConnection connection) {
      this.connection = connection;
    }

    DuckDBConnection connection() {
      return connection;
    }

    /** Prepares a statement, which from then on is the one that a cancel stops. */
    DuckDBPreparedStatement prepare(String sql) throws SQLException {
      check();
      DuckDBPreparedStatement statement = connection.prepare(sql);
      current = statement;
      return statement;
    }

    /** Runs a statement without parameters or result. */
    void execute(String sql) throws SQLException {
      try (DuckDBPreparedStatement statement = prepare(sql)) {
        statement.execute();
      }
    }

    /** Runs a statement that puts things in order, even when the work is to stop. */
    void always(String sql) throws SQLException {
      try (DuckDBPreparedStatement statement = connection.prepare(sql)) {
        statement.execute();
      }
    }

    /** Throws when the work is to stop. */
    void check() {
      if (cancelled) {
        throw new CancelledException();
      }
    }

    /** What else is to be done when the work is to stop. */
    void onCancel(Runnable more) {
      onCancel = more;
    }

    /** Counts rows that came in, for the monitor. */
    void rows(long more) {
      rows.add(more);
    }

    private void cancel() {
      cancelled = true;
      onCancel.run();
      DuckDBPreparedStatement statement = current;
      if (statement != null) {
        try {
          statement.cancel();
        } catch (SQLException finished) {
          current = null; // closed in the meantime: nothing is left to stop
        }
      }
    }

    private void report(Monitor monitor) {
      DuckDBPreparedStatement statement = current;
      double fraction = -1;
      try {
        if (statement != null) {
          fraction = Math.min(1, statement.getQueryProgress().getPercentage() / 100);
        }
      } catch (SQLException finished) {
        current = null;
      }
      long count = rows.sum();
      if (fraction >= 0 || count > 0) {
        monitor.progress(fraction, count > 0 ? count : -1);
      }
    }
  }

  /** Does the work and waits for it. An interrupt stops it and stays set. */
  <T> T run(Work<T> work, Monitor monitor) {
    Job job = begin();
    FutureTask<T> task = new FutureTask<>(() -> work(work, job));
    Thread.Builder.OfPlatform threads =
        Thread.ofPlatform().daemon().name("duckdb").stackSize(STACK_BYTES);
    threads.start(task);
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
          if (job.cancelled) {
            job.cancel(); // again: the first may have hit the gap between two statements
          } else {
            job.report(monitor);
          }
        } catch (InterruptedException e) {
          interrupted = true;
          job.cancel();
        } catch (ExecutionException e) {
          throw failure(e.getCause(), job);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private <T> T work(Work<T> work, Job job) throws SQLException {
    try {
      return work.on(job);
    } finally {
      end(job);
    }
  }

  private static RuntimeException failure(@Nullable Throwable cause, Job job) {
    return switch (cause) {
      case CancelledException e -> e;
      case SQLException _ when job.cancelled -> new CancelledException();
      case SQLException e when DuckDbError.of(e).interrupted() -> new CancelledException();
      case SQLException e -> Failures.of(e);
      case TowpathException _ when job.cancelled -> new CancelledException();
      case RuntimeException e -> e;
      case Error e -> throw e;
      case null, default -> new IllegalStateException(cause);
    };
  }

  private synchronized Job begin() {
    if (closed) {
      throw new TowpathException("the engine session is closed");
    }
    DuckDBConnection connection = idle.poll();
    Job job;
    try {
      job = new Job(connection == null ? fresh() : connection);
    } catch (SQLException e) {
      throw Failures.of(e);
    }
    open++;
    running.add(job);
    return job;
  }

  private DuckDBConnection fresh() throws SQLException {
    DuckDBConnection connection = root.duplicate();
    try (DuckDBPreparedStatement settings = connection.prepare("SET errors_as_json = true")) {
      settings.execute();
      settings.execute("SET enable_progress_bar = true");
      settings.execute("SET enable_progress_bar_print = false");
    }
    return connection;
  }

  private synchronized void end(Job job) {
    running.remove(job);
    job.current = null;
    idle.push(job.connection);
    open--;
    notifyAll();
  }

  /** Stops what runs, waits for it, and closes all connections. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      boolean interrupted = false;
      while (open > 0) {
        running.forEach(Job::cancel);
        try {
          wait(BEAT_MILLIS);
        } catch (InterruptedException e) {
          interrupted = true; // native code must be out of the database before it goes
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    try {
      for (DuckDBConnection connection : idle) {
        connection.close();
      }
      root.close();
    } catch (SQLException e) {
      throw Failures.of(e);
    }
  }
}
