package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.cli.Towpath;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whoever may ask reads granted tables and nothing else. Somebody who may read everything has asked
 * for the secret table before, so that it is there for an engine that forgets who asks.
 */
class AttackTest {
  private static final String SECRET = "hunter2-of-the-payroll";

  @TempDir private static Path folder;
  private static Served server;
  private static String viewer;

  @BeforeAll
  static void start() throws Exception {
    Towpath project = Served.project(folder);
    project.write(
        "towpath.yml",
        """
        project: small
        access:
          viewer: {tables: [marts.*], endpoints: [headcount]}
        """);
    project.write("seeds/hr/pay.csv", "name,pay\n" + SECRET + ",1000000\n");
    String view = "/* towpath\nkind: view\n*/\n";
    project.write("models/hr/seen.sql", view + "SELECT name FROM hr.pay");
    project.write("models/marts/named.sql", view + "SELECT count(*) AS n FROM hr.seen");
    String header = "/* towpath\nget: /%s\n*/\n";
    project.write(
        "apis/headcount.sql", header.formatted("headcount") + "SELECT count(*) AS n FROM hr.pay");
    project.write("apis/payroll.sql", header.formatted("payroll") + "SELECT name FROM hr.pay");
    viewer = Served.user(folder, "vera", "viewer");
    server = Served.start(folder);
    JsonNode build = server.build();
    assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCESS");
    for (String sql : List.of("FROM hr.pay", "FROM hr.seen", "FROM raw.t")) {
      assertThat(ask(sql, server.token()).statusCode()).as(sql).isEqualTo(200);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static HttpResponse<String> ask(String sql, String token, Object... params)
      throws Exception {
    Map<String, Object> body =
        params.length == 0
            ? Map.of("sql", sql)
            : Map.of("sql", sql, "params", Map.of("p", params[0]));
    return server.send(
        server
            .request("/api/v1/query", token)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(Served.JSON.writeValueAsString(body))));
  }

  @Test
  void whatIsGrantedIsRead() throws Exception {
    for (String sql :
        List.of(
            "FROM marts.m",
            "SELECT count(*) FROM MARTS.M",
            "FROM marts.named",
            "WITH pay AS (SELECT 1 AS x) FROM pay",
            "SELECT 'hr.pay'",
            "DESCRIBE marts.m",
            "SUMMARIZE marts.m")) {
      HttpResponse<String> answer = ask(sql, viewer);
      assertThat(answer.statusCode()).as("%s: %s", sql, answer.body()).isEqualTo(200);
    }
  }

  static Stream<String> waysToASecret() {
    List<String> ways =
        new ArrayList<>(
            List.of(
                "FROM hr.pay",
                "FROM hr.seen",
                "SELECT * FROM \"hr\".\"pay\"",
                "SELECT * FROM HR.Pay",
                "SELECT * FROM marts.m, hr.pay",
                "SELECT * FROM marts.m WHERE id IN (SELECT 1 FROM hr.pay)",
                "SELECT (SELECT max(name) FROM hr.pay)",
                "WITH x AS (FROM hr.pay) FROM x",
                "WITH RECURSIVE x AS (FROM hr.pay UNION ALL SELECT * FROM x WHERE false) FROM x",
                "WITH x AS MATERIALIZED (FROM hr.pay) SELECT 1 FROM marts.m",
                "SELECT 1 UNION ALL SELECT name FROM hr.pay",
                "SELECT 1 FROM marts.m EXCEPT SELECT 1 FROM hr.pay",
                "SELECT * FROM marts.m m LEFT JOIN LATERAL (FROM hr.pay) p ON true",
                "SELECT EXISTS (FROM hr.pay)",
                "SELECT list_transform([1], lambda x: (SELECT count(*) FROM hr.pay))",
                "SELECT * FROM marts.m ORDER BY (SELECT name FROM hr.pay)",
                "SELECT * FROM marts.m LIMIT (SELECT pay FROM hr.pay)",
                "SELECT count(*) FILTER (WHERE (SELECT true FROM hr.pay)) FROM marts.m",
                "SELECT sum(id) OVER (ORDER BY (SELECT pay FROM hr.pay)) FROM marts.m",
                "SELECT * FROM (PIVOT hr.pay ON name USING sum(pay))",
                "SELECT * FROM (UNPIVOT hr.pay ON pay)",
                "PIVOT hr.pay ON name USING sum(pay)",
                "FROM hr.pay SELECT name",
                "FROM (DESCRIBE hr.pay)",
                "FROM (SUMMARIZE hr.pay)",
                "DESCRIBE hr.pay",
                "SUMMARIZE hr.pay",
                "TABLE hr.pay",
                "SELECT * FROM query_table('hr.pay')",
                "SELECT * FROM query_table(['hr.pay'])",
                "SELECT * FROM query('FROM hr.pay')",
                "SELECT * FROM query('FROM ' || 'hr.pay')",
                "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('FROM hr.pay'))",
                "SELECT * FROM sql_auto_complete('FROM hr.')",
                "SELECT * FROM duckdb_tables()",
                "SELECT * FROM duckdb_views()",
                "SELECT * FROM duckdb_columns()",
                "SELECT * FROM duckdb_functions()",
                "SELECT * FROM duckdb_databases()",
                "SELECT * FROM duckdb_settings()",
                "SELECT * FROM duckdb_secrets()",
                "SELECT * FROM duckdb_temporary_files()",
                "SELECT * FROM duckdb_logs",
                "SELECT * FROM information_schema.tables",
                "SELECT * FROM information_schema.columns",
                "SELECT * FROM pg_catalog.pg_tables",
                "SELECT * FROM pg_tables",
                "SELECT * FROM sqlite_master",
                "SELECT * FROM pragma_table_info('hr.pay')",
                "SELECT * FROM pragma_storage_info('hr.pay')",
                "SELECT * FROM pragma_database_list()",
                "SELECT * FROM pragma_show('hr.pay')",
                "FROM (SHOW TABLES)",
                "FROM (SHOW ALL TABLES)",
                "SHOW TABLES",
                "SHOW ALL TABLES",
                "SELECT getvariable('x')",
                "SELECT current_setting('temp_directory')",
                "SELECT getenv('HOME')",
                "SELECT * FROM glob('**')",
                "SELECT * FROM read_text('/etc/passwd')",
                "SELECT * FROM read_blob('/etc/passwd')",
                "SELECT * FROM read_csv('/etc/passwd')",
                "SELECT * FROM read_csv_auto('/etc/passwd')",
                "SELECT * FROM sniff_csv('/etc/passwd')",
                "SELECT * FROM read_json('/etc/passwd')",
                "SELECT * FROM parquet_metadata('x.parquet')",
                "SELECT * FROM '/etc/passwd'",
                "SELECT * FROM \"/etc/passwd\"",
                "SELECT * FROM 'https://example.org/x.csv'",
                "SELECT * FROM read_csv('http://127.0.0.1:1/x')",
                "COPY (SELECT 1) TO 'stolen.csv'",
                "COPY marts.m TO '/tmp/towpath-stolen'",
                "ATTACH '/tmp/x.db'",
                "ATTACH ':memory:' AS x",
                "EXPORT DATABASE '/tmp/towpath-stolen'",
                "IMPORT DATABASE '/tmp'",
                "LOAD httpfs",
                "INSTALL httpfs",
                "PRAGMA database_list",
                "PRAGMA enable_profiling",
                "SET memory_limit = '100GB'",
                "RESET ALL",
                "SET VARIABLE x = 1",
                "CALL pragma_version()",
                "CREATE TABLE x AS SELECT 1",
                "CREATE TEMP TABLE x AS SELECT 1",
                "CREATE OR REPLACE MACRO f() AS 1",
                "CREATE SECRET s (TYPE s3)",
                "DROP TABLE marts.m",
                "INSERT INTO marts.m VALUES (1)",
                "UPDATE marts.m SET id = 1",
                "DELETE FROM marts.m",
                "TRUNCATE marts.m",
                "ALTER TABLE marts.m ADD COLUMN x INTEGER",
                "CHECKPOINT",
                "VACUUM",
                "ANALYZE",
                "BEGIN",
                "USE marts",
                "EXPLAIN FROM hr.pay",
                "EXPLAIN ANALYZE FROM hr.pay",
                "PREPARE x AS SELECT 1",
                "EXECUTE x",
                "DEALLOCATE x",
                "SELECT 1; FROM hr.pay",
                "SELECT 1;;",
                "MERGE INTO marts.m USING marts.m AS n ON false WHEN NOT MATCHED THEN INSERT",
                "WITH x AS (DELETE FROM marts.m RETURNING *) FROM x",
                "FROM memory.hr.pay",
                "FROM main.hr.pay",
                "FROM system.information_schema.tables",
                "FROM temp.hr.pay",
                "SELECT * FROM nextval('x')",
                "SELECT txid_current(), * FROM hr.pay AT (VERSION => 1)",
                "FROM iceberg_scan('.')",
                "FROM arrow_scan(1, 2, 3)",
                "FROM arrow_scan_dumb(1, 2, 3)",
                "FROM seq_scan('hr.pay')",
                "FROM repeat_row(1, num_rows = 9)",
                "SELECT write_log('x')",
                "FROM force_checkpoint()",
                "FROM test_all_types()",
                "FROM 'hr.pay'",
                "FROM \"hr.pay\""));
    for (int i = 0; i < 4; i++) {
      ways.add("FROM release_" + i + ".hr.pay");
      ways.add("FROM r" + i + ".hr.pay");
    }
    return ways.stream();
  }

  /** Those of them that are answered, since they only look as if they reached something. */
  private static final Map<String, String> HARMLESS =
      Map.of(
          "SELECT 1;;",
          "[[1]]",
          "FROM repeat_row(1, num_rows = 9)",
          "[[1],[1],[1],[1],[1],[1],[1],[1],[1]]");

  @ParameterizedTest
  @MethodSource("waysToASecret")
  void nothingElseIsReached(String sql) throws Exception {
    HttpResponse<String> answer = ask(sql, viewer);
    assertThat(answer.body()).doesNotContain(SECRET, "1000000", "root:", folder.toString());
    if (HARMLESS.containsKey(sql)) {
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(Served.JSON.readTree(answer.body()).path("rows")).hasToString(HARMLESS.get(sql));
    } else {
      Served.problem(answer, 400);
    }
    assertThat(Files.exists(Path.of("/tmp/towpath-stolen"))).isFalse();
  }

  /** A table that somebody may not read is told as one that does not exist, to the letter. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "FROM %s",
        "SELECT name FROM %s WHERE nme = 1",
        "SELECT %s.name FROM marts.m",
        "DESCRIBE %s",
        "FROM marts.m JOIN %s USING (id)"
      })
  void whatIsNotGrantedIsNotThere(String sql) throws Exception {
    HttpResponse<String> hidden = ask(sql.formatted("hr.pay"), viewer);
    HttpResponse<String> absent = ask(sql.formatted("hr.puy"), viewer);
    assertThat(hidden.statusCode()).isEqualTo(absent.statusCode()).isEqualTo(400);
    assertThat(hidden.body().replace("hr.pay", "hr.puy")).isEqualTo(absent.body());
  }

  static Stream<Object> injections() {
    return Stream.of(
        "'; DROP TABLE marts.m; --",
        "' OR '1'='1",
        "1) UNION SELECT name FROM hr.pay --",
        "$$; FROM hr.pay; $$",
        "\\'; FROM hr.pay",
        "/* */ FROM hr.pay",
        "\0",
        "\u202e",
        "%s%n",
        "x".repeat(100_000));
  }

  @ParameterizedTest
  @MethodSource("injections")
  void valuesAreBoundAndNeverSql(Object value) throws Exception {
    HttpResponse<String> text = ask("SELECT $p::VARCHAR AS x", viewer, value);
    if (text.statusCode() == 200) {
      assertThat(Served.JSON.readTree(text.body()).path("rows").path(0).path(0).asText())
          .isEqualTo(value);
    } else {
      Served.problem(text, 400);
    }
    for (String type :
        List.of(
            "INTEGER",
            "DATE",
            "TIMESTAMP",
            "BOOLEAN",
            "DOUBLE",
            "DECIMAL(9,2)",
            "UUID",
            "INTEGER[]",
            "VARCHAR[]",
            "STRUCT(a INTEGER)",
            "MAP(VARCHAR, INTEGER)",
            "BLOB",
            "TIME",
            "JSON")) {
      HttpResponse<String> answer =
          ask("SELECT $p AS x", viewer, Map.of("type", type, "value", value));
      assertThat(answer.body()).as(type).doesNotContain(SECRET);
      assertThat(answer.statusCode()).as("%s: %s", type, answer.body()).isIn(200, 400);
    }
    HttpResponse<String> hidden =
        ask("SELECT $p AS x", viewer, Map.of("type", "INTEGER); FROM hr.pay; --", "value", value));
    Served.problem(hidden, 400);
    assertThat(ask("SELECT count(*) FROM marts.m", viewer).body()).contains("[3]");
  }

  @Test
  void namesOfParametersAreNeverSql() throws Exception {
    for (String name : List.of("p; FROM hr.pay", "p\"", "1", "", "p p", "ä", "p'")) {
      HttpResponse<String> answer =
          server.send(
              server
                  .request("/api/v1/query", viewer)
                  .header("Content-Type", "application/json")
                  .POST(
                      BodyPublishers.ofString(
                          Served.JSON.writeValueAsString(
                              Map.of("sql", "SELECT 1", "params", Map.of(name, 1))))));
      Served.problem(answer, 400);
    }
  }

  /** Whoever may call an endpoint gets what its query says, and no other endpoint is there. */
  @Test
  void endpointsAreCalledByWhoMay() throws Exception {
    HttpResponse<String> granted = server.send(server.request("/headcount", viewer));
    assertThat(granted.statusCode()).as(granted.body()).isEqualTo(200);
    assertThat(granted.body()).contains("\"n\":1");
    HttpResponse<String> hidden = server.send(server.request("/payroll", viewer));
    HttpResponse<String> absent = server.send(server.request("/payrxll", viewer));
    assertThat(hidden.statusCode()).isEqualTo(404);
    assertThat(hidden.body()).isEqualTo(absent.body());
    assertThat(server.send(server.request("/payroll")).body()).contains(SECRET);
    for (String path :
        List.of("/api/v1/graph", "/api/v1/columns", "/api/v1/endpoints/openapi.json")) {
      HttpResponse<String> answer = server.send(server.request(path, viewer));
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).as(path).doesNotContain("hr.", "payroll", "raw.t");
    }
  }

  @Test
  void pathsLeadNowhereElse() throws Exception {
    for (String path :
        List.of(
            "/api/v1/hooks/../users",
            "/api/v1/hooks/%2e%2e/users",
            "/api/v1/hooks/..%2fusers",
            "/api/v1/hooks/x/../../users",
            "/healthz/../api/v1/users",
            "/api/v1/session/../users",
            "/api/v1/session/..;/users",
            "/api/v1/hooks//users",
            "/api/v1/users;x=1",
            "//api/v1/users",
            "/API/V1/USERS",
            "/console/../api/v1/users",
            "/console/%2e%2e/api/v1/users",
            "/api/v1/assets/..%2f..%2ftoken")) {
      for (String method : List.of("GET", "POST", "HEAD")) {
        String answer =
            SecurityTest.raw(
                server,
                method
                    + " "
                    + path
                    + " HTTP/1.1\r\nHost: 127.0.0.1:"
                    + server.port()
                    + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        assertThat(answer)
            .as(method + " " + path)
            .doesNotContain("vera", "\"users\"", "Exception")
            .containsPattern(
                path.startsWith("/console/")
                    ? "^HTTP/1.1 (200|302|400|401|404)" // the console's page, at most
                    : "^HTTP/1.1 (400|401|404|405|421)");
      }
    }
  }
}
