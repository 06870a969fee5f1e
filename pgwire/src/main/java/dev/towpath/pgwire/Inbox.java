package dev.towpath.pgwire;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a client has sent and nobody has answered yet. Whoever reads from the client puts messages
 * in; a thread of a pool answers them in order while there are any, so that a client which asks
 * nothing has no thread, and one that goes away is noticed while its query runs.
 */
final class Inbox {
  /** More is read when less than this waits. */
  private static final int MOST_BYTES = 1 << 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Item> waiting = new ArrayDeque<>();
  private final Executor pool;
  private long bytes;
  private boolean answering;
  private boolean closed;
  private volatile long full;

  private record Item(int bytes, Runnable answer) {}

  /** An empty one. */
  Inbox(Executor pool) {
    this.pool = pool;
  }

  /**
   * Puts a message in; waits while much is in already.
   *
   * @param size in bytes
   * @param answer answers it, and does not throw
   */
  void put(int size, Runnable answer) {
    lock.lock();
    try {
      while (bytes >= MOST_BYTES && !closed) {
        full = full == 0 ? System.nanoTime() | 1 : full;
        changed.awaitUninterruptibly();
      }
      full = 0;
      add(new Item(size, answer));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Since when it has been too full to read from its client, by System.nanoTime; 0 when it is not.
   * Any thread may ask.
   */
  long full() {
    return full;
  }

  /** Puts something in whatever is in already. */
  void putNow(Runnable answer) {
    lock.lock();
    try {
      add(new Item(0, answer));
    } finally {
      lock.unlock();
    }
  }

  private void add(Item item) {
    if (closed) {
      return;
    }
    waiting.add(item);
    bytes += item.bytes();
    if (!answering) {
      answering = true;
      pool.execute(this::work);
    }
  }

  private void work() {
    while (true) {
      Item item;
      lock.lock();
      try {
        item = waiting.poll();
        if (item == null) {
          answering = false;
          changed.signalAll();
          return;
        }
        bytes -= item.bytes();
        changed.signalAll();
      } finally {
        lock.unlock();
      }
      item.answer().run();
    }
  }

  /** Waits until all that is in it has been answered. */
  void finish() {
    lock.lock();
    try {
      while (answering) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Forgets what is in it and takes no more; waits for the message that is being answered. */
  void close() {
    stop();
    finish();
  }

  /** Forgets what is in it and takes no more. */
  void stop() {
    lock.lock();
    try {
      closed = true;
      waiting.clear();
      bytes = 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
