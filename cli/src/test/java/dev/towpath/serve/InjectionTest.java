package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.cli.Towpath;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
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
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SQL in the value of an endpoint's parameter, of every type and at every place where a value may
 * stand: in the path, in the URL, in a list, in a body. It stays a value, or it is no value.
 */
class InjectionTest {
  private static final String SECRET = "hunter2-of-the-payroll";

  /** Every type that a parameter may have, with a value of it as it comes back in JSON. */
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("varchar", "a"),
          Map.entry("boolean", "true"),
          Map.entry("tinyint", "1"),
          Map.entry("smallint", "1"),
          Map.entry("integer", "1"),
          Map.entry("bigint", "1"),
          Map.entry("hugeint", "1"),
          Map.entry("utinyint", "1"),
          Map.entry("usmallint", "1"),
          Map.entry("uinteger", "1"),
          Map.entry("ubigint", "1"),
          Map.entry("uhugeint", "1"),
          Map.entry("json", "a"),
          Map.entry("float", "1.5"),
          Map.entry("double", "1.5"),
          Map.entry("decimal(9,2)", "1.50"),
          Map.entry("date", "2026-01-31"),
          Map.entry("time", "10:00:01"),
          Map.entry("timestamp", "2026-01-31T10:00:01"),
          Map.entry("timestamptz", "2026-01-31T10:00:01Z"),
          Map.entry("uuid", "0197b0f5-0000-7000-8000-000000000001"));

  private static final List<String> ATTACKS =
      List.of(
          "1 OR 1=1",
          "1' OR '1'='1",
          "'; DROP TABLE hr.pay; --",
          "1); DROP TABLE hr.pay; --",
          "1 UNION SELECT name FROM hr.pay",
          "(SELECT name FROM hr.pay)",
          "'||(SELECT name FROM hr.pay)||'",
          "1; ATTACH '/tmp/x.db'; --",
          "$1",
          "$other",
          "?",
          ":p",
          "${HOME}",
          "{{ 7 * 7 }}",
          "'::VARCHAR",
          "2026-01-31'; DROP TABLE hr.pay; --",
          "2026-01-31 /* */ OR true",
          "0197b0f5-0000-7000-8000-000000000001' OR '1'='1",
          "a] || [(SELECT name FROM hr.pay)",
          "1, (SELECT 1 FROM hr.pay)",
          "1e1) OR (1=1",
          "0x31",
          "NULL",
          "read_text('/etc/passwd')",
          "*/ UNION SELECT name FROM hr.pay /*",
          "\\",
          "'",
          "''",
          "\"",
          "`",
          "\u2019 OR \u20191\u2019=\u20191",
          "\uff07 OR 1=1",
          "1\u0000",
          "1\n; DROP TABLE hr.pay");

  @TempDir private static Path folder;
  private static Served server;

  @BeforeAll
  static void start() throws Exception {
    Towpath project = Served.project(folder);
    project.write("seeds/hr/pay.csv", "name,pay\n" + SECRET + ",1000000\n");
    TYPES.keySet().forEach(type -> declare(project, type));
    project.write(
        "apis/choice.sql",
        """
        /* towpath
        get: /choice/{p}
        params: {p: {type: varchar, values: [a, b]}}
        */
        SELECT $p AS v, (SELECT count(*) FROM marts.m WHERE region = $p) AS n
        """);
    server = Served.start(folder);
    assertThat(server.build().path("state").asText()).isEqualTo("SUCCESS");
  }

  private static void declare(Towpath project, String type) {
    String name = name(type);
    String sql = "*/\nSELECT $p AS v, (SELECT count(*) FROM marts.m WHERE %s) AS n\n";
    String one = sql.formatted("id::VARCHAR = $p::VARCHAR");
    try {
      project.write(
          "apis/path_" + name + ".sql",
          "/* towpath\nget: /path/%s/{p}\nparams: {p: \"%s\"}\n".formatted(name, type) + one);
      project.write(
          "apis/query_" + name + ".sql",
          "/* towpath\nget: /query/%s\nparams: {p: \"%s\"}\n".formatted(name, type) + one);
      project.write(
          "apis/body_" + name + ".sql",
          "/* towpath\npost: /body/%s\nparams: {p: \"%s\"}\n".formatted(name, type) + one);
      String list = "params: {p: {type: \"%s\", list: true}}\n".formatted(type);
      String many = sql.formatted("list_contains($p::VARCHAR[], id::VARCHAR)");
      project.write(
          "apis/list_" + name + ".sql", "/* towpath\nget: /list/" + name + "\n" + list + many);
      project.write(
          "apis/bodies_" + name + ".sql", "/* towpath\npost: /bodies/" + name + "\n" + list + many);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String name(String type) {
    return type.replaceAll("\\W", "");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return server.send(server.request(path));
  }

  private static HttpResponse<String> post(String path, Object value) throws Exception {
    return server.send(
        server
            .request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(Served.JSON.writeValueAsString(Map.of("p", value)))));
  }

  /** All the ways in which a value reaches an endpoint of its type. */
  private static List<HttpResponse<String>> everywhere(String type, String value) throws Exception {
    String name = name(type);
    List<HttpResponse<String>> answers = new ArrayList<>();
    answers.add(get("/query/" + name + "?p=" + encoded(value)));
    answers.add(post("/body/" + name, value));
    answers.add(get("/list/" + name + "?p=" + encoded(value)));
    answers.add(get("/list/" + name + "?p=" + encoded(TYPES.get(type)) + "&p=" + encoded(value)));
    answers.add(post("/bodies/" + name, List.of(value)));
    answers.add(post("/bodies/" + name, List.of(TYPES.get(type), value)));
    // At the end: after a path that is none the server hangs up, and a POST is not sent again.
    answers.add(get("/path/" + name + "/" + encoded(value)));
    return answers;
  }

  /** A value that came back, alone or in a list. */
  private static String given(JsonNode value, int index) {
    return (value.isArray() ? value.path(index) : value).asText();
  }

  static Stream<Arguments> attacks() {
    return TYPES.keySet().stream()
        .sorted()
        .flatMap(type -> ATTACKS.stream().map(attack -> Arguments.of(type, attack)));
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void aValueStaysAValue(String type, String attack) throws Exception {
    for (HttpResponse<String> answer : everywhere(type, attack)) {
      assertThat(answer.body()).doesNotContain(SECRET, "root:");
      if (!type.equals("varchar") && !type.equals("json")) { // every text is a JSON text
        Served.problem(answer, 400);
      } else if (answer.statusCode() == 200) {
        JsonNode row = Served.JSON.readTree(answer.body()).path("data").path(0);
        assertThat(given(row.path("v"), row.path("v").size() - 1)).isEqualTo(attack);
        assertThat(row.path("n").asInt()).as("rows that it matches").isZero();
      } else { // such as a zero byte in a path
        Served.problem(answer, 400);
      }
    }
  }

  static Stream<String> types() {
    return TYPES.keySet().stream().sorted();
  }

  /** The endpoints do take what is of their type; else nothing was tried above. */
  @ParameterizedTest
  @MethodSource("types")
  void aGoodValueIsTaken(String type) throws Exception {
    for (HttpResponse<String> answer : everywhere(type, TYPES.get(type))) {
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      JsonNode value = Served.JSON.readTree(answer.body()).path("data").path(0).path("v");
      assertThat(given(value, 0).replaceFirst("\\.50$", ".5"))
          .isEqualTo(TYPES.get(type).replaceFirst("\\.50$", ".5"));
    }
  }

  /** Types of which nobody tells a value from an attack are none for parameters. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "blob",
        "interval",
        "bit",
        "bignum",
        "timetz",
        "timestamp_s",
        "timestamp_ms",
        "timestamp_ns",
        "enum('a', 'b')",
        "struct(a integer)",
        "map(varchar, integer)",
        "union(a integer, b varchar)",
        "integer[]",
        "integer[3]"
      })
  void otherTypesAreRefused(String type, @TempDir Path own) throws Exception {
    Towpath project = new Towpath(own);
    project.write("towpath.yml", "project: own\n");
    project.write(
        "apis/own.sql",
        "/* towpath\nget: /own\nparams:\n  p: \"%s\"\n*/\nSELECT $p AS v\n".formatted(type));
    Towpath.Result check = project.run("check");
    assertThat(check.exit()).isEqualTo(1);
    assertThat(check.err())
        .contains("apis/own.sql:4:3: a parameter of an endpoint cannot be of type ")
        .containsPattern("make it a varchar and write \\$p::|list: true");
  }

  @Test
  void aChoiceIsOneOfItsValues() throws Exception {
    assertThat(get("/choice/a").statusCode()).isEqualTo(200);
    for (String attack : ATTACKS) {
      HttpResponse<String> answer = get("/choice/" + encoded(attack));
      assertThat(answer.body()).doesNotContain(SECRET);
      Served.problem(answer, 400);
    }
  }

  @Test
  void whatWasAttackedIsStillThere() throws Exception {
    aValueStaysAValue("varchar", "'; DROP TABLE hr.pay; --");
    HttpResponse<String> rows =
        server.post("/api/v1/query", "{\"sql\": \"SELECT name FROM hr.pay\"}");
    assertThat(rows.body()).contains(SECRET);
  }
}
