package dev.towpath.engine.duckdb.serving;

import dev.towpath.engine.duckdb.DuckDbError;
import dev.towpath.engine.duckdb.memory.MemoryWatch;
import dev.towpath.engine.duckdb.session.BoundSql;
import dev.towpath.engine.duckdb.session.Failures;
import dev.towpath.engine.duckdb.session.OutOfMemory;
import dev.towpath.spi.Batch;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Serving;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBPreparedStatement;
import org.duckdb.DuckDBResultSet;
import org.jspecify.annotations.Nullable;

/**
 * A result that DuckDB computes while it is read. Batches come by Arrow's C data interface, without
 * a copy, and DuckDB stops when it is some batches ahead, so that memory does not grow with the
 * rows or with a reader's patience.
 */
final class StreamedResult implements Serving.Result, Hands.Stop {
  /** For what is not to be stopped. */
  static final Hands.Stop NEVER =
      new Hands.Stop() {
        @Override
        public boolean wanted() {
          return false;
        }

        @Override
        public void now() {}
      };

  /** What the driver says when it has lost why something failed. */
  private static final String UNSAID = "Invalid result set";

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(1);
  private static final int PAUSES_GROW = 3;

  /** One of DuckDB's own vectors: what is copied of it is not counted against its limit. */
  private static final long BATCH_ROWS = 2048;

  private final ServedCatalog catalog;
  private final Hands hands;
  private final MemoryWatch watch;
  private final BufferAllocator memory;
  private final Text text;
  private final Schema columns;

  /** Held while a batch is computed, so that a result that is being read is not closed under it. */
  private final ReentrantLock reading = new ReentrantLock();

  /** Held while the statement is stopped, and while it is handed on. */
  private final Object stopping = new Object();

  private volatile boolean cancelled;
  private volatile boolean outgrown;
  private volatile boolean crowded;
  private volatile @Nullable DuckDBPreparedStatement statement;
  private @Nullable ServedConnection connection;
  private @Nullable DuckDBResultSet rows;
  private @Nullable ArrowReader reader;
  private @Nullable ArrowBatch batch;
  private volatile boolean over;
  private boolean given;
  private boolean closed;

  /**
   * What runs.
   *
   * @param sql all of it
   * @param start where the caller's text starts in it
   * @param values of our own parameters, which follow the caller's
   */
  record Text(BoundSql caller, String sql, int start, List<String> values) {
    Text {
      values = List.copyOf(values);
    }

    void bind(DuckDBConnection connection, DuckDBPreparedStatement statement) throws SQLException {
      caller.bind(connection, statement);
      for (int i = 0; i < values.size(); i++) {
        statement.setString(caller.count() + i + 1, values.get(i));
      }
    }

    TowpathException failure(SQLException e) {
      return Failures.of(e, caller, sql, start);
    }
  }

  /** A result that has not begun. */
  StreamedResult(
      ServedCatalog catalog,
      Hands hands,
      MemoryWatch watch,
      BufferAllocator memory,
      Text text,
      Schema columns) {
    this.catalog = catalog;
    this.hands = hands;
    this.watch = watch;
    this.memory = memory;
    this.text = text;
    this.columns = columns;
  }

  @Override
  public @Nullable Batch next() {
    reading.lock();
    try {
      if (!over) {
        check();
      } else if (cancelled || closed) {
        throw new CancelledException();
      }
      return over ? null : compute();
    } finally {
      reading.unlock();
    }
  }

  private @Nullable Batch compute() {
    for (Duration pause = FIRST_PAUSE; ; pause = pause.multipliedBy(PAUSES_GROW)) {
      try (MemoryWatch.Computing _ = watch.computing(this::outgrow)) {
        Batch loaded = hands.<@Nullable Batch>run(this::load, this);
        given = true;
        return loaded;
      } catch (OutOfMemory e) {
        boolean others = watch.refused();
        if (given || !others || pause.compareTo(LAST_PAUSE) > 0) {
          throw tooLarge(e);
        }
      }
      beginAgain(pause);
    }
  }

  /** Since another one may have taken the memory, who has got nothing yet waits and tries again. */
  private void beginAgain(Duration pause) {
    crowded = false;
    hands.run(this::free, NEVER);
    batch = null;
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException(e);
    }
  }

  /** Stops it, since there is no memory for it. */
  private void outgrow(boolean longest) {
    if (longest) {
      outgrown = true;
      now();
    } else {
      crowded = true;
      stopStatement();
    }
  }

  @Override
  public boolean isReady() {
    return over;
  }

  private @Nullable Batch load() {
    try {
      ArrowBatch open = batch == null ? open() : batch;
      ArrowReader from = reader;
      if (open == null || from == null) {
        over = true;
        return null;
      }
      do {
        proceed();
        if (!from.loadNextBatch()) {
          over = true;
          return null;
        }
      } while (open.rows() == 0);
      over = open.rows() < BATCH_ROWS; // batches are filled as long as there are rows
      return open;
    } catch (SQLException e) {
      throw failure(e);
    } catch (IOException e) {
      throw failure(new SQLException(e.getMessage(), e));
    }
  }

  private RuntimeException failure(SQLException e) {
    if (outgrown) {
      return tooLarge(e);
    }
    if (cancelled) {
      return new CancelledException(e);
    }
    return crowded || DuckDbError.of(e).message().equals(UNSAID)
        ? new OutOfMemory(e)
        : text.failure(e);
  }

  private static TowpathException tooLarge(@Nullable Throwable cause) {
    return new TowpathException(
        "the query took more memory than this server has, and was stopped",
        "make smaller values, or read less at a time",
        cause);
  }

  private void check() {
    if (outgrown) {
      throw tooLarge(null);
    }
    if (cancelled || closed) {
      throw new CancelledException();
    }
  }

  /** Before each step of the engine, of which {@link #compute} catches what it may repeat. */
  private void proceed() {
    check();
    if (crowded) {
      throw new OutOfMemory(new SQLException("stopped, since others had the memory"));
    }
  }

  private @Nullable ArrowBatch open() throws SQLException, IOException {
    proceed();
    ServedConnection own = catalog.take();
    connection = own;
    DuckDBPreparedStatement prepared = prepare(own);
    if (columns.columns().isEmpty()) {
      prepared.execute();
      return null;
    }
    DuckDBResultSet result = execute(own, prepared);
    rows = result;
    ArrowReader arrow = (ArrowReader) result.arrowExportStream(memory, BATCH_ROWS);
    reader = arrow;
    ArrowBatch opened = new ArrowBatch(arrow.getVectorSchemaRoot(), columns);
    batch = opened;
    return opened;
  }

  /**
   * The driver loses why a result that is streamed failed before its first row; asked again for a
   * whole result, it says so. If it does not fail then, there was no memory the first time.
   */
  private DuckDBResultSet execute(ServedConnection own, DuckDBPreparedStatement prepared)
      throws SQLException {
    try {
      return prepared.executeQuery().unwrap(DuckDBResultSet.class);
    } catch (SQLException e) {
      proceed();
      if (DuckDbError.of(e).message().equals(UNSAID)) {
        synchronized (stopping) {
          statement = null;
        }
        prepared.close();
        prepare(own).query().close();
      }
      throw e;
    }
  }

  /** Prepares the statement, which from then on is the one that a cancel stops. */
  private DuckDBPreparedStatement prepare(ServedConnection own) throws SQLException {
    DuckDBPreparedStatement prepared = own.prepare(text.sql());
    statement = prepared;
    text.bind(own.connection(), prepared);
    proceed();
    return prepared;
  }

  @Override
  public Batch.Writer arrow(OutputStream out) {
    ArrowReader from = reader;
    if (from == null) {
      throw new IllegalStateException("nothing has been read yet");
    }
    try {
      ArrowStreamWriter writer =
          new ArrowStreamWriter(from.getVectorSchemaRoot(), from, Channels.newChannel(out));
      writer.start();
      return new Batch.Writer() {
        @Override
        public void write(Batch batch) throws IOException {
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

  @Override
  public double progress() {
    synchronized (stopping) {
      DuckDBPreparedStatement running = statement;
      try {
        double percent = running == null ? -1 : running.getQueryProgress().getPercentage();
        return percent < 0 ? -1 : Math.min(1, percent / 100);
      } catch (SQLException ended) {
        return -1; // closed in the meantime
      }
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    now();
  }

  @Override
  public boolean wanted() {
    return cancelled;
  }

  @Override
  public void now() {
    cancelled = true;
    stopStatement();
  }

  private void stopStatement() {
    synchronized (stopping) {
      DuckDBPreparedStatement running = statement;
      try {
        if (running != null) {
          running.cancel();
        }
      } catch (SQLException ended) {
        statement = null; // closed in the meantime: nothing is left to stop
      }
    }
  }

  @Override
  public void close() {
    reading.lock();
    try {
      if (!closed) {
        closed = true;
        if (over) {
          free(); // nothing runs any more that it would wait for
        } else {
          hands.run(this::free, NEVER);
        }
      }
    } finally {
      reading.unlock();
      catalog.ended(this);
    }
  }

  /** Frees what is open, the newest first; what fails to close does not keep the rest open. */
  private String free() {
    ServedConnection own = connection;
    DuckDBResultSet open = rows;
    ArrowReader from = reader;
    connection = null; // whatever fails to close, nothing is given back twice
    rows = null;
    reader = null;
    DuckDBPreparedStatement last;
    synchronized (stopping) {
      last = statement; // a cancel that comes now must not hit who has it next
      statement = null;
    }
    try (AutoCloseable _ = () -> giveBack(own);
        AutoCloseable _ = () -> putAway(own, last);
        AutoCloseable _ = open;
        AutoCloseable _ = from) {
      return text.sql();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new TowpathException("a result could not be closed: " + e.getMessage(), null, e);
    }
  }

  private void putAway(@Nullable ServedConnection own, @Nullable DuckDBPreparedStatement last)
      throws SQLException {
    if (own != null && over && !cancelled) {
      own.keep(text.sql(), last);
    } else if (last != null) {
      last.close();
    }
  }

  private void giveBack(@Nullable ServedConnection own) throws SQLException {
    if (own != null) {
      catalog.giveBack(own);
    }
  }
}
