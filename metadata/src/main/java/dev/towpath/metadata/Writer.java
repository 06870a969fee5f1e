package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes, one transaction at a time. Work that needs no sync shares a transaction with all such
 * work that waits behind it, so that many small writes cost few commits; a sync is a transaction of
 * its own. Whoever gets the lock first does the work of those who wait, and they find it done; with
 * nobody else around that costs no change of threads. Callers return when their work is committed,
 * also when they are interrupted: only then do they know what happened. Thread-safe.
 */
final class Writer implements AutoCloseable {
  private static final int LARGEST_GROUP = 200;

  private final Path file;
  private final Opener opener;
  private final Deque<Job<?>> queue = new ArrayDeque<>(); // guarded by itself
  private final ReentrantLock lock = new ReentrantLock();
  private boolean closed; // this and what follows guarded by lock
  private @Nullable Link link;
  private @Nullable Boolean syncing;

  Writer(Path file, Opener opener) {
    this.file = file;
    this.opener = opener;
  }

  /** Opens a connection. */
  interface Opener {
    Link open() throws SQLException;
  }

  /** Work and what came of it; all but the work is guarded by the lock. */
  private static final class Job<T> {
    private final Database.Work<T> work;
    private final boolean synced;
    private boolean done;
    private @Nullable T result;
    private @Nullable Throwable failure;

    Job(Database.Work<T> work, boolean synced) {
      this.work = work;
      this.synced = synced;
    }

    void run(Link link) throws SQLException {
      result = work.run(link);
    }
  }

  /** Does work in a transaction and returns after its commit. */
  <T> T submit(Database.Work<T> work, boolean synced) {
    Job<T> job = new Job<>(work, synced);
    synchronized (queue) {
      queue.add(job);
    }
    lock.lock();
    try {
      while (!job.done) {
        execute(next());
      }
      return outcome(job);
    } finally {
      lock.unlock();
    }
  }

  private <T> T outcome(Job<T> job) {
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

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      disconnect();
    } finally {
      lock.unlock();
    }
  }

  private void execute(List<Job<?>> group) {
    Throwable failure = transaction(group);
    for (Job<?> job : group) {
      // Where one of several is at fault, each is done alone: the others shall not suffer from it.
      job.failure = failure != null && group.size() > 1 ? transaction(List.of(job)) : failure;
      job.done = true;
    }
  }

  /** The job that waited longest, and with it all that follow it, if none of them needs a sync. */
  private List<Job<?>> next() {
    synchronized (queue) {
      List<Job<?>> group = new ArrayList<>();
      group.add(queue.removeFirst());
      while (!group.getFirst().synced
          && !queue.isEmpty()
          && !queue.getFirst().synced
          && group.size() < LARGEST_GROUP) {
        group.add(queue.removeFirst());
      }
      return group;
    }
  }

  private @Nullable Throwable transaction(List<Job<?>> jobs) {
    try {
      Link open = link(jobs.getFirst().synced);
      Sql.execute(open, "BEGIN IMMEDIATE");
      for (Job<?> job : jobs) {
        job.run(open);
      }
      Sql.execute(open, "COMMIT");
      return null;
    } catch (Throwable e) { // whatever it is, it belongs to the one whose work it was
      disconnect(); // rolls back
      return e;
    }
  }

  private Link link(boolean synced) throws SQLException {
    if (closed) {
      throw new TowpathException("the metadata store " + file + " has been closed");
    }
    if (link == null) {
      link = opener.open();
      link.run("PRAGMA foreign_keys = ON");
    }
    if (syncing == null || syncing != synced) {
      link.run("PRAGMA synchronous = " + (synced ? "FULL" : "NORMAL"));
      syncing = synced;
    }
    return link;
  }

  private void disconnect() {
    if (link != null) {
      try {
        link.close();
      } catch (SQLException e) {
        // What was committed stays committed; what was not is rolled back by the next to open it.
        assert e != null;
      }
      link = null;
      syncing = null;
    }
  }
}
