package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * The SQLite file: opened on first use, brought up to date, read by any thread and written by one.
 * Reading a file that is not there gives an empty store and makes no file. Thread-safe.
 */
final class Database implements AutoCloseable {
  static final int BUSY_SECONDS = 60;
  private static final Path MOUNTS = Path.of("/proc/self/mounts");

  private final Path file;
  private final List<String> steps;
  private final Path mounts;
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
  private final ReentrantLock opening = new ReentrantLock();
  private volatile boolean ready;
  private volatile boolean closed;
  private @Nullable Writer writer;

  Database(Path file) {
    this(file, Migrations.STEPS, MOUNTS);
  }

  Database(Path file, List<String> steps, Path mounts) {
    this.file = file;
    this.steps = steps;
    this.mounts = mounts;
  }

  /** Work on a connection, inside a transaction. */
  interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  Path file() {
    return file;
  }

  /** Like {@link #read}, but makes the file when there is none. */
  <T> T file(Work<T> work) {
    prepare();
    return read(work);
  }

  /** Runs reads that all see one moment of the store. */
  <T> T read(Work<T> work) {
    Connection connection = null;
    try {
      connection = reader();
      Sql.execute(connection, "BEGIN");
      T result = work.run(connection);
      Sql.execute(connection, "COMMIT");
      release(connection);
      return result;
    } catch (SQLException e) {
      discard(connection);
      throw Failures.of(e, file);
    } catch (RuntimeException e) {
      discard(connection);
      throw e;
    }
  }

  /** Runs one transaction that is on disk, power loss or not, when this returns. */
  <T> T synced(Work<T> work) {
    return writer().submit(work, true);
  }

  /** Runs work in a transaction it may share; it survives a killed process when this returns. */
  <T> T grouped(Work<T> work) {
    return writer().submit(work, false);
  }

  @Override
  public void close() {
    opening.lock();
    try {
      closed = true;
      if (writer != null) {
        writer.close();
      }
      for (Connection c = idle.poll(); c != null; c = idle.poll()) {
        discard(c);
      }
    } finally {
      opening.unlock();
    }
  }

  private Writer writer() {
    prepare();
    opening.lock();
    try {
      if (closed) {
        throw new TowpathException("the metadata store " + file + " has been closed");
      }
      if (writer == null) {
        writer = new Writer(file, this::connect);
      }
      return writer;
    } finally {
      opening.unlock();
    }
  }

  private Connection reader() throws SQLException {
    if (closed) {
      throw new TowpathException("the metadata store " + file + " has been closed");
    }
    if (!ready && !Files.exists(file)) {
      return empty();
    }
    prepare();
    Connection connection = idle.poll();
    return connection != null ? connection : connect();
  }

  private void release(Connection connection) {
    if (!ready || closed) {
      discard(connection);
    } else {
      idle.push(connection);
    }
  }

  private static void discard(@Nullable Connection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        // It was only read from, or has failed before and told so: nothing is lost.
        assert e != null;
      }
    }
  }

  /** A store with nothing in it, in memory. */
  private Connection empty() throws SQLException {
    Connection connection = new SQLiteConfig().createConnection("jdbc:sqlite::memory:");
    for (String step : steps) {
      script(connection, step);
    }
    return connection;
  }

  /** Makes or opens the file and brings it up to date, once. */
  private void prepare() {
    if (ready) {
      return;
    }
    opening.lock();
    try {
      if (!ready) {
        Path folder = file.toAbsolutePath().resolveSibling("").normalize();
        Files.createDirectories(folder);
        Networks.refuse(folder, mounts);
        Connection connection = connect();
        try {
          migrate(connection);
          ready = true;
          idle.push(connection);
        } finally {
          if (!ready) {
            discard(connection);
          }
        }
      }
    } catch (SQLException e) {
      throw Failures.of(e, file);
    } catch (IOException e) {
      throw new TowpathException(
          "the folder of the metadata store " + file + " cannot be made: " + e.getMessage(),
          "may this user write there?",
          e);
    } finally {
      opening.unlock();
    }
  }

  private Connection connect() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_SECONDS * 1000);
    // As an URI, so that no character of the path means anything to the driver.
    return config.createConnection("jdbc:sqlite:" + file.toAbsolutePath().toUri());
  }

  private void migrate(Connection connection) throws SQLException {
    int version = version(connection);
    if (version == steps.size()) {
      return;
    }
    if (version > steps.size()) {
      throw new TowpathException(
          "the metadata store "
              + file
              + " has version "
              + version
              + ", and this towpath knows versions up to "
              + steps.size(),
          "use the towpath that wrote it, or a newer one");
    }
    Sql.execute(connection, "PRAGMA journal_mode = WAL");
    Sql.execute(connection, "PRAGMA synchronous = FULL");
    Sql.execute(connection, "BEGIN IMMEDIATE");
    // Another process may have taken the steps while this one waited.
    for (int step = version(connection); step < steps.size(); step++) {
      script(connection, steps.get(step));
      Sql.execute(connection, "PRAGMA user_version = " + (step + 1));
      if (step == 0) {
        Sql.execute(connection, "PRAGMA application_id = " + Migrations.APPLICATION_ID);
        Sql.update(connection, "INSERT INTO store VALUES (?)", UUID.randomUUID().toString());
      }
    }
    Sql.execute(connection, "COMMIT");
  }

  /** Number of the steps that the file has taken; throws when it is not one of ours. */
  private int version(Connection connection) throws SQLException {
    int version = (int) Sql.number(connection, "PRAGMA user_version");
    boolean blank =
        version == 0 && Sql.number(connection, "SELECT COUNT(*) FROM sqlite_master") == 0;
    if (!blank && Sql.number(connection, "PRAGMA application_id") != Migrations.APPLICATION_ID) {
      throw new TowpathException(
          file + " is an SQLite database, but not a metadata store of towpath",
          "set metadata: in towpath.yml to another file");
    }
    return version;
  }

  private static void script(Connection connection, String statements) throws SQLException {
    for (String statement : statements.split(";\\s*\\n")) {
      if (!statement.isBlank()) {
        Sql.execute(connection, statement);
      }
    }
  }
}
