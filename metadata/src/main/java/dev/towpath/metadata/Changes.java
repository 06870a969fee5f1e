package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether the file has changed, from the counter that SQLite keeps for each connection: it
 * differs after a commit by any other one, in this process or elsewhere. Reading it touches memory
 * only. Thread-safe.
 */
final class Changes implements AutoCloseable {
  private final Database database;
  private @Nullable Link link; // guarded by this
  private boolean closed;

  Changes(Database database) {
    this.database = database;
  }

  synchronized long number() {
    try {
      if (closed) {
        throw new TowpathException(
            "the metadata store " + database.file() + " has been closed", null);
      }
      if (link == null) {
        if (!database.exists()) {
          return 0;
        }
        link = database.open();
      }
      return Sql.number(link, "PRAGMA data_version");
    } catch (SQLException e) {
      throw Failures.of(e, database.file());
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (link != null) {
      Database.discard(link);
      link = null;
    }
  }
}
