package dev.towpath.core.store;

import java.util.List;

/**
 * The newest events, in order. Each was written in the transaction of what it tells. Thread-safe.
 */
public interface EventStore {

  /** Events of an environment after one of that id, oldest first. */
  List<Event> after(String environment, long id, int limit);

  /** The id of the newest event; 0 when there is none. */
  long last(String environment);

  /**
   * Whether events that came after one of that id, of whatever environment, have been removed: who
   * saw that one last may have missed some.
   */
  boolean trimmed(long id);
}
