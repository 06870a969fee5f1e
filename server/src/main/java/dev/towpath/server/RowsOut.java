package dev.towpath.server;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.towpath.server.form.CsvRows;
import dev.towpath.server.form.Form;
import dev.towpath.server.form.JsonRows;
import dev.towpath.spi.Batch;
import dev.towpath.spi.Schema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Writes the rows of cursors. */
final class RowsOut {
  /** The most that an answer in memory has. */
  static final int MOST_BYTES = 64 << 20;

  private RowsOut() {}

  /** Writes all rows in a form that goes as it comes. */
  static void all(Form form, Lakehouse.Cursor cursor, Schema columns, OutputStream out)
      throws IOException {
    Batch batch = cursor.next();
    Batch.Writer writer =
        switch (form) {
          case ARROW -> cursor.arrow(out);
          case CSV -> new CsvRows(out, columns);
          case NDJSON -> JsonRows.lines(out, columns);
          case JSON, PARQUET -> throw new IllegalArgumentException(form + " is written at once");
        };
    for (; batch != null; batch = cursor.next()) {
      writer.write(batch);
    }
    writer.end();
  }

  /** What else stands in a document, besides the rows. */
  @FunctionalInterface
  interface Member {
    void write(JsonGenerator out, boolean more) throws IOException;
  }

  /**
   * A JSON document with the first rows in it.
   *
   * @param before the members before the rows
   * @param name of the member that has the rows
   * @param most rows
   * @param after the members after the rows, knowing whether there are more
   */
  static byte[] document(
      Lakehouse.Cursor cursor,
      Schema columns,
      JsonRows.Shape shape,
      Member before,
      String name,
      long most,
      Member after) {
    Bounded bytes = new Bounded();
    try (JsonGenerator out = JsonRows.generator(bytes)) {
      out.writeStartObject();
      before.write(out, false);
      out.writeFieldName(name);
      out.writeStartArray();
      JsonRows rows = new JsonRows(out, bytes, columns, shape);
      long left = most;
      boolean more = false;
      for (Batch batch = cursor.next(); batch != null && !more; batch = cursor.next()) {
        int taken = (int) Math.min(left, batch.rows());
        rows.write(batch, taken);
        left -= taken;
        more = taken < batch.rows();
      }
      out.writeEndArray();
      after.write(out, more);
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return bytes.toByteArray();
  }

  /** Bytes in memory, not too many. */
  static final class Bounded extends ByteArrayOutputStream {
    Bounded() {
      super(512);
    }

    @Override
    public synchronized void write(int b) {
      require(1);
      super.write(b);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      require(length);
      super.write(bytes, offset, length);
    }

    private void require(int more) {
      if (count + more > MOST_BYTES) {
        throw Refusal.of(
            422,
            "the answer is larger than " + (MOST_BYTES >> 20) + " MiB",
            "ask for fewer rows or columns, or for a form that goes as it comes: "
                + Form.NDJSON.type());
      }
    }
  }
}
