package dev.towpath.source.mysql;

import dev.towpath.source.jdbc.Access;
import dev.towpath.source.jdbc.DbColumn;
import dev.towpath.source.jdbc.Dialect;
import dev.towpath.source.jdbc.Origin;
import dev.towpath.source.jdbc.Relation;
import dev.towpath.source.jdbc.Snapshot;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;

/** MariaDB and MySQL. */
public final class MysqlDialect implements Dialect {
  /** Texts of values must not depend on settings, and a reader that waits must not be dropped. */
  private static final String SETTINGS =
      "SET SESSION time_zone = '+00:00', sql_mode = '', net_write_timeout = 3600,"
          + " wait_timeout = 28800, lock_wait_timeout = 60,"
          + " TRANSACTION_ISOLATION = 'REPEATABLE-READ'";

  /** A number that can be written as it is without becoming a DOUBLE. */
  private static final Pattern EXACT = Pattern.compile("-?[0-9]{1,65}(\\.[0-9]{1,30})?");

  @Override
  public String type() {
    return "mysql";
  }

  @Override
  public String name() {
    return "MySQL";
  }

  @Override
  public Set<String> schemes() {
    return Set.of("mysql", "mariadb");
  }

  @Override
  public String example() {
    return "mysql://user@localhost:3306/shop";
  }

  @Override
  public Connection connect(Access access) throws SQLException {
    Properties properties = access.properties();
    properties.setProperty("connectTimeout", String.valueOf(access.connectTimeout().toMillis()));
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("tinyInt1isBit", "false");
    properties.setProperty("allowLocalInfile", "false"); // a server could ask for our files
    String url = "jdbc:mariadb://" + access.hosts() + "/" + access.database();
    // Not through DriverManager, which loads every driver there is.
    Connection connection = new org.mariadb.jdbc.Driver().connect(url, properties);
    if (connection == null) {
      throw new SQLException("the driver does not take the url", "08001");
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(SETTINGS.replace("TRANSACTION_ISOLATION", isolation(connection)));
      if (access.statementTimeout().isPresent()) {
        limit(connection, access);
      }
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** Gives statements of a connection the time that a table says, or the server's own. */
  static void limit(Connection connection, Access access) throws SQLException {
    Optional<Long> millis = access.statementTimeout().map(java.time.Duration::toMillis);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          mariadb(connection)
              ? "SET SESSION max_statement_time = "
                  + millis.map(m -> String.valueOf(m / 1000.0)).orElse("DEFAULT")
              : "SET SESSION max_execution_time = "
                  + millis.map(String::valueOf).orElse("DEFAULT"));
    }
  }

  private static boolean mariadb(Connection connection) throws SQLException {
    return connection.getMetaData().getDatabaseProductName().equalsIgnoreCase("MariaDB");
  }

  private static String isolation(Connection connection) throws SQLException {
    return mariadb(connection) ? "tx_isolation" : "transaction_isolation";
  }

  @Override
  public Snapshot snapshot(Access access) throws SQLException {
    return MysqlSnapshot.open(this, access);
  }

  @Override
  public Found find(Connection connection, Origin origin) throws SQLException {
    String sql =
        """
        SELECT table_schema, table_name, table_type = 'BASE TABLE' AND engine = 'InnoDB' AS stored,
               table_schema = DATABASE() AS here
        FROM information_schema.tables
        WHERE (table_schema = DATABASE() AND table_name = ?)
           OR CONCAT(table_schema, '.', table_name) = ?
        ORDER BY table_schema = DATABASE() AND BINARY table_name = ? DESC LIMIT 1
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 1; i <= 3; i++) {
        statement.setString(i, origin.text());
      }
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          String schema = row.getString("table_schema");
          String name = row.getString("table_name");
          return new Found(
              Optional.of(
                  new Relation(
                      quote(schema) + "." + quote(name),
                      "table \"" + schema + "." + name + "\"",
                      row.getBoolean("stored"),
                      false)),
              List.of());
        }
      }
    }
    List<String> others = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                """
                SELECT IF(table_schema = DATABASE(), table_name,
                          CONCAT(table_schema, '.', table_name))
                FROM information_schema.tables
                WHERE table_schema NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')
                ORDER BY 1 LIMIT 1000
                """)) {
      while (rows.next()) {
        others.add(rows.getString(1));
      }
    }
    return new Found(Optional.empty(), others);
  }

  @Override
  public List<DbColumn> columns(Connection connection, Relation relation) throws SQLException {
    return new MysqlColumns(this, connection).of(relation);
  }

  @Override
  public String quote(String name) {
    return '`' + name.replace("`", "``") + '`';
  }

  @Override
  public String literal(String text) {
    return '\'' + text.replace("\\", "\\\\").replace("'", "''") + '\'';
  }

  @Override
  public String value(DbColumn cursor, String text) {
    return switch (cursor.order()) {
      case WHOLE, NUMBER -> // a text plus 0 is a DOUBLE, which has 53 bits
          EXACT.matcher(text).matches() ? "(" + text + ")" : "(0 + " + literal(text) + ")";
      case TIME -> "CAST(" + literal(text) + " AS DATETIME(6))";
      case TEXT, NONE -> literal(text);
    };
  }

  @Override
  public String earlier(DbColumn cursor, String value, Duration span) {
    return "(" + value + " - INTERVAL " + span.toMillis() * 1000 + " MICROSECOND)";
  }

  @Override
  public String largest(DbColumn cursor) {
    return "CAST(max(" + quote(cursor.name()) + ") AS CHAR)";
  }

  /** A lock keeps a table as it is while they begin; of a query it is not known what to lock. */
  @Override
  public boolean shares(Relation relation) {
    return relation.stored();
  }

  @Override
  public List<String> places(Connection connection, Relation relation, int number) {
    return List.of(); // rows lie in the order of the primary key and have no other place
  }

  @Override
  public Optional<String> primaryKey(Connection connection, Relation relation) throws SQLException {
    if (!relation.stored()) {
      return Optional.empty();
    }
    List<String> names = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SHOW INDEX FROM " + relation.sql() + " WHERE Key_name = 'PRIMARY'")) {
      while (rows.next()) {
        names.add(rows.getString("Column_name"));
      }
    }
    return names.size() == 1 ? Optional.of(names.getFirst()) : Optional.empty();
  }

  /**
   * Nothing that every server has tells of all changes; a binary log may be off or circumvented.
   */
  @Override
  public Optional<String> token(Connection connection) {
    return Optional.empty();
  }

  @Override
  public Told told(SQLException failure, Work work) {
    return MysqlFailures.told(failure, work);
  }
}
