package dev.towpath.metadata;

import dev.towpath.spi.ObjectStore;
import dev.towpath.testing.PostgresServer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A schema of a server that is started once. */
final class PostgresBackend implements Backend {
  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  private final PostgresServer server;
  private final Duration lease;
  private final String schema = "store_" + SCHEMAS.incrementAndGet();

  PostgresBackend() {
    this(PostgresServer.shared(), Leases.TERM);
  }

  PostgresBackend(PostgresServer server, Duration lease) {
    this.server = server;
    this.lease = lease;
  }

  /** The address as a person writes it. */
  static String url(PostgresServer server, String database, String schema) {
    return "postgres://%s:%s@127.0.0.1:%d/%s?schema=%s"
        .formatted(
            server.user(),
            URLEncoder.encode(PostgresServer.PASSWORD, StandardCharsets.UTF_8).replace("+", "%20"),
            server.port(),
            database,
            schema);
  }

  String url() {
    return url(server, "postgres", schema);
  }

  PostgresServer server() {
    return server;
  }

  String schema() {
    return schema;
  }

  @Override
  public SqlStore open(Database database, ObjectStore objects, InstantSource clock) {
    return new PostgresStore(database, objects, clock);
  }

  @Override
  public PostgresDatabase database(UnaryOperator<Connection> wrap) {
    return new PostgresDatabase(PostgresAddress.of(url()), Migrations.STEPS, lease, wrap);
  }

  @Override
  public void lose() {
    server.sql("postgres", "DROP SCHEMA IF EXISTS \"" + schema + "\" CASCADE");
  }

  @Override
  public void close() {
    lose();
  }
}
