package dev.towpath.source.postgres;

import dev.towpath.source.jdbc.Access;
import dev.towpath.source.jdbc.DbColumn;
import dev.towpath.source.jdbc.Dialect;
import dev.towpath.source.jdbc.Origin;
import dev.towpath.source.jdbc.Relation;
import dev.towpath.source.jdbc.Snapshot;
import dev.towpath.spi.Names;
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

/** PostgreSQL. */
public final class PostgresDialect implements Dialect {
  /** Texts of values must not depend on how a server or a user is set up. */
  private static final String SETTINGS =
      """
      SET datestyle = 'ISO, YMD'; SET intervalstyle = 'iso_8601'; SET timezone = 'UTC';
      SET extra_float_digits = 3; SET bytea_output = 'hex'; SET standard_conforming_strings = on;
      SET idle_in_transaction_session_timeout = 0\
      """;

  @Override
  public String type() {
    return "postgres";
  }

  @Override
  public String name() {
    return "PostgreSQL";
  }

  @Override
  public Set<String> schemes() {
    return Set.of("postgres", "postgresql");
  }

  @Override
  public String example() {
    return "postgres://user@localhost:5432/shop";
  }

  @Override
  public Connection connect(Access access) throws SQLException {
    Properties properties = access.properties();
    String seconds = String.valueOf(Math.max(1, access.connectTimeout().toSeconds()));
    properties.setProperty("connectTimeout", seconds);
    properties.setProperty("loginTimeout", seconds);
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("ApplicationName", "towpath");
    String url = "jdbc:postgresql://" + access.hosts() + "/" + encoded(access.database());
    // Not through DriverManager, which loads every driver there is.
    Connection connection = new org.postgresql.Driver().connect(url, properties);
    if (connection == null) {
      throw new SQLException("the driver does not take the url", "08001");
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          SETTINGS
              + access
                  .statementTimeout()
                  .map(span -> "; SET statement_timeout = " + span.toMillis())
                  .orElse(""));
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static String encoded(String text) {
    return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8)
        .replace("+", "%20");
  }

  @Override
  public Snapshot snapshot(Access access) throws SQLException {
    return PostgresSnapshot.open(this, access);
  }

  @Override
  public Found find(Connection connection, Origin origin) throws SQLException {
    String sql =
        """
        SELECT n.nspname, c.relname, c.relkind IN ('r', 'm') AS stored,
               c.relkind IN ('r', 'm') AND NOT c.relrowsecurity AND NOT c.relhassubclass AS certain,
               pg_table_is_visible(c.oid) AS visible
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
          AND (lower(c.relname) = lower(?) OR lower(n.nspname || '.' || c.relname) = lower(?))
        ORDER BY c.relname = ? OR n.nspname || '.' || c.relname = ? DESC, visible DESC
        """;
    List<String> others = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 1; i <= 4; i++) {
        statement.setString(i, origin.text());
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String full = rows.getString("nspname") + "." + rows.getString("relname");
          if (rows.getBoolean("visible") || full.equalsIgnoreCase(origin.text())) {
            Relation relation =
                new Relation(
                    quote(rows.getString("nspname")) + "." + quote(rows.getString("relname")),
                    "table \"" + full + "\"",
                    rows.getBoolean("stored"),
                    rows.getBoolean("certain"));
            return new Found(Optional.of(relation), List.of());
          }
          others.add(full);
        }
      }
    }
    others.addAll(tables(connection));
    return new Found(Optional.empty(), others);
  }

  private static List<String> tables(Connection connection) throws SQLException {
    String sql =
        """
        SELECT CASE WHEN pg_table_is_visible(c.oid) THEN c.relname
                    ELSE n.nspname || '.' || c.relname END
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
          AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
        ORDER BY 1 LIMIT 1000
        """;
    List<String> names = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  @Override
  public List<DbColumn> columns(Connection connection, Relation relation) throws SQLException {
    return new PostgresColumns(this, connection).of(relation);
  }

  @Override
  public String quote(String name) {
    return Names.quote(name);
  }

  @Override
  public String literal(String text) {
    return Names.literal(text);
  }

  @Override
  public String value(DbColumn cursor, String text) {
    return "CAST(" + literal(text) + " AS " + cursor.declared() + ")";
  }

  @Override
  public String earlier(DbColumn cursor, String value, Duration span) {
    return "(" + value + " - interval '" + span.toMillis() + " milliseconds')";
  }

  @Override
  public String largest(DbColumn cursor) {
    String name = quote(cursor.name());
    return cursor.declared().equals("uuid") // of which there is no max before PostgreSQL 18
        ? "max(CAST(" + name + " AS text))"
        : "CAST(max(" + name + ") AS text)";
  }

  @Override
  public boolean shares(Relation relation) {
    return true;
  }

  /** Blocks of the table's file, which PostgreSQL 14 and newer read without looking at others. */
  @Override
  public List<String> places(Connection connection, Relation relation, int number)
      throws SQLException {
    if (!relation.stored()) {
      return List.of();
    }
    String sql =
        "SELECT pg_relation_size(CAST(%s AS regclass)) / CAST(current_setting('block_size') AS int)"
            .formatted(literal(relation.sql()));
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      long blocks = rows.getLong(1);
      int parts = Math.clamp(blocks, 1, number);
      List<String> places = new ArrayList<>();
      for (int i = 0; i < parts; i++) {
        String from = "ctid >= CAST('(%d,0)' AS tid)".formatted(blocks * i / parts);
        String to = " AND ctid < CAST('(%d,0)' AS tid)".formatted(blocks * (i + 1) / parts);
        places.add(i == parts - 1 ? from : from + to); // the last takes what came meanwhile
      }
      return places;
    }
  }

  @Override
  public Optional<String> primaryKey(Connection connection, Relation relation) {
    return Optional.empty(); // a stored table is divided by place, and nothing else has one
  }

  @Override
  public Optional<String> token(Connection connection) throws SQLException {
    // No transaction in progress, and the next one's number: any change moves it on.
    String sql =
        """
        SELECT CASE WHEN pg_snapshot_xmin(s) = pg_snapshot_xmax(s)
                    THEN current_database() || ' ' || pg_postmaster_start_time() || ' ' || s END
        FROM (SELECT pg_current_snapshot() AS s) AS now
        """;
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return Optional.ofNullable(rows.getString(1));
    }
  }

  @Override
  public Told told(SQLException failure, Work work) {
    return PostgresFailures.told(failure, work);
  }
}
