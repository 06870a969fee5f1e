package dev.towpath.server;

import dev.towpath.core.access.Principal;
import dev.towpath.core.query.QueryText;
import dev.towpath.spi.Batch;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Serving;
import dev.towpath.spi.Slice;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableName;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The lake, as people ask it: by queries that only read, each over one release. All doors (HTTP,
 * endpoints, the PostgreSQL protocol) lead here, so that what may be asked is decided in one place.
 * Thread-safe.
 */
public interface Lakehouse {
  /** The newest release; asking costs microseconds. */
  long head();

  /**
   * Opens a release, the newest unless one is given, for somebody. It is held until it is closed,
   * so that gc leaves its files; opening one that is in use costs microseconds.
   *
   * @throws dev.towpath.spi.TowpathException when there is no such release
   */
  Snapshot open(Principal who, Optional<Long> release);

  /**
   * Compares a table in two releases, row by row.
   *
   * @param use is given the difference while it is open
   * @throws dev.towpath.spi.TowpathException when it cannot be compared: there is no such table or
   *     release, it is a view, or its rows are not told apart by the key
   */
  <T> T compare(Principal who, Comparison asked, Function<Difference, T> use);

  /**
   * What is compared.
   *
   * @param key columns that a row is known by
   * @param limit the most rows that are told
   * @param time that it may take
   */
  record Comparison(
      TableName table, long from, long to, List<String> key, int limit, Duration time) {
    public Comparison {
      key = List.copyOf(key);
    }
  }

  /**
   * How a table differs between two releases.
   *
   * @param columns of both
   * @param shown the columns of the rows: what happened, all columns before, all columns after
   * @param rows the first that differ
   */
  record Difference(
      List<String> key,
      Schema columns,
      long added,
      long removed,
      long changed,
      Schema shown,
      Cursor rows)
      implements AutoCloseable {
    public Difference {
      key = List.copyOf(key);
    }

    @Override
    public void close() {
      rows.close();
    }
  }

  /**
   * Something beside the lake computes for those who ask, under the same watch on memory as their
   * queries, until what is given is closed.
   *
   * @param stop asks it to end, by any thread
   */
  Serving.Computing computing(Runnable stop);

  /** How much it has to do. */
  Load load();

  /** A folder for files that are soon done with; what is left in it is removed at the end. */
  Path scratch();

  /**
   * How much there is to do.
   *
   * @param running queries that compute
   * @param waiting queries that wait for their turn
   * @param open results that are open
   * @param hot copies of tables that are read often
   */
  record Load(int running, int waiting, int open, Serving.Hot hot) {}

  /** One release, for one person. */
  interface Snapshot extends AutoCloseable {
    long release();

    /** The tables that the person may read, with their columns. */
    Map<TableName, Schema> tables();

    /** What a table holds, as a text that differs when that differs. */
    Optional<String> version(TableName table);

    /**
     * Looks at a query, which may only SELECT, and only from {@link #tables}.
     *
     * @param types of parameters that are known beforehand; the others are inferred
     * @throws dev.towpath.spi.TowpathException with each mistake at its place in the text
     */
    Query prepare(QueryText text, Map<String, DataType> types);

    /** Looks at a query that stands in no file. */
    default Query prepare(String sql, Map<String, DataType> types) {
      return prepare(new QueryText("query", sql), types);
    }

    @Override
    void close();
  }

  /** A query that may be run, many times and by many threads, while its release is open. */
  interface Query extends AutoCloseable {
    Schema columns();

    /** Its parameters in the order of their first use, {@code 1} for {@code $1}. */
    List<Parameter> parameters();

    /** The tables that it reads. */
    Set<TableName> reads();

    /** Whether it always gives the same over this release: the clock and chance are not in it. */
    boolean steady();

    /**
     * Runs it, within the time and with all the rows that a query may have. The thread that is
     * interrupted, and {@link Cursor#cancel}, stop it.
     *
     * @param values of all parameters; without a value, NULL
     * @throws Refusal when too many queries run already (429), or it took too long (504)
     */
    Cursor run(Map<String, Optional<Statement.Bound>> values);

    /** Runs it within bounds of its own. */
    Cursor run(Map<String, Optional<Statement.Bound>> values, Most most);

    /** Runs it for another program, in types that every one of them knows: for Arrow. */
    Cursor handOver(Map<String, Optional<Statement.Bound>> values, Most most);

    /**
     * How it is computed, in the engine's own words: rows of two texts, of which the second says
     * it.
     *
     * @param analyze whether it is computed for that, and told how long each step took
     * @throws Refusal a 403 unless they may read every table: a plan tells what is behind views
     */
    Cursor plan(Map<String, Optional<Statement.Bound>> values, boolean analyze);

    /**
     * The same as a tree: one row, whose second column is JSON.
     *
     * @throws Refusal as {@link #plan} does
     */
    Cursor planTree(Map<String, Optional<Statement.Bound>> values);

    /** Runs it and writes all rows into a temporary Parquet file, which the caller removes. */
    Path parquet(Map<String, Optional<Statement.Bound>> values, Most most);

    @Override
    void close();
  }

  /**
   * How much a query may take.
   *
   * @param slice of the rows that are computed; the rest is left out
   * @param time of computing, in which the time that a reader takes does not count
   * @param watcher is given, before anything is computed, what says how far it is: from 0 to 1, or
   *     negative while that is unknown
   */
  record Most(Slice slice, Duration time, Consumer<DoubleSupplier> watcher) {
    /** Of a query that nobody watches. */
    public Most(Slice slice, Duration time) {
      this(slice, time, _ -> {});
    }
  }

  /** A parameter of a query. */
  record Parameter(String name, DataType type) {}

  /**
   * The rows of a result as they come; nothing is kept of those that have been read. It keeps its
   * release open until it is closed.
   */
  interface Cursor extends AutoCloseable {
    /** The next rows, or null when there are no more. */
    @Nullable Batch next();

    /** Writes batches of this cursor in Arrow's IPC format; asked for after the first next(). */
    Batch.Writer arrow(OutputStream out);

    /** Stops the query, from any thread: {@link #next} throws CancelledException. */
    void cancel();

    @Override
    void close();
  }
}
