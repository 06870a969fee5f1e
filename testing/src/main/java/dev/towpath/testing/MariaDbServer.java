package dev.towpath.testing;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/** MariaDB, with the user {@code admin} and passwords asked for. */
public final class MariaDbServer extends DatabaseServer {
  private static final String USER = "mysql";

  private final Path daemon;

  private MariaDbServer(Path daemon) {
    super("towpath-mariadb", USER);
    this.daemon = daemon;
  }

  /** Makes a database directory and starts the server. */
  public static MariaDbServer create() {
    Path daemon = Programs.find("mariadb-server", "mariadbd", "/usr/sbin/mariadbd");
    Path install =
        Programs.find("mariadb-server", "mariadb-install-db", "/usr/bin/mariadb-install-db");
    MariaDbServer server = new MariaDbServer(daemon);
    server.run(
        List.of(
            install.toString(),
            "--no-defaults",
            "--datadir=" + server.directory().resolve("data"),
            // A server that starts clears what others keep in the same place.
            "--tmpdir=" + server.directory(),
            "--auth-root-authentication-method=normal",
            "--skip-test-db"));
    Programs.write(
        server.directory().resolve("init.sql"),
        """
        CREATE USER IF NOT EXISTS admin@'127.0.0.1' IDENTIFIED BY '%s';
        GRANT ALL ON *.* TO admin@'127.0.0.1' WITH GRANT OPTION;
        """
            .formatted(PASSWORD));
    server.start();
    return server;
  }

  /** The one that the tests of a process share, made by the first who asks. */
  public static MariaDbServer shared() {
    return Holder.SHARED;
  }

  private static final class Holder {
    static final MariaDbServer SHARED = closing(create());
  }

  @Override
  List<String> command() {
    Path home = directory();
    return List.of(
        daemon.toString(),
        "--no-defaults",
        "--datadir=" + home.resolve("data"),
        "--tmpdir=" + home,
        "--port=" + port(),
        "--bind-address=127.0.0.1",
        "--socket=" + home.resolve("socket"),
        "--pid-file=" + home.resolve("pid"),
        "--init-file=" + home.resolve("init.sql"),
        "--innodb-flush-log-at-trx-commit=0",
        "--skip-name-resolve",
        "--max-allowed-packet=256M",
        "--log-warnings=0");
  }

  /** The port is open a moment before the server lets anybody in. */
  @Override
  boolean answers() {
    try (var _ = connect("mysql")) {
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public String user() {
    return "admin";
  }

  @Override
  public String jdbcUrl(String database) {
    return "jdbc:mariadb://127.0.0.1:" + port() + "/" + database;
  }

  @Override
  String stopSignal() {
    return "KILL"; // nobody needs the data again
  }
}
