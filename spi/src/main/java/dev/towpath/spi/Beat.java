package dev.towpath.spi;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at what goes on, again and again at an even pace. To begin and to end what is looked at
 * costs next to nothing, and wakes nobody: so it is for what is nearly always over before the first
 * look. Thread-safe.
 */
public final class Beat implements AutoCloseable {
  /** Beats without anything to look at after which its thread sleeps until there is something. */
  private static final int IDLE = 50;

  private final long pauseNanos;
  private final Set<Look> looks = ConcurrentHashMap.newKeySet();
  private final Thread thread;
  private volatile boolean asleep;
  private volatile boolean closed;

  /** Something that is looked at until it is closed. */
  public final class Look implements AutoCloseable {
    private final Runnable work;

    private Look(Runnable work) {
      this.work = work;
    }

    /** Ends it; a look that has begun goes on. */
    @Override
    public void close() {
      looks.remove(this);
    }
  }

  /** A beat with a thread of its own. */
  public Beat(String name, Duration pause) {
    this.pauseNanos = pause.toNanos();
    this.thread = Thread.ofPlatform().daemon().name(name).start(this::beat);
  }

  /**
   * Begins to look at something.
   *
   * @param work quick, and does not throw
   */
  public Look at(Runnable work) {
    Look look = new Look(work);
    looks.add(look);
    if (asleep) {
      LockSupport.unpark(thread);
    }
    return look;
  }

  private void beat() {
    int idle = 0;
    while (!closed) {
      idle = looks.isEmpty() ? idle + 1 : 0;
      if (idle > IDLE) {
        asleep = true; // whoever comes after this wakes it
        if (looks.isEmpty() && !closed) {
          LockSupport.park();
        }
        asleep = false;
        idle = 0;
      }
      LockSupport.parkNanos(pauseNanos);
      looks.forEach(look -> look.work.run());
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
