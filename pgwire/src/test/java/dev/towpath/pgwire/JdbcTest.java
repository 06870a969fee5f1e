package dev.towpath.pgwire;

import static dev.towpath.pgwire.Servers.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;

/** PostgreSQL's own driver for Java. */
class JdbcTest {
  private static Servers servers;

  @BeforeAll
  static void start() throws SQLException {
    servers = Servers.usual();
  }

  @AfterAll
  static void stop() throws Exception {
    servers.assertQuiet();
    servers.close();
  }

  @Test
  void readsTypesInTextAndBinary() throws SQLException {
    for (String more : List.of("?binaryTransfer=false", "?prepareThreshold=-1")) {
      try (Connection connection = servers.connect("admin", more);
          PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT true, 1::SMALLINT, 2::INTEGER, 3::BIGINT, 1.5::FLOAT, 2.5::DOUBLE,"
                      + " 12345678901234567890.12::DECIMAL(38,2), 'text', DATE '2024-02-29', TIMESTAMP"
                      + " '1969-12-31 23:59:59.5', TIMESTAMPTZ '2024-01-01 12:00:00+00',"
                      + " '5f0e8c1e-3b6b-4e22-8a36-000000000001'::UUID, '\\xAA\\x00'::BLOB, [1, NULL, 3],"
                      + " NULL::INTEGER, -0.05::DECIMAL(5,2), 170141183460469231731687303715884105727::HUGEINT,"
                      + " 'infinity'::DATE, {'a': 1}, ['x', 'y\"z'], INTERVAL '14 months 3 days'");
          ResultSet row = statement.executeQuery()) {
        row.next();
        assertThat(row.getBoolean(1)).isTrue();
        assertThat(row.getShort(2)).isEqualTo((short) 1);
        assertThat(row.getInt(3)).isEqualTo(2);
        assertThat(row.getLong(4)).isEqualTo(3);
        assertThat(row.getFloat(5)).isEqualTo(1.5f);
        assertThat(row.getDouble(6)).isEqualTo(2.5);
        assertThat(row.getBigDecimal(7)).isEqualTo(new BigDecimal("12345678901234567890.12"));
        assertThat(row.getString(8)).isEqualTo("text");
        assertThat(row.getObject(9, LocalDate.class)).isEqualTo("2024-02-29");
        assertThat(row.getObject(10, LocalDateTime.class))
            .isEqualTo(LocalDateTime.parse("1969-12-31T23:59:59.5"));
        assertThat(row.getObject(11, OffsetDateTime.class).toInstant())
            .isEqualTo("2024-01-01T12:00:00Z");
        assertThat(row.getObject(12))
            .isEqualTo(UUID.fromString("5f0e8c1e-3b6b-4e22-8a36-000000000001"));
        assertThat(row.getBytes(13)).containsExactly(0xAA, 0);
        assertThat((Object[]) row.getArray(14).getArray()).containsExactly(1, null, 3);
        assertThat(row.getObject(15)).isNull();
        assertThat(row.getBigDecimal(16)).isEqualTo(new BigDecimal("-0.05"));
        assertThat(row.getBigDecimal(17))
            .isEqualTo(new BigDecimal("170141183460469231731687303715884105727"));
        assertThat(row.getString(19)).isEqualTo("{\"a\":1}");
        assertThat((Object[]) row.getArray(20).getArray()).containsExactly("x", "y\"z");
        assertThat(row.getString(21)).contains("1 year", "2 mons", "3 days");
      }
    }
  }

  @Test
  void bindsParametersTheFirstTimeAndTheTenth() throws SQLException {
    try (Connection connection = servers.connect();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT flights FROM marts.daily WHERE day >= ? AND revenue > ? AND region = ? AND seen"
                    + " < ? AND even = ? ORDER BY flights LIMIT ?")) {
      for (int i = 0; i < 10; i++) { // from the fifth time on the driver asks for binary
        statement.setObject(1, LocalDate.of(2024, 1, 5));
        statement.setBigDecimal(2, new BigDecimal("10.5"));
        statement.setString(3, "r1");
        statement.setObject(4, OffsetDateTime.parse("2024-02-01T00:00:00+01:00"));
        statement.setBoolean(5, i % 2 == 0);
        statement.setInt(6, 2);
        try (ResultSet rows = statement.executeQuery()) {
          assertThat(rows(rows)).isEqualTo(i % 2 == 0 ? List.of("10", "16") : List.of("13", "19"));
        }
      }
    }
  }

  @Test
  void bindsNullsBytesArraysAndUuids() throws SQLException {
    try (Connection connection = servers.connect();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT ?::text IS NULL, ?::bytea, ?::uuid, ?::int4[], ?::text[]")) {
      UUID uuid = UUID.randomUUID();
      for (int i = 0; i < 7; i++) {
        statement.setNull(1, java.sql.Types.VARCHAR);
        statement.setBytes(2, new byte[] {0, (byte) 0xff, 'a', '\\'});
        statement.setObject(3, uuid);
        statement.setArray(4, connection.createArrayOf("int4", new Object[] {1, null, 3}));
        statement.setArray(
            5, connection.createArrayOf("text", new Object[] {"a,b", "c\"d\\", "", null, "NULL"}));
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          assertThat(row.getBoolean(1)).isTrue();
          assertThat(row.getBytes(2)).containsExactly(0, 0xff, 'a', '\\');
          assertThat(row.getObject(3)).isEqualTo(uuid);
          assertThat((Object[]) row.getArray(4).getArray()).containsExactly(1, null, 3);
          assertThat((Object[]) row.getArray(5).getArray())
              .containsExactly("a,b", "c\"d\\", "", null, "NULL");
        }
      }
    }
  }

  @Test
  void aTransactionAsksOneReleaseThoughAnotherIsPublished() throws SQLException {
    String sql = "SELECT count(*) FROM marts.daily";
    try (Connection connection = servers.connect();
        Connection other = servers.connect()) {
      connection.setAutoCommit(false);
      servers.lake.asked.clear();
      rows(connection, sql);
      servers.lake.publish();
      rows(connection, sql + " WHERE even");
      try (Statement cursors = connection.createStatement()) {
        cursors.execute("DECLARE c CURSOR FOR " + sql + " WHERE NOT even");
        rows(connection, "FETCH ALL FROM c");
      }
      long first = servers.lake.asked.getFirst();
      assertThat(servers.lake.asked).hasSizeGreaterThanOrEqualTo(3).containsOnly(first);
      rows(other, sql);
      assertThat(servers.lake.asked.getLast()).as("who came later").isEqualTo(first + 1);
      connection.rollback();
      rows(connection, sql);
      assertThat(servers.lake.asked.getLast()).as("the next transaction").isEqualTo(first + 1);
    }
  }

  @Test
  void aTransactionLetsItsReleaseGoAtItsEnd() throws SQLException {
    try (Connection connection = servers.connect()) {
      connection.setAutoCommit(false);
      rows(connection, "SELECT count(*) FROM marts.daily");
      int before = servers.lake.open.get();
      connection.commit();
      assertThat(servers.lake.open.get()).isLessThan(before);
    }
  }

  @Test
  void aFailureEndsWhatATransactionCanDo() throws SQLException {
    try (Connection connection = servers.connect()) {
      connection.setAutoCommit(false);
      var savepoint = connection.setSavepoint();
      assertThatThrownBy(() -> rows(connection, "SELECT nope FROM marts.daily"))
          .isInstanceOf(PSQLException.class);
      assertThatThrownBy(() -> rows(connection, "SELECT 1"))
          .hasMessageContaining("current transaction is aborted");
      connection.rollback(savepoint);
      assertThat(rows(connection, "SELECT 1")).containsExactly("1");
      connection.rollback();
    }
  }

  @Test
  void rowsAreFetchedAFewAtATime() throws SQLException {
    try (Connection connection = servers.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.setFetchSize(7);
      try (ResultSet rows = statement.executeQuery("SELECT flights FROM marts.daily ORDER BY 1")) {
        assertThat(rows(rows)).hasSize(1000).startsWith("0", "1").endsWith("999");
      }
      try (ResultSet half = statement.executeQuery("SELECT flights FROM marts.daily")) {
        half.next();
      }
      connection.commit();
    }
  }

  @Test
  void cursorsAreDeclaredAndOutliveTheirTransactionWhenHeld() throws SQLException {
    try (Connection connection = servers.connect();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("DECLARE c CURSOR FOR SELECT 1"))
          .hasMessageContaining("can only be used in transaction blocks");
      statement.execute(
          "DECLARE c CURSOR WITH HOLD FOR SELECT flights FROM marts.daily ORDER BY 1");
      assertThat(rows(connection, "FETCH 2 FROM c")).containsExactly("0", "1");
      statement.execute("MOVE FORWARD 5 IN c");
      assertThat(rows(connection, "FETCH NEXT FROM c")).containsExactly("7");
      assertThat(rows(connection, "FETCH ALL c")).hasSize(992);
      assertThat(rows(connection, "FETCH c")).isEmpty();
      assertThatThrownBy(() -> statement.execute("FETCH BACKWARD 1 FROM c"))
          .hasMessageContaining("can only scan forward");
      statement.execute("CLOSE c");
      assertThatThrownBy(() -> statement.execute("FETCH c"))
          .hasMessageContaining("cursor \"c\" does not exist");
      statement.execute("BEGIN");
      statement.execute("DECLARE d CURSOR FOR SELECT 1");
      statement.execute("COMMIT");
      assertThatThrownBy(() -> statement.execute("FETCH d")).hasMessageContaining("does not exist");
    }
  }

  @Test
  void copiesRowsOut() throws Exception {
    try (Connection connection = servers.connect()) {
      var copy = connection.unwrap(PGConnection.class).getCopyAPI();
      StringWriter text = new StringWriter();
      copy.copyOut("COPY (SELECT 'a\tb\\c', NULL, 1.5::DECIMAL(3,1), 'x\ny') TO STDOUT", text);
      assertThat(text.toString()).isEqualTo("a\\tb\\\\c\t\\N\t1.5\tx\\ny\n");
      StringWriter csv = new StringWriter();
      copy.copyOut(
          "COPY (SELECT 'a\"b' AS one, NULL AS two, '' AS three, 'x,y' AS four) TO STDOUT WITH"
              + " (FORMAT csv, HEADER)",
          csv);
      assertThat(csv.toString()).isEqualTo("one,two,three,four\n\"a\"\"b\",,\"\",\"x,y\"\n");
      StringWriter table = new StringWriter();
      long count = copy.copyOut("COPY staging.flights (id) TO STDOUT (DELIMITER ';')", table);
      assertThat(count).isEqualTo(10);
      assertThat(table.toString()).startsWith("0\n1\n");
      assertThatThrownBy(() -> copy.copyOut("COPY staging.flights TO '/tmp/x'", new StringWriter()))
          .hasMessageContaining("COPY writes to STDOUT only");
    }
  }

  @Test
  void settingsAreKeptAndTold() throws SQLException {
    try (Connection connection = servers.connect("admin", "?ApplicationName=tests");
        Statement statement = connection.createStatement()) {
      assertThat(rows(connection, "SHOW application_name")).containsExactly("tests");
      List<String> zone = rows(connection, "SHOW timezone");
      statement.execute("SET TIME ZONE 'America/New_York'");
      assertThat(rows(connection, "SELECT TIMESTAMPTZ '2024-01-01 00:00:00+00'"))
          .containsExactly("2023-12-31 19:00:00-05");
      assertThat(rows(connection, "SELECT current_setting('TimeZone')"))
          .containsExactly("America/New_York");
      statement.execute("BEGIN");
      statement.execute("SET LOCAL timezone = 'Asia/Tokyo'");
      assertThat(rows(connection, "SHOW timezone")).containsExactly("Asia/Tokyo");
      statement.execute("COMMIT");
      assertThat(rows(connection, "SHOW timezone")).containsExactly("America/New_York");
      statement.execute("RESET timezone");
      assertThat(rows(connection, "SHOW timezone")).isEqualTo(zone);
      statement.execute("SET TIME ZONE 'America/New_York'");
      statement.execute("SET a.b = 'c'");
      statement.execute("PREPARE kept AS SELECT 7");
      statement.execute("DECLARE held CURSOR WITH HOLD FOR SELECT 8");
      for (String some : List.of("PLANS", "TEMP", "TEMPORARY", "SEQUENCES")) {
        statement.execute("DISCARD " + some);
      }
      assertThat(rows(connection, "SHOW timezone")).containsExactly("America/New_York");
      assertThat(rows(connection, "EXECUTE kept")).containsExactly("7");
      statement.execute("BEGIN");
      assertThatThrownBy(() -> statement.execute("DISCARD ALL"))
          .hasMessageContaining("cannot run inside a transaction block");
      statement.execute("ROLLBACK");
      assertThat(rows(connection, "FETCH 1 FROM held")).containsExactly("8");
      statement.execute("DISCARD ALL");
      assertThat(rows(connection, "SHOW timezone")).isEqualTo(zone);
      for (String gone : List.of("SHOW a.b", "EXECUTE kept", "FETCH 1 FROM held")) {
        assertThatThrownBy(() -> rows(connection, gone)).isInstanceOf(SQLException.class);
      }
      statement.execute("SET a.b = 'c'");
      statement.execute("RESET ALL");
      assertThatThrownBy(() -> rows(connection, "SHOW a.b")).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> statement.execute("SET client_encoding = 'LATIN1'"))
          .hasMessageContaining("this server knows UTF8");
      assertThatThrownBy(() -> statement.execute("SET nonsense = 1"))
          .hasMessageContaining("unrecognized configuration parameter");
      statement.execute("SET statement_timeout = 200");
      assertThatThrownBy(
              () -> rows(connection, "SELECT count(*) FROM range(100000000) a, range(100000) b"))
          .hasMessageContaining("statement timeout");
      assertThat(rows(connection, "SELECT 1")).containsExactly("1");
    }
  }

  @Test
  void theDriverFindsTablesAndColumns() throws SQLException {
    try (Connection connection = servers.connect()) {
      DatabaseMetaData meta = connection.getMetaData();
      try (ResultSet tables = meta.getTables(null, "marts", "%", new String[] {"TABLE"})) {
        tables.next();
        assertThat(tables.getString("TABLE_NAME")).isEqualTo("daily");
        assertThat(tables.next()).isFalse();
      }
      try (ResultSet columns = meta.getColumns(null, "marts", "daily", "%")) {
        columns.next();
        assertThat(columns.getString("COLUMN_NAME")).isEqualTo("day");
        assertThat(columns.getString("TYPE_NAME")).isEqualTo("date");
      }
      for (ResultSet rows :
          List.of(
              meta.getSchemas(),
              meta.getCatalogs(),
              meta.getTypeInfo(),
              meta.getPrimaryKeys(null, "marts", "daily"),
              meta.getImportedKeys(null, "marts", "daily"),
              meta.getExportedKeys(null, "marts", "daily"),
              meta.getIndexInfo(null, "marts", "daily", false, false),
              meta.getTablePrivileges(null, "marts", "daily"),
              meta.getColumnPrivileges(null, "marts", "daily", "%"),
              meta.getBestRowIdentifier(null, "marts", "daily", 0, true),
              meta.getVersionColumns(null, "marts", "daily"),
              meta.getProcedures(null, null, "%"),
              meta.getFunctions(null, null, "%"),
              meta.getTableTypes(),
              meta.getClientInfoProperties())) {
        rows(rows);
        rows.close();
      }
      assertThat(meta.getDatabaseProductVersion()).startsWith("16.");
    }
  }

  /** What is known to break tools: DBeaver by a NULL, Tableau by a setting that is not there. */
  @Test
  void whatToolsTripOverIsThere() throws SQLException {
    try (Connection connection = servers.connect()) {
      assertThat(rows(connection, "SHOW max_index_keys")).containsExactly("32");
      assertThat(rows(connection, "SELECT current_setting('max_index_keys')"))
          .containsExactly("32");
      assertThat(
              rows(
                  connection,
                  "SELECT count(*) FILTER (relacl IS NULL), count(*) FILTER (relname = 'daily'),"
                      + " count(*) > 50 FROM pg_class"))
          .containsExactly("0|1|t");
    }
  }

  static List<String> clients() throws Exception {
    Path file = Path.of(JdbcTest.class.getResource("/clients/catalog.sql").toURI());
    return List.of(Files.readString(file).split("\n\n(?=--)"));
  }

  /** Questions of clients that were never tried; each names a row that it wants, or none. */
  @ParameterizedTest
  @MethodSource("clients")
  void whatOtherClientsAskIsAnswered(String asked) throws SQLException {
    String wanted = asked.lines().findFirst().orElseThrow().replaceFirst(".*: ", "");
    try (Connection connection = servers.connect()) {
      List<String> found = rows(connection, asked);
      if (wanted.equals("nothing")) {
        assertThat(found).isEmpty();
      } else {
        assertThat(found).contains(wanted);
      }
    }
  }

  @Test
  void aViewerSeesTheirTablesOnly() throws SQLException {
    try (Connection connection = servers.connect("viewer", "")) {
      assertThat(
              rows(
                  connection,
                  "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE"
                      + " table_schema NOT IN ('pg_catalog', 'information_schema')"))
          .containsExactly("marts.daily");
      assertThat(rows(connection, "SELECT current_user, current_database()"))
          .containsExactly("viewer|flights");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM pg_class, read_csv('/etc/passwd')",
        "SELECT * FROM pg_class, '/etc/passwd'",
        "SELECT * FROM pg_class JOIN duckdb_tables() d ON true",
        "SELECT * FROM pg_class, duckdb_tables",
        "SELECT * FROM pg_class, catalog0.pg.pg_class x",
        "SELECT * FROM pg_class, catalog0.pg_class x",
        "SELECT * FROM pg_class, system.information_schema.tables x",
        "SELECT * FROM pg_class, query('SELECT 1')",
        "SELECT * FROM pg_class, query_table('pg_type')",
        "SELECT * FROM pg_catalog.pg_class; ATTACH 'x' AS y",
        "WITH x AS (DELETE FROM pg_class RETURNING *) SELECT * FROM x",
        "SELECT * FROM pg_class, glob('/*')",
        "SELECT pg_catalog.read_blob('/etc/passwd')",
        "PRAGMA database_list",
        "ATTACH 'x.db' AS x",
        "COPY pg_class TO '/tmp/x'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "CREATE TABLE x AS SELECT 1",
        "DROP TABLE marts.daily",
        "INSERT INTO marts.daily SELECT * FROM marts.daily",
        "SET memory_limit = '1TB'",
        "SET enable_external_access = true",
        "WITH x AS (COPY pg_class TO '/tmp/x') SELECT * FROM x",
        "CALL pragma_version()",
        "EXPORT DATABASE '/tmp/x'",
        "SELECT set_config('enable_external_access', 'true', false)"
      })
  void whatIsNotASelectFromTheCatalogIsRefused(String sql) throws SQLException {
    try (Connection connection = servers.connect();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(
              () -> {
                for (String part : sql.split("; ")) {
                  statement.execute(part);
                }
              })
          .isInstanceOf(PSQLException.class);
      assertThat(rows(connection, "SELECT count(*) > 0 FROM pg_class")).containsExactly("t");
    }
  }

  @Test
  void errorsHaveACodeAndAPlace() throws SQLException {
    try (Connection connection = servers.connect()) {
      assertThatThrownBy(() -> rows(connection, "SELEC 1"))
          .isInstanceOfSatisfying(
              PSQLException.class,
              e -> {
                assertThat(e.getSQLState()).isEqualTo("42601");
                assertThat(e.getServerErrorMessage().getPosition()).isEqualTo(1);
                assertThat(e.getServerErrorMessage().getHint()).contains("only SELECT");
              });
      assertThatThrownBy(() -> rows(connection, "SELECT 'é'; FETCH ALL FROM , x"))
          .isInstanceOfSatisfying(
              PSQLException.class,
              e -> assertThat(e.getServerErrorMessage().getPosition()).isPositive());
      assertThatThrownBy(() -> rows(connection, "SELECT * FROM pg_nothing"))
          .isInstanceOfSatisfying(
              PSQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42P01"));
    }
  }
}
