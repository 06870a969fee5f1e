package dev.towpath.server;

import dev.towpath.core.access.Principal;
import dev.towpath.spi.Batch;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The lake, as people ask it: by queries that only read, each over one release. All doors (HTTP,
 * endpoints, the PostgreSQL protocol) lead here, so that what may be asked is decided in one place.
 * Thread-safe.
 */
public interface Lakehouse {
  /**
   * Opens a release, the newest unless one is given, for somebody. It is held until it is closed,
   * so that gc leaves its files; opening one that is in use costs microseconds.
   *
   * @throws dev.towpath.spi.TowpathException when there is no such release
   */
  Snapshot open(Principal who, Optional<Long> release);

  /** One release, for one person. */
  interface Snapshot extends AutoCloseable {
    long release();

    /** The tables that the person may read, with their columns. */
    Map<TableName, Schema> tables();

    /**
     * Looks at a query, which may only SELECT, and only from {@link #tables}.
     *
     * @param types of parameters that are known beforehand; the others are inferred
     * @throws dev.towpath.spi.TowpathException with each mistake at its place in the text
     */
    Query prepare(String sql, Map<String, DataType> types);

    @Override
    void close();
  }

  /** A query that may be run, many times and by many threads. */
  interface Query extends AutoCloseable {
    Schema columns();

    /** Its parameters in the order of their first use, {@code 1} for {@code $1}. */
    List<Parameter> parameters();

    /**
     * Runs it. The thread that is interrupted, and {@link Cursor#cancel}, stop it.
     *
     * @param values of all parameters; without a value, NULL
     */
    Cursor run(Map<String, Optional<Statement.Bound>> values);

    @Override
    void close();
  }

  /** A parameter of a query. */
  record Parameter(String name, DataType type) {}

  /** The rows of a result as they come; nothing is kept of those that have been read. */
  interface Cursor extends AutoCloseable {
    /** The next rows, or null when there are no more. */
    @Nullable Batch next();

    /** Stops the query, from any thread: {@link #next} throws CancelledException. */
    void cancel();

    @Override
    void close();
  }
}
