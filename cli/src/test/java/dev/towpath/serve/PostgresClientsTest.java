package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.cli.Towpath;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;

/** The real program, asked by PostgreSQL's driver. */
class PostgresClientsTest {
  @TempDir private static Path folder;
  private static Served served;
  private static String viewer;

  @BeforeAll
  static void start() throws Exception {
    Served.project(folder);
    Files.writeString(
        folder.resolve("towpath.yml"),
        "project: small\naccess:\n  viewer: {tables: [marts.*], endpoints: [\"*\"]}\n");
    viewer = Served.user(folder, "ada", "viewer");
    served = Served.start(folder, "--pg-port", "0");
    served.build();
  }

  @AfterAll
  static void stop() throws Exception {
    served.close();
  }

  private static int port() throws Exception {
    JsonNode note = Served.JSON.readTree(folder.resolve(".towpath/server.json").toFile());
    return note.path("pg_port").asInt();
  }

  private static Connection connect(String user, String password, String database)
      throws Exception {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port() + "/" + database, user, password);
  }

  private static Connection admin() throws Exception {
    return connect("admin", served.token(), "small");
  }

  private static List<String> rows(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
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
  }

  @Test
  void adminReadsTheLakeWithTheLocalToken() throws Exception {
    try (Connection connection = admin()) {
      assertThat(rows(connection, "SELECT id, region, day, part FROM marts.m ORDER BY id"))
          .containsExactly("1|N|2026-01-01|0.25", "2|S|2026-01-02|0.50", "3|null|null|0.75");
      try (var statement =
          connection.prepareStatement("SELECT region FROM marts.m WHERE id = ? AND part > ?")) {
        for (int i = 0; i < 8; i++) {
          statement.setLong(1, 2);
          statement.setBigDecimal(2, new java.math.BigDecimal("0.1"));
          try (ResultSet row = statement.executeQuery()) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("S");
          }
        }
      }
    }
  }

  @Test
  void aTransactionSeesOneReleaseWhileAnotherIsPublished() throws Exception {
    try (Connection connection = admin();
        Connection other = admin()) {
      connection.setAutoCommit(false);
      List<String> before = rows(connection, "SELECT count(*) FROM marts.m");
      Files.writeString(
          folder.resolve("seeds/raw/t.csv"),
          Files.readString(folder.resolve("seeds/raw/t.csv")) + "9,W,2026-01-09\n");
      new Towpath(folder).run("run").good();
      assertThat(rows(connection, "SELECT count(*) FROM marts.m")).isEqualTo(before);
      assertThat(rows(other, "SELECT count(*) FROM marts.m")).isNotEqualTo(before);
      connection.commit();
      assertThat(rows(connection, "SELECT count(*) FROM marts.m")).isNotEqualTo(before);
      Files.writeString(
          folder.resolve("seeds/raw/t.csv"),
          Files.readString(folder.resolve("seeds/raw/t.csv")).replace("9,W,2026-01-09\n", ""));
      new Towpath(folder).run("run").good();
    }
  }

  @Test
  void aViewerComesInByTokenAndSeesTheMartsOnly() throws Exception {
    try (Connection connection = connect("token", viewer, "small")) {
      assertThat(rows(connection, "SELECT current_user")).containsExactly("ada");
      assertThat(rows(connection, "SELECT count(*) > 0 FROM marts.m")).containsExactly("t");
      assertThat(
              rows(
                  connection,
                  "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                      + " WHERE n.oid >= 16384"))
          .containsExactly("marts");
      String hidden = message(connection, "SELECT * FROM raw.t");
      String missing = message(connection, "SELECT * FROM raw.u");
      assertThat(hidden.replace("raw.t", "raw.u")).isEqualTo(missing);
      assertThat(hidden).contains("unknown table \"raw.t\"").doesNotContain("did you mean");
    }
  }

  /** The engine knows nothing of who asks; beside rows of the lake it is not it that is told of. */
  @Test
  void whoAsksIsToldBesideRowsOfTheLake() throws Exception {
    try (Connection connection = connect("token", viewer, "small")) {
      assertThat(
              rows(
                  connection,
                  "SELECT current_user, session_user, current_database(), current_schema(),"
                      + " left(version(), 10), count(*) FROM marts.m WHERE current_user = 'ada' AND"
                      + " region <> '{current_user}'"))
          .containsExactly("ada|ada|small|public|PostgreSQL|2");
      try (var statement = connection.createStatement();
          var row =
              statement.executeQuery(
                  "SELECT current_user, m.id AS current_role, current_database() FROM marts.m m"
                      + " ORDER BY m.id")) {
        row.next();
        assertThat(row.getMetaData().getColumnName(1)).isEqualTo("current_user");
        assertThat(row.getMetaData().getColumnName(3)).isEqualTo("current_database");
        assertThat(row.getString(2)).isEqualTo("1");
      }
      try (var statement = connection.createStatement();
          var row =
              statement.executeQuery(
                  "SELECT current_user, version(), upper(current_database()) AS d, current_schema()")) {
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
          names.add(row.getMetaData().getColumnName(i));
        }
        assertThat(names).containsExactly("current_user", "version", "d", "current_schema");
      }
    }
  }

  private static String message(Connection connection, String sql) {
    try {
      rows(connection, sql);
      return "no error";
    } catch (SQLException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void whoIsNotKnownIsRefusedLikeAWrongPassword() {
    for (String user : List.of("admin", "nobody", "ada", "token")) {
      assertThatThrownBy(() -> connect(user, "towpath_" + "x".repeat(43), "small"))
          .isInstanceOfSatisfying(
              PSQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"))
          .hasMessageContaining("password authentication failed for user \"" + user + "\"");
    }
    assertThatThrownBy(() -> connect("admin", served.token(), "postgres"))
        .hasMessageContaining("the database is \"small\"");
  }

  /** The state that a password gives that is not let in; "in" when it is. */
  private static String tried(String user, String password) throws Exception {
    try (Connection connection = connect(user, password, "small")) {
      return connection.isValid(10) ? "in" : "none";
    } catch (PSQLException e) {
      return String.valueOf(e.getSQLState());
    }
  }

  /** Five tries are free; then who guesses waits at every door, also with the right password. */
  @Test
  void whoGuessesPasswordsWaits() throws Exception {
    String password = "several words together";
    for (String user : List.of("bea", "cleo")) {
      SignInTest.withInput(
          password + "\n",
          () ->
              new Towpath(folder)
                  .run("user", "add", user, "--role", "viewer", "--password-stdin")
                  .good());
    }
    assertThat(tried("bea", password)).isEqualTo("in");
    List<String> states = new ArrayList<>();
    while (Collections.frequency(states, "28P01") < 7) { // the last wait is long enough to be seen
      states.add(tried("bea", "wrong " + states.size()));
      assertThat(states.getLast()).isIn("28P01", "53400");
    }
    assertThat(states.subList(0, 5)).containsOnly("28P01");
    assertThat(states).contains("53400");
    assertThat(tried("bea", password)).isEqualTo("53400");
    Served.problem(
        served.send(
            served
                .bare("/api/v1/session")
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        Served.JSON.writeValueAsString(
                            Map.of("user", "bea", "password", password))))),
        429);
    assertThat(tried("cleo", password)).as("somebody else").isEqualTo("in");
  }

  /** What was asked for by this door and is not theirs to see is noted like what HTTP is asked. */
  @Test
  void whatIsNotTheirsIsInTheLog() throws Exception {
    String vera = Served.user(folder, "vera", "viewer");
    try (Connection connection = connect("token", vera, "small")) {
      for (String sql :
          List.of(
              "SELECT * FROM raw.t",
              "SELECT * FROM raw.no_such_table",
              "EXPLAIN SELECT * FROM marts.m",
              "COPY (SELECT * FROM raw.hidden) TO STDOUT")) {
        assertThat(message(connection, sql)).isNotEqualTo("no error");
      }
      assertThat(rows(connection, "SELECT count(*) > 0 FROM marts.m")).containsExactly("t");
    }
    List<String> log = new ArrayList<>();
    for (JsonNode entry : served.get("/api/v1/audit?limit=1000").path("entries")) {
      if (entry.path("who").asText().equals("vera")) {
        log.add(
            "%s %s: %s"
                .formatted(
                    entry.path("action").asText(),
                    entry.path("subject").asText(),
                    entry.path("detail").asText()));
      }
    }
    assertThat(log)
        .contains(
            "forbidden read raw.t: there is no such thing for them",
            "forbidden read raw.no_such_table: there is no such thing for them",
            "forbidden read raw.hidden: there is no such thing for them",
            "forbidden explain: how a query is computed is told to who may read every table")
        .anySatisfy(line -> assertThat(line).startsWith("sign in postgres"))
        .noneSatisfy(line -> assertThat(line).contains("marts.m"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('*')",
        "COPY (SELECT 1) TO '/tmp/out'",
        "COPY (SELECT * FROM read_text('/etc/passwd')) TO STDOUT",
        "WITH x AS (COPY marts.m TO '/tmp/x') SELECT * FROM x",
        "WITH x AS (DELETE FROM marts.m RETURNING *) SELECT * FROM x",
        "DECLARE c CURSOR WITH HOLD FOR SELECT * FROM read_blob('/etc/passwd')",
        "ATTACH '/tmp/x.db' AS x",
        "INSTALL httpfs",
        "PRAGMA database_list",
        "SET memory_limit = '100GB'",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM pg_class, read_csv('/etc/passwd')",
        "SELECT getenv('HOME')"
      })
  void noFileAndNoSettingIsReached(String sql) throws Exception {
    try (Connection connection = admin()) {
      assertThatThrownBy(() -> rows(connection, sql))
          .isInstanceOf(PSQLException.class)
          .hasMessageNotContaining("mistake in towpath");
      assertThat(rows(connection, "SELECT 1")).containsExactly("1");
    }
  }

  @Test
  void mistakesAreShownAtTheirPlace() throws Exception {
    try (Connection connection = admin()) {
      assertThatThrownBy(() -> rows(connection, "SELECT id,\n  nope FROM marts.m"))
          .isInstanceOfSatisfying(
              PSQLException.class,
              e -> {
                assertThat(e.getSQLState()).isEqualTo("42703");
                assertThat(e.getServerErrorMessage().getPosition()).isEqualTo(14);
              });
    }
  }
}
