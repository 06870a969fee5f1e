package dev.towpath.spi;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An engine that stays open and answers many queries at a time, each over one catalog of tables. It
 * reaches nothing but the lake's files, and no query can change that; what a query may name is for
 * the caller to see to. Thread-safe.
 */
public interface Serving extends AutoCloseable {

  /**
   * How it is set up.
   *
   * @param lakeRoot local directory that table paths are relative to
   * @param tempDirectory for spilling and for results that become files; removed by close
   * @param memoryLimit bytes it may use before it spills
   * @param tempLimit bytes it may spill before queries fail
   * @param hotLimit bytes of copies, in its own format, of tables that are read often; 0 for none
   * @param processLimit bytes that the whole process may have before queries fail, whatever has
   *     them; 0 for as many as it likes
   * @param threads at least 1
   */
  record Options(
      Path lakeRoot,
      Path tempDirectory,
      long memoryLimit,
      long tempLimit,
      long hotLimit,
      long processLimit,
      int threads) {}

  /**
   * Copies that there are of tables that are read often.
   *
   * @param kept bytes in memory of rows that are kept by a key, since they are asked for one by one
   */
  record Hot(int tables, long bytes, long kept) {}

  /** What is hot just now. */
  Hot hot();

  /**
   * An empty catalog.
   *
   * @param macros {@code CREATE MACRO} statements that its queries may use
   */
  Catalog catalog(List<String> macros);

  /**
   * Something else of this process computes, until what is given is closed: it counts like a query
   * when the process has more memory than it may.
   *
   * @param stop asks it to end, by any thread
   */
  Computing computing(Runnable stop);

  /** Something that computes. */
  interface Computing extends AutoCloseable {
    @Override
    void close();
  }

  /** Stops what runs and closes everything. */
  @Override
  void close();

  /** Tables that are read together. Thread-safe. */
  interface Catalog extends AutoCloseable {
    /** Makes a relation readable under a name that has none yet. */
    void expose(TableName table, Relation relation);

    /** Notes that tables are about to be read, so that those that often are get quicker. */
    void reading(Set<TableName> tables);

    /**
     * A query's result, which is computed as it is asked for.
     *
     * @param columns as the query has them
     */
    Result run(Statement query, Schema columns, Slice slice);

    /**
     * The same in types that every other program knows, as a Parquet file has them: a whole number
     * beyond 64 bits comes as a decimal, and one that no decimal holds fails.
     *
     * @param columns as the query has them; not all of its batches' are
     */
    Result handOver(Statement query, Schema columns, Slice slice);

    /**
     * Writes a query's result to a Parquet file; it has no batches, and is there at their end.
     *
     * @param columns as the query has them
     */
    Result parquet(Statement query, Schema columns, Slice slice, Path target);

    /**
     * How a query is computed, in the engine's own words: rows of two texts, of which the second
     * says it.
     *
     * @param analyze whether it is computed for that, and told how long each step took
     */
    Result plan(Statement query, boolean analyze);

    /** Stops its queries and forgets its tables. */
    @Override
    void close();
  }

  /** Rows as they come. Used by one thread at a time, except {@link #cancel}. */
  interface Result extends AutoCloseable {
    /**
     * The next rows, or null when there are no more.
     *
     * @throws SqlException when the query fails, with its place in the text
     * @throws CancelledException when it was cancelled or the thread interrupted
     */
    @Nullable Batch next();

    /** Whether {@link #next} has nothing to compute: what it gives is there, or it was the last. */
    boolean isReady();

    /** Writes batches of this result in Arrow's IPC format; asked for after the first next(). */
    Batch.Writer arrow(OutputStream out);

    /**
     * How much of it is computed, from 0 to 1, or negative while that is unknown. From any thread.
     */
    default double progress() {
      return -1;
    }

    /** Stops it, from any thread. */
    void cancel();

    @Override
    void close();
  }
}
