package dev.towpath.metadata;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.function.UnaryOperator;

/** Opens connections to a store in PostgreSQL. Thread-safe. */
final class PostgresConnector {
  static final Duration BUSY = Duration.ofSeconds(60);

  private static final Duration CONNECT = Duration.ofSeconds(10);

  private final PostgresAddress address;
  private final Duration lease;
  private final UnaryOperator<Connection> wrap;

  /**
   * A connector.
   *
   * @param lease how long a process may be silent; one that sleeps within a transaction for so long
   *     loses it, and with it the lock that others wait for
   * @param wrap what every new connection goes through, for tests
   */
  PostgresConnector(PostgresAddress address, Duration lease, UnaryOperator<Connection> wrap) {
    this.address = address;
    this.lease = lease;
    this.wrap = wrap;
  }

  PostgresAddress address() {
    return address;
  }

  /** A connection for reading and writing. */
  Link connect() throws SQLException {
    return new Link(wrap.apply(open(CONNECT, BUSY.plusSeconds(30))));
  }

  /** A connection that gives up on a silent server soon. */
  Link hurried(Duration patience) throws SQLException {
    return new Link(open(patience, patience));
  }

  private Connection open(Duration connect, Duration answer) throws SQLException {
    Properties properties = address.properties();
    properties.setProperty("connectTimeout", seconds(connect));
    properties.setProperty("socketTimeout", seconds(answer));
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("ApplicationName", "towpath");
    properties.setProperty("currentSchema", "\"" + address.schema() + "\"");
    // So that a text is whatever the column is that it is compared with or put into.
    properties.setProperty("stringtype", "unspecified");
    if (address.hosts().contains(",")) {
      properties.setProperty("targetServerType", "primary");
    }
    // Not through DriverManager, which loads every driver there is.
    Connection connection = new org.postgresql.Driver().connect(address.jdbcUrl(), properties);
    if (connection == null) {
      throw new SQLException("the driver does not take the address", "08001");
    }
    Link link = new Link(connection);
    try {
      link.run(
          "SET lock_timeout = %d; SET idle_in_transaction_session_timeout = %d;"
                  .formatted(BUSY.toMillis(), Math.max(1000, lease.toMillis()))
              + " SET statement_timeout = 0; SET client_min_messages = warning;"
              + " SET synchronous_commit = on");
      return connection;
    } catch (SQLException e) {
      link.close();
      throw e;
    }
  }

  private static String seconds(Duration span) {
    return String.valueOf(Math.max(1, span.toSeconds()));
  }
}
