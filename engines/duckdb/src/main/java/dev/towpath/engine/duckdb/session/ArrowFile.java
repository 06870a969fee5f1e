package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.session.Connections.Job;
import dev.towpath.engine.duckdb.session.Queries.Wrapped;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.duckdb.DuckDBResultSet;

/**
 * Writes a result as a stream of Arrow batches. They come from DuckDB by Arrow's C data interface
 * and go to the file as they are, one at a time, so that memory does not grow with the rows.
 */
final class ArrowFile {
  private static final long BATCH_ROWS = 64 << 10;

  private final Job job;
  private final Statement query;

  ArrowFile(Job job, Statement query) {
    this.job = job;
    this.query = query;
  }

  /** Writes beside the target, and puts the whole file in its place. */
  void to(Path target) {
    Path part = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      // the SELECT around it lets errors be told at their place in the caller's text
      Wrapped.of(BoundSql.of(query), "SELECT * FROM (", "\n)").run(job, rows -> write(rows, part));
      job.check();
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw broken(target, e);
    } finally {
      Directories.delete(part);
    }
  }

  private Path write(ResultSet rows, Path part) throws SQLException {
    try (BufferAllocator allocator = new RootAllocator();
        ArrowReader reader =
            (ArrowReader)
                rows.unwrap(DuckDBResultSet.class).arrowExportStream(allocator, BATCH_ROWS);
        FileChannel channel =
            FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        ArrowStreamWriter writer =
            new ArrowStreamWriter(reader.getVectorSchemaRoot(), reader, channel)) {
      writer.start();
      while (reader.loadNextBatch()) {
        job.check();
        writer.writeBatch();
      }
      writer.end();
      return part;
    } catch (IOException e) {
      throw broken(part, e);
    }
  }

  private static TowpathException broken(Path file, IOException e) {
    return new TowpathException("cannot write " + file + ": " + e.getMessage(), null, e);
  }
}
