package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.session.Connections.Job;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Extract;
import dev.towpath.spi.HandedType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.StoredType;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/**
 * A stream of Arrow batches from another process as something that one statement can read.
 *
 * <p>A batch goes from the channel into memory outside the heap, and by Arrow's C data interface
 * into DuckDB without being copied again. DuckDB asks for the next one when it has room, so neither
 * the heap nor the engine's memory grows with the rows, and the sender waits.
 */
final class ArrowInput implements AutoCloseable {
  private static final AtomicLong NUMBER = new AtomicLong();

  private final Job job;
  private final Schema schema;
  private final String view = "towpath_arrow_" + NUMBER.incrementAndGet();
  private final BufferAllocator allocator = new RootAllocator();
  private final Reader reader;
  private @Nullable ArrowArrayStream stream;

  /** Opens the stream and makes it readable on the job's connection. */
  ArrowInput(Job job, Extract.Arrow rows) throws SQLException {
    this.job = job;
    this.schema = rows.schema();
    ReadableByteChannel channel = rows.stream().get();
    this.reader = new Reader(channel, allocator, job);
    job.onCancel(() -> close(channel));
    try {
      requireColumns(reader.getVectorSchemaRoot().getSchema().getFields());
      ArrowArrayStream exported = ArrowArrayStream.allocateNew(allocator);
      stream = exported;
      Data.exportArrayStream(allocator, reader, exported);
      job.connection().registerArrowStream(view, exported);
      requireTypes();
    } catch (IOException e) {
      close();
      throw broken(e);
    } catch (SQLException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** A SELECT of the rows with the names and types of the schema; it can run once. */
  String select() {
    return schema.columns().stream()
        .map(c -> Conversion.cast(Names.quote(c.name()), c.type()) + " AS " + Names.quote(c.name()))
        .collect(Collectors.joining(", ", "SELECT ", " FROM " + view));
  }

  List<String> names() {
    return schema.names();
  }

  /** Why a statement failed: the stream itself, if it broke. */
  RuntimeException failure(SQLException e) throws SQLException {
    job.check();
    Exception cause = reader.failure;
    if (cause != null) {
      return broken(cause);
    }
    throw e;
  }

  private static TowpathException broken(Exception cause) {
    return new TowpathException("the rows broke off: " + cause.getMessage(), null, cause);
  }

  private void requireColumns(List<Field> fields) {
    List<String> names = fields.stream().map(Field::getName).toList();
    if (!names.equals(schema.names())) {
      throw new TowpathException(
          "the columns that came are "
              + String.join(", ", names)
              + ", not "
              + String.join(", ", schema.names()));
    }
  }

  /** The sender has seen to the types; a CAST that would change values is not let through. */
  private void requireTypes() throws SQLException {
    Schema came = Queries.describe(job, dev.towpath.spi.Statement.of("SELECT * FROM " + view));
    for (int i = 0; i < schema.columns().size(); i++) {
      Column wanted = schema.columns().get(i);
      DataType type = came.columns().get(i).type();
      if (!fits(type, wanted.type())) {
        throw new TowpathException(
            "column \""
                + wanted.name()
                + "\" came as "
                + type.sql()
                + ", not "
                + wanted.type().sql());
      }
    }
  }

  private static boolean fits(DataType type, DataType wanted) {
    if (type.equals(wanted) || HandedType.of(wanted).equals(type)) {
      return true;
    }
    try {
      return StoredType.of(type).equals(StoredType.of(wanted));
    } catch (TowpathException e) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      if (stream != null) {
        job.always("DROP VIEW IF EXISTS " + view);
        stream.release();
        stream.close();
      }
      reader.close();
    } catch (SQLException e) {
      throw Failures.of(e);
    } catch (IOException e) {
      throw broken(e);
    } finally {
      stream = null;
      allocator.close();
    }
  }

  private static void close(ReadableByteChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Counts rows, and remembers why it failed, since DuckDB would only say that it did. */
  private static final class Reader extends ArrowStreamReader {
    private final Job job;
    private volatile @Nullable Exception failure;

    Reader(ReadableByteChannel channel, BufferAllocator allocator, Job job) {
      super(channel, allocator);
      this.job = job;
    }

    @Override
    public boolean loadNextBatch() throws IOException {
      try {
        boolean more = super.loadNextBatch();
        if (more) {
          job.rows(getVectorSchemaRoot().getRowCount());
        }
        return more;
      } catch (IOException | RuntimeException e) {
        failure = e;
        throw e;
      }
    }
  }
}
