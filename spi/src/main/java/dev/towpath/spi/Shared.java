package dev.towpath.spi;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the readings of one run share, such as a connection that holds a database's snapshot open so
 * that all tables of a source are read as of one moment. Each thing is opened when it is first
 * asked for, and all are closed, the newest first, when the run ends. Thread-safe.
 */
public final class Shared implements AutoCloseable {
  private final Map<String, AutoCloseable> byKey = new HashMap<>();
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private boolean closed;

  /**
   * The thing of that key, opened by the first who asks. Others wait meanwhile; when opening fails,
   * the next one tries again.
   *
   * @param key starts with the source's type, so that no two readers meet; never holds a secret
   */
  @SuppressWarnings("unchecked") // a key is asked for with one type only
  public synchronized <T extends AutoCloseable> T get(String key, Supplier<T> open) {
    if (closed) {
      throw new IllegalStateException("the run has ended");
    }
    AutoCloseable known = byKey.get(key);
    if (known == null) {
      known = open.get();
      byKey.put(key, known);
      opened.push(known);
    }
    return (T) known;
  }

  /** Closes everything; a failure to close one does not keep the others open. */
  @Override
  public synchronized void close() {
    closed = true;
    TowpathException failure = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new TowpathException("could not close: " + e.getMessage(), null, e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
