package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.cli.Towpath;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the API says and does. */
class ApiTest {
  @TempDir private static Path folder;
  private static Served server;

  @BeforeAll
  static void start() throws Exception {
    Towpath project = Served.project(folder);
    project.write("jobs/quick.yml", "type: empty\n");
    project.write("flows/hourly.yml", "cron: \"0 * * * *\"\nrun: job:quick\n");
    server = Served.start(folder);
    JsonNode build = server.build();
    assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCESS");
    assertThat(build.path("result").path("release").asInt()).isEqualTo(1);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void aProjectAndItsTables() throws Exception {
    JsonNode project = server.get("/api/v1/project");
    assertThat(project.path("environment").asText()).isEqualTo("dev");
    assertThat(project.path("current").asBoolean()).isTrue();
    List<String> names = new ArrayList<>();
    server.get("/api/v1/assets").path("assets").forEach(a -> names.add(a.path("name").asText()));
    assertThat(names).containsExactly("raw.t", "marts.m");
    JsonNode table = server.get("/api/v1/assets/marts.m");
    assertThat(table.path("rows").asInt()).isEqualTo(3);
    assertThat(table.path("reads").path(0).asText()).isEqualTo("raw.t");
    assertThat(table.path("columns").path(3).path("type").asText()).isEqualTo("DECIMAL(9,2)");
    assertThat(table.path("checks").path(0).path("result").asText()).isEqualTo("passed");
    assertThat(server.get("/api/v1/assets?select=%2Bmarts.m").path("assets").size()).isEqualTo(2);
    JsonNode lineage = server.get("/api/v1/assets/marts.m/lineage");
    assertThat(lineage.path("columns").path(0).path("from").path(0).path("column").asText())
        .isEqualTo("raw.t.id");
    Served.problem(server.send(server.request("/api/v1/assets?select=no.such")), 400);
    Served.problem(server.send(server.request("/api/v1/assets?slect=x")), 400);
    Served.problem(server.send(server.request("/api/v1/assets/no.such")), 404);
  }

  @Test
  void flowsAndTheirFirings() throws Exception {
    JsonNode flow = server.get("/api/v1/flows/nightly");
    assertThat(flow.path("when").asText()).isEqualTo("0 2 * * *");
    assertThat(flow.path("next").asText()).contains("T02:00:00+");
    assertThat(flow.path("timezone").asText()).isEqualTo("Europe/Amsterdam");
    assertThat(server.get("/api/v1/flows/hourly").path("timezone").asText()).isEqualTo("UTC");
    JsonNode firings =
        server
            .get("/api/v1/flows/nightly/firings?from=2026-03-28T00:00:00Z&to=2026-03-30T00:00:00Z")
            .path("firings");
    assertThat(firings.path(0).path("at").asText()).isEqualTo("2026-03-28T02:00:00+01:00");
    assertThat(firings.path(1).path("at").asText()).isEqualTo("2026-03-29T03:00:00+02:00");
    JsonNode wrong =
        Served.problem(
            server.send(server.request("/api/v1/flows/nightly/firings?from=now&limit=0")), 400);
    assertThat(wrong.path("errors").size()).isEqualTo(2);
    assertThat(server.posted("/api/v1/flows/nightly/pause", Map.of()).path("paused").asBoolean())
        .isTrue();
    assertThat(server.get("/api/v1/flows/nightly").path("paused").asBoolean()).isTrue();
    assertThat(server.posted("/api/v1/flows/nightly/resume", Map.of()).path("paused").asBoolean())
        .isFalse();
  }

  @Test
  void aTriggeredRunIsFollowedToItsEnd() throws Exception {
    String run = server.posted("/api/v1/flows/talk/runs", Map.of()).path("id").asText();
    try (Lines log = server.follow(server.request("/api/v1/runs/" + run + "/logs/job.talk"))) {
      assertThat(log.next()).isEqualTo(new Lines.Event("line", "4", "one"));
      Lines.Event two = log.next();
      assertThat(two.data()).isEqualTo("two");
      try (Lines again =
          server.follow(
              server
                  .request("/api/v1/runs/" + run + "/logs/job.talk")
                  .header("Last-Event-ID", two.id()))) {
        assertThat(again.next("line").data()).isEqualTo("three");
        assertThat(again.next("end").data()).isEqualTo("SUCCESS");
      }
      assertThat(log.next("line").data()).isEqualTo("three");
    }
    assertThat(server.ended(run)).isEqualTo("SUCCESS");
    assertThat(
            server.get("/api/v1/runs/" + run + "/logs").path("logs").path(0).path("bytes").asInt())
        .isEqualTo(14);
    HttpResponse<String> text =
        server.send(server.request("/api/v1/runs/" + run + "/logs/job.talk"));
    assertThat(text.body()).isEqualTo("one\ntwo\nthree\n");
    HttpResponse<String> part =
        server.send(
            server.request("/api/v1/runs/" + run + "/logs/job.talk").header("Range", "bytes=8-"));
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).isEqualTo("three\n");
    assertThat(part.headers().firstValue("Content-Range")).hasValue("bytes 8-13/14");
    assertThat(
            server
                .send(server.request("/api/v1/runs/" + run + "/logs/..%2F..%2Ftoken"))
                .statusCode())
        .isIn(400, 404);
  }

  @Test
  void aRunIsCancelled() throws Exception {
    String run = server.posted("/api/v1/flows/long/runs", Map.of()).path("id").asText();
    Served.until(() -> server.state(run).equals("RUNNING"));
    assertThat(
            server
                .posted("/api/v1/runs/" + run + "/cancel", Map.of())
                .path("cancelled")
                .asBoolean())
        .isTrue();
    assertThat(server.ended(run)).isEqualTo("CANCELLED");
    assertThat(
            server
                .posted("/api/v1/runs/" + run + "/cancel", Map.of())
                .path("cancelled")
                .asBoolean())
        .isFalse();
    Served.problem(server.post("/api/v1/runs/none/cancel", ""), 404);
  }

  @Test
  void parametersAreTyped() throws Exception {
    JsonNode problem =
        Served.problem(
            server.post(
                "/api/v1/flows/typed/runs",
                "{\"params\": {\"day\": \"2026-02-30\", \"size\": 11, \"color\": \"green\", \"colr\": 1}}"),
            400);
    assertThat(problem.path("errors").size()).as(problem.toString()).isEqualTo(4);
    assertThat(problem.path("errors").path(0).path("name").asText()).isEqualTo("params.day");
    assertThat(
            Served.problem(server.post("/api/v1/flows/typed/runs", "{}"), 400)
                .path("detail")
                .asText())
        .isEqualTo("day is missing");
    Served.problem(server.post("/api/v1/flows/talk/runs", "{\"params\": {\"x\": 1}}"), 400);
    String span = "{\"from\": \"2026-01-01T00:00:00Z\", \"to\": \"2026-02-01T00:00:00Z\"}";
    assertThat(
            Served.problem(server.post("/api/v1/flows/talk/backfills", span), 400)
                .path("detail")
                .asText())
        .isEqualTo("the flow has no schedule: it runs when somebody triggers it");
  }

  @Test
  void runsComePageByPage() throws Exception {
    Set<String> made = new HashSet<>();
    for (int i = 0; i < 7; i++) {
      made.add(
          server
              .posted(
                  "/api/v1/flows/typed/runs",
                  Map.of("params", Map.of("day", "2026-01-0" + (i + 1))))
              .path("id")
              .asText());
    }
    List<String> seen = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = server.get("/api/v1/runs?flow=typed&limit=3" + cursor);
      page.path("runs").forEach(r -> seen.add(r.path("id").asText()));
      cursor = page.path("next").isNull() ? "" : "&cursor=" + page.path("next").asText();
    } while (!cursor.isEmpty());
    assertThat(seen).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(made);
    for (String run : made) {
      assertThat(server.ended(run)).isEqualTo("SUCCESS");
    }
    assertThat(server.get("/api/v1/runs?flow=typed&state=SUCCESS").path("runs").size())
        .isEqualTo(7);
    assertThat(server.get("/api/v1/runs?flow=typed&state=FAILED").path("runs").size()).isZero();
    Served.problem(server.send(server.request("/api/v1/runs?cursor=x")), 400);
    Served.problem(server.send(server.request("/api/v1/runs?state=DONE")), 400);
  }

  /** What a calendar asks: the days of a month, of a flow that ran more often than a page has. */
  @Test
  void runsAreFoundByWhenTheyWereDue() throws Exception {
    JsonNode backfill =
        server
            .posted(
                "/api/v1/flows/hourly/backfills",
                Map.of("from", "2025-03-01T00:00:00Z", "to", "2025-03-04T00:00:00Z", "parallel", 8))
            .path("backfill");
    String one = "/api/v1/backfills/" + backfill.path("id").asText();
    Served.until(() -> server.get(one).path("state").asText().equals("DONE"));
    String flow = "/api/v1/runs?flow=hourly";
    assertThat(dues(flow + "&due_from=2025-03-01T00:00:00Z&due_to=2025-04-01T00:00:00Z", 50))
        .hasSize(72)
        .doesNotHaveDuplicates();
    assertThat(dues(flow + "&due_from=2025-03-02T00:00:00Z&due_to=2025-03-03T00:00:00Z", 5))
        .hasSize(24)
        .allMatch(due -> due.startsWith("2025-03-02T"))
        .contains("2025-03-02T00:00:00Z", "2025-03-02T23:00:00Z");
    assertThat(dues(flow + "&due_to=2025-03-01T02:00:00Z", 50))
        .containsExactlyInAnyOrder("2025-03-01T00:00:00Z", "2025-03-01T01:00:00Z");
    assertThat(dues(flow + "&due_from=2025-03-02T00:00:00Z&due_to=2025-03-02T00:00:00Z", 50))
        .isEmpty();
    Served.problem(server.send(server.request(flow + "&due_from=yesterday")), 400);
  }

  /** When all runs of a list were due, page by page. */
  private static List<String> dues(String list, int limit) throws Exception {
    List<String> dues = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = server.get(list + "&limit=" + limit + cursor);
      assertThat(page.path("runs").size()).isLessThanOrEqualTo(limit);
      page.path("runs").forEach(run -> dues.add(run.path("due").asText()));
      cursor = page.path("next").isNull() ? "" : "&cursor=" + page.path("next").asText();
    } while (!cursor.isEmpty());
    return dues;
  }

  private static HttpResponse<byte[]> query(String accept, String sql) throws Exception {
    return server.bytes(
        server
            .request("/api/v1/query")
            .header("Accept", accept)
            .header("Content-Type", "application/json")
            .POST(
                java.net.http.HttpRequest.BodyPublishers.ofString(
                    Served.JSON.writeValueAsString(Map.of("sql", sql)))));
  }

  @Test
  void aQueryIsAnsweredInTheFormThatIsAskedFor() throws Exception {
    String sql = "SELECT id, region, part FROM marts.m ORDER BY id";
    JsonNode json = server.posted("/api/v1/query", Map.of("sql", sql, "limit", 2));
    assertThat(json.path("rows").toString()).isEqualTo("[[1,\"N\",0.25],[2,\"S\",0.5]]");
    assertThat(json.path("truncated").asBoolean()).isTrue();
    assertThat(json.path("release").asInt()).isPositive();
    HttpResponse<byte[]> csv = query("text/csv", sql);
    assertThat(csv.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8");
    assertThat(new String(csv.body(), StandardCharsets.UTF_8))
        .isEqualTo("id,region,part\n1,N,0.25\n2,S,0.50\n3,,0.75\n");
    assertThat(new String(query("application/x-ndjson", sql).body(), StandardCharsets.UTF_8))
        .startsWith("{\"id\":1,\"region\":\"N\",\"part\":0.25}\n");
    assertThat(
            new String(
                query("application/vnd.apache.parquet", sql).body(), 0, 4, StandardCharsets.UTF_8))
        .isEqualTo("PAR1");
    try (var allocator = new RootAllocator();
        var reader =
            new ArrowStreamReader(
                new ByteArrayInputStream(query("application/vnd.apache.arrow.stream", sql).body()),
                allocator)) {
      assertThat(reader.loadNextBatch()).isTrue();
      assertThat(reader.getVectorSchemaRoot().getRowCount()).isEqualTo(3);
      assertThat(reader.getVectorSchemaRoot().getVector("region").getObject(0)).hasToString("N");
    }
    assertThat(query("application/xml", sql).statusCode()).isEqualTo(406);
  }

  @Test
  void parametersOfAQueryAreBound() throws Exception {
    assertThat(
            server
                .posted(
                    "/api/v1/query",
                    Map.of(
                        "sql",
                        "SELECT id FROM marts.m WHERE region = $r AND id > $n",
                        "params",
                        Map.of("r", "S", "n", 1)))
                .path("rows")
                .toString())
        .isEqualTo("[[2]]");
    assertThat(
            server
                .posted(
                    "/api/v1/query",
                    Map.of(
                        "sql",
                        "SELECT count(*) FROM marts.m WHERE region = $r",
                        "params",
                        Map.of("r", "x' OR true --")))
                .path("rows")
                .toString())
        .isEqualTo("[[0]]");
    assertThat(
            server
                .posted(
                    "/api/v1/query",
                    Map.of(
                        "sql",
                        "SELECT $d + 1 AS d",
                        "params",
                        Map.of("d", Map.of("type", "date", "value", "2026-01-31"))))
                .path("rows")
                .toString())
        .isEqualTo("[[\"2026-02-01\"]]");
    for (Map<String, Object> body :
        List.<Map<String, Object>>of(
            Map.of("sql", "SELECT $x"),
            Map.of("sql", "SELECT 1", "params", Map.of("x", 1)),
            Map.of("sql", "SELECT id FROM marts.m WHERE id = $i", "params", Map.of("i", "one")),
            Map.of(
                "sql", "SELECT $d", "params", Map.of("d", Map.of("type", "dat", "value", "x"))))) {
      Served.problem(server.post("/api/v1/query", Served.JSON.writeValueAsString(body)), 400);
    }
    JsonNode mistake =
        Served.problem(
            server.post("/api/v1/query", "{\"sql\": \"SELECT rgion\\nFROM marts.m\"}"), 400);
    assertThat(mistake.path("errors").path(0).path("column").asInt()).isEqualTo(8);
    assertThat(mistake.path("errors").path(0).path("hint").asText()).contains("region");
    Served.problem(server.post("/api/v1/query", "{\"sql\": \"SELECT 1\", \"release\": 999}"), 400);
  }

  @Test
  void measurementsAreInPrometheusForm() throws Exception {
    assertThat(server.get("/api/v1/project").path("name").asText()).isEqualTo("small");
    HttpResponse<String> answer = server.send(server.request("/metrics"));
    assertThat(answer.headers().firstValue("Content-Type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(answer.body())
        .contains(
            "# TYPE towpath_http_requests_total counter",
            "towpath_http_requests_total{method=\"GET\",route=\"/api/v1/project\",status=\"200\"}",
            "towpath_http_request_duration_seconds_bucket{route=",
            "towpath_scheduler_silence_seconds ",
            "jvm_memory_used_bytes{area=\"heap\"} ");
    assertThat(answer.body().lines())
        .allMatch(l -> l.startsWith("# ") || l.matches("[a-z_]+(\\{.*\\})? [-+0-9.eEInfNa]+"));
  }

  @Test
  void runsAndTasksAreMeasured() throws Exception {
    String run = server.posted("/api/v1/flows/talk/runs", Map.of()).path("id").asText();
    assertThat(server.ended(run)).isEqualTo("SUCCESS");
    Served.until(() -> metric("towpath_runs_total{flow=\"talk\",state=\"success\"}") >= 1);
    String tasks = "{flow=\"talk\",state=\"success\",task=\"job:talk\"}";
    assertThat(metric("towpath_task_duration_seconds_count" + tasks)).isPositive();
    assertThat(metric("towpath_task_duration_seconds_sum" + tasks))
        .as("it sleeps for a second")
        .isGreaterThanOrEqualTo(1);
    String open = server.posted("/api/v1/flows/long/runs", Map.of()).path("id").asText();
    Served.until(() -> metric("towpath_runs_open{flow=\"long\",state=\"running\"}") >= 1);
    server.posted("/api/v1/runs/" + open + "/cancel", Map.of());
    server.ended(open);
  }

  private static double metric(String name) throws Exception {
    return server
        .send(server.request("/metrics"))
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .sum();
  }
}
