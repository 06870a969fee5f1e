package dev.towpath.metadata;

import dev.towpath.spi.ObjectStore;
import java.sql.Connection;
import java.time.InstantSource;
import java.util.function.UnaryOperator;

/** A place for one store that tests make, which several simulated processes open. */
interface Backend extends AutoCloseable {

  /** The store as another process sees it. */
  SqlStore open(Database database, ObjectStore objects, InstantSource clock);

  /** The database as another process sees it. */
  Database database(UnaryOperator<Connection> wrap);

  /** The store as another process sees it. */
  default SqlStore open(ObjectStore objects, InstantSource clock) {
    return open(database(connection -> connection), objects, clock);
  }

  /** All that was kept is lost. */
  void lose();

  @Override
  void close();
}
