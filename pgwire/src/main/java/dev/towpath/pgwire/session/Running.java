package dev.towpath.pgwire.session;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a session is doing, so that others can stop it. Thread-safe.
 *
 * <p>Stopping is an interrupt, which must hit the statement it was meant for: so it is given under
 * the lock that says whether that one still runs, and what is left of it is cleared there.
 */
public final class Running {
  private @Nullable Thread worker;
  private @Nullable PgError reason;
  private long deadline;

  /** A statement begins, on this thread. */
  synchronized void begin(Duration timeout) {
    worker = Thread.currentThread();
    reason = null;
    deadline = timeout.isZero() ? 0 : System.nanoTime() + timeout.toNanos() | 1;
  }

  /** It has ended. */
  @SuppressWarnings("CheckReturnValue") // whether there was an interrupt does not matter any more
  synchronized void end() {
    worker = null;
    deadline = 0;
    Thread.interrupted();
  }

  /** Stops the statement, if one runs. */
  public synchronized void stop(PgError why) {
    if (worker != null && reason == null) {
      reason = why;
      worker.interrupt();
    }
  }

  /** Stops the statement because the client wants it. */
  public void cancel() {
    stop(canceled());
  }

  /** Stops the statement if it has had its time. */
  public synchronized void stopIfLate(long now) {
    if (deadline != 0 && now - deadline > 0) {
      stop(PgError.of(SqlState.CANCELED, "canceling statement due to statement timeout"));
    }
  }

  /** Throws when the statement is to stop. */
  synchronized void check() {
    if (reason != null) {
      throw reason;
    }
  }

  /** Why it was stopped. */
  synchronized PgError reason() {
    return reason == null ? canceled() : reason;
  }

  private static PgError canceled() {
    return PgError.of(SqlState.CANCELED, "canceling statement due to user request");
  }
}
