package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes. What waits in a row and needs no sync becomes one transaction, so
 * that many small writes cost few commits; a sync is a transaction of its own. Callers wait until
 * their work is committed, also when they are interrupted: only then do they know what happened.
 * Platform thread, since SQLite's calls would pin a virtual one's carrier. Thread-safe.
 */
final class Writer implements AutoCloseable {
  private static final int LARGEST_GROUP = 200;

  private final Path file;
  private final Opener opener;
  private final Thread thread;
  private final Deque<Job<?>> queue = new ArrayDeque<>(); // guarded by itself
  private boolean stopping; // guarded by queue
  private @Nullable Connection connection; // the thread's own
  private @Nullable Boolean syncing; // the thread's own

  Writer(Path file, Opener opener) {
    this.file = file;
    this.opener = opener;
    this.thread = Thread.ofPlatform().name("towpath-metadata").daemon().unstarted(this::loop);
    thread.start();
  }

  /** Opens a connection. */
  interface Opener {
    Connection open() throws SQLException;
  }

  private static final class Job<T> {
    private final Database.Work<T> work;
    private final boolean synced;
    private final CountDownLatch done = new CountDownLatch(1);
    private @Nullable T result;
    private @Nullable Throwable failure;

    Job(Database.Work<T> work, boolean synced) {
      this.work = work;
      this.synced = synced;
    }

    void run(Connection connection) throws SQLException {
      result = work.run(connection);
    }
  }

  /** Queues work and waits for its commit. */
  <T> T submit(Database.Work<T> work, boolean synced) {
    Job<T> job = new Job<>(work, synced);
    synchronized (queue) {
      if (stopping) {
        throw new TowpathException("the metadata store " + file + " has been closed");
      }
      queue.add(job);
      queue.notifyAll();
    }
    awaitDone(job.done);
    return switch (job.failure) {
      case null -> result(job);
      case SQLException e -> throw Failures.of(e, file);
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(job.failure);
    };
  }

  @SuppressWarnings("NullAway") // a job without a failure holds what its work returned
  private static <T> T result(Job<T> job) {
    return job.result;
  }

  private static void awaitDone(CountDownLatch done) {
    boolean interrupted = false;
    while (true) {
      try {
        done.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Finishes what is queued, then closes the connection. */
  @Override
  public void close() {
    synchronized (queue) {
      stopping = true;
      queue.notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void loop() {
    for (List<Job<?>> group = next(); !group.isEmpty(); group = next()) {
      List<Job<?>> current = group;
      Throwable failure = transaction(current);
      if (failure != null && current.size() > 1) {
        // One of them is at fault: each alone, so that the others do not suffer from it.
        current.forEach(job -> finish(job, transaction(List.of(job))));
      } else {
        current.forEach(job -> finish(job, failure));
      }
    }
    disconnect();
  }

  private static void finish(Job<?> job, @Nullable Throwable failure) {
    job.failure = failure;
    job.done.countDown();
  }

  /** The next job that needs a sync, or all in a row that need none; none when it is over. */
  private List<Job<?>> next() {
    synchronized (queue) {
      while (queue.isEmpty() && !stopping) {
        try {
          queue.wait();
        } catch (InterruptedException e) {
          stopping = true; // nobody has a reason to; if somebody does, stop in good order
        }
      }
      List<Job<?>> group = new ArrayList<>();
      while (!queue.isEmpty() && group.size() < LARGEST_GROUP) {
        boolean synced = queue.getFirst().synced;
        if (synced && !group.isEmpty()) {
          break;
        }
        group.add(queue.removeFirst());
        if (synced) {
          break;
        }
      }
      return group;
    }
  }

  private @Nullable Throwable transaction(List<Job<?>> jobs) {
    try {
      Connection open = connection(jobs.getFirst().synced);
      Sql.execute(open, "BEGIN IMMEDIATE");
      for (Job<?> job : jobs) {
        job.run(open);
      }
      Sql.execute(open, "COMMIT");
      return null;
    } catch (Throwable e) { // whatever it is, the caller must hear of it and not wait for ever
      disconnect(); // rolls back
      return e;
    }
  }

  private Connection connection(boolean synced) throws SQLException {
    if (connection == null) {
      connection = opener.open();
      Sql.execute(connection, "PRAGMA foreign_keys = ON");
    }
    if (syncing == null || syncing != synced) {
      Sql.execute(connection, "PRAGMA synchronous = " + (synced ? "FULL" : "NORMAL"));
      syncing = synced;
    }
    return connection;
  }

  private void disconnect() {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        // What was committed stays committed; what was not is rolled back by the next to open it.
        assert e != null;
      }
      connection = null;
      syncing = null;
    }
  }
}
