package dev.towpath.pgwire.session;

import dev.towpath.spi.Batch;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Statement;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of a query, from where they have been read to. The query runs when one is asked for. */
final class Rows implements AutoCloseable {
  private final Question query;
  private final Map<String, Optional<Statement.Bound>> values;
  private @Nullable Batches cursor;
  private @Nullable Batch batch;
  private int at;
  private boolean done;

  Rows(Question query, Map<String, Optional<Statement.Bound>> values) {
    this.query = query;
    this.values = values;
  }

  /** What a row is written by. */
  @FunctionalInterface
  interface Writer {
    void row(Batch batch, int row);
  }

  Schema columns() {
    return query.columns();
  }

  /** Whether all have been read. */
  boolean done() {
    return done;
  }

  /**
   * Writes the next rows.
   *
   * @param limit the most
   * @return how many there were
   */
  long write(long limit, Writer writer, Running running) {
    long written = 0;
    while (written < limit && fill(running)) {
      Batch current = java.util.Objects.requireNonNull(batch);
      int end = at + (int) Math.min(current.rows() - at, limit - written);
      written += end - at;
      for (; at < end; at++) {
        writer.row(current, at);
      }
    }
    return written;
  }

  private boolean fill(Running running) {
    while (!done && (batch == null || at == batch.rows())) {
      running.check();
      Batches open = cursor;
      if (open == null) {
        open = query.run(values);
        cursor = open;
      }
      batch = open.next();
      at = 0;
      if (batch == null) {
        close();
      }
    }
    return !done;
  }

  @Override
  public void close() {
    done = true;
    batch = null;
    @Nullable Batches open = cursor;
    cursor = null;
    if (open != null) {
      open.close();
    }
  }
}
