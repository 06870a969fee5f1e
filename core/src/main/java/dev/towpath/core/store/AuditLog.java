package dev.towpath.core.store;

import java.time.Instant;
import java.util.List;

/** Who did what, for good: entries are only ever added. Thread-safe. */
public interface AuditLog {

  /** Adds an entry of its own; what changes the store adds its entry itself. */
  void add(String environment, Act act, Instant now);

  /** The newest entries of an environment, newest first. */
  default List<Entry> list(String environment, int limit) {
    return list(environment, "", Long.MAX_VALUE, limit);
  }

  /**
   * The newest of those whose ids are lower, newest first.
   *
   * @param word only those that have it somewhere, in whatever case (of A to Z); empty for all
   */
  List<Entry> list(String environment, String word, long before, int limit);

  /**
   * What somebody does.
   *
   * @param who such as {@code ada} or {@code token ci}
   * @param action such as {@code trigger} or {@code cancel}
   * @param subject what it is done to: a run, a flow
   * @param detail in plain words; may be empty
   */
  record Act(String who, String action, String subject, String detail) {}

  /** What somebody does, where and when. */
  record Note(String environment, Act act, Instant at) {}

  /** What somebody did. */
  record Entry(long id, Instant at, String environment, Act act) {}
}
