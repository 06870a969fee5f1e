package dev.towpath.pgwire.session;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the bytes, about, of what a session keeps for its client, so that no client fills the
 * heap. Used by one thread.
 */
final class Keeping {
  private static final long MOST = 32L << 20;

  /** What any session may keep, whatever others do. */
  private static final long FREE = 256 << 10;

  private final AtomicLong room;
  private long bytes;

  /**
   * Nothing yet.
   *
   * @param room bytes that are left for all sessions, beyond what each has for itself
   */
  Keeping(AtomicLong room) {
    this.room = room;
  }

  /** Counts something; throws when there is no room for it. */
  void add(long more) {
    long shared = shared(bytes + more) - shared(bytes);
    boolean fits = bytes + more <= MOST;
    if (!fits || (room.addAndGet(-shared) < 0 && shared > 0)) {
      room.addAndGet(fits ? shared : 0);
      throw PgError.of(
          SqlState.OUT_OF_MEMORY,
          "the session keeps too much",
          "DEALLOCATE statements, CLOSE cursors, or ask for less in one");
    }
    bytes += more;
  }

  /** It is gone. */
  void remove(long less) {
    room.addAndGet(shared(bytes) - shared(bytes - less));
    bytes -= less;
  }

  private static long shared(long bytes) {
    return Math.max(0, bytes - FREE);
  }
}
