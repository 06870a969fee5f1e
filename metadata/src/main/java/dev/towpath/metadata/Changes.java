package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import java.io.File;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether the file has changed, from the counter that SQLite keeps for each connection: it
 * differs after a commit by any other one, in this process or elsewhere. The counter is asked only
 * when the write-ahead log was written to since, or so lately that its time may hide another write.
 * Thread-safe.
 */
final class Changes implements AutoCloseable {
  /** No file system tells times of writes more coarsely. */
  private static final long COARSE_MILLIS = 50;

  private final SqliteDatabase database;
  private @Nullable Link link; // this and what follows guarded by this
  private long written;
  private long number;
  private boolean closed;

  Changes(SqliteDatabase database) {
    this.database = database;
  }

  synchronized long number() {
    try {
      if (closed) {
        throw new TowpathException(database.name() + " has been closed");
      }
      if (link == null) {
        if (!database.exists()) {
          return 0;
        }
        link = database.open();
      }
      long last = new File(database.file() + "-wal").lastModified();
      if (last != written || Math.abs(System.currentTimeMillis() - last) < COARSE_MILLIS) {
        written = last;
        number = Sql.number(link, "PRAGMA data_version");
      }
      return number;
    } catch (SQLException e) {
      throw database.failure(e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (link != null) {
      SqliteDatabase.discard(link);
      link = null;
    }
  }
}
