package dev.towpath.testing;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** PostgreSQL, with the user {@code postgres} and passwords asked for. */
public final class PostgresServer extends DatabaseServer {
  private final Path binaries;

  private PostgresServer(Path binaries) {
    super("towpath-postgres", "postgres");
    this.binaries = binaries;
  }

  /** Makes a cluster and starts it. */
  public static PostgresServer create() {
    Path postgres = Programs.find("postgresql", "postgres", "/usr/lib/postgresql/*/bin/postgres");
    PostgresServer server = new PostgresServer(postgres.resolveSibling("."));
    Programs.write(server.directory().resolve("password"), PASSWORD + "\n");
    server.run(
        List.of(
            server.program("initdb"),
            "-D",
            "data",
            "-U",
            "postgres",
            "--pwfile=password",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync"));
    server.start();
    return server;
  }

  /** PostgreSQL's own client. */
  public static Path psql() {
    return Programs.find("postgresql-client", "psql", "/usr/lib/postgresql/*/bin/psql");
  }

  /** The one that the tests of a process share, made by the first who asks. */
  public static PostgresServer shared() {
    return Holder.SHARED;
  }

  private static final class Holder {
    static final PostgresServer SHARED = closing(create());
  }

  private String program(String name) {
    return binaries.resolve(name).normalize().toString();
  }

  @Override
  List<String> command() {
    return List.of(
        program("postgres"),
        "-D",
        "data",
        "-p",
        String.valueOf(port()),
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "unix_socket_directories=",
        "-c",
        "fsync=off",
        "-c",
        "autovacuum=off",
        "-c",
        "max_connections=50",
        "-c",
        "restart_after_crash=off");
  }

  /** The port is open a moment before the server lets anybody in. */
  @Override
  boolean answers() {
    try (var _ = connect("postgres")) {
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public String user() {
    return "postgres";
  }

  @Override
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
  }

  /** How libpq is told to connect to a database. */
  public String dsn(String database) {
    return "host=127.0.0.1 port=%d user=postgres password='%s' dbname=%s sslmode=disable"
        .formatted(port(), PASSWORD, database);
  }

  @Override
  String stopSignal() {
    return "INT"; // does not wait for connections
  }
}
