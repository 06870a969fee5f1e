package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes, one transaction at a time. Work that needs no sync shares a transaction with all such
 * work that waits behind it, so that many small writes cost few commits; a sync is a transaction of
 * its own. Whoever gets the lock first does the work of those who wait, and they are told when it
 * is done; with nobody else around that costs no change of threads. Callers return when their work
 * is committed, also when they are interrupted: only then do they know what happened. Thread-safe.
 */
final class Writer implements AutoCloseable {
  private static final int LARGEST_GROUP = 200;

  private final Session session;
  private final Deque<Job<?>> queue = new ArrayDeque<>(); // guarded by itself
  private final ReentrantLock lock = new ReentrantLock();
  private boolean closed; // this and what follows guarded by lock
  private @Nullable Link link;

  Writer(Session session) {
    this.session = session;
  }

  /** What writing needs to know of a kind of database. Used by one thread at a time. */
  interface Session {
    /** The store as messages name it. */
    String name();

    Link open() throws SQLException;

    /** Begins a transaction that nobody else writes beside. */
    void begin(Link link, boolean synced) throws SQLException;

    /**
     * Commits, and returns when that is certain; throws when it is certain that nothing was
     * committed.
     *
     * @return false when the connection cannot be used any more
     * @throws TowpathException when it cannot be told
     */
    boolean commit(Link link) throws SQLException;

    /**
     * Rests a while after a failure, if a new connection may do better.
     *
     * @param since when this work was first tried
     * @return false when it is not worth another try
     */
    boolean again(SQLException failure, Instant since);

    /** What a person is told. */
    TowpathException failure(SQLException failure);

    /** Runs work on a thread that may wait for the database, and waits for its end. */
    void execute(Runnable work);
  }

  /** Work and what came of it. */
  private static final class Job<T> {
    private final Database.Work<T> work;
    private final boolean synced;
    private final Thread waiting = Thread.currentThread();
    private volatile boolean done; // written after the result and the failure
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
    boolean interrupted = false;
    while (!job.done) {
      if (lock.tryLock()) {
        try {
          while (!job.done) {
            session.execute(() -> execute(next()));
          }
        } finally {
          lock.unlock();
          wakeNext();
        }
      } else {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return outcome(job);
  }

  /** One who waits does the work now: it found the lock taken, or would not wait. */
  private void wakeNext() {
    synchronized (queue) {
      Job<?> next = queue.peekFirst();
      if (next != null) {
        LockSupport.unpark(next.waiting);
      }
    }
  }

  private <T> T outcome(Job<T> job) {
    return switch (job.failure) {
      case null -> result(job);
      case SQLException e -> throw session.failure(e);
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
      // But not when all of it may have taken effect.
      boolean alone = failure != null && group.size() > 1 && !(failure instanceof UnknownOutcome);
      job.failure = alone ? transaction(List.of(job)) : failure;
      job.done = true;
      LockSupport.unpark(job.waiting);
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
    Instant since = Instant.now();
    Throwable failure = attempt(jobs);
    while (failure instanceof SQLException e && session.again(e, since)) {
      failure = attempt(jobs);
    }
    return failure;
  }

  private @Nullable Throwable attempt(List<Job<?>> jobs) {
    try {
      Link open = link();
      session.begin(open, jobs.getFirst().synced);
      for (Job<?> job : jobs) {
        job.run(open);
      }
      if (!session.commit(open)) {
        disconnect();
      }
      return null;
    } catch (Throwable e) { // whatever it is, it belongs to the one whose work it was
      disconnect(); // rolls back
      return e;
    }
  }

  private Link link() throws SQLException {
    if (closed) {
      throw new TowpathException(session.name() + " has been closed");
    }
    if (link == null) {
      link = session.open();
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
    }
  }
}
