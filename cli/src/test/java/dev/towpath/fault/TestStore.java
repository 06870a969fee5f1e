package dev.towpath.fault;

import dev.towpath.core.store.MetadataStore;
import dev.towpath.lake.LocalObjectStore;
import dev.towpath.metadata.PostgresStore;
import dev.towpath.metadata.SqliteStore;
import dev.towpath.testing.DatabaseServer;
import dev.towpath.testing.PostgresServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** Where a project of a test keeps its metadata: in a file, or in a database of its own. */
final class TestStore implements AutoCloseable {
  /** Kinds of stores that there are. */
  enum Kind {
    SQLITE,
    POSTGRES
  }

  private final Path folder;
  private final Optional<PostgresServer> database;
  private final Duration lease;

  private TestStore(Path folder, Optional<PostgresServer> database, Duration lease) {
    this.folder = folder;
    this.database = database;
    this.lease = lease;
  }

  /**
   * A store for a project.
   *
   * @param lease after which a silent process counts as dead, where leases tell
   */
  static TestStore of(Kind kind, Path folder, Duration lease) {
    return new TestStore(
        folder,
        kind == Kind.POSTGRES ? Optional.of(PostgresServer.create()) : Optional.empty(),
        lease);
  }

  /**
   * Writes the project's own file, which says where its store is.
   *
   * @param keys keys of environment {@code dev}, such as {@code keep: 1}
   */
  void project(String text, String keys) throws IOException {
    String store = "metadata: \"${TOWPATH_DB}\", lake: \"" + lake() + "\"";
    String dev = database.isEmpty() ? keys : keys.isEmpty() ? store : keys + ", " + store;
    Small.write(folder, "towpath.yml", text + "environments:\n  dev: {" + dev + "}\n");
    if (database.isPresent()) {
      Small.write(folder, ".env", "TOWPATH_DB=" + url(database.get()) + "\n");
    }
  }

  private Path lake() {
    return folder.resolve(".towpath/lake");
  }

  private static String url(PostgresServer server) {
    return "postgres://postgres:%s@127.0.0.1:%d/postgres"
        .formatted(
            URLEncoder.encode(DatabaseServer.PASSWORD, StandardCharsets.UTF_8).replace("+", "%20"),
            server.port());
  }

  /** Commands on the project. */
  Cli cli() {
    Cli cli = Cli.in(folder);
    return database.isEmpty() ? cli : cli.with("-Dtowpath.lease.millis=" + lease.toMillis());
  }

  /** The store as the test looks into it. */
  MetadataStore open() {
    LocalObjectStore objects = new LocalObjectStore(lake());
    Clock clock = Clock.systemUTC();
    return database
        .<MetadataStore>map(server -> new PostgresStore(url(server), objects, clock))
        .orElseGet(() -> new SqliteStore(folder.resolve(".towpath/metadata.db"), objects, clock));
  }

  /** The database, which may be stopped and started. */
  Optional<PostgresServer> database() {
    return database;
  }

  @Override
  public void close() {
    database.ifPresent(PostgresServer::close);
  }
}
