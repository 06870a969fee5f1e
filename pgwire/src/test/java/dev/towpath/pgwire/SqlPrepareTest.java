package dev.towpath.pgwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.core.access.Grants;
import dev.towpath.core.access.Principal;
import dev.towpath.core.access.Role;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PREPARE, EXECUTE and EXPLAIN, and what becomes of a session whose user may do less. */
class SqlPrepareTest {
  private static Servers servers;

  @BeforeAll
  static void start() throws SQLException {
    servers = Servers.usual();
  }

  @AfterEach
  void asBefore() {
    TestDoor.STANDING.clear();
  }

  @AfterAll
  static void stop() throws Exception {
    servers.assertQuiet();
    servers.close();
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String state(Connection connection, String sql) {
    try {
      run(connection, sql);
      return "none";
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?preferQueryMode=simple"})
  void aPreparedQueryRunsByItsName(String mode) throws SQLException {
    try (Connection connection = servers.connect("admin", mode)) {
      run(
          connection,
          "PREPARE q (bigint, text) AS SELECT flights, region FROM marts.daily"
              + " WHERE flights < $1 AND region = $2 ORDER BY 1");
      assertThat(Servers.rows(connection, "EXECUTE q(5, 'r1')")).containsExactly("1|r1", "4|r1");
      assertThat(Servers.rows(connection, "EXECUTE q(1 + abs(-1), 'r' || 1)"))
          .containsExactly("1|r1");
      assertThat(Servers.rows(connection, "EXECUTE q(NULL, 'r1')")).isEmpty();
      assertThat(Servers.rows(connection, "EXECUTE q(9, 'r1'' OR true --')")).isEmpty();
      assertThat(state(connection, "PREPARE q AS SELECT 1")).isEqualTo("42P05");
      assertThat(state(connection, "EXECUTE q(1)")).isEqualTo("42601");
      assertThat(state(connection, "EXECUTE nope")).isEqualTo("26000");
      assertThat(state(connection, "PREPARE r AS DELETE FROM marts.daily")).isEqualTo("25006");
      assertThat(state(connection, "PREPARE r (nothing) AS SELECT $1")).isEqualTo("42704");
      assertThat(state(connection, "PREPARE r AS BEGIN")).isEqualTo("42601");
      run(connection, "DEALLOCATE q");
      assertThat(state(connection, "EXECUTE q(1, 'a')")).isEqualTo("26000");
      run(connection, "PREPARE plain AS SELECT 1 AS one");
      assertThat(Servers.rows(connection, "EXECUTE plain")).containsExactly("1");
    }
  }

  @Test
  void aPreparedQuerySeesTheRelease() throws SQLException {
    servers.lake.publish("CREATE TABLE marts.counted AS SELECT 1 AS a");
    try (Connection connection = servers.connect()) {
      run(connection, "PREPARE n AS SELECT * FROM marts.counted");
      servers.lake.publish("INSERT INTO marts.counted VALUES (2)");
      assertThat(Servers.rows(connection, "EXECUTE n")).containsExactly("1", "2");
      servers.lake.publish("ALTER TABLE marts.counted ADD COLUMN b INTEGER");
      assertThat(state(connection, "EXECUTE n")).isEqualTo("0A000");
    } finally {
      servers.lake.publish("DROP TABLE marts.counted");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EXPLAIN SELECT 1",
        "EXPLAIN VERBOSE SELECT 1",
        "EXPLAIN (COSTS off, FORMAT text) SELECT 1",
        "EXPLAIN (ANALYZE false) (SELECT 1)",
        "EXPLAIN (SELECT 1)"
      })
  void aPlanIsToldInLines(String sql) throws SQLException {
    try (Connection connection = servers.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.getMetaData().getColumnName(1)).isEqualTo("QUERY PLAN");
      assertThat(Servers.rows(rows)).containsExactly("PLAN", "analyzed false");
    }
  }

  @Test
  void whatIsToBeComputedForItIs() throws SQLException {
    try (Connection connection = servers.connect();
        PreparedStatement statement =
            connection.prepareStatement(
                "EXPLAIN (ANALYZE) SELECT * FROM marts.daily WHERE flights = ?")) {
      statement.setLong(1, 1);
      try (ResultSet rows = statement.executeQuery()) {
        assertThat(Servers.rows(rows)).containsExactly("PLAN", "analyzed true");
      }
      assertThat(Servers.rows(connection, "EXPLAIN ANALYZE SELECT 1"))
          .containsExactly("PLAN", "analyzed true");
      assertThat(state(connection, "EXPLAIN (FORMAT json) SELECT 1")).isEqualTo("0A000");
      assertThat(state(connection, "EXPLAIN DELETE FROM marts.daily")).isEqualTo("25006");
      assertThat(state(connection, "EXPLAIN SELECT nope FROM marts.daily")).isNotEqualTo("none");
      assertThat(state(connection, "EXPLAIN")).isEqualTo("42601");
      assertThat(state(connection, "EXPLAIN SELECT relname FROM pg_class")).isEqualTo("0A000");
    }
  }

  @Test
  void whoIsRevokedEndsWithTheNextStatement() throws SQLException {
    try (Connection connection = servers.connect("viewer", "")) {
      run(connection, "SELECT 1");
      run(connection, "PREPARE q AS SELECT * FROM marts.daily");
      TestDoor.STANDING.put("viewer", Optional.empty());
      assertThatThrownBy(() -> run(connection, "EXECUTE q"))
          .hasMessageContaining("what let you in does not any more");
      assertThat(connection.isClosed()).isTrue();
    }
  }

  @Test
  void whoseRightsChangeComesInAgain() throws SQLException {
    try (Connection connection = servers.connect("viewer", "")) {
      connection.setAutoCommit(false);
      run(connection, "SELECT count(*) FROM marts.daily");
      TestDoor.STANDING.put(
          "viewer",
          Optional.of(
              new Principal("viewer", Role.VIEWER, new Grants(List.of("other.*"), List.of()))));
      assertThat(state(connection, "SELECT count(*) FROM marts.daily")).isEqualTo("28000");
    }
  }
}
