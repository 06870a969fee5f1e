package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.DuckDbError;
import dev.towpath.engine.duckdb.session.Connections.Job;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.CsvColumn;
import dev.towpath.spi.CsvPart;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.Extract;
import dev.towpath.spi.TowpathException;
import dev.towpath.spi.WriteResult;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes rows that readers hand over as CSV. While they fill files of a {@link Spool}, those that
 * are full are copied and removed, so reading and writing take turns on all processors.
 */
final class CsvWriter {
  private static final AtomicLong NUMBER = new AtomicLong();
  private static final int SHOWN = 60;

  private final Job job;
  private final Writer writer;
  private final Path directory;

  /**
   * A writer.
   *
   * @param temp folder for files that the session's end removes
   */
  CsvWriter(Job job, Writer writer, Path temp) {
    this.job = job;
    this.writer = writer;
    this.directory = temp.resolve("spool-" + NUMBER.incrementAndGet());
  }

  WriteResult write(Extract.Csv csv) throws SQLException {
    Spool spool = new Spool(directory, job::rows, csv.parts().size());
    List<DataFile> files = new ArrayList<>();
    // Virtual, because only then an interrupt ends a read from a socket.
    try (ExecutorService readers =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("csv-", 0).factory())) {
      job.onCancel(() -> {
        spool.stop();
        readers.shutdownNow();
      });
      try {
        csv.parts().forEach(part -> readers.execute(() -> read(part, spool)));
        copy(spool, new CsvText(csv.columns()), csv.columns(), files);
      } finally {
        spool.stop();
        readers.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    } finally {
      Directories.remove(directory);
    }
    return new WriteResult(files, List.of());
  }

  @SuppressWarnings("CatchingUnchecked") // whatever went wrong, the thread that waits must hear
  private static void read(CsvPart part, Spool spool) {
    try (Spool.Writer sink = spool.writer()) {
      try {
        part.write(sink);
        sink.finish();
      } catch (OutOfMemoryError e) {
        spool.fail(
            new TowpathException(
                "a row is too large for the memory of this process",
                "leave its large column out, or give more memory: TOWPATH_JAVA_OPTS=-Xmx4g",
                e));
      } catch (RuntimeException | Error e) {
        spool.fail(e);
      }
    }
  }

  private void copy(Spool spool, CsvText text, List<CsvColumn> columns, List<DataFile> files)
      throws SQLException, InterruptedException {
    List<Spool.Part> parts = spool.take();
    while (!parts.isEmpty()) {
      try {
        files.addAll(writer.copy(text.select(parts), text.names()));
      } catch (SQLException e) {
        throw explained(e, text, columns, parts);
      }
      parts.forEach(part -> Directories.delete(part.file()));
      parts = spool.take();
    }
  }

  /** Tells the column and the value where one of them is at fault. */
  private RuntimeException explained(
      SQLException e, CsvText text, List<CsvColumn> columns, List<Spool.Part> parts)
      throws SQLException {
    DuckDbError error = DuckDbError.of(e);
    if (error.interrupted() || error.kind().equals("IO") || error.kind().equals("Out of Memory")) {
      throw e;
    }
    for (CsvColumn column : columns) {
      try (PreparedStatement statement = job.prepare(text.misfits(column, parts));
          ResultSet rows = statement.executeQuery()) {
        if (rows.next()) {
          return misfit(column, rows.getString(1), e);
        }
      } catch (SQLException again) {
        e.addSuppressed(again); // the text is broken in a way that no column is to blame for
      }
    }
    if (error.message().contains("not utf-8")) {
      return new TowpathException(
          "a text is not valid UTF-8", "correct it in the database, or leave its column out", e);
    }
    return Failures.of(e);
  }

  private static TowpathException misfit(CsvColumn column, String value, SQLException cause) {
    String shown = value.length() > SHOWN ? value.substring(0, SHOWN) + "..." : value;
    return new TowpathException(
        "column \"%s\": \"%s\" does not fit %s"
            .formatted(column.column().name(), shown, column.column().type().sql()),
        "correct the value, or declare the column under \"columns\" with a type that fits, such as"
            + " varchar",
        cause);
  }
}
