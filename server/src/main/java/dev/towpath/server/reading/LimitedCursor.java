package dev.towpath.server.reading;

import dev.towpath.core.query.QueryText;
import dev.towpath.server.Lakehouse;
import dev.towpath.server.Refusal;
import dev.towpath.spi.Batch;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Serving;
import dev.towpath.spi.SqlException;
import java.io.OutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A result within its time, of which each step that computes something takes its turn. */
final class LimitedCursor implements Lakehouse.Cursor {
  private final Serving.Result result;
  private final QueryText text;
  private final Duration time;
  private final Turns turns;
  private final Alarms alarms;
  private final Runnable onClose;
  private long spentNanos;
  private @Nullable Batch first;
  private boolean closed;

  /**
   * A result that has not begun.
   *
   * @param text by which mistakes are told with their places
   * @param onClose done once
   */
  LimitedCursor(
      Serving.Result result,
      QueryText text,
      Duration time,
      Turns turns,
      Alarms alarms,
      Runnable onClose) {
    this.result = result;
    this.text = text;
    this.time = time;
    this.turns = turns;
    this.alarms = alarms;
    this.onClose = onClose;
  }

  /** Computes the first rows, so that whatever is wrong with the query is told at once. */
  LimitedCursor begun() {
    try {
      first = step(result.isReady() ? Turns.NONE : turns.take());
      return this;
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public @Nullable Batch next() {
    Batch known = first;
    first = null;
    if (known != null) {
      return known;
    }
    return step(result.isReady() ? Turns.NONE : turns.again(time));
  }

  private @Nullable Batch step(Turns.Turn turn) {
    try (turn;
        Alarms.Alarm alarm = alarms.set(time.minusNanos(spentNanos), result::cancel)) {
      long began = System.nanoTime();
      try {
        return result.next();
      } catch (SqlException e) {
        throw text.located(e);
      } catch (CancelledException e) {
        throw alarm.rang() ? late() : e;
      } finally {
        spentNanos += System.nanoTime() - began;
      }
    }
  }

  private Refusal late() {
    return Refusal.of(
        504,
        "the query took longer than " + time.toSeconds() + " s and was stopped",
        "read less, or build a table of it");
  }

  @Override
  public Batch.Writer arrow(OutputStream out) {
    return result.arrow(out);
  }

  @Override
  public void cancel() {
    result.cancel();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      try {
        result.close();
      } finally {
        onClose.run();
      }
    }
  }
}
