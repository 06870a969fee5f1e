package dev.towpath.metadata;

import dev.towpath.spi.ObjectStore;
import java.time.InstantSource;

/**
 * The metadata store in a schema of a PostgreSQL database, for several machines that share a lake.
 * Opens on first use; reading makes nothing. Thread-safe.
 */
public final class PostgresStore extends SqlStore {

  /**
   * A store at an address that is looked at on first use.
   *
   * @param url {@code postgres://user:password@host:port/database}, with {@code ?schema=} when it
   *     is not {@code towpath}
   * @param objects the lake that release manifests are written to
   * @param clock tells when staged states were staged and dead runs were found; who is alive is
   *     judged by the database's clock
   * @throws dev.towpath.spi.TowpathException when the URL cannot be read, without showing it
   */
  public PostgresStore(String url, ObjectStore objects, InstantSource clock) {
    this(new PostgresDatabase(PostgresAddress.of(url)), objects, clock);
  }

  PostgresStore(Database database, ObjectStore objects, InstantSource clock) {
    super(database, objects, clock);
  }

  /** Whether a metadata store's address is one of PostgreSQL. */
  public static boolean takes(String address) {
    return address.startsWith("postgres://") || address.startsWith("postgresql://");
  }
}
