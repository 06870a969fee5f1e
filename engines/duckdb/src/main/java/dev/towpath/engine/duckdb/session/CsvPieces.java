package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.DuckDbError;
import dev.towpath.engine.duckdb.session.Connections.Job;
import dev.towpath.engine.duckdb.session.CsvCutter.Piece;
import dev.towpath.engine.duckdb.session.FileReader.Source;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.FileScan.InputFile;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Copies a large CSV file in pieces. DuckDB numbers the rows of one file on one thread, which then
 * does all that follows; of many files, each has its thread. While a group of pieces is copied, the
 * next is cut.
 */
final class CsvPieces {
  /** Below it nothing is won. */
  static final long LARGE = 32L << 20;

  static final int PIECE_BYTES = 8 << 20;

  /** A COPY: enough for a Parquet file of a good size. */
  private static final long GROUP_BYTES = 256L << 20;

  /** Options of which a piece can have those of the file. */
  private static final Set<String> OPTIONS =
      Set.of(
          "delimiter",
          "header",
          "quote",
          "escape",
          "nullstr",
          "dateformat",
          "timestampformat",
          "decimal_separator",
          "thousands",
          FileOptions.SAMPLE);

  private static final long BEAT_MILLIS = 200;
  private static final AtomicLong NUMBER = new AtomicLong();

  private final Job job;
  private final Writer writer;
  private final Path directory;

  /**
   * Pieces.
   *
   * @param temp folder for files that the session's end removes
   */
  CsvPieces(Job job, Writer writer, Path temp) {
    this.job = job;
    this.writer = writer;
    this.directory = temp.resolve("pieces-" + NUMBER.incrementAndGet());
  }

  /** Whether a file can be cut, as far as one can tell without reading it. */
  static boolean fits(CsvFile csv, FileOptions options, InputFile file) {
    String quote = options.text("quote", "\"");
    return file.path().toFile().length() >= LARGE
        && !file.path().toString().matches(".*\\.(gz|zst)")
        && OPTIONS.containsAll(options.keys())
        && options.text("escape", quote).equals(quote)
        && isAscii(quote)
        && isAscii(csv.header().delimiter())
        && csv.header().delimiter().length() == 1
        && csv.header().names().size() > 1; // of one column, a blank line may be a row
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 128);
  }

  /**
   * Copies a file, or nothing at all when it has a row that does not fit, or one of which readers
   * could think otherwise: then it is to be read as a whole, which tells what is wrong.
   *
   * @param select the query for a source of rows that are the file's
   */
  Optional<List<DataFile>> copy(
      CsvFile csv,
      FileOptions options,
      InputFile file,
      Schema schema,
      Function<Source, String> select,
      List<String> names)
      throws SQLException {
    List<DataFile> written = new ArrayList<>();
    boolean done = false;
    try (ExecutorService cutting =
            Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("csv-cutter").factory());
        CsvCutter cutter = csv.cutter(options, directory, PIECE_BYTES)) {
      try {
        List<Piece> group = await(cutting.submit(() -> cutter.next(GROUP_BYTES)));
        while (!group.isEmpty()) {
          Future<List<Piece>> next = cutting.submit(() -> cutter.next(GROUP_BYTES));
          List<String> selects = new ArrayList<>();
          for (Piece piece : group) {
            selects.add(select.apply(csv.source(schema, piece)));
          }
          written.addAll(writer.copy(String.join("\nUNION ALL\n", selects), names));
          group.forEach(piece -> Directories.delete(piece.file()));
          group = await(next);
        }
        done = true;
      } finally {
        cutting.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    } catch (IOException e) {
      throw new TowpathException("the file " + file.name() + " cannot be read", null, e);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof IOException)) { // odd, or no room for pieces
        throw new IllegalStateException(e.getCause());
      }
    } catch (SQLException e) {
      DuckDbError error = DuckDbError.of(e);
      if (error.interrupted() || Failures.isFull(error)) {
        throw e;
      }
    } finally {
      Directories.remove(directory);
      if (!done) {
        written.forEach(f -> writer.discard(f));
      }
    }
    return done ? Optional.of(written) : Optional.empty();
  }

  private List<Piece> await(Future<List<Piece>> pieces)
      throws InterruptedException, ExecutionException {
    while (true) {
      try {
        return pieces.get(BEAT_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        job.check();
      }
    }
  }
}
