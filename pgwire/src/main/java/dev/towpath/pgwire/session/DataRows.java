package dev.towpath.pgwire.session;

import dev.towpath.pgwire.type.Encoder;
import dev.towpath.pgwire.wire.Outbox;
import dev.towpath.spi.Batch;
import org.jspecify.annotations.Nullable;

/** Writes rows as messages. */
final class DataRows implements Rows.Writer {
  private final Outbox out;
  private final Encoder[] encoders;
  private final Batch.Vector[] vectors;
  private final boolean[] nulls;
  private @Nullable Batch of;

  DataRows(Outbox out, Encoder[] encoders) {
    this.out = out;
    this.encoders = encoders;
    this.vectors = new Batch.Vector[encoders.length];
    this.nulls = new boolean[encoders.length];
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // whether it is the batch that the vectors are of
  public void row(Batch batch, int row) {
    if (batch != of) {
      of = batch;
      for (int i = 0; i < vectors.length; i++) {
        vectors[i] = batch.column(i);
        nulls[i] = vectors[i].mayBeNull();
      }
    }
    out.begin('D').int16(vectors.length);
    for (int i = 0; i < vectors.length; i++) {
      if (nulls[i] && vectors[i].isNull(row)) {
        out.int32(-1);
      } else {
        int mark = out.mark();
        encoders[i].write(out, vectors[i], row);
        out.length(mark);
      }
    }
    out.end();
  }
}
