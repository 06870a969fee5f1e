package dev.towpath.pgwire.session;

import dev.towpath.pgwire.text.CopyFormat;
import dev.towpath.pgwire.text.CopyFormat.Kind;
import dev.towpath.pgwire.type.Encoder;
import dev.towpath.pgwire.wire.Outbox;
import dev.towpath.spi.Batch;
import dev.towpath.spi.Schema;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Arrays;

/** Writes rows as COPY TO STDOUT does: one message each. */
final class CopyRows implements Rows.Writer {
  private static final byte[] SIGNATURE =
      "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);

  private static final byte[] NOTHING = {};

  private final Outbox out;
  private final CopyFormat format;
  private final Schema schema;
  private final Encoder[] encoders;
  private final byte[] nulls;
  private final Outbox scratch = Outbox.scratch();

  /** What binary data begin with; it goes with the first row, as some clients expect. */
  private byte[] header = NOTHING;

  CopyRows(Outbox out, CopyFormat format, Schema schema, ZoneId zone) {
    this.out = out;
    this.format = format;
    this.schema = schema;
    this.encoders = Columns.same(schema, format.kind() == Kind.BINARY).encoders(zone);
    this.nulls = format.nulls().getBytes(StandardCharsets.UTF_8);
  }

  /** Says that rows come, and how. */
  void begin() {
    int binary = format.kind() == Kind.BINARY ? 1 : 0;
    out.begin('H').int8(binary).int16(encoders.length);
    for (int i = 0; i < encoders.length; i++) {
      out.int16(binary);
    }
    out.end();
    if (binary == 1) {
      header = Outbox.scratch().bytes(SIGNATURE).int32(0).int32(0).take();
    } else if (format.header()) {
      out.begin('d');
      for (int i = 0; i < encoders.length; i++) {
        delimit(i);
        value(schema.columns().get(i).name().getBytes(StandardCharsets.UTF_8));
      }
      out.int8('\n').end();
    }
  }

  /** Says that no more rows come. */
  void end() {
    if (format.kind() == Kind.BINARY) {
      out.begin('d').bytes(header).int16(-1).end();
    }
    out.empty('c');
  }

  @Override
  public void row(Batch batch, int row) {
    out.begin('d');
    if (format.kind() == Kind.BINARY) {
      out.bytes(header).int16(encoders.length);
      header = NOTHING;
    }
    for (int i = 0; i < encoders.length; i++) {
      Batch.Vector values = batch.column(i);
      if (format.kind() == Kind.BINARY) {
        binary(values, row, encoders[i]);
      } else {
        delimit(i);
        if (values.isNull(row)) {
          out.bytes(nulls);
        } else {
          encoders[i].write(scratch, values, row);
          value(scratch.take());
        }
      }
    }
    if (format.kind() != Kind.BINARY) {
      out.int8('\n');
    }
    out.end();
  }

  private void binary(Batch.Vector values, int row, Encoder encoder) {
    if (values.isNull(row)) {
      out.int32(-1);
    } else {
      int mark = out.mark();
      encoder.write(out, values, row);
      out.length(mark);
    }
  }

  private void delimit(int column) {
    if (column > 0) {
      out.int8(format.delimiter());
    }
  }

  private void value(byte[] text) {
    if (format.kind() == Kind.CSV) {
      csv(text);
    } else {
      escaped(text);
    }
  }

  private void escaped(byte[] text) {
    for (byte b : text) {
      int letter =
          switch (b) {
            case '\b' -> 'b';
            case '\f' -> 'f';
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '\t' -> 't';
            case 11 -> 'v';
            case '\\' -> '\\';
            default -> b == format.delimiter() ? b : 0;
          };
      if (letter != 0) {
        out.int8('\\').int8(letter);
      } else {
        out.int8(b);
      }
    }
  }

  private void csv(byte[] text) {
    if (!format.quoteAll() && !mustQuote(text)) {
      out.bytes(text);
      return;
    }
    out.int8(format.quote());
    for (byte b : text) {
      if (b == format.quote() || b == format.escape()) {
        out.int8(format.escape());
      }
      out.int8(b);
    }
    out.int8(format.quote());
  }

  /** What would read as NULL, as the end of data or as several values. */
  private boolean mustQuote(byte[] text) {
    for (byte b : text) {
      if (b == format.delimiter() || b == format.quote() || b == '\n' || b == '\r') {
        return true;
      }
    }
    return Arrays.equals(text, nulls)
        || (encoders.length == 1 && Arrays.equals(text, new byte[] {'\\', '.'}));
  }
}
