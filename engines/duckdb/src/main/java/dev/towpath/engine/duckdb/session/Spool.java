package dev.towpath.engine.duckdb.session;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.CsvSink;
import dev.towpath.spi.TowpathException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Files of CSV between those who write rows and the one who copies them. Writers wait when much is
 * there, so that a table of any size takes little of the disk. Thread-safe.
 */
final class Spool {
  /** A file is read by one thread in one piece, since a text may hold line ends. */
  private static final int FILE_BYTES = 24 << 20;

  /** What is copied at once: enough for a Parquet file of a good size. */
  private static final long GROUP_BYTES = 128L << 20;

  private static final long WAITING_BYTES = 2 * GROUP_BYTES;

  /** DuckDB keeps a whole row in memory, several times. */
  private static final int ROW_BYTES = 256 << 20;

  private static final int COUNT_EVERY = 1024;

  private final Path directory;
  private final LongConsumer counter;
  private final Deque<Part> ready = new ArrayDeque<>();
  private long waiting;
  private int writers;
  private int files;
  private boolean stopped;
  private @Nullable Throwable failure;

  /**
   * A spool without files.
   *
   * @param directory for the files; made when the first is
   * @param counter told how many more rows there are
   * @param writers how many will call {@link Writer#close}
   */
  Spool(Path directory, LongConsumer counter, int writers) {
    this.directory = directory;
    this.counter = counter;
    this.writers = writers;
  }

  /**
   * A file that is complete.
   *
   * @param longest bytes of its longest row
   */
  record Part(Path file, long bytes, int longest) {}

  /** The next files to copy, waiting until they are worth it; empty at the end. */
  synchronized List<Part> take() throws InterruptedException {
    while (!stopped && failure == null && writers > 0 && waiting < GROUP_BYTES) {
      wait();
    }
    if (stopped) {
      throw new CancelledException();
    }
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
    List<Part> group = new ArrayList<>();
    long bytes = 0;
    while (!ready.isEmpty() && bytes < GROUP_BYTES) {
      Part part = ready.remove();
      group.add(part);
      bytes += part.bytes();
    }
    waiting -= bytes;
    notifyAll();
    return group;
  }

  /** Makes everybody who waits or writes give up. */
  synchronized void stop() {
    stopped = true;
    notifyAll();
  }

  /** The first failure is the one that is told. */
  synchronized void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
    notifyAll();
  }

  private synchronized void offer(Part part) throws InterruptedException {
    while (!stopped && failure == null && waiting >= WAITING_BYTES) {
      wait();
    }
    check();
    ready.add(part);
    waiting += part.bytes();
    notifyAll();
  }

  private synchronized void check() {
    if (stopped || failure != null) {
      throw new CancelledException();
    }
  }

  private synchronized Path next() throws IOException {
    Files.createDirectories(directory);
    return directory.resolve("rows-" + ++files + ".csv");
  }

  private synchronized void done() {
    writers--;
    notifyAll();
  }

  Writer writer() {
    return new Writer();
  }

  /** One writer's way in. Used by one thread. */
  final class Writer implements CsvSink, AutoCloseable {
    private @Nullable OutputStream out;
    private @Nullable Path file;
    private long bytes;
    private int longest;
    private long rows;

    @Override
    public void row(byte[] line, int length) {
      if (length > ROW_BYTES) {
        throw new TowpathException(
            "a row has %d MB, and a row of more than %d MB cannot be read"
                .formatted(length >> 20, ROW_BYTES >> 20),
            "leave its large column out, or cut it in a query");
      }
      try {
        if (bytes > 0 && bytes + length > FILE_BYTES) {
          roll();
        }
        open().write(line, 0, length);
      } catch (IOException e) {
        throw failure(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancelledException();
      }
      bytes += length;
      longest = Math.max(longest, length);
      if (++rows % COUNT_EVERY == 0) {
        counter.accept(COUNT_EVERY);
        check();
      }
    }

    private OutputStream open() throws IOException {
      OutputStream known = out;
      if (known == null) {
        file = next();
        known = new BufferedOutputStream(Files.newOutputStream(file), 1 << 17);
        out = known;
      }
      return known;
    }

    private void roll() throws IOException, InterruptedException {
      if (out != null && file != null) {
        out.close();
        offer(new Part(file, bytes, longest));
      }
      out = null;
      file = null;
      bytes = 0;
      longest = 0;
    }

    private TowpathException failure(IOException e) {
      if (e instanceof ClosedByInterruptException) {
        return new CancelledException();
      }
      return String.valueOf(e.getMessage()).contains("No space left")
          ? new TowpathException("the disk is full", "free some space and run again", e)
          : new TowpathException("cannot write to " + directory + ": " + e.getMessage(), null, e);
    }

    /** Hands the last file over: all rows of this writer are there. */
    void finish() {
      try {
        roll();
        counter.accept(rows % COUNT_EVERY);
      } catch (IOException e) {
        throw failure(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancelledException();
      }
    }

    @Override
    public void close() {
      try {
        if (out != null) {
          out.close();
        }
      } catch (IOException e) {
        fail(failure(e));
      } finally {
        done();
      }
    }
  }
}
