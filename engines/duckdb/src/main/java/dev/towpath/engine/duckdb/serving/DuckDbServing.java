package dev.towpath.engine.duckdb.serving;

import dev.towpath.engine.duckdb.memory.MemoryWatch;
import dev.towpath.engine.duckdb.session.Directories;
import dev.towpath.engine.duckdb.session.Failures;
import dev.towpath.engine.duckdb.session.Literals;
import dev.towpath.spi.Serving;
import dev.towpath.spi.TowpathException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;

/**
 * One in-memory DuckDB, locked: it reads files of the lake and of its own temporary folder only,
 * and no setting can be changed any more. Each catalog is a database attached to it.
 */
public final class DuckDbServing implements Serving {
  private final Options options;
  private final DuckDBConnection root;
  private final Hands hands = new Hands();
  private final BufferAllocator memory = new RootAllocator();
  private final HotTables hot;
  private final MemoryWatch watch;
  private final AtomicLong number = new AtomicLong();
  private final Set<ServedCatalog> catalogs = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** Opens one. */
  public DuckDbServing(Options options) {
    this.options = options;
    Directories.createIfWritable(options.tempDirectory());
    try {
      this.root = open(options);
      this.watch = new MemoryWatch(options.processLimit());
      this.hot = new HotTables(root, options);
    } catch (SQLException e) {
      throw Failures.of(e);
    }
  }

  private static DuckDBConnection open(Options options) throws SQLException {
    Properties settings = new Properties();
    settings.put("errors_as_json", "true");
    // Else one reader's query that meets a mistake of DuckDB's (an "internal error") would be the
    // last for everybody. What is written here are copies of tables, and one that fails is dropped.
    settings.put("disable_database_invalidation", "true");
    settings.put(DuckDBDriver.JDBC_STREAM_RESULTS, "true");
    DuckDBConnection connection =
        new DuckDBDriver().connect("jdbc:duckdb:", settings).unwrap(DuckDBConnection.class);
    try (Statement statement = connection.createStatement()) {
      for (String setting : settings(options)) {
        statement.execute(setting);
      }
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return connection;
  }

  private static List<String> settings(Options options) {
    return List.of(
        "SET GLOBAL TimeZone = 'UTC'",
        "SET GLOBAL memory_limit = '" + memory(options) + " bytes'",
        "SET GLOBAL threads = " + options.threads(),
        "SET GLOBAL async_threads = 0", // else a COPY that fails may wait for ever (DuckDB 2.0)
        // Else what was freed stays the engine's until the same thread asks for more.
        "SET GLOBAL allocator_background_threads = true",
        "SET GLOBAL temp_directory = " + Literals.path(options.tempDirectory()),
        "SET GLOBAL max_temp_directory_size = '" + options.tempLimit() + " bytes'",
        "SET GLOBAL parquet_metadata_cache = true",
        "SET GLOBAL autoinstall_known_extensions = false",
        "SET GLOBAL autoload_known_extensions = false",
        "SET GLOBAL allowed_directories = [" + Literals.path(options.lakeRoot()) + "]",
        "SET GLOBAL enable_external_access = false",
        "SET enable_progress_bar = true", // every connection that is made of this one has it, too
        "SET enable_progress_bar_print = false",
        "SET GLOBAL lock_configuration = true");
  }

  /** What the engine has, besides the rows that are kept by a key. */
  private static long memory(Options options) {
    long most = options.memoryLimit();
    return options.hotLimit() == 0 ? most : most - most / HotTables.KEPT_SHARE;
  }

  @Override
  public Catalog catalog(List<String> macros) {
    if (closed) {
      throw new TowpathException("the server stops");
    }
    ServedCatalog catalog =
        new ServedCatalog(
            "towpath_" + number.incrementAndGet(),
            root,
            hands,
            watch,
            memory,
            options,
            hot,
            catalogs::remove);
    catalogs.add(catalog);
    try {
      catalog.open(macros);
    } catch (RuntimeException e) {
      catalog.close();
      throw e;
    }
    return catalog;
  }

  @Override
  public Computing computing(Runnable stop) {
    return watch.computing(_ -> stop.run());
  }

  @Override
  public Hot hot() {
    return hot.state();
  }

  @Override
  public void close() {
    closed = true;
    hot.close();
    catalogs.forEach(ServedCatalog::close);
    hands.close();
    watch.close();
    try {
      root.close();
    } catch (SQLException e) {
      throw Failures.of(e);
    }
    memory.close();
    Directories.remove(options.tempDirectory());
  }
}
