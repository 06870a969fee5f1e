package dev.towpath.engine.duckdb.serving;

import dev.towpath.spi.Batch;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Serving;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/** Some of the rows that are kept by a key; there is nothing to compute. */
final class KeyedResult implements Serving.Result {
  private final KeyedRows rows;
  private final KeyedRows.Range range;
  private final List<Integer> columns;
  private final Schema shown;
  private final BufferAllocator memory;
  private int next;
  private volatile boolean cancelled;
  private @Nullable VectorSchemaRoot written;
  private boolean closed;

  /**
   * A result.
   *
   * @param rows which the caller has entered
   * @param columns of the rows by their positions
   * @param shown the columns as the query has them
   */
  KeyedResult(
      KeyedRows rows,
      KeyedRows.Range range,
      List<Integer> columns,
      Schema shown,
      BufferAllocator memory) {
    this.rows = rows;
    this.range = range;
    this.columns = List.copyOf(columns);
    this.shown = shown;
    this.memory = memory;
    this.next = range.from();
  }

  @Override
  public @Nullable Batch next() {
    if (cancelled || closed || Thread.currentThread().isInterrupted()) {
      throw new CancelledException();
    }
    if (next >= range.to()) {
      return null;
    }
    int from = next;
    next = KeyedRows.end(from, range);
    return new Window(from, next - from);
  }

  @Override
  public boolean isReady() {
    return true;
  }

  /** Rows of one piece, as a batch of their own. */
  private final class Window implements Batch {
    private final int from;
    private final int count;

    Window(int from, int count) {
      this.from = from;
      this.count = count;
    }

    @Override
    public int rows() {
      return count;
    }

    @Override
    public Vector column(int index) {
      return new Shifted(rows.column(columns.get(index), from), KeyedRows.place(from));
    }
  }

  /** A vector from some row on. */
  private record Shifted(Batch.Vector vector, int by) implements Batch.Vector {
    @Override
    public boolean isNull(int row) {
      return vector.isNull(by + row);
    }

    @Override
    public boolean truth(int row) {
      return vector.truth(by + row);
    }

    @Override
    public long whole(int row) {
      return vector.whole(by + row);
    }

    @Override
    public double real(int row) {
      return vector.real(by + row);
    }

    @Override
    public BigDecimal decimal(int row) {
      return vector.decimal(by + row);
    }

    @Override
    public byte[] bytes(int row) {
      return vector.bytes(by + row);
    }

    @Override
    public @Nullable Object value(int row) {
      return vector.value(by + row);
    }
  }

  @Override
  public Batch.Writer arrow(OutputStream out) {
    List<Field> fields = new ArrayList<>();
    List<FieldVector> vectors = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      Field known = rows.field(columns.get(i));
      String name = shown.columns().get(i).name();
      Field field = new Field(name, known.getFieldType(), known.getChildren());
      fields.add(field);
      vectors.add(field.createVector(memory));
    }
    VectorSchemaRoot root = new VectorSchemaRoot(fields, vectors); // a vector forgets some names
    written = root;
    try {
      ArrowStreamWriter writer = new ArrowStreamWriter(root, null, Channels.newChannel(out));
      writer.start();
      return new Batch.Writer() {
        @Override
        public void write(Batch batch) throws IOException {
          copy((Window) batch, root);
          writer.writeBatch();
        }

        @Override
        public void end() throws IOException {
          writer.end();
        }
      };
    } catch (IOException e) {
      throw new TowpathException("the result cannot be written", null, e);
    }
  }

  private void copy(Window window, VectorSchemaRoot root) {
    VectorSchemaRoot from = rows.root(window.from);
    for (int i = 0; i < columns.size(); i++) {
      from.getVector(columns.get(i))
          .makeTransferPair(root.getVector(i))
          .splitAndTransfer(KeyedRows.place(window.from), window.count);
    }
    root.setRowCount(window.count);
  }

  @Override
  public void cancel() {
    cancelled = true;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      VectorSchemaRoot root = written;
      if (root != null) {
        root.close();
      }
      rows.leave();
    }
  }
}
