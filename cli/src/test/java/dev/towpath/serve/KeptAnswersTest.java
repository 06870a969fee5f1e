package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.cli.Towpath;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is answered the short way is what would be answered the long way. */
class KeptAnswersTest {
  @TempDir private static Path folder;
  private static Towpath project;
  private static Served server;
  private static String all;
  private static String none;

  @BeforeAll
  static void start() throws Exception {
    project = Served.project(folder);
    project.write("models/marts/n.sql", "SELECT 1 AS n\n");
    project.write("apis/n.sql", "/* towpath\nget: /n\n*/\nFROM marts.n\n");
    project.write(
        "apis/m.sql",
        "/* towpath\nget: /m/{id}\nparams: {id: bigint}\n*/\nFROM marts.m WHERE id = $id\n");
    project.write(
        "apis/pages.sql",
        "/* towpath\nget: /pages\npage: {size: 2, by: [id]}\n*/\nSELECT id FROM marts.m\n");
    all = Served.user(folder, "ada", "viewer");
    none = Served.user(folder, "nina", "viewer", "--endpoints", "pages");
    server = Served.start(folder);
    assertThat(server.build().path("state").asText()).isEqualTo("SUCCESS");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static HttpResponse<String> get(String path, String token, String... headers)
      throws Exception {
    HttpRequest.Builder request = server.request(path, token);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return server.send(request);
  }

  private static Map<String, List<String>> headers(HttpResponse<String> answer) {
    Map<String, List<String>> headers = new TreeMap<>(answer.headers().map());
    headers.remove("date");
    return headers;
  }

  /** How many kept answers have been given. */
  private static long given() throws Exception {
    return server
        .send(server.request("/metrics"))
        .body()
        .lines()
        .filter(line -> line.startsWith("towpath_kept_answers_total{found=\"yes\"}"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .sum();
  }

  @Test
  void theShortWayGivesTheSame() throws Exception {
    for (String path : List.of("/m/1", "/pages", "/m/2?", "/m/%31")) {
      long before = given();
      HttpResponse<String> first = get(path, all);
      for (int i = 0; i < 4; i++) {
        HttpResponse<String> next = get(path, all);
        assertThat(next.body()).isEqualTo(first.body());
        assertThat(headers(next)).isEqualTo(headers(first));
      }
      assertThat(given()).as(path).isGreaterThanOrEqualTo(before + 3);
      String tag = first.headers().firstValue("ETag").orElseThrow();
      HttpResponse<String> known = get(path, all, "If-None-Match", tag);
      assertThat(known.statusCode()).isEqualTo(304);
      assertThat(known.body()).isEmpty();
      assertThat(known.headers().firstValue("ETag")).hasValue(tag);
      assertThat(get(path, all, "If-None-Match", "\"x\"").statusCode()).isEqualTo(200);
      HttpResponse<String> head =
          server.send(
              server.request(path, all).method("HEAD", HttpRequest.BodyPublishers.noBody()));
      assertThat(head.body()).isEmpty();
      assertThat(get(path, all, "Accept", "text/csv").body()).startsWith("id");
    }
    String metrics = server.send(server.request("/metrics")).body();
    assertThat(metrics)
        .contains("route=\"/m/{id}\",status=\"200\"", "route=\"/m/{id}\",status=\"304\"");
  }

  @Test
  void whoMayNotHaveItDoesNotGetItBecauseOthersDid() throws Exception {
    for (int i = 0; i < 4; i++) {
      assertThat(get("/m/1", all).statusCode()).isEqualTo(200);
      Served.problem(get("/m/1", none), 404);
      assertThat(get("/pages", none).statusCode()).isEqualTo(200);
      Served.problem(get("/m/1", all + "x"), 401);
      Served.problem(server.send(server.bare("/m/1")), 401);
      Served.problem(get("/m/1", all, "Origin", "https://evil.example"), 403);
      Served.problem(get("/m/1", all, "Sec-Fetch-Site", "cross-site"), 403);
      Served.problem(get("/m/1", all, "Authorization", "Bearer " + none), 401);
    }
  }

  @Test
  void aTokenThatIsRevokedGetsNothingASecondLater() throws Exception {
    String token = Served.user(folder, "eve", "viewer");
    for (int i = 0; i < 4; i++) {
      assertThat(get("/m/1", token).statusCode()).isEqualTo(200);
    }
    project.run("token", "revoke", "eve").good();
    Thread.sleep(1_100);
    Served.problem(get("/m/1", token), 401);
    assertThat(get("/m/1", all).statusCode()).isEqualTo(200);
  }

  @Test
  void aNewReleaseIsSeenAtOnce() throws Exception {
    for (int round = 2; round < 6; round++) {
      project.write("models/marts/n.sql", "SELECT " + round + " AS n\n");
      project.run("run").good();
      for (int i = 0; i < 4; i++) {
        JsonNode answer = Served.JSON.readTree(get("/n", all).body());
        assertThat(answer.at("/data/0/n").asInt()).isEqualTo(round);
      }
    }
  }

  @Test
  void anEditedEndpointAnswersAnew() throws Exception {
    project.write("apis/edit.sql", "/* towpath\nget: /edit\n*/\nSELECT 1 AS n\n");
    Served.until(() -> get("/edit", all).statusCode() == 200);
    for (int i = 0; i < 3; i++) {
      get("/edit", all);
    }
    project.write("apis/edit.sql", "/* towpath\nget: /edit\n*/\nSELECT 2 AS n\n");
    Served.until(() -> get("/edit", all).body().contains("{\"n\":2}"));
    project.write("apis/edit.sql", "/* towpath\nget: /edit\nrate_limit: 2/h\n*/\nSELECT 2 AS n\n");
    Served.until(() -> get("/edit", all).statusCode() == 429);
  }
}
