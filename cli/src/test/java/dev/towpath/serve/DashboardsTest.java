package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.cli.Towpath;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dashboards as the console, and whoever has a link, asks for them. */
class DashboardsTest {
  private static final String API = "/api/v1/dashboards";
  private static final String PAGE =
      """
      ---
      title: A page <b>
      description: Of rows
      filters:
        region: {type: varchar, list: true, options: SELECT region AS value FROM marts.m WHERE $least IS NULL OR id >= $least}
        least: {type: bigint, default: 1, min: 0}
        note: varchar
        day: date range
      ---
      # Hello <script>alert(1)</script>

      ```sql rows
      SELECT id, region, day, part, $note AS note FROM marts.m
      WHERE id >= $least
        AND ($region IS NULL OR list_contains($region, region))
        AND ($day_from IS NULL OR day >= $day_from)
        AND ($day_to IS NULL OR day <= $day_to)
      ORDER BY id
      ```

      ```chart
      type: bar
      query: rows
      x: Region
      y: id
      filter: region
      ```

      ```table
      query: rows
      sort: id desc
      ```

      ```metric
      sql: SELECT count(*) AS n FROM rows
      value: n
      ```
      """;

  @TempDir private static Path folder;
  private static Towpath project;
  private static Served server;
  private static String viewer;
  private static String limited;
  private static String editor;
  private static String granted;
  private static String narrow;

  @BeforeAll
  static void start() throws Exception {
    project = Served.project(folder);
    project.write(
        "towpath.yml",
        """
        project: small
        access: {viewer: {tables: [marts.*], dashboards: [granted]}}
        embed: {origins: ["https://intranet.example.org"]}
        """);
    project.write("dashboards/page.md", PAGE);
    project.write(
        "dashboards/granted.md",
        "---\ntitle: Granted\n---\n```table\nsql: SELECT count(*) AS n FROM raw.t\n```\n");
    project.write(
        "dashboards/raw.md",
        "---\ntitle: Raw\n---\n```table\nsql: SELECT * FROM raw.t ORDER BY id\n```\n");
    project.write(
        "dashboards/hostile.md",
        """
        ---
        title: Hostile
        ---
        ```table
        id: cells
        sql: |
          SELECT '<script>alert(1)</script>' AS a, '=1+1' AS "b""c", (SELECT string_agg('x', '') FROM range(3000)) AS long,
            chr(8238) || 'rtl' AS rtl, 'NaN'::DOUBLE AS nan, NULL AS "null", [1, NULL] AS list,
            123456789012345678::BIGINT AS big, chr(1) AS control
        ```

        ```table
        id: late
        sql: SELECT 1 // (id - id) AS n, error('<' || id || '>') AS e FROM marts.m
        ```

        ```chart
        type: pivot
        sql: SELECT 'r' || (range % 2) AS r, range % 3 AS c, range AS v FROM range(6)
        rows: r
        columns: c
        value: v
        ```
        """);
    project.write(
        "dashboards/map.md",
        """
        ---
        title: Map
        filters: {least: bigint}
        ---
        ```chart
        type: choropleth
        sql: SELECT region, id FROM raw.t WHERE $least IS NULL OR id >= $least ORDER BY id
        locations: region
        value: id
        geo: dashboards/parts.geojson
        key: properties.code
        ```
        """);
    project.write(
        "dashboards/parts.geojson",
        """
        {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": "N", "more": "not told"},
          "geometry": {"type": "Polygon", "coordinates": [[[4, 52], [5, 52], [5, 53], [4, 52]]]}}]}
        """);
    viewer = Served.user(folder, "vera", "viewer");
    limited = Served.user(folder, "lim", "viewer", "--tables", "raw.*");
    editor = Served.user(folder, "ed", "editor");
    granted = Served.user(folder, "gran", "viewer");
    project.run("user", "grant", "gran", "--dashboards", "raw").good();
    narrow = token("narrow", "gran", "--dashboards", "page");
    server = Served.start(folder);
    assertThat(server.build().path("state").asText()).isEqualTo("SUCCESS");
  }

  private static String token(String name, String user, String... limits) {
    List<String> command =
        new ArrayList<>(List.of("token", "create", name, "--user", user, "--expires", "1h"));
    command.addAll(List.of(limits));
    return project.run(command.toArray(String[]::new)).good().out().strip();
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static JsonNode get(String path, String token) throws Exception {
    HttpResponse<String> response = server.send(server.request(path, token));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return Served.JSON.readTree(response.body());
  }

  private static List<String> names(JsonNode list) {
    List<String> names = new ArrayList<>();
    list.forEach(one -> names.add(one.path("name").asText()));
    return names;
  }

  private static JsonNode block(String id, String query) throws Exception {
    return server.get(API + "/page/blocks/" + id + query);
  }

  @Test
  void aDashboardSaysWhatIsOnIt() throws Exception {
    assertThat(names(server.get(API).path("data")))
        .containsExactly("granted", "hostile", "map", "page", "raw");
    JsonNode page = server.get(API + "/page");
    assertThat(page.path("title").asText()).isEqualTo("A page <b>");
    assertThat(page.path("release").asLong()).isEqualTo(1);
    assertThat(names(page.path("filters"))).containsExactly("region", "least", "note", "day");
    JsonNode region = page.at("/filters/0");
    assertThat(region.path("list").asBoolean()).isTrue();
    assertThat(region.path("hasOptions").asBoolean()).isTrue();
    assertThat(region.path("optionsFrom").toString()).isEqualTo("[\"least\"]");
    assertThat(page.at("/filters/1/default").asText()).isEqualTo("1");
    assertThat(page.at("/blocks/0/html").asText())
        .isEqualTo("<h1>Hello &lt;script&gt;alert(1)&lt;/script&gt;</h1>\n");
    JsonNode chart = page.at("/blocks/1");
    assertThat(chart.path("id").asText()).isEqualTo("chart-1");
    assertThat(chart.path("encoding").toString())
        .isEqualTo("{\"x\":[\"region\"],\"y\":[\"id\"]}"); // as the query spells them
    assertThat(chart.path("filter").toString())
        .isEqualTo("{\"name\":\"region\",\"column\":\"region\"}");
    assertThat(chart.path("uses").toString()).isEqualTo("[\"region\",\"least\",\"note\",\"day\"]");
    Served.problem(server.send(server.bare(API + "/page")), 401);
    JsonNode none = Served.problem(server.send(server.request(API + "/pag")), 404);
    assertThat(none.path("hint").asText()).isEqualTo("did you mean \"page\"?");
    Served.problem(server.send(server.request(API + "/page/blocks/chart-9")), 404);
    Served.problem(server.send(server.request(API + "/page/blocks/prose-1")), 404);
  }

  @Test
  void blocksAnswerWithFiguresOfTheirRows() throws Exception {
    JsonNode chart = block("chart-1", "");
    assertThat(chart.path("rowCount").asInt()).isEqualTo(3);
    assertThat(chart.path("truncated").asBoolean()).isFalse();
    assertThat(chart.at("/figure/data/0").toString())
        .isEqualTo(
            "{\"type\":\"bar\",\"name\":\"id\",\"x\":[\"N\",\"S\",null],\"y\":[1,2,3],"
                + "\"customdata\":[0,1,2],\"orientation\":\"v\"}");
    assertThat(chart.at("/figure/layout/xaxis/type").asText()).isEqualTo("category");
    JsonNode table = block("table-1", "?least=2");
    assertThat(table.path("figure").isNull()).isTrue();
    assertThat(table.at("/rows/0/0").asInt()).isEqualTo(3); // as it is sorted
    assertThat(table.path("rows").size()).isEqualTo(2);
    assertThat(block("metric-1", "?region=N&region=S").at("/rows/0/0").asInt()).isEqualTo(2);
    assertThat(block("metric-1", "?day.from=2026-01-02").at("/rows/0/0").asInt()).isEqualTo(1);
    assertThat(block("metric-1", "?day.to=2026-01-01&region=").at("/rows/0/0").asInt())
        .isEqualTo(1);
    JsonNode wrong =
        Served.problem(
            server.send(
                server.request(
                    API + "/page/blocks/metric-1?least=-1&day.from=soon&regoin=N&note=a&note=b")),
            400);
    List<String> mistakes = names(wrong.path("errors"));
    assertThat(mistakes).containsExactlyInAnyOrder("least", "day.from", "regoin", "note");
    assertThat(server.get(API + "/page/options?least=2").toString())
        .isEqualTo("{\"data\":{\"region\":[{\"value\":\"S\",\"label\":\"S\"}]}}");
  }

  @Test
  void whatIsKnownIsNotSentAgain() throws Exception {
    HttpResponse<String> first = server.send(server.request(API + "/page/blocks/chart-1?region=N"));
    String tag = first.headers().firstValue("ETag").orElseThrow();
    HttpResponse<String> again =
        server.send(
            server.request(API + "/page/blocks/chart-1?region=N").header("If-None-Match", tag));
    assertThat(again.statusCode()).isEqualTo(304);
    HttpResponse<String> other =
        server.send(
            server.request(API + "/page/blocks/chart-1?region=S").header("If-None-Match", tag));
    assertThat(other.statusCode()).isEqualTo(200);
    assertThat(server.send(server.request(API + "/page/blocks/chart-1?region=N")).body())
        .isEqualTo(first.body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "N' OR '1'='1",
        "'; DROP TABLE marts.m; --",
        "$least",
        "\\",
        "\"]",
        "<script>",
        "ä"
      })
  void whatIsInAValueStaysInIt(String text) throws Exception {
    String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8);
    assertThat(block("table-1", "?note=" + encoded).at("/rows/0/4").asText()).isEqualTo(text);
    assertThat(block("table-1", "?region=" + encoded).path("rows")).isEmpty();
  }

  @Test
  void hostileCellsDoNoHarm() throws Exception {
    JsonNode cells = server.get(API + "/hostile/blocks/cells");
    assertThat(cells.at("/rows/0/0").asText()).isEqualTo("<script>alert(1)</script>");
    assertThat(cells.at("/rows/0/2").asText()).hasSize(2_001).endsWith("…");
    assertThat(cells.at("/rows/0/4").asText()).isEqualTo("NaN");
    HttpResponse<String> failed = server.send(server.request(API + "/hostile/blocks/late"));
    assertThat(failed.statusCode()).isEqualTo(422);
    assertThat(Served.problem(failed, 422).path("detail").asText())
        .startsWith("dashboards/hostile.md");
    JsonNode pivot = server.get(API + "/hostile/blocks/chart-1");
    assertThat(pivot.path("figure").isNull()).isTrue();
    assertThat(names(pivot.path("columns"))).containsExactly("r", "0", "1", "2");
    assertThat(pivot.path("rows").toString()).isEqualTo("[[\"r0\",0,4,2],[\"r1\",3,1,5]]");
    HttpResponse<byte[]> sheet =
        server.bytes(server.request(API + "/hostile/export?format=xlsx&block=cells"));
    assertThat(sheet.statusCode()).isEqualTo(200);
    String second = entry(sheet.body(), "xl/worksheets/sheet2.xml");
    assertThat(second)
        .contains("&lt;script&gt;", "=1+1", "123456789012345678")
        .doesNotContain("<f>", "<script>");
  }

  @Test
  void viewersSeeWhatTheyMayRead() throws Exception {
    assertThat(names(get(API, viewer).path("data"))).containsExactly("granted", "hostile", "page");
    Served.problem(server.send(server.request(API + "/raw", viewer)), 404);
    Served.problem(server.send(server.request(API + "/raw/blocks/table-1", viewer)), 404);
    Served.problem(server.send(server.request(API + "/raw/export?format=csv", viewer)), 404);
    assertThat(get(API + "/granted/blocks/table-1", viewer).at("/rows/0/0").asInt()).isEqualTo(3);
    String graph = get("/api/v1/graph", viewer).toString();
    assertThat(graph).contains("dashboard:granted").doesNotContain("dashboard:raw", "raw.t");
    // one user is granted one more, and a token of that user less
    assertThat(names(get(API, granted).path("data")))
        .containsExactly("granted", "hostile", "page", "raw");
    assertThat(get(API + "/raw/blocks/table-1", granted).path("rowCount").asInt()).isEqualTo(3);
    assertThat(names(get(API, narrow).path("data"))).containsExactly("hostile", "page");
    // a token limited to raw tables, of a user who may read marts: nothing of both
    assertThat(names(get(API, limited).path("data"))).isEmpty();
    JsonNode lineage = get("/api/v1/assets/marts.m/columns/id/lineage", viewer);
    assertThat(lineage.toString()).contains("\"dashboard\":\"page\"");
    HttpResponse<String> link =
        server.send(
            server
                .request(API + "/page/links", viewer)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
    Served.problem(link, 403);
  }

  @Test
  void whatIsNotBuiltYetIsNamedToWhoMayReadIt() throws Exception {
    Path file = folder.resolve("dashboards/granted.md");
    String before = Files.readString(file);
    try {
      project.write("models/hidden/pay.sql", "SELECT 1 AS n\n");
      project.write(
          "dashboards/granted.md",
          "---\ntitle: Granted\n---\n```table\nsql: SELECT n FROM hidden.pay\n```\n");
      String path = API + "/granted/blocks/table-1";
      Served.until(() -> server.send(server.request(path)).statusCode() == 503);
      assertThat(server.send(server.request(path)).body()).contains("hidden.pay");
      HttpResponse<String> told = server.send(server.request(path, viewer));
      assertThat(Served.problem(told, 503).path("detail").asText())
          .endsWith("cannot answer this yet");
      assertThat(told.body()).doesNotContain("hidden", "pay");
    } finally {
      Files.writeString(file, before);
      Files.delete(folder.resolve("models/hidden/pay.sql"));
      Served.until(
          () -> server.send(server.request(API + "/granted/blocks/table-1")).statusCode() == 200);
    }
  }

  @Test
  void aMapHasItsOwnRegions() throws Exception {
    JsonNode figure = server.get(API + "/map/blocks/chart-1?least=1").path("figure");
    JsonNode trace = figure.at("/data/0");
    assertThat(trace.path("locationmode").asText()).isEqualTo("geojson-id");
    assertThat(figure.at("/layout/geo/fitbounds").asText()).isEqualTo("geojson");
    String url = trace.path("geojson").asText();
    assertThat(url).matches(API + "/map/blocks/chart-1/geo\\?v=[0-9a-f]{16}");
    HttpResponse<String> shapes = server.send(server.request(url));
    assertThat(shapes.headers().firstValue("Content-Type")).hasValue("application/geo+json");
    assertThat(shapes.headers().firstValue("Cache-Control").orElse("")).contains("immutable");
    // its outer ring runs clockwise, as it is drawn
    assertThat(shapes.body())
        .isEqualTo(
            "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"id\":\"N\","
                + "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[4,52],[5,53],[5,52],[4,52]]]}}]}");
    Served.problem(server.send(server.request(url, viewer)), 404);
    Served.problem(bare(url), 401);
    Served.problem(server.send(server.request(API + "/page/blocks/chart-1/geo")), 404);
    HttpResponse<String> made = server.post(API + "/map/links", "{}");
    String link = Served.JSON.readTree(made.body()).path("url").asText();
    String signed = link.substring(link.indexOf('?') + 1);
    assertThat(bare(url + "&" + signed).body()).isEqualTo(shapes.body());
    HttpResponse<String> html = server.send(server.request(API + "/map/export?format=html"));
    if (html.statusCode() == 200) { // the build has the console
      assertThat(html.body()).contains("\"geojson\":{\"type\":\"FeatureCollection\"");
    }
  }

  private static JsonNode link(Map<String, ?> body) throws Exception {
    HttpResponse<String> made =
        server.send(
            server
                .request(API + "/page/links", editor)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Served.JSON.writeValueAsString(body))));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
    return Served.JSON.readTree(made.body());
  }

  private static HttpResponse<String> bare(String path) throws Exception {
    return server.send(server.bare(path));
  }

  @Test
  void aLinkShowsOneDashboardAndNothingElse() throws Exception {
    String url = link(Map.of("filters", Map.of("region", List.of("N")))).path("url").asText();
    assertThat(url).startsWith("/embed/page?signature=");
    String signed = url.substring(url.indexOf('?'));
    JsonNode page = Served.JSON.readTree(bare(API + "/page" + signed).body());
    assertThat(page.at("/filters/0/fixed").asBoolean()).isTrue();
    assertThat(page.at("/filters/0/default").toString()).isEqualTo("[\"N\"]");
    assertThat(page.at("/filters/1/fixed").asBoolean()).isFalse();
    String count = API + "/page/blocks/metric-1" + signed;
    assertThat(Served.JSON.readTree(bare(count).body()).at("/rows/0/0").asInt()).isEqualTo(1);
    // what the link holds fast stays, whatever else the address says
    assertThat(Served.JSON.readTree(bare(count + "&region=S").body()).at("/rows/0/0").asInt())
        .isEqualTo(1);
    assertThat(Served.JSON.readTree(bare(count + "&least=2").body()).at("/rows/0/0").asInt())
        .isEqualTo(0);
    assertThat(bare(API + "/page/options" + signed).body()).isEqualTo("{\"data\":{}}");
    Served.problem(bare(API + "/granted" + signed), 403);
    Served.problem(bare(API + "/page" + signed + "x"), 403);
    Served.problem(bare(API + "/page" + signed.replace("signature=", "signature=A")), 403);
    Served.problem(bare(API + "/page/export" + signed), 401);
    Served.problem(bare(API + signed), 401);
    Served.problem(bare(API + "/page/blocks/metric-1?signature="), 403);
    Served.problem(bare(count + "&release=1"), 403);
    Served.problem(
        server.send(server.bare(API + "/page" + signed).header("Origin", "https://elsewhere.org")),
        403);
    HttpResponse<String> frame = bare(url);
    if (frame.statusCode() == 200) { // the build has the console
      assertThat(frame.headers().firstValue("Content-Security-Policy").orElse(""))
          .contains("frame-ancestors 'self' https://intranet.example.org");
    }
    Served.problem(
        server.send(
            server
                .request(API + "/page/links", editor)
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"filters\":{\"regoin\":\"N\"},\"expires\":\"7d\"}"))),
        400);
    assertThat(server.send(server.request("/api/v1/links").DELETE()).statusCode()).isEqualTo(200);
    Served.problem(bare(API + "/page" + signed), 403);
    String audit = project.run("audit").good().out();
    assertThat(audit).contains("link dashboard", "end links");
  }

  private static String entry(byte[] zip, String name) throws Exception {
    Path file = Files.createTempFile("towpath", ".zip");
    try {
      Files.write(file, zip);
      try (ZipFile open = new ZipFile(file.toFile())) {
        ZipEntry entry = open.getEntry(name);
        assertThat(entry).as(name).isNotNull();
        return new String(open.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
      }
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void exportsSayWhatTheFiltersWere() throws Exception {
    HttpResponse<byte[]> zip =
        server.bytes(server.request(API + "/page/export?format=csv&region=N&region=S"));
    assertThat(zip.headers().firstValue("Content-Type")).hasValue("application/zip");
    assertThat(entry(zip.body(), "filters.csv"))
        .isEqualTo(
            "filter,value\nregion,\"N, S\"\nleast,1\nnote,\nday.from,\nday.to,\nrelease,1\n");
    assertThat(entry(zip.body(), "table-1.csv"))
        .isEqualTo("id,region,day,part,note\n2,S,2026-01-02,0.50,\n1,N,2026-01-01,0.25,\n");
    HttpResponse<String> one =
        server.send(server.request(API + "/page/export?format=csv&block=metric-1&least=3"));
    assertThat(one.body()).isEqualTo("n\n1\n");
    assertThat(one.headers().firstValue("Content-Disposition").orElse(""))
        .isEqualTo("attachment; filename*=UTF-8''page-metric-1_least%3D3.csv");
    HttpResponse<byte[]> sheets = server.bytes(server.request(API + "/page/export?format=xlsx"));
    assertThat(entry(sheets.body(), "xl/worksheets/sheet1.xml")).contains("A page &lt;b&gt;");
    HttpResponse<byte[]> parquet =
        server.bytes(server.request(API + "/page/export?format=parquet&block=table-1"));
    assertThat(new String(parquet.body(), 0, 4, StandardCharsets.US_ASCII)).isEqualTo("PAR1");
    Served.problem(server.send(server.request(API + "/page/export?format=docx")), 400);
    Served.problem(
        server.send(server.request(API + "/page/export?format=html&block=metric-1")), 400);
    HttpResponse<String> html = server.send(server.request(API + "/page/export?format=html"));
    if (html.statusCode() == 200) { // the build has the console
      assertThat(html.body())
          .contains("<title>A page &lt;b></title>", "id=\"dashboard\"")
          .doesNotContain("<script>alert(1)");
    } else {
      assertThat(Served.problem(html, 503).path("detail").asText()).contains("console");
    }
  }

  @Test
  void aBrokenFileLeavesTheOthersAlone() throws Exception {
    Path file = folder.resolve("dashboards/granted.md");
    String before = Files.readString(file);
    try {
      project.write(
          "dashboards/fresh.md",
          "---\ntitle: Fresh\n---\n```table\nsql: SELECT x FROM raw.t\n```\n");
      project.write(
          "dashboards/granted.md",
          "---\ntitle: Granted\n---\n```table\nsql: SELECT conut(*) FROM raw.t\n```\n");
      Served.until(() -> !server.get(API + "/granted").path("problems").isEmpty());
      JsonNode granted = server.get(API + "/granted");
      assertThat(granted.at("/problems/0/line").asInt()).isEqualTo(5);
      assertThat(granted.at("/problems/0/message").asText()).contains("conut");
      assertThat(granted.path("blocks").size()).isEqualTo(1); // as they were
      JsonNode fresh = server.get(API + "/fresh");
      assertThat(fresh.at("/problems/0/column").asInt()).isEqualTo(13);
      assertThat(fresh.path("blocks")).isEmpty();
      assertThat(block("metric-1", "").at("/rows/0/0").asInt()).isEqualTo(3);
      assertThat(server.get(API + "/granted/blocks/table-1").at("/rows/0/0").asInt()).isEqualTo(3);
    } finally {
      Files.writeString(file, before);
      Files.deleteIfExists(folder.resolve("dashboards/fresh.md"));
      Served.until(() -> server.get(API + "/granted").path("problems").isEmpty());
    }
  }
}
