package dev.towpath.server;

import dev.towpath.core.store.Event;
import dev.towpath.core.store.EventStore;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Watches the store's events for everybody who follows them, whichever process wrote them. One
 * thread looks; followers wait for it and then read from where they are, each at its own pace, so
 * that nothing is kept for a slow one and nothing is lost. Thread-safe.
 */
final class EventHub implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(EventHub.class.getName());
  private static final long LOOK_MILLIS = 150;
  private static final long SILENT_MILLIS = 1_000;
  private static final int BATCH = 500;
  private static final int NOTICES = 100;

  private final EventStore events;
  private final String environment;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();
  private final AtomicInteger followers = new AtomicInteger();
  private final Thread watcher;
  private final List<Notice> notices = new ArrayList<>();
  private final Runnable look;
  private long last;
  private long noticed;
  private boolean closed;

  /** Something that only this server has to tell; who was not there has missed it. */
  record Notice(long number, String type, String data) {}

  /** What came since somebody asked last. */
  record News(List<Event> events, List<Notice> notices) {
    boolean isEmpty() {
      return events.isEmpty() && notices.isEmpty();
    }
  }

  /**
   * A hub over a store.
   *
   * @param look is done at each look, on the hub's thread
   */
  EventHub(EventStore events, String environment, Runnable look) {
    this.events = events;
    this.look = look;
    this.environment = environment;
    this.last = events.last(environment);
    this.watcher = Thread.ofVirtual().name("events").unstarted(this::watch);
  }

  /** Hears of every event from now on, on the hub's thread. */
  void listen(Consumer<Event> listener) {
    listeners.add(listener);
  }

  void start() {
    watcher.start();
  }

  private void watch() {
    boolean silent = false; // whether the store did not answer
    while (!isClosed()) {
      try {
        TimeUnit.MILLISECONDS.sleep(silent ? SILENT_MILLIS : LOOK_MILLIS);
        look.run();
        look();
        silent = false;
      } catch (InterruptedException e) {
        return;
      } catch (TowpathException e) {
        silent = true; // the next look tries again
      } catch (RuntimeException e) { // a mistake of ours ends no one's events
        LOG.log(System.Logger.Level.ERROR, "a mistake in towpath itself", e);
        silent = true;
      }
    }
  }

  private void look() {
    List<Event> found = events.after(environment, last(), BATCH);
    while (!found.isEmpty()) {
      found.forEach(this::tellListeners);
      wake(found.getLast().id());
      found = events.after(environment, last(), BATCH);
    }
  }

  /** One that fails hinders neither the others nor those who follow. */
  private void tellListeners(Event event) {
    for (Consumer<Event> listener : listeners) {
      try {
        listener.accept(event);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a mistake in towpath itself", e);
      }
    }
  }

  private void wake(long id) {
    lock.lock();
    try {
      last = id;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The id of the newest event that is known. */
  long last() {
    lock.lock();
    try {
      return last;
    } finally {
      lock.unlock();
    }
  }

  /** The id of the newest event in the store. */
  long newest() {
    return Math.max(last(), events.last(environment));
  }

  /** Whether who saw the event of that id last may have missed some that are gone. */
  boolean trimmed(long id) {
    return events.trimmed(id);
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a place among those who follow; false when there is none. */
  boolean join(int most) {
    return followers.getAndUpdate(n -> n < most ? n + 1 : n) < most;
  }

  void leave() {
    followers.decrementAndGet();
  }

  int followers() {
    return followers.get();
  }

  /** Tells all who follow now. */
  void tell(String type, String data) {
    lock.lock();
    try {
      noticed++;
      notices.add(new Notice(noticed, type, data));
      if (notices.size() > NOTICES) {
        notices.removeFirst();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The number of the newest notice. */
  long noticed() {
    lock.lock();
    try {
      return noticed;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The events after one of that id and the notices after one of that number, as soon as there are
   * any.
   *
   * @return none when the time is over or the hub closes
   */
  News next(long id, long notice, long millis) throws InterruptedException {
    List<Notice> told;
    boolean more;
    lock.lock();
    try {
      long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
      while (last <= id && noticed <= notice && !closed && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      if (closed) {
        return new News(List.of(), List.of());
      }
      more = last > id;
      told = notices.stream().filter(n -> n.number() > notice).toList();
    } finally {
      lock.unlock();
    }
    return new News(more ? events.after(environment, id, BATCH) : List.of(), told);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    watcher.interrupt();
  }
}
