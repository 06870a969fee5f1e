package dev.towpath.metadata;

import dev.towpath.spi.ObjectStore;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * The metadata store in one SQLite file, for one machine. Opens on first use; reading makes no
 * file. Beside the file lie its write-ahead log and the folder {@code locks}, by which processes
 * see each other. Thread-safe.
 */
public final class SqliteStore extends SqlStore {

  /**
   * A store at a file that need not exist yet.
   *
   * @param objects the lake that release manifests are written to
   * @param clock tells when staged states were staged and dead runs were found
   */
  public SqliteStore(Path file, ObjectStore objects, InstantSource clock) {
    this(new SqliteDatabase(file), objects, clock);
  }

  SqliteStore(Database database, ObjectStore objects, InstantSource clock) {
    super(database, objects, clock);
  }
}
