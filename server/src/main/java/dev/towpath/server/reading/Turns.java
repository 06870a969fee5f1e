package dev.towpath.server.reading;

import dev.towpath.server.Refusal;
import dev.towpath.spi.CancelledException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets so many compute at a time; some wait for their turn, the rest is sent away. A result that is
 * open takes a turn only while rows are computed, so that slow readers keep nobody waiting. First
 * come, first served. Thread-safe.
 */
final class Turns {
  /** One person has no more than this part of the results that may be open. */
  private static final int SHARE = 4;

  /** For a step that computes nothing. */
  static final Turn NONE = () -> {};

  private final Semaphore slots;
  private final Limits limits;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private final Map<String, Integer> openByPerson = new ConcurrentHashMap<>();

  Turns(Limits limits) {
    this.limits = limits;
    this.slots = new Semaphore(limits.atOnce(), true);
  }

  /** A turn that is over when it is closed. */
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /** Waits for the first turn of a query; a 429 when that would be too long. */
  Turn take() {
    if (!acquired(Duration.ZERO)) {
      await();
    }
    return slots::release;
  }

  private void await() {
    try {
      if (waiting.incrementAndGet() > limits.waiting() || !acquired(limits.patience())) {
        throw busy("too many queries run already");
      }
    } finally {
      waiting.decrementAndGet();
    }
  }

  /** Waits for another turn of a query that has begun, whose reader is not sent away halfway. */
  Turn again(Duration longest) {
    if (!acquired(longest)) {
      throw busy("other queries took all the time that this one had");
    }
    return slots::release;
  }

  /** Takes a place in the queue even when there is no time to wait: a look would jump it. */
  private boolean acquired(Duration longest) {
    try {
      return slots.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException(e);
    }
  }

  /** Counts a result that is opened; a 429 when too many are, of all people or of this one. */
  Turn open(String who) {
    if (open.incrementAndGet() > limits.open()) {
      open.decrementAndGet();
      throw busy("too many results are open");
    }
    if (openByPerson.merge(who, 1, Integer::sum) > Math.max(1, limits.open() / SHARE)) {
      closed(who);
      throw busy("you have too many results open");
    }
    return () -> closed(who);
  }

  private void closed(String who) {
    openByPerson.computeIfPresent(who, (_, n) -> n == 1 ? null : n - 1);
    open.decrementAndGet();
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
