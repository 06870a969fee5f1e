package dev.towpath.source.sqlite;

import static dev.towpath.source.common.Failures.quoted;

import dev.towpath.source.common.Failures;
import dev.towpath.source.common.Hashes;
import dev.towpath.source.common.ProjectPath;
import dev.towpath.source.common.Stamp;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.SourceState.SourceFile;
import dev.towpath.spi.SourceTable;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** A database file: opened for reading only, never made. */
record Database(SourceTable table, Path path, String name) {
  /** A file up to this size is hashed, so that touching it is not taken for a change. */
  private static final long HASHED = 256L << 20;

  private static final int BUSY_MILLIS = 100;

  /** The database at a path relative to the project. */
  static Database of(SourceTable table, String text) {
    Path path = ProjectPath.root(table.project()).resolve(text).normalize();
    return new Database(table, path, ProjectPath.name(table.project(), path));
  }

  /**
   * Opens it and fixes what is seen of it until the connection is closed.
   *
   * @param patience how long to wait for a program that holds it locked
   */
  Connection open(Duration patience) {
    stamp();
    long start = System.nanoTime();
    while (true) {
      try {
        return begin();
      } catch (SQLException e) {
        if (!isBusy(e) || System.nanoTime() - start > patience.toNanos()) {
          throw failure(e);
        }
        if (Thread.currentThread().isInterrupted()) {
          throw new CancelledException();
        }
      }
    }
  }

  private Connection begin() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(BUSY_MILLIS);
    // As a URI, because a plain name is cut at a question mark.
    Connection connection = config.createConnection("jdbc:sqlite:" + path.toUri().toASCIIString());
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN");
      // BEGIN alone takes no lock: the first read does, and fixes the snapshot.
      statement.executeQuery("SELECT count(*) FROM sqlite_master").close();
      return connection;
    } catch (SQLException e) {
      try (connection) {
        throw e;
      }
    }
  }

  /** Looks at the file and makes sure that there is a database to read. */
  Stamp stamp() {
    try {
      Stamp stamp = Stamp.of(path);
      if (!stamp.regular()) {
        throw Failures.of(
            table,
            quoted(name) + (stamp.directory() ? " is a folder" : " is no ordinary file"),
            "write the path of a SQLite database file");
      }
      if (stamp.bytes() == 0) {
        throw Failures.of(
            table, quoted(name) + " is empty", "wait until it is written, or correct \"path\"");
      }
      if (!Files.isReadable(path)) {
        throw new AccessDeniedException(name);
      }
      return stamp;
    } catch (NoSuchFileException e) {
      throw Failures.of(
          table,
          "there is no database " + quoted(name),
          "correct \"path\"; it starts at the project's folder",
          e);
    } catch (IOException e) {
      throw Failures.unreadable(table, name, e);
    }
  }

  /**
   * The ledger's entries for the database file and its write-ahead log, where newer rows may stand.
   * The hash of a large file is left empty.
   */
  List<SourceFile> entries() {
    List<SourceFile> entries = new ArrayList<>();
    entries.add(entry(path, name, stamp()));
    Path log = log();
    try {
      if (Files.exists(log) && Files.size(log) > 0) {
        entries.add(entry(log, name + "-wal", Stamp.of(log)));
      }
    } catch (NoSuchFileException _) {
      // The last program that used the database put the log into it just now.
    } catch (IOException e) {
      throw Failures.unreadable(table, name + "-wal", e);
    }
    return entries;
  }

  private SourceFile entry(Path file, String label, Stamp stamp) {
    try {
      Instant now = Instant.now();
      return stamp.entry(label, stamp.bytes() <= HASHED ? Hashes.sha256(file) : "", now);
    } catch (IOException e) {
      throw Failures.unreadable(table, label, e);
    }
  }

  /** Whether the files are, by size and time alone, those of the entries. */
  boolean looksLike(List<SourceFile> entries) {
    try {
      Path log = log();
      boolean logged = Files.exists(log) && Files.size(log) > 0;
      if (entries.size() != (logged ? 2 : 1) || !stamp().matches(entries.getFirst())) {
        return false;
      }
      return !logged || Stamp.of(log).matches(entries.getLast());
    } catch (IOException _) {
      return false; // the log went away while it was looked at
    }
  }

  /** The size of the database and its log. */
  long bytes() {
    try {
      Path log = log();
      return stamp().bytes() + (Files.exists(log) ? Files.size(log) : 0);
    } catch (IOException _) {
      return stamp().bytes(); // the log went away while it was looked at
    }
  }

  private Path log() {
    return path.resolveSibling(path.getFileName() + "-wal");
  }

  static boolean isBusy(SQLException e) {
    return switch (code(e)) {
      case 5, 6 -> true; // SQLITE_BUSY, SQLITE_LOCKED
      default -> false;
    };
  }

  /** What went wrong, in plain words. */
  TowpathException failure(SQLException e) {
    String file = quoted(name);
    return switch (SQLiteErrorCode.getErrorCode(code(e))) {
      case SQLITE_BUSY, SQLITE_LOCKED ->
          Failures.of(
              table,
              file + " is locked by another program",
              "run again once that program has finished writing",
              e);
      case SQLITE_NOTADB ->
          Failures.of(
              table, file + " is no SQLite database, or it is encrypted", "correct \"path\"", e);
      case SQLITE_CORRUPT, SQLITE_IOERR ->
          Failures.of(
              table,
              file + " is damaged: " + Failures.reason(e),
              "run: sqlite3 FILE \"PRAGMA integrity_check\", and restore it from a backup",
              e);
      case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM ->
          Failures.of(
              table,
              file + " cannot be opened: " + Failures.reason(e),
              "a database in WAL mode, or one that a program left behind, needs a folder that may"
                  + " be written to; or copy the database",
              e);
      default ->
          Failures.of(
              table, file + " cannot be read: " + Failures.reason(e), "see the message above", e);
    };
  }

  private static int code(SQLException e) {
    return e instanceof SQLiteException own ? own.getResultCode().code & 0xFF : -1;
  }
}
