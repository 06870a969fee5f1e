package dev.towpath.pgwire;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;

/** A server over a lake in memory, and ways to ask it. */
final class Servers implements AutoCloseable {
  static final String DATABASE = "flights";

  final TestLake lake;
  final PgServer server;
  final List<Throwable> mistakes = new CopyOnWriteArrayList<>();

  private Servers(TestLake lake, PgServer.Options options) {
    this.lake = lake;
    this.server = PgServer.start(lake, new TestDoor(), options, (_, e) -> mistakes.add(e));
  }

  /** With a few tables and the usual limits. */
  static Servers usual() throws SQLException {
    return with(options(Optional.empty(), 500, Duration.ofSeconds(30)));
  }

  static Servers with(PgServer.Options options) throws SQLException {
    return new Servers(
        new TestLake(
            "CREATE SCHEMA marts",
            "CREATE SCHEMA staging",
            "CREATE TABLE marts.daily AS SELECT DATE '2024-01-01' + i::INTEGER AS day, i AS flights,"
                + " 'r' || (i % 3) AS region, (i * 1.25)::DECIMAL(18,2) AS revenue, [i, NULL] AS list,"
                + " TIMESTAMPTZ '2024-01-01 00:00:00+00' + to_hours(i) AS seen, i % 2 = 0 AS even"
                + " FROM range(1000) t(i)",
            "CREATE TABLE staging.flights AS SELECT i AS id FROM range(10) t(i)"),
        options);
  }

  static PgServer.Options options(Optional<SSLContext> tls, int most, Duration patience) {
    return options("127.0.0.1", tls, most, patience);
  }

  static PgServer.Options options(
      String host, Optional<SSLContext> tls, int most, Duration patience) {
    return new PgServer.Options(
        host,
        0,
        DATABASE,
        tls,
        true,
        most,
        1 << 20,
        new PgServer.Patience(patience, patience, patience));
  }

  int port() {
    return server.port();
  }

  String url(String more) {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/" + DATABASE + more;
  }

  Connection connect(String user, String more) throws SQLException {
    Properties properties = new Properties();
    properties.put("user", user);
    properties.put("password", TestDoor.PASSWORD);
    return DriverManager.getConnection(url(more), properties);
  }

  Connection connect() throws SQLException {
    return connect("admin", "");
  }

  /** All rows of a query, each as its values in text with bars between. */
  static List<String> rows(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows(rows);
    }
  }

  static List<String> rows(ResultSet rows) throws SQLException {
    List<String> all = new ArrayList<>();
    while (rows.next()) {
      List<String> row = new ArrayList<>();
      for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
        row.add(rows.getString(i));
      }
      all.add(String.join("|", row.stream().map(String::valueOf).toList()));
    }
    return all;
  }

  /** Waits until nobody is connected; then nothing may be open. */
  void assertQuiet() throws InterruptedException {
    for (int i = 0; i < 1_000 && (server.connections() > 0 || lake.open.get() > 0); i++) {
      Thread.sleep(10);
    }
    assertThat(server.connections()).as("connections").isZero();
    assertThat(lake.open.get()).as("releases, queries and results that are open").isZero();
    assertThat(mistakes).isEmpty();
  }

  @Override
  public void close() throws SQLException {
    server.close();
    lake.close();
  }
}
