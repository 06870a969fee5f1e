package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.cli.Towpath;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the API says of tables over time, of queries before they run, and of connections. */
class CatalogTest {
  private static final String DIFF = "/api/v1/assets/marts.m/diff";

  @TempDir private static Path folder;
  private static Served server;

  @BeforeAll
  static void start() throws Exception {
    Towpath project = Served.project(folder);
    project.write(
        "sources/shop.yml",
        """
        type: postgres
        url: postgresql://reader:hunter2@db.example:5432/shop
        schema: shop
        tables:
          orders: {columns: {id: bigint}}
        """);
    project.write(
        "towpath.yml",
        """
        project: small
        on_request: [shop.*]
        access: {viewer: {tables: [marts.*], dashboards: ["*"]}}
        connections:
          archive:
            type: s3
            endpoint: https://s3.example
            access_key: "${ARCHIVE_KEY}"
            secret_key: "${ARCHIVE_SECRET}"
            session_token: "${ARCHIVE_TOKEN}"
          public: {type: s3, anonymous: true, path_style: true}
        """);
    project.write(
        "models/marts/seen.sql", "/* towpath\nkind: view\n*/\nSELECT id, region FROM marts.m\n");
    server = Served.start(folder);
    JsonNode build = server.build();
    assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCESS");
    project.write(
        "seeds/raw/t.csv", "id,region,day\n1,N,2026-01-01\n2,W,2026-01-02\n4,E,2026-01-02\n");
    Served.until(() -> server.build().path("result").path("release").asInt() == 2);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void checksAreToldRunByRun() throws Exception {
    JsonNode runs = server.get("/api/v1/assets/marts.m/checks").path("runs");
    assertThat(runs.size()).isEqualTo(2);
    assertThat(runs.path(0).path("started").asText())
        .isGreaterThan(runs.path(1).path("started").asText());
    JsonNode check = runs.path(1).path("checks").path(0);
    assertThat(check.path("check").asText()).isEqualTo("not_null(id)");
    assertThat(check.path("result").asText()).isEqualTo("passed");
    assertThat(server.get("/api/v1/assets/marts.m/checks?limit=1").path("runs").size())
        .isEqualTo(1);
    Served.problem(server.send(server.request("/api/v1/assets/no.such/checks")), 404);
  }

  @Test
  void rowsOfTwoReleasesAreCompared() throws Exception {
    JsonNode diff = server.get(DIFF + "?from=1&to=2&key=id");
    assertThat(List.of(diff.path("added").asInt(), diff.path("removed").asInt()))
        .isEqualTo(List.of(1, 1));
    assertThat(diff.path("changed").asInt()).isEqualTo(1);
    assertThat(diff.path("columns").path(1).path("name").asText()).isEqualTo("region");
    assertThat(diff.path("rows").toString())
        .isEqualTo(
            "[[\"changed\",2,\"S\",\"2026-01-02\",0.5,2,\"W\",\"2026-01-02\",0.5],"
                + "[\"removed\",3,null,null,0.75,null,null,null,null],"
                + "[\"added\",null,null,null,null,4,\"E\",\"2026-01-02\",1.0]]");
    JsonNode few = server.get(DIFF + "?from=1&to=2&key=id&limit=1");
    assertThat(few.path("rows").size()).isEqualTo(1);
    assertThat(few.path("added").asInt()).isEqualTo(1);
    JsonNode same = server.get(DIFF + "?from=2&to=2&key=id");
    assertThat(same.path("changed").asInt() + same.path("rows").size()).isZero();
  }

  @Test
  void whatCannotBeComparedIsSaid() throws Exception {
    assertThat(problem("?from=1&to=2")).contains("what a row of marts.m is known by");
    assertThat(problem("?from=1&key=id")).contains("to is missing");
    assertThat(problem("?from=1&to=2&key=idd")).contains("did you mean \\\"id\\\"?");
    assertThat(problem("?from=1&to=2&key=day")).contains("cannot be told apart");
    assertThat(problem("?from=1&to=99&key=id")).contains("99");
    JsonNode view =
        Served.problem(
            server.send(server.request("/api/v1/assets/marts.seen/diff?from=1&to=2&key=id")), 400);
    assertThat(view.toString()).contains("is a view");
  }

  private static String problem(String query) throws Exception {
    var response = server.send(server.request(DIFF + query));
    assertThat(response.statusCode()).as(response.body()).isBetween(400, 404);
    return response.body();
  }

  @Test
  void aPlanIsToldWithoutRunningTheQuery() throws Exception {
    JsonNode plan =
        server.posted(
            "/api/v1/query/plan",
            Map.of(
                "sql",
                "SELECT region, count(*) AS n FROM marts.m WHERE id > $least GROUP BY region",
                "params",
                Map.of("least", 1),
                "release",
                1));
    assertThat(plan.path("release").asInt()).isEqualTo(1);
    assertThat(plan.path("plan").path(0).path("name").asText()).isNotEmpty();
    assertThat(plan.toString()).contains("children").doesNotContain(folder.toString());
  }

  @Test
  void connectionsAreToldWithoutSecrets() throws Exception {
    JsonNode found = server.get("/api/v1/connections");
    JsonNode shop = found.path("sources").path(0);
    assertThat(shop.path("name").asText()).isEqualTo("shop");
    assertThat(shop.path("settings").path("url").asText())
        .isEqualTo("postgresql://reader:***@db.example:5432/shop");
    assertThat(shop.path("tables").path(0).asText()).isEqualTo("shop.orders");
    assertThat(found.path("stores").toString())
        .isEqualTo(
            "[{\"name\":\"archive\",\"type\":\"s3\",\"settings\":{"
                + "\"access_key\":\"${ARCHIVE_KEY}\",\"endpoint\":\"https://s3.example\","
                + "\"region\":\"us-east-1\",\"secret_key\":\"${ARCHIVE_SECRET}\","
                + "\"session_token\":\"${ARCHIVE_TOKEN}\"}},"
                + "{\"name\":\"public\",\"type\":\"s3\",\"settings\":{"
                + "\"anonymous\":\"true\",\"path_style\":\"true\",\"region\":\"us-east-1\"}}]");
    assertThat(found.toString()).doesNotContain("hunter2");
  }

  @Test
  void whatEachRoleMayReadIsTold() throws Exception {
    assertThat(server.get("/api/v1/users").path("roles").toString())
        .isEqualTo(
            "[{\"role\":\"viewer\",\"tables\":[\"marts.*\"],\"endpoints\":[],"
                + "\"dashboards\":[\"*\"]},"
                + "{\"role\":\"editor\",\"tables\":[\"*\"],\"endpoints\":[\"*\"],\"dashboards\":[\"*\"]},"
                + "{\"role\":\"admin\",\"tables\":[\"*\"],\"endpoints\":[\"*\"],\"dashboards\":[\"*\"]}]");
  }

  @Test
  void theAuditLogIsFilteredByAWord() throws Exception {
    server.posted("/api/v1/users", Map.of("name", "wordy", "role", "viewer"));
    JsonNode found = server.get("/api/v1/audit?word=WORDY&limit=1");
    assertThat(found.path("entries").path(0).path("subject").asText()).isEqualTo("wordy");
    assertThat(found.path("more").asBoolean()).isFalse();
    assertThat(server.get("/api/v1/audit?word=wordy%25").path("entries").isEmpty()).isTrue();
  }

  @Test
  void aQueryThatRunsSaysHowFarItIs() throws Exception {
    String sql = "SELECT max(md5(md5(i::VARCHAR))) AS n FROM range(100000000) AS t(i)";
    String progress = "/api/v1/query/progress/mine";
    assertThat(server.get(progress).path("progress").isNull()).isTrue();
    String other = Served.user(folder, "olga", "admin");
    try (var asking = Executors.newVirtualThreadPerTaskExecutor()) {
      HttpClient client = HttpClient.newHttpClient();
      var running =
          asking.submit(() ->
              client.send(
                  server
                      .request("/api/v1/query")
                      .header("Content-Type", "application/json")
                      .POST(
                          HttpRequest.BodyPublishers.ofString(
                              Served.JSON.writeValueAsString(Map.of("sql", sql, "watch", "mine"))))
                      .build(),
                  HttpResponse.BodyHandlers.ofString()));
      Served.until(() -> server.get(progress).path("progress").asDouble() > 0);
      double first = server.get(progress).path("progress").asDouble();
      Served.until(() -> server.get(progress).path("progress").asDouble() > first);
      assertThat(server.get(progress).path("progress").asDouble()).isLessThanOrEqualTo(1);
      assertThat(server.send(server.request(progress, other)).body())
          .isEqualTo("{\"progress\":null}");
      running.cancel(true);
      client.shutdownNow();
      Served.until(() -> server.get(progress).path("progress").isNull());
    }
    Served.problem(
        server.post("/api/v1/query", "{\"sql\": \"SELECT 1\", \"watch\": \"a b\"}"), 400);
  }

  @Test
  void buildsAndReleasesComePageByPage() throws Exception {
    Set<String> whole = new HashSet<>();
    server.get("/api/v1/builds?limit=500").path("builds").forEach(b -> whole.add(id(b)));
    assertThat(whole).hasSizeGreaterThan(1);
    List<String> builds = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = server.get("/api/v1/builds?limit=1" + cursor);
      page.path("builds").forEach(b -> builds.add(id(b)));
      cursor = page.path("next").isNull() ? "" : "&cursor=" + page.path("next").asText();
    } while (!cursor.isEmpty());
    assertThat(builds).doesNotHaveDuplicates().containsAll(whole);
    String oldest = builds.getLast();
    JsonNode told = server.get("/api/v1/builds/" + oldest + "/tables");
    assertThat(id(told.path("build"))).isEqualTo(oldest);
    assertThat(told.path("build").path("state").asText()).isEqualTo("SUCCESS");
    assertThat(told.path("build").path("release").asInt()).isEqualTo(1);
    assertThat(told.path("tables").findValuesAsText("table")).contains("raw.t", "marts.m");
    Served.problem(server.send(server.request("/api/v1/builds/none/tables")), 404);
    Served.problem(server.send(server.request("/api/v1/builds?cursor=x")), 400);

    List<Integer> numbers = new ArrayList<>();
    String before = "";
    JsonNode page;
    do {
      page = server.get("/api/v1/releases?limit=1" + before);
      page.path("releases").forEach(r -> numbers.add(r.path("release").asInt()));
      before = "&before=" + numbers.getLast();
    } while (page.path("more").asBoolean());
    assertThat(numbers).doesNotHaveDuplicates().contains(1, 2);
    assertThat(numbers).isSortedAccordingTo(Comparator.reverseOrder());
  }

  private static String id(JsonNode node) {
    return node.path("id").asText();
  }
}
