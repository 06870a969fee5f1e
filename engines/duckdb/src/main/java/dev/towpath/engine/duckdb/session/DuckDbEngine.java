package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.memory.EngineAllocations;
import dev.towpath.engine.duckdb.serving.DuckDbServing;
import dev.towpath.spi.Engine;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Serving;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;

/** DuckDB, embedded: each session is an in-memory database of its own. */
public final class DuckDbEngine implements Engine {
  private static final String URL = "jdbc:duckdb:";

  @Override
  public String name() {
    return "duckdb";
  }

  @Override
  public String version() {
    try (DuckDBConnection connection = connect();
        java.sql.Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT version()")) {
      row.next();
      return row.getString(1);
    } catch (SQLException e) {
      throw Failures.of(e);
    }
  }

  @Override
  public EngineSession open(Options options) {
    Directories.createIfWritable(options.tempDirectory());
    try {
      DuckDBConnection root = connect();
      try (java.sql.Statement statement = root.createStatement()) {
        for (String setting : settings(options)) {
          statement.execute(setting);
        }
      } catch (SQLException e) {
        root.close();
        throw e;
      }
      return new DuckDbSession(new Connections(root), options);
    } catch (SQLException e) {
      throw Failures.of(e);
    }
  }

  @Override
  public Serving serve(Serving.Options options) {
    return new DuckDbServing(options);
  }

  private static DuckDBConnection connect() throws SQLException {
    // Not through DriverManager, which loads every driver there is.
    DuckDBConnection connection =
        new DuckDBDriver().connect(URL, new Properties()).unwrap(DuckDBConnection.class);
    EngineAllocations.here();
    return connection;
  }

  private static List<String> settings(Options options) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "SET GLOBAL TimeZone = 'UTC'",
                "SET GLOBAL memory_limit = '" + options.memoryLimit() + " bytes'",
                "SET GLOBAL threads = " + options.threads(),
                // Else a COPY that fails may wait for ever: it gives up its files under a lock that
                // the thread which writes to them behind its back needs to end (DuckDB 2.0).
                "SET GLOBAL async_threads = 0",
                "SET GLOBAL temp_directory = " + Literals.path(options.tempDirectory()),
                // Results have an order only when ORDER BY says so; then COPY writes in parallel.
                "SET GLOBAL preserve_insertion_order = false",
                "SET GLOBAL autoinstall_known_extensions = false",
                "SET GLOBAL autoload_known_extensions = false"));
    all.addAll(LogicalTime.macros(options.logicalTime()));
    return all;
  }
}
