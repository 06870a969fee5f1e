package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.cli.Towpath;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints at the paths that the project declares, as clients call them. */
class EndpointsTest {
  @TempDir private static Path folder;
  private static Towpath project;
  private static Served server;
  private static String other;

  @BeforeAll
  static void start() throws Exception {
    project = Served.project(folder);
    project.write("towpath.yml", "project: small\nenvironments: {dev: {keep: 2}}\n");
    other = Served.user(folder, "otto", "viewer");
    project.write("models/marts/shifting.sql", "SELECT n, 'old' AS tag FROM range(7) AS r(n)\n");
    project.write(
        "apis/shifting.sql",
        "/* towpath\nget: /shifting\npage: {size: 2, by: [n]}\n*/\nFROM marts.shifting\n");
    project.write(
        "models/marts/many.sql",
        "SELECT n, CASE WHEN n % 3 > 0 THEN 'g' || (n % 3) END AS g, n / 4 AS part"
            + " FROM range(1000) AS r(n)\n");
    project.write("models/marts/other.sql", "SELECT count(*) AS n FROM raw.t\n");
    project.write(
        "apis/region.sql",
        """
        /* towpath
        description: Rows of a region
        get: /regions/{region}/rows
        params:
          region: varchar
          since: {type: date, default: 2026-01-01, min: 2020-01-01, max: 2030-01-01}
          least: {type: "decimal(9,2)", default: 0}
          kind: {type: varchar, default: all, values: [all, none]}
          ids: {type: bigint, list: true, default: 1}
          note: {type: varchar, default: null}
        */
        SELECT id, region, day, part, $note AS note
        FROM marts.m
        WHERE region = $region AND day >= $since AND part >= $least AND $kind = 'all'
          AND list_contains($ids, id)
        ORDER BY id
        """);
    project.write("apis/fixed.sql", "/* towpath\nget: /regions/all/rows\n*/\nSELECT 1 AS one;\n");
    project.write(
        "apis/many.sql",
        """
        /* towpath
        get: /many
        params: {most: {type: integer, default: 1000}}
        page: {size: 300, most: 500, by: [g desc, n]}
        */
        SELECT * FROM marts.many WHERE n < $most; -- the semicolon is fine
        """);
    project.write(
        "apis/sum.sql",
        """
        /* towpath
        post: /sums/{name}
        params: {name: varchar, numbers: {type: double, list: true}, scale: {type: integer, default: null}}
        */
        SELECT $name AS name, list_sum($numbers) AS total, $scale AS scale
        """);
    project.write("apis/now.sql", "/* towpath\nget: /now\n*/\nSELECT now() AS at\n");
    project.write(
        "apis/rare.sql", "/* towpath\nget: /rare\nrate_limit: 2/h\ncache: 5m\n*/\nSELECT 1 AS n\n");
    project.write("apis/off.sql", "/* towpath\nget: /off\ncache: off\n*/\nFROM marts.other\n");
    project.write(
        "apis/slow.sql",
        """
        /* towpath
        get: /slow
        timeout: 1s
        */
        SELECT count(*) AS n FROM range(100000000000) a, range(1000000) b
        """);
    project.write(
        "apis/types.sql",
        """
        /* towpath
        get: /types
        */
        SELECT true AS b, 9007199254740993 AS i, 1.20::DECIMAL(9,2) AS d, 0.1::FLOAT AS f,
          'NaN'::DOUBLE AS nan, DATE '2026-01-31' AS day, TIMESTAMP '2026-01-31 10:00:00' AS t,
          TIMESTAMPTZ '2026-01-31 10:00:00+02' AS z, [1, NULL] AS l, {'a': 'x'} AS s,
          MAP {'k': 2} AS m, E'{"a":\\n [1]}'::JSON AS j, NULL::VARCHAR AS nothing, 'ä"' AS txt
        """);
    project.write(
        "apis/nested.sql",
        """
        /* towpath
        get: /nested
        */
        SELECT ['{"a": 1}'::JSON, NULL, E'[\\n2]'::JSON] AS l, [['"x"'::JSON]] AS ll,
          {'j': 'true'::JSON, 't': '{}'} AS s, MAP {'k': '1.50'::JSON} AS m,
          ['{}'::JSON, 'null'::JSON]::JSON[2] AS fixed, [0.1::FLOAT] AS f, ['[1]'] AS texts
        """);
    server = Served.start(folder);
    assertThat(server.build().path("state").asText()).isEqualTo("SUCCESS");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = server.request(path);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return server.send(request);
  }

  private static String data(String path) throws Exception {
    return server.get(path).path("data").toString();
  }

  private static List<String> errors(JsonNode problem) {
    List<String> names = new ArrayList<>();
    problem.path("errors").forEach(e -> names.add(e.path("name").asText()));
    return names;
  }

  @Test
  void anEndpointAnswersAtItsPath() throws Exception {
    JsonNode answer = server.get("/regions/N/rows?ids=1&ids=2&note=a%26b");
    assertThat(answer.toString())
        .isEqualTo(
            "{\"data\":[{\"id\":1,\"region\":\"N\",\"day\":\"2026-01-01\",\"part\":0.25,"
                + "\"note\":\"a&b\"}],\"next\":null}");
    assertThat(data("/regions/S/rows")).isEqualTo("[]");
    assertThat(data("/regions/S/rows?ids=2&since=2026-01-02&least=0.5")).startsWith("[{\"id\":2");
    assertThat(data("/regions/N/rows?kind=none")).isEqualTo("[]");
    assertThat(data("/regions/all/rows")).isEqualTo("[{\"one\":1}]");
    Served.problem(server.send(server.bare("/regions/N/rows")), 401);
    Served.problem(get("/regions/N"), 404);
    Served.problem(get("/regions/N/rows/"), 404);
    HttpResponse<String> wrong = server.post("/regions/N/rows", "{}");
    assertThat(Served.problem(wrong, 405).path("detail").asText()).contains("POST");
    assertThat(wrong.headers().firstValue("Allow")).hasValue("GET");
    String mia = Served.user(folder, "mia", "viewer", "--endpoints", "many");
    Served.problem(
        server.send(
            server.request("/regions/N/rows", mia).POST(HttpRequest.BodyPublishers.ofString("{}"))),
        404); // not 405, which would say that there is something
  }

  @Test
  void refusedCallsAreCounted() throws Exception {
    Served.problem(get("/regions/N/rows?least=x"), 400);
    assertThat(get("/metrics").body())
        .containsPattern("towpath_http_requests[a-z_]*\\{[^}]*/regions/\\{region}/rows[^}]*400");
  }

  @Test
  void allMistakesAreToldAtOnce() throws Exception {
    JsonNode problem =
        Served.problem(
            get(
                "/regions/N/rows?since=2026-02-30&least=1.234&kind=some&ids=1&ids=x&note=1&note=2"
                    + "&lest=1"),
            400);
    assertThat(errors(problem))
        .containsExactlyInAnyOrder("since", "least", "kind", "ids", "note", "lest");
    assertThat(problem.path("errors").toString())
        .contains(
            "it is one of all, none",
            "did you mean",
            "note is given 2 times",
            "it is of type DATE");
    assertThat(errors(Served.problem(get("/regions/N/rows?since=2019-12-31"), 400)))
        .containsExactly("since");
    assertThat(errors(Served.problem(server.post("/sums/a", "{\"nmbers\": [1]}"), 400)))
        .contains("nmbers");
    assertThat(errors(Served.problem(server.post("/sums/a", "{}"), 400)))
        .containsExactly("numbers");
    assertThat(
            errors(
                Served.problem(
                    server.post("/sums/a", "{\"numbers\": [1, \"x\"], \"scale\": 1.5}"), 400)))
        .containsExactlyInAnyOrder("numbers", "scale");
    Served.problem(get("/regions/N/rows", "Accept", "text/html"), 406);
    JsonNode twice = Served.problem(get("/regions/N/rows?region=S&lest=1"), 400);
    assertThat(errors(twice)).containsExactlyInAnyOrder("region", "lest");
    assertThat(twice.path("errors").toString()).contains("region is given 2 times");
    assertThat(
            errors(
                Served.problem(server.post("/sums/a", "{\"numbers\": [1], \"name\": \"b\"}"), 400)))
        .containsExactly("name");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "N' OR '1'='1",
        "'; DROP TABLE marts.m; --",
        "\\",
        "\"",
        "$since",
        "%27 OR true",
        "*/ UNION ALL SELECT 1 /*",
        "ä",
        ".."
      })
  void whatIsInAValueStaysInIt(String text) throws Exception {
    String encoded = java.net.URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    HttpResponse<String> inPath = get("/regions/" + encoded + "/rows");
    assertThat(inPath.statusCode()).isIn(200, 400, 404);
    if (inPath.statusCode() == 200) {
      assertThat(Served.JSON.readTree(inPath.body()).path("data")).isEmpty();
    }
    assertThat(server.get("/regions/N/rows?note=" + encoded).at("/data/0/note").asText())
        .isEqualTo(text);
    JsonNode sum =
        server.posted("/sums/" + "x", java.util.Map.of("numbers", List.of(1.5, 2), "scale", 3));
    assertThat(sum.path("data").toString())
        .isEqualTo("[{\"name\":\"x\",\"total\":3.5,\"scale\":3}]");
  }

  @Test
  void pagesFollowEachOtherOverOneRelease() throws Exception {
    List<String> rows = new ArrayList<>();
    JsonNode page = server.get("/many?limit=400");
    int pages = 1;
    while (true) {
      page.path("data").forEach(r -> rows.add(r.path("g").asText() + "/" + r.path("n").asInt()));
      if (page.path("next").isNull()) {
        break;
      }
      page = server.get("/many?limit=400&cursor=" + page.path("next").asText());
      pages++;
    }
    assertThat(pages).isEqualTo(3);
    assertThat(rows).hasSize(1000).doesNotHaveDuplicates();
    assertThat(rows.getFirst()).isEqualTo("g2/2");
    assertThat(rows.getLast()).isEqualTo("null/999");
    JsonNode first = server.get("/many");
    assertThat(first.path("data")).hasSize(300);
    assertThat(server.get("/many?most=300").path("next").isNull()).isTrue();
    String cursor = first.path("next").asText();
    assertThat(errors(Served.problem(get("/many?most=400&cursor=" + cursor), 400)))
        .containsExactly("cursor");
    assertThat(errors(Served.problem(get("/many?cursor=" + cursor + "x"), 400)))
        .containsExactly("cursor");
    assertThat(errors(Served.problem(get("/many?cursor=&limit=501"), 400)))
        .containsExactly("limit");
    HttpResponse<String> csv = get("/many", "Accept", "text/csv");
    assertThat(csv.body().lines()).hasSize(301);
    String next = csv.headers().firstValue("Towpath-Next").orElseThrow();
    assertThat(get("/many?cursor=" + next, "Accept", "text/csv").body().lines().skip(1).findFirst())
        .hasValueSatisfying(l -> assertThat(l).isNotEqualTo(csv.body().lines().toList().get(1)));
  }

  /** What is published between two pages moves no row; a release that is gone is said to be. */
  @Test
  void pagesAreOfTheReleaseOfTheFirst() throws Exception {
    JsonNode first = server.get("/shifting");
    assertThat(first.path("data").toString())
        .isEqualTo("[{\"n\":0,\"tag\":\"old\"},{\"n\":1,\"tag\":\"old\"}]");
    publish("SELECT n - 2 AS n, 'new' AS tag FROM range(9) AS r(n)\n");
    assertThat(server.get("/shifting").at("/data/0/n").asInt()).isEqualTo(-2);
    JsonNode second = server.get("/shifting?cursor=" + first.path("next").asText());
    assertThat(second.path("data").toString())
        .isEqualTo("[{\"n\":2,\"tag\":\"old\"},{\"n\":3,\"tag\":\"old\"}]");
    publish("SELECT n - 3 AS n, 'newer' AS tag FROM range(9) AS r(n)\n");
    String third = "/shifting?cursor=" + second.path("next").asText();
    assertThat(server.get(third).at("/data/0/tag").asText()).isEqualTo("old");
    project.run("gc", "--grace", "0").good(); // towpath.yml says: keep: 2
    assertThat(Served.problem(get(third), 410).path("detail").asText())
        .isEqualTo("the release that the first page was read from is gone");
  }

  private static void publish(String sql) throws Exception {
    project.write("models/marts/shifting.sql", sql);
    assertThat(server.build().path("state").asText()).isEqualTo("SUCCESS");
  }

  @Test
  void pagesComeAsParquet(@TempDir Path files) throws Exception {
    List<String> rows = new ArrayList<>();
    String cursor = "";
    int pages = 0;
    while (pages == 0 || !cursor.isEmpty()) {
      HttpResponse<byte[]> page =
          server.bytes(
              server
                  .request("/many?limit=400" + (pages == 0 ? "" : "&cursor=" + cursor))
                  .header("Accept", "application/vnd.apache.parquet"));
      assertThat(page.statusCode()).isEqualTo(200);
      Path file = files.resolve(pages++ + ".parquet");
      Files.write(file, page.body());
      try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
          Statement statement = duckdb.createStatement();
          ResultSet found = statement.executeQuery("SELECT n, g FROM '" + file + "'")) {
        while (found.next()) {
          rows.add(found.getString("g") + "/" + found.getLong("n"));
        }
      }
      cursor = page.headers().firstValue("Towpath-Next").orElse("");
    }
    assertThat(pages).isEqualTo(3);
    assertThat(rows).hasSize(1000).doesNotHaveDuplicates();
    assertThat(rows.getFirst()).isEqualTo("g2/2");
    assertThat(rows.getLast()).isEqualTo("null/999");
  }

  @Test
  void rowsComeInEveryForm() throws Exception {
    String path = "/regions/N/rows";
    HttpResponse<String> csv = get(path, "Accept", "text/csv");
    assertThat(csv.body()).isEqualTo("id,region,day,part,note\n1,N,2026-01-01,0.25,\n");
    assertThat(csv.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8");
    assertThat(get(path, "Accept", "application/x-ndjson").body())
        .isEqualTo(
            "{\"id\":1,\"region\":\"N\",\"day\":\"2026-01-01\",\"part\":0.25,\"note\":null}\n");
    byte[] parquet =
        server
            .bytes(server.request(path).header("Accept", "application/vnd.apache.parquet"))
            .body();
    assertThat(new String(parquet, 0, 4, StandardCharsets.US_ASCII)).isEqualTo("PAR1");
    byte[] arrow =
        server
            .bytes(server.request(path).header("Accept", "application/vnd.apache.arrow.stream"))
            .body();
    try (RootAllocator allocator = new RootAllocator();
        ArrowStreamReader reader =
            new ArrowStreamReader(new ByteArrayInputStream(arrow), allocator)) {
      assertThat(reader.loadNextBatch()).isTrue();
      assertThat(reader.getVectorSchemaRoot().getVector("id").getObject(0)).isEqualTo(1L);
    }
  }

  @Test
  void valuesAreWrittenAsTheyAre() throws Exception {
    assertThat(get("/types").body())
        .isEqualTo(
            "{\"data\":[{\"b\":true,\"i\":9007199254740993,\"d\":1.20,\"f\":0.1,\"nan\":\"NaN\","
                + "\"day\":\"2026-01-31\",\"t\":\"2026-01-31T10:00:00\","
                + "\"z\":\"2026-01-31T08:00:00Z\",\"l\":[1,null],\"s\":{\"a\":\"x\"},"
                + "\"m\":{\"k\":2},\"j\":{\"a\":  [1]},\"nothing\":null,\"txt\":\"ä\\\"\"}],"
                + "\"next\":null}");
    String csv = get("/types", "Accept", "text/csv").body();
    assertThat(csv.substring(csv.indexOf('\n') + 1).strip())
        .isEqualTo(
            "true,9007199254740993,1.20,0.1,NaN,2026-01-31,2026-01-31 10:00:00,"
                + "2026-01-31 08:00:00Z,\"[1,null]\",\"{\"\"a\"\":\"\"x\"\"}\","
                + "\"{\"\"k\"\":2}\",\"{\"\"a\"\":\n [1]}\",,\"ä\"\"\"");
  }

  /** JSON is JSON wherever it is, and a text that looks like it stays a text. */
  @Test
  void jsonInsideOfAValueIsJson() throws Exception {
    String row =
        "{\"l\":[{\"a\": 1},null,[ 2]],\"ll\":[[\"x\"]],\"s\":{\"j\":true,\"t\":\"{}\"},"
            + "\"m\":{\"k\":1.50},\"fixed\":[{},null],\"f\":[0.1],\"texts\":[\"[1]\"]}";
    assertThat(get("/nested").body()).isEqualTo("{\"data\":[" + row + "],\"next\":null}");
    assertThat(get("/nested", "Accept", "application/x-ndjson").body()).isEqualTo(row + "\n");
    assertThat(get("/nested", "Accept", "text/csv").body())
        .contains("\"[{\"\"a\"\": 1},null,[ 2]]\"", "\"[\"\"[1]\"\"]\"");
  }

  @Test
  void anAnswerHasATagThatOnlyItsOwnTablesChange() throws Exception {
    String path = "/regions/N/rows";
    HttpResponse<String> first = get(path);
    String tag = first.headers().firstValue("ETag").orElseThrow();
    assertThat(first.headers().firstValue("Cache-Control")).hasValue("private, no-cache");
    assertThat(get(path).headers().firstValue("ETag")).hasValue(tag);
    assertThat(get(path + "?since=2026-01-01").headers().firstValue("ETag")).hasValue(tag);
    assertThat(get(path + "?since=2026-01-02").headers().firstValue("ETag").orElseThrow())
        .isNotEqualTo(tag);
    assertThat(get(path, "Accept", "text/csv").headers().firstValue("ETag").orElseThrow())
        .isNotEqualTo(tag);
    HttpResponse<String> same = get(path, "If-None-Match", "\"x\", W/" + tag);
    assertThat(same.statusCode()).isEqualTo(304);
    assertThat(same.body()).isEmpty();
    HttpResponse<String> posted =
        server.send(
            server
                .request("/sums/x")
                .header("Content-Type", "application/json")
                .header("If-None-Match", "*")
                .POST(HttpRequest.BodyPublishers.ofString("{\"numbers\": [1, 2]}")));
    assertThat(posted.statusCode()).isEqualTo(200);
    HttpResponse<String> head =
        server.send(server.request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()));
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValue("ETag")).hasValue(tag);
    assertThat(head.body()).isEmpty();
    String release = get(path).headers().firstValue("Towpath-Release").orElseThrow();
    project.write("models/marts/other.sql", "SELECT count(*) + 1 AS n FROM raw.t\n");
    project.run("run").good();
    assertThat(get(path).headers().firstValue("Towpath-Release"))
        .hasValue(Integer.toString(Integer.parseInt(release) + 1));
    assertThat(get(path).headers().firstValue("ETag")).hasValue(tag);
    assertThat(data("/off")).isEqualTo("[{\"n\":4}]");
  }

  @Test
  void whatDependsOnTheClockOrIsNotToBeKeptIsNot() throws Exception {
    for (String path : List.of("/now", "/off")) {
      HttpResponse<String> answer = get(path);
      assertThat(answer.headers().firstValue("ETag")).as(path).isEmpty();
      assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    }
    assertThat(get("/now").body()).isNotEqualTo(get("/now").body());
  }

  @Test
  void anEndpointIsCalledNoMoreOftenThanItSays() throws Exception {
    assertThat(get("/rare").headers().firstValue("Cache-Control")).hasValue("private, max-age=300");
    assertThat(get("/rare").statusCode()).isEqualTo(200);
    HttpResponse<String> third = get("/rare");
    assertThat(Served.problem(third, 429).path("detail").asText()).contains("2 times in an hour");
    for (int status : new int[] {200, 200, 429}) {
      assertThat(server.send(server.request("/rare", other)).statusCode())
          .as("somebody else has their own count")
          .isEqualTo(status);
    }
    assertThat(Integer.parseInt(third.headers().firstValue("Retry-After").orElseThrow()))
        .isBetween(60, 1800);
  }

  @Test
  void aQueryThatTakesTooLongIsStopped() throws Exception {
    assertThat(Served.problem(get("/slow"), 504).path("detail").asText())
        .contains("longer than 1 s");
    server.nothingIsOpen();
    assertThat(data("/regions/all/rows")).isEqualTo("[{\"one\":1}]");
  }

  @Test
  void anEditTakesEffectAndABrokenOneDoesNot() throws Exception {
    project.write("apis/edited.sql", "/* towpath\nget: /edited\n*/\nSELECT 1 AS n\n");
    Served.until(() -> get("/edited").statusCode() == 200);
    project.write("apis/edited.sql", "/* towpath\nget: /edited\n*/\nSELECT 2 AS n\n");
    Served.until(() -> data("/edited").equals("[{\"n\":2}]"));
    project.write("apis/edited.sql", "/* towpath\nget: /edited\n*/\nSELECT x FROM marts.m\n");
    Served.until(() -> !server.get("/api/v1/project").path("current").asBoolean());
    assertThat(data("/edited")).isEqualTo("[{\"n\":2}]");
    project.write("apis/edited.sql", "/* towpath\nget: /edited\n*/\nSELECT 3 AS n\n");
    Served.until(() -> data("/edited").equals("[{\"n\":3}]"));
  }

  @Test
  void whatIsNotBuiltYetIsNamedToWhoMayReadIt() throws Exception {
    String earl =
        Served.user(folder, "earl", "viewer", "--endpoints", "early", "--tables", "raw.*");
    project.write("models/hidden/pay.sql", "SELECT 1 AS n\n");
    project.write("apis/early.sql", "/* towpath\nget: /early\n*/\nSELECT n FROM hidden.pay\n");
    try {
      Served.until(() -> get("/early").statusCode() == 503);
      assertThat(get("/early").body()).contains("hidden.pay");
      HttpResponse<String> told = server.send(server.request("/early", earl));
      assertThat(Served.problem(told, 503).path("detail").asText())
          .endsWith("cannot answer this yet");
      assertThat(told.body()).doesNotContain("hidden", "pay");
    } finally {
      Files.delete(folder.resolve("models/hidden/pay.sql"));
      Files.delete(folder.resolve("apis/early.sql"));
      Served.until(() -> get("/early").statusCode() == 404);
    }
  }

  @Test
  void endpointsAreDescribed() throws Exception {
    JsonNode document = server.get("/api/v1/endpoints/openapi.json");
    assertThat(document.path("openapi").asText()).isEqualTo("3.1.0");
    JsonNode get = document.path("paths").path("/regions/{region}/rows").path("get");
    assertThat(get.path("summary").asText()).isEqualTo("Rows of a region");
    assertThat(get.path("operationId").asText()).isEqualTo("region");
    JsonNode parameters = get.path("parameters");
    assertThat(parameters.toString())
        .contains(
            "{\"name\":\"region\",\"in\":\"path\",\"required\":true",
            "\"schema\":{\"type\":\"string\",\"enum\":[\"all\",\"none\"],\"default\":\"all\"}",
            "\"schema\":{\"type\":\"array\",\"items\":{\"type\":\"integer\",\"format\":\"int64\"},"
                + "\"default\":[1]}");
    assertThat(
            get.at("/responses/200/content/application~1json/schema/properties/data/items")
                .toString())
        .contains("\"day\":{\"type\":[\"string\",\"null\"],\"format\":\"date\"}");
    JsonNode post = document.path("paths").path("/sums/{name}").path("post");
    assertThat(post.at("/requestBody/content/application~1json/schema/required/0").asText())
        .isEqualTo("numbers");
    assertThat(document.path("paths").path("/many").path("get").path("parameters").toString())
        .contains("\"cursor\"", "\"limit\"");
  }

  @ParameterizedTest
  @CsvSource({
    "/api/docs, text/html",
    "/api/docs/page.js, text/javascript",
    "/api/docs/page.css, text/css"
  })
  void thePageIsStaticAndRunsNoScriptsOfOthers(String path, String type) throws Exception {
    HttpResponse<String> answer = server.send(server.bare(path));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type"))
        .hasValueSatisfying(t -> assertThat(t).startsWith(type));
    assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "script-src 'self'");
    assertThat(answer.body()).doesNotContain("http://", "https://", "innerHTML", server.token());
  }

  @Test
  void aClientThatGoesStopsItsQuery() throws Exception {
    String sql = "{\"sql\": \"SELECT count(*) FROM range(100000000000) a, range(1000000) b\"}";
    List<java.net.Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      java.net.Socket socket =
          new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), server.port());
      socket
          .getOutputStream()
          .write(
              ("POST /api/v1/query HTTP/1.1\r\nHost: 127.0.0.1:"
                      + server.port()
                      + "\r\nAuthorization: Bearer "
                      + server.token()
                      + "\r\nContent-Type: application/json\r\nContent-Length: "
                      + sql.length()
                      + "\r\n\r\n"
                      + sql)
                  .getBytes(StandardCharsets.US_ASCII));
      sockets.add(socket);
    }
    Served.until(() -> get("/now").statusCode() == 429);
    for (java.net.Socket socket : sockets) {
      socket.close();
    }
    Served.until(() -> get("/now").statusCode() == 200);
  }
}
