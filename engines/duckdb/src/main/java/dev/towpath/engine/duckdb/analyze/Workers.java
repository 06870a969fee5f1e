package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.DuckDbError;
import dev.towpath.engine.duckdb.memory.EngineAllocations;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.TowpathException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;

/**
 * One in-memory database and the threads that use it, opened by the first use. The threads are
 * platform threads of their own: native code would pin virtual ones, and deeply nested SQL needs a
 * deeper stack. Each piece of work has a connection to itself.
 */
final class Workers implements AutoCloseable {
  private static final long STACK_BYTES = 64L << 20;

  /** Empty tables and syntax trees are all that it holds; it must reach nothing outside. */
  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("memory_limit", "512MB"),
          Map.entry("threads", "1"), // each connection's work runs in the thread that asks
          Map.entry("temp_directory", ""),
          Map.entry("enable_external_access", "false"),
          Map.entry("autoload_known_extensions", "false"),
          Map.entry("autoinstall_known_extensions", "false"),
          Map.entry("enable_optimizer", "false"), // names and types are known before it
          // What a mistake of DuckDB's ends is one question; there is nothing that it could spoil.
          Map.entry("disable_database_invalidation", "true"),
          Map.entry("errors_as_json", "true"),
          Map.entry("lock_configuration", "true"));

  /** Threads that may be late at a time and are replaced; each takes a processor. */
  private static final int MOST_LOST = 16;

  /** How long closing waits for work that does not hear a cancel. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final ThreadPoolExecutor threads;
  private final Optional<Duration> patience;
  private final int base;
  private final AtomicInteger lost = new AtomicInteger();
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
  private @Nullable DuckDBConnection root;
  private boolean closed;

  /** Threads whose work may take as long as it likes. */
  Workers(int size) {
    this(size, Optional.empty());
  }

  /**
   * Threads.
   *
   * @param patience how long a piece of work may take. What a query has of constants is worked out
   *     while it is bound, and no cancel is heard there: a thread that is late is left to itself,
   *     and another one takes its place.
   */
  Workers(int size, Optional<Duration> patience) {
    this.patience = patience;
    this.base = size;
    threads =
        new ThreadPoolExecutor(
            size,
            size,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            r -> {
              Thread thread = new Thread(null, r, "duckdb-analyzer", STACK_BYTES);
              thread.setDaemon(true); // one that is late must not keep the program from its end
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  /** Something to do on a connection. */
  @FunctionalInterface
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  int size() {
    return threads.getCorePoolSize() - lost.get();
  }

  /** Begins to open the database; if that fails, whoever needs it is told. */
  synchronized void begin() {
    if (!closed) {
      threads.execute(new FutureTask<>(() -> work(connection -> connection)));
    }
  }

  /** Does the work on one of the threads and waits for it. */
  <T> T run(Work<T> work) {
    return all(List.of(work)).getFirst();
  }

  /** Does all of the work, as much at a time as there are threads; results in order. */
  <T> List<T> all(List<Work<T>> works) {
    List<Late<T>> futures = new ArrayList<>();
    synchronized (this) {
      if (closed) {
        throw new TowpathException("the analyzer is closed");
      }
      for (Work<T> work : works) {
        Late<T> task = new Late<>(() -> work(work));
        threads.execute(task);
        futures.add(task);
      }
    }
    List<T> results = new ArrayList<>();
    for (Late<T> future : futures) {
      try {
        results.add(patience.isPresent() ? within(future, patience.get()) : future.get());
      } catch (InterruptedException e) {
        futures.forEach(Late::leave); // nobody waits any more to see that it is late
        Thread.currentThread().interrupt();
        throw new CancelledException();
      } catch (ExecutionException e) {
        futures.forEach(f -> f.cancel(false));
        throw failure(e.getCause());
      }
    }
    return results;
  }

  private <T> T within(Late<T> task, Duration time)
      throws InterruptedException, ExecutionException {
    try {
      return task.get(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      task.leave();
      throw new TowpathException(
          "it takes more than " + time.toSeconds() + " s to see what the query is",
          "what it has of constants is worked out first: write less of them",
          e);
    }
  }

  /** Work that may be given up while it runs. */
  private final class Late<T> extends FutureTask<T> {
    private boolean running;
    private boolean left;

    Late(Callable<T> work) {
      super(work);
    }

    @Override
    public void run() {
      synchronized (this) {
        running = true;
      }
      super.run();
      synchronized (this) {
        running = false;
        if (left) {
          resize(lost.decrementAndGet());
        }
      }
    }

    /** Lets its thread go on alone. */
    synchronized void leave() {
      cancel(false);
      if (running && patience.isPresent() && lost.get() < MOST_LOST) {
        left = true;
        resize(lost.incrementAndGet());
      }
    }
  }

  private synchronized void resize(int more) {
    int size = base + more;
    if (size > threads.getMaximumPoolSize()) {
      threads.setMaximumPoolSize(size);
      threads.setCorePoolSize(size);
    } else {
      threads.setCorePoolSize(size);
      threads.setMaximumPoolSize(size);
    }
  }

  private static RuntimeException failure(@Nullable Throwable cause) {
    return switch (cause) {
      case SQLException e ->
          new TowpathException(SyntaxMistakes.plain(DuckDbError.of(e).message()), null, e);
      case RuntimeException e -> e;
      case StackOverflowError e ->
          new TowpathException("a query is nested too deeply", "split it with WITH", e);
      case Error e -> throw e;
      case null, default -> new IllegalStateException(cause);
    };
  }

  private <T> T work(Work<T> work) throws SQLException {
    Connection connection = idle.poll();
    if (connection == null) {
      connection = root().duplicate();
    }
    try {
      return work.on(connection);
    } finally {
      idle.push(connection);
    }
  }

  private synchronized DuckDBConnection root() throws SQLException {
    DuckDBConnection open = root;
    if (open == null) {
      Properties settings = new Properties();
      settings.putAll(SETTINGS);
      open = (DuckDBConnection) new DuckDBDriver().connect("jdbc:duckdb:", settings);
      EngineAllocations.here();
      root = open;
    }
    return open;
  }

  /** Waits for what runs, then closes the database; not for long when it may be late. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    threads.shutdown();
    if (!isDone()) {
      return; // native code must be out of the database before it goes; so it stays
    }
    try {
      for (Connection connection : idle) {
        connection.close();
      }
      DuckDBConnection open = root;
      if (open != null) {
        open.close();
      }
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  /** Waits for what runs; for as long as it takes, where nobody can make it take long. */
  private boolean isDone() {
    long end = System.nanoTime() + GRACE.toNanos();
    boolean interrupted = false;
    try {
      while (!threads.isTerminated()) {
        if (patience.isPresent() && System.nanoTime() - end > 0) {
          return false;
        }
        try {
          boolean done = threads.awaitTermination(1, TimeUnit.SECONDS);
          interrupted |= !done && Thread.interrupted();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      return true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
