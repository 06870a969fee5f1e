package dev.towpath.server.reading;

import dev.towpath.server.Refusal;
import dev.towpath.spi.CancelledException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets so many compute at a time; some wait for their turn, the rest is sent away. A result that is
 * open takes a turn only while rows are computed, so that slow readers keep nobody waiting. First
 * come, first served. Thread-safe.
 */
final class Turns {
  private final Semaphore slots;
  private final Limits limits;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();

  Turns(Limits limits) {
    this.limits = limits;
    this.slots = new Semaphore(limits.atOnce(), true);
  }

  /** A turn that is over when it is closed. */
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /** Waits for a turn; a 429 when that would be too long. */
  Turn take() {
    if (!slots.tryAcquire()) {
      await();
    }
    return slots::release;
  }

  private void await() {
    try {
      if (waiting.incrementAndGet() > limits.waiting()
          || !slots.tryAcquire(limits.patience().toMillis(), TimeUnit.MILLISECONDS)) {
        throw busy("too many queries run already");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException(e);
    } finally {
      waiting.decrementAndGet();
    }
  }

  /** Counts a result that is opened; a 429 when too many are. */
  Turn open() {
    if (open.incrementAndGet() > limits.open()) {
      open.decrementAndGet();
      throw busy("too many results are open");
    }
    return open::decrementAndGet;
  }

  private static Refusal busy(String why) {
    return Refusal.busy(why, 1);
  }

  int running() {
    return limits.atOnce() - slots.availablePermits();
  }

  int waiting() {
    return waiting.get();
  }

  int opened() {
    return open.get();
  }
}
