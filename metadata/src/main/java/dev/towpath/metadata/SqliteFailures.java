package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What a person is told when SQLite fails. */
final class SqliteFailures {
  private SqliteFailures() {}

  /** The exception to throw for a failure on a store's file. */
  static TowpathException of(SQLException e, Path file) {
    String store = "the metadata store " + file;
    return switch (primary(e)) {
      case SQLITE_CORRUPT, SQLITE_NOTADB -> damaged(file, e);
      case SQLITE_BUSY, SQLITE_LOCKED ->
          new TowpathException(
              store + " has been busy for " + SqliteDatabase.BUSY_SECONDS + " seconds",
              "another process holds it; try again, or look for one that hangs",
              e);
      case SQLITE_FULL ->
          new TowpathException(
              "the disk that holds " + file + " is full", "make room and try again", e);
      case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH -> readOnly(file, e);
      case SQLITE_CANTOPEN ->
          new TowpathException(
              store + " cannot be opened", "may this user read and write its folder?", e);
      case SQLITE_IOERR ->
          new TowpathException(
              store + " cannot be read or written: " + e.getMessage(),
              "is the disk full or failing?",
              e);
      default -> new TowpathException(store + " failed: " + e.getMessage(), null, e);
    };
  }

  static TowpathException damaged(Path file, Exception cause) {
    return new TowpathException(
        "the metadata store " + file + " is damaged",
        "move it away and run \"towpath restore\": it rebuilds the store from the lake",
        cause);
  }

  static TowpathException readOnly(Path file, @Nullable Exception cause) {
    return new TowpathException(
        "the metadata store " + file + " cannot be written",
        "this user may only read it; run as the user that owns the project",
        cause);
  }

  /** What the system says of a file, without its name. */
  static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "no permission";
    }
    String reason = e instanceof FileSystemException fault ? fault.getReason() : e.getMessage();
    return reason == null ? e.getClass().getSimpleName() : reason;
  }

  /** The error's class, without the extension that tells variants apart. */
  static SQLiteErrorCode primary(SQLException e) {
    int code = e instanceof SQLiteException sqlite ? sqlite.getResultCode().code : e.getErrorCode();
    return SQLiteErrorCode.getErrorCode(code & 0xFF);
  }
}
