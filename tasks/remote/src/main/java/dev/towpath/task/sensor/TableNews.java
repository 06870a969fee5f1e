package dev.towpath.task.sensor;

import java.time.Instant;

/** What the lake says of its tables. */
public interface TableNews {
  /** What is known. */
  enum News {
    /** It has other rows than it had then. */
    NEW,
    /** It has the same rows. */
    SAME,
    /** There is no such table yet. */
    NONE
  }

  /**
   * Whether a table was published with other rows since.
   *
   * @param table as {@code schema.table}
   */
  News since(String table, Instant moment);

  /** Whether a table is published, and has been at any time. */
  boolean exists(String table);
}
