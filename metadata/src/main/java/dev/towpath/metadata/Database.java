package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import java.sql.SQLException;

/**
 * Where the store's tables lie: opened on first use, brought up to date, read by many threads at a
 * time and written by one transaction at a time, whichever process it is of. Work may be run more
 * than once before it takes effect, and then takes effect once. Thread-safe.
 */
interface Database extends AutoCloseable {

  /** Work on a connection, inside a transaction. */
  interface Work<T> {
    T run(Link link) throws SQLException;
  }

  /** The store as messages name it, such as "the metadata store x.db"; never with a password. */
  String name();

  /** What to do with this store so that one can be restored in its place. */
  String makeRoom();

  /** Whether the store has been made; it may be at any time. */
  boolean exists();

  /** Whether this user may only read the store. Then nothing here writes. */
  boolean readOnly();

  /** The exception for a write that is refused because the store is read-only. */
  TowpathException refusal();

  /** Who is alive among those that use this store. */
  Liveness liveness();

  /** Like {@link #read}, but makes the store when there is none. */
  <T> T made(Work<T> work);

  /** Runs reads that all see one moment of the store. */
  <T> T read(Work<T> work);

  /** Runs one transaction that is on disk, power loss or not, when this returns. */
  <T> T synced(Work<T> work);

  /** Runs work in a transaction it may share; it survives a killed process when this returns. */
  <T> T grouped(Work<T> work);

  /**
   * A number that differs when somebody has changed the store since it was last asked for: another
   * process, or this one. Cheap enough to be asked a hundred times a second.
   */
  long changes();

  @Override
  void close();
}
