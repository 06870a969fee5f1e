package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.cli.Towpath;
import dev.towpath.testing.Venv;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Figures of dashboards that Python draws with the real plotly, as the server shows them. */
@Tag("integration")
class FiguresTest {
  private static final List<String> PACKAGES =
      List.of("pandas==3.1.1", "pyarrow==26.0.1", "plotly==7.1.0");

  private static final String API = "/api/v1/dashboards/page";
  private static final String PAGE =
      """
      ---
      title: Drawn
      filters:
        region: {type: varchar, list: true}
        least: {type: bigint, default: 1}
        word: {type: varchar, default: quiet}
      ---
      ```sql rows
      SELECT id, region, day, id::HUGEINT AS huge FROM marts.m WHERE id >= $least AND ($region IS NULL OR list_contains($region, region)) ORDER BY id
      ```

      ```python figure line
      # towpath:
      #   title: A line
      #   height: 400
      import plotly.express as px
      from helpers.names import NAME

      def figure(t):
          df = t.read("rows").to_pandas()
          assert str(t.read("rows").to_arrow().schema.field("huge").type) == "decimal128(38, 0)"
          print("drawn", len(df))
          return px.bar(df, x="id", y="id", title=NAME, template="plotly_dark")
      ```

      ```python figure table
      def figure(t):
          ids = t.read("marts.m", columns=["id"]).to_arrow()["id"].to_pylist()
          return {"data": [{"type": "histogram2dcontour", "x": ids, "y": ids}]}
      ```

      ```python figure broken
      def figure(t):
          if t.param("word") == "quiet":
              return {"data": []}
          if t.param("word") == "long":
              while True:
                  pass
          if t.param("word") == "large":
              import time; much = b"x" * 900_000_000; time.sleep(20)
          if t.param("word") == "gone":
              import os; os._exit(3)
          return deeper(t)

      def deeper(t):
          raise ValueError("no <b>word</b> " + t.param("word"))
      ```

      ```table
      query: rows
      ```
      """;

  @TempDir private static Path folder;
  private static Towpath project;
  private static Served server;
  private static String viewer;
  private static String limited;

  @BeforeAll
  static void start() throws Exception {
    project = Served.project(folder);
    project.write(
        "towpath.yml",
        "project: small\naccess: {viewer: {tables: [marts.*], dashboards: [granted]}}\n");
    project.write("helpers/names.py", "NAME = 'By number'\n");
    project.write(
        "dashboards/page.md",
        PAGE.replace(
            "figure broken\n", "figure broken\n# towpath:\n#   timeout: 2s\n#   memory: 600MB\n"));
    project.write("dashboards/raw.md", raw("Raw"));
    project.write("dashboards/granted.md", raw("Granted"));
    Path venv = Venv.with(PACKAGES).python().getParent().getParent();
    Files.createSymbolicLink(folder.resolve(".venv"), venv);
    viewer = Served.user(folder, "vera", "viewer");
    limited = Served.user(folder, "lim", "viewer", "--tables", "raw.*");
    server = Served.start(folder);
    assertThat(server.build().path("state").asText()).isEqualTo("SUCCESS");
  }

  private static String raw(String title) {
    return "---\ntitle: "
        + title
        + "\n---\n```python figure\ndef figure(t):\n    n = len(t.read(\"raw.t\"))\n"
        + "    return {\"data\": [], \"layout\": {\"title\": str(n)}}\n```\n";
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static JsonNode block(String id, String query) throws Exception {
    return server.get(API + "/blocks/" + id + query);
  }

  private static JsonNode failed(String word) throws Exception {
    return Served.problem(server.send(server.request(API + "/blocks/broken?word=" + word)), 422);
  }

  @Test
  void aFigureIsWhatPythonMadeOfTheRelease() throws Exception {
    JsonNode described = server.get(API).at("/blocks/0");
    assertThat(described.path("kind").asText()).isEqualTo("figure");
    assertThat(described.path("id").asText()).isEqualTo("line");
    assertThat(described.path("title").asText()).isEqualTo("A line");
    assertThat(described.path("height").asInt()).isEqualTo(400);
    assertThat(described.path("uses").toString()).isEqualTo("[\"region\",\"least\"]");
    JsonNode answer = block("line", "");
    assertThat(answer.path("release").asLong()).isEqualTo(1);
    JsonNode figure = answer.path("figure");
    assertThat(figure.at("/data/0/type").asText()).isEqualTo("bar");
    assertThat(figure.at("/data/0/x/bdata").asText()).isEqualTo("AQID"); // 1, 2, 3
    assertThat(figure.at("/layout/title/text").asText()).isEqualTo("By number");
    assertThat(figure.at("/layout/template/layout/paper_bgcolor").asText())
        .isEqualTo("rgb(17,17,17)");
    assertThat(block("line", "?least=2").at("/figure/data/0/x/bdata").asText()).isEqualTo("AgM=");
    assertThat(block("line", "?region=N").at("/figure/data/0/x/bdata").asText()).isEqualTo("AQ==");
    assertThat(Files.readString(folder.resolve(".towpath/logs/dashboards/page.line.log")))
        .startsWith("drawn ");
    assertThat(block("table", "").at("/figure/data/0/x").toString()).isEqualTo("[1,2,3]");
  }

  @Test
  void theSameIsDrawnOnce() throws Exception {
    try (ExecutorService pool = Executors.newCachedThreadPool()) {
      Callable<HttpResponse<String>> ask =
          () -> server.send(server.request(API + "/blocks/line?least=3"));
      List<Future<HttpResponse<String>>> asked =
          List.of(pool.submit(ask), pool.submit(ask), pool.submit(ask), pool.submit(ask));
      String tag = asked.getFirst().get().headers().firstValue("ETag").orElseThrow();
      for (Future<HttpResponse<String>> one : asked) {
        assertThat(one.get().statusCode()).isEqualTo(200);
        assertThat(one.get().headers().firstValue("ETag")).hasValue(tag);
      }
      assertThat(Files.readString(folder.resolve(".towpath/logs/dashboards/page.line.log")))
          .isEqualTo("drawn 1\n");
      assertThat(
              server
                  .send(server.request(API + "/blocks/line?least=3").header("If-None-Match", tag))
                  .statusCode())
          .isEqualTo(304);
    }
  }

  @Test
  void aFailureIsToldWithItsLineAndTheOthersAreThere() throws Exception {
    JsonNode raised = failed("loud");
    int line = (int) PAGE.lines().takeWhile(l -> !l.contains("raise ValueError")).count() + 4;
    assertThat(raised.path("detail").asText())
        .isEqualTo("dashboards/page.md:" + line + ":5: ValueError: no <b>word</b> loud");
    assertThat(raised.path("hint").asText())
        .isEqualTo(
            "called by dashboards/page.md:"
                + (line - 3)
                + " in figure; its output is in .towpath/logs/dashboards/page.broken.log");
    assertThat(failed("long").path("detail").asText())
        .endsWith("page.broken was stopped after 2 seconds, its \"timeout\"");
    assertThat(failed("large").path("detail").asText()).contains("more than its \"memory\" of");
    assertThat(failed("gone").path("detail").asText())
        .contains("the Python process ended with exit code 3 before it was done");
    assertThat(block("broken", "").at("/figure/data").isEmpty()).isTrue();
    assertThat(block("table-1", "?word=loud").path("rowCount").asInt()).isEqualTo(3);
    assertThat(block("table", "?word=loud").path("figure").isObject()).isTrue();
  }

  @Test
  void whoMayNotReadWhatItReadsDoesNotSeeIt() throws Exception {
    assertThat(get("/page/blocks/table", viewer).statusCode()).isEqualTo(200);
    Served.problem(get("/raw/blocks/figure-1", viewer), 404);
    Served.problem(get("/page/blocks/table", limited), 404);
    JsonNode granted = Served.JSON.readTree(get("/granted/blocks/figure-1", viewer).body());
    assertThat(granted.at("/figure/layout/title").asText()).isEqualTo("3");
  }

  private static HttpResponse<String> get(String path, String token) throws Exception {
    return server.send(server.request("/api/v1/dashboards" + path, token));
  }

  @Test
  void aLinkShowsFiguresAndNoCode() throws Exception {
    HttpResponse<String> made =
        server.send(
            server
                .request(API + "/links")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
    String url = Served.JSON.readTree(made.body()).path("url").asText();
    String signed = url.substring(url.indexOf('?'));
    assertThat(server.send(server.bare(API + "/blocks/table" + signed)).statusCode())
        .isEqualTo(200);
    JsonNode failed =
        Served.problem(server.send(server.bare(API + "/blocks/broken" + signed + "&word=x")), 422);
    assertThat(failed.path("detail").asText()).isEqualTo("this figure could not be drawn");
    assertThat(failed.has("errors")).isFalse();
  }

  @Test
  void exportsHoldFiguresAndWhyOneIsNotThere() throws Exception {
    HttpResponse<String> html = server.send(server.request(API + "/export?format=html&word=loud"));
    if (html.statusCode() == 200) { // the build has the console
      assertThat(html.body())
          .contains("rgb(17,17,17)", "histogram2dcontour", "ValueError: no \\u003cb>word");
    }
    JsonNode rows =
        Served.problem(server.send(server.request(API + "/export?format=csv&block=line")), 400);
    assertThat(rows.path("detail").asText()).contains("has no rows");
    assertThat(server.send(server.request(API + "/export?format=csv&block=table-1")).body())
        .startsWith("id,region");
  }

  @Test
  void anEditOfWhatItImportsIsSeen() throws Exception {
    assertThat(block("line", "").at("/figure/layout/title/text").asText()).isEqualTo("By number");
    project.write("helpers/names.py", "NAME = 'Other'\n");
    try {
      Served.until(
          () -> block("line", "").at("/figure/layout/title/text").asText().equals("Other"));
    } finally {
      project.write("helpers/names.py", "NAME = 'By number'\n");
      Served.until(
          () -> block("line", "").at("/figure/layout/title/text").asText().equals("By number"));
    }
  }
}
