package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.cli.Towpath;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what and see what, by tokens. */
class AccessTest {
  @TempDir private static Path folder;
  private static Served server;
  private static String viewer;
  private static String editor;
  private static String reader;

  @BeforeAll
  static void start() throws Exception {
    Towpath project = Served.project(folder);
    project.write(
        "towpath.yml",
        """
        project: small
        access:
          viewer: {tables: [marts.*]}
        """);
    project.write("flows/marts.yml", "run: marts.m\n");
    viewer = Served.user(folder, "vera", "viewer");
    editor = Served.user(folder, "ed", "editor");
    reader = Served.user(folder, "rita", "editor", "--role", "viewer", "--tables", "raw.*");
    server = Served.start(folder);
    assertThat(server.build().path("state").asText()).isEqualTo("SUCCESS");
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

  private static HttpResponse<String> post(String path, String token, Object body)
      throws Exception {
    return server.send(
        server
            .request(path, token)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(Served.JSON.writeValueAsString(body))));
  }

  private static List<String> names(JsonNode list) {
    List<String> names = new ArrayList<>();
    list.forEach(one -> names.add(one.path("name").asText()));
    return names;
  }

  @Test
  void aViewerSeesTheTablesOfTheRole() throws Exception {
    JsonNode assets = get("/api/v1/assets", viewer).path("assets");
    assertThat(names(assets)).containsExactly("marts.m");
    assertThat(assets.toString()).doesNotContain("raw.t");
    assertThat(get("/api/v1/assets?select=%2Bmarts.m", viewer).path("assets").size()).isEqualTo(1);
    assertThat(get("/api/v1/assets/marts.m", viewer).toString()).doesNotContain("raw.t");
    JsonNode lineage = get("/api/v1/assets/marts.m/lineage", viewer);
    assertThat(names(lineage.path("columns"))).contains("id", "part");
    assertThat(lineage.toString()).doesNotContain("raw.t");
    assertThat(names(get("/api/v1/releases/1", viewer).path("tables"))).containsExactly("marts.m");
    assertThat(get("/api/v1/project", viewer).path("assets").asInt()).isEqualTo(1);
    assertThat(names(get("/api/v1/assets", reader).path("assets"))).isEmpty();
  }

  /** An editor's token as a viewer's reads what viewers do, and of that what it is limited to. */
  @Test
  void aTokenIsLimitedToWhatItNames() throws Exception {
    JsonNode who = get("/api/v1/session", reader);
    assertThat(who.path("user").asText()).isEqualTo("rita");
    assertThat(who.path("role").asText()).isEqualTo("viewer");
    assertThat(who.path("tables").size()).isZero();
    assertThat(who.path("csrf").isNull()).isTrue();
    assertThat(get("/api/v1/session", viewer).path("tables").path(0).asText()).isEqualTo("marts.*");
    assertThat(get("/api/v1/session", server.token()).path("user").asText()).isEqualTo("admin");
  }

  @Test
  void whatIsNotSeenIsAsIfItWereNotThere() throws Exception {
    for (String path :
        List.of(
            "/api/v1/assets/%s",
            "/api/v1/assets/%s/lineage",
            "/api/v1/assets?select=%s",
            "/api/v1/assets?select=%s%%2B")) {
      HttpResponse<String> hidden = server.send(server.request(path.formatted("raw.t"), viewer));
      HttpResponse<String> absent = server.send(server.request(path.formatted("raw.z"), viewer));
      assertThat(hidden.statusCode()).as(path).isEqualTo(absent.statusCode()).isNotEqualTo(200);
      assertThat(hidden.body().replace("raw.t", "raw.z")).isEqualTo(absent.body());
    }
    HttpResponse<String> near = server.send(server.request("/api/v1/assets/raw.s", viewer));
    assertThat(near.body()).as("no hint betrays it").doesNotContain("raw.t");
  }

  @Test
  void flowsAreSeenByWhoMayReadWhatTheyTouch() throws Exception {
    String run = server.posted("/api/v1/flows/talk/runs", Map.of()).path("id").asText();
    assertThat(server.ended(run)).isEqualTo("SUCCESS");
    assertThat(names(get("/api/v1/flows", editor).path("flows"))).contains("talk", "marts");
    assertThat(names(get("/api/v1/flows", viewer).path("flows"))).isEmpty();
    assertThat(get("/api/v1/runs", viewer).path("runs").size()).isZero();
    for (String path :
        List.of("/api/v1/runs/%s", "/api/v1/runs/%s/logs", "/api/v1/runs/%s/logs/job.talk")) {
      assertThat(server.send(server.request(path.formatted(run), editor)).statusCode())
          .isEqualTo(200);
      HttpResponse<String> hidden = server.send(server.request(path.formatted(run), viewer));
      HttpResponse<String> absent = server.send(server.request(path.formatted("nope"), viewer));
      assertThat(hidden.statusCode()).isEqualTo(404);
      assertThat(hidden.body().replace(run, "nope")).isEqualTo(absent.body());
    }
    assertThat(server.send(server.request("/api/v1/flows/marts", viewer)).statusCode())
        .isEqualTo(404);
  }

  @Test
  void whatTellsOfEverythingIsForWhoReadsEverything() throws Exception {
    for (String path : List.of("/metrics")) {
      assertThat(server.send(server.request(path, editor)).statusCode()).isEqualTo(200);
      Served.problem(server.send(server.request(path, viewer)), 403);
    }
  }

  /** Every operation of the document, tried by everybody who is less than it says. */
  @Test
  void nobodyDoesMoreThanTheirRole() throws Exception {
    JsonNode document = server.get("/api/v1/openapi.json");
    Map<String, String> tokens = Map.of("viewer", viewer, "editor", editor);
    List<String> order = List.of("viewer", "editor", "admin");
    Map<String, String> roles = new TreeMap<>();
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        String method = operation.getKey().toUpperCase(java.util.Locale.ROOT);
        String role = operation.getValue().path("x-role").asText("");
        if (role.isEmpty()) {
          continue;
        }
        roles.put(method + " " + path.getKey(), role);
        for (String other : order.subList(0, order.indexOf(role))) {
          HttpResponse<String> answer =
              server.send(
                  server
                      .request(path.getKey().replaceAll("\\{[^}]*}", "x"), tokens.get(other))
                      .header("Content-Type", "application/json")
                      .method(method, BodyPublishers.ofString("{}")));
          assertThat(Served.problem(answer, 403).path("detail").asText())
              .as("%s %s as %s", method, path.getKey(), other)
              .isEqualTo("this needs the role " + role);
        }
      }
    }
    assertThat(roles.values()).contains("viewer", "editor", "admin");
    Set<String> changing = new HashSet<>(roles.keySet());
    changing.removeIf(key -> key.startsWith("GET") || !roles.get(key).equals("viewer"));
    assertThat(changing)
        .as("what a viewer does besides reading")
        .containsExactlyInAnyOrder(
            "POST /api/v1/query",
            "POST /api/v1/query/plan",
            "DELETE /api/v1/session",
            "POST /api/v1/session/password");
    assertThat(roles)
        .containsEntry("GET /api/v1/audit", "admin")
        .containsEntry("POST /api/v1/rollback", "admin")
        .containsEntry("GET /api/v1/users", "admin")
        .containsEntry("POST /api/v1/flows/{flow}/runs", "editor");
    assertThat(audit()).contains("vera forbidden POST /api/v1/rollback");
  }

  private static List<String> audit() throws Exception {
    List<String> lines = new ArrayList<>();
    server
        .get("/api/v1/audit?limit=1000")
        .path("entries")
        .forEach(entry ->
            lines.add(
                entry.path("who").asText()
                    + " "
                    + entry.path("action").asText()
                    + " "
                    + entry.path("subject").asText()));
    return lines;
  }

  /** Each way to be refused, at each door, and what the audit log then says. */
  @Test
  void everyRefusalIsInTheLog() throws Exception {
    post("/api/v1/query", viewer, Map.of("sql", "FROM raw.t"));
    post("/api/v1/query", viewer, Map.of("sql", "SELECT * FROM raw.no_such_table"));
    post("/api/v1/query/plan", viewer, Map.of("sql", "FROM marts.m"));
    for (String path :
        List.of("/metrics", "/api/v1/assets/raw.t", "/api/v1/flows/typed", "/no/such/endpoint")) {
      server.send(server.request(path, viewer));
    }
    server.send(server.bare("/api/v1/project"));
    server.send(server.bare("/api/v1/project").header("Authorization", "Basic eDp5"));
    server.send(server.bare("/api/v1/project").header("Authorization", "Bearer wrong"));
    server.send(
        server.bare("/api/v1/project").header("Cookie", "towpath_" + server.port() + "=none"));
    server.send(server.request("/api/v1/project").header("Origin", "https://evil.example"));
    server.send(server.bare("/api/v1/hooks/hook").POST(BodyPublishers.ofString("{}")));
    String cookie =
        server
            .send(
                server
                    .bare("/api/v1/session")
                    .header("Content-Type", "application/json")
                    .POST(
                        BodyPublishers.ofString(
                            Served.JSON.writeValueAsString(Map.of("token", server.token())))))
            .headers()
            .firstValue("Set-Cookie")
            .orElseThrow()
            .replaceFirst(";.*", "");
    server.send(
        server
            .bare("/api/v1/builds")
            .header("Cookie", cookie)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{}")));
    server.send(server.bare("/api/v1/dashboards/none?signature=forged.one"));
    SecurityTest.raw(
        server,
        "GET /api/v1/project HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer "
            + server.token()
            + "\r\nConnection: close\r\n\r\n");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      String bearer = "Authorization: Bearer " + server.token() + "\r\n";
      socket
          .getOutputStream()
          .write(
              "GET /api/v1/project HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s%sConnection: close\r\n\r\n"
                  .formatted(server.port(), bearer, bearer)
                  .getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().readAllBytes();
    }
    List<String> log = details();
    assertThat(log)
        .contains(
            "vera forbidden read raw.t: there is no such thing for them",
            "vera forbidden read raw.no_such_table: there is no such thing for them",
            "vera forbidden explain: how a query is computed is told to who may read every table",
            "vera forbidden GET /metrics: metrics are for who may read every table",
            "vera forbidden GET /api/v1/assets/raw.t: there is no such thing for them",
            "vera forbidden GET /api/v1/flows/typed: there is no such thing for them",
            "vera forbidden GET /no/such/endpoint: there is no such thing for them",
            "unknown refused http: a token is needed from 127.0.0.1",
            "unknown refused http: the token is wrong from 127.0.0.1",
            "unknown refused http: a wrong token from 127.0.0.1",
            "unknown refused http: the session is over from 127.0.0.1",
            "unknown refused http: a change by a session needs X-CSRF-Token from 127.0.0.1",
            "unknown refused http: requests from pages of other sites are refused from 127.0.0.1",
            "unknown refused http: the call is not signed from 127.0.0.1",
            "unknown refused http: this link is not valid any more from 127.0.0.1",
            "unknown refused http: this server does not go by that Host from 127.0.0.1",
            "unknown refused http: there are several Authorization headers from 127.0.0.1")
        .doesNotHaveDuplicates()
        .noneSatisfy(line -> assertThat(line).contains("admin forbidden"));
    server.send(server.request("/api/v1/assets/no.such"));
    assertThat(details()).as("who sees everything only missed it").isEqualTo(log);
  }

  private static List<String> details() throws Exception {
    List<String> lines = new ArrayList<>();
    for (JsonNode entry : server.get("/api/v1/audit?limit=1000").path("entries")) {
      if (List.of("forbidden", "refused").contains(entry.path("action").asText())) {
        lines.add(
            "%s %s %s: %s"
                .formatted(
                    entry.path("who").asText(),
                    entry.path("action").asText(),
                    entry.path("subject").asText(),
                    entry.path("detail").asText()));
      }
    }
    return lines;
  }

  @Test
  void anEditorDoesWhatEditorsDoInTheirName() throws Exception {
    HttpResponse<String> run = post("/api/v1/flows/marts/runs", editor, Map.of());
    assertThat(run.statusCode()).isEqualTo(202);
    String id = Served.JSON.readTree(run.body()).path("id").asText();
    assertThat(server.ended(id)).isEqualTo("SUCCESS");
    assertThat(audit()).contains("ed trigger " + id, "ed sign in http");
  }

  @Test
  void usersAndTokensAreMadeOverTheApi() throws Exception {
    String password = "four words and more";
    HttpResponse<String> added =
        post(
            "/api/v1/users",
            server.token(),
            Map.of(
                "name", "Zoe", "role", "viewer", "tables", List.of("raw.*"), "password", password));
    assertThat(added.statusCode()).as(added.body()).isEqualTo(201);
    assertThat(added.body()).doesNotContain(password, "argon");
    Served.problem(
        post("/api/v1/users", server.token(), Map.of("name", "zoe", "role", "viewer")), 409);
    HttpResponse<String> made =
        post("/api/v1/tokens", server.token(), Map.of("name", "zoes", "user", "zoe", "days", 1));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    String text = Served.JSON.readTree(made.body()).path("text").asText();
    assertThat(names(get("/api/v1/assets", text).path("assets")))
        .containsExactly("raw.t", "marts.m");
    HttpResponse<String> list = server.send(server.request("/api/v1/tokens"));
    assertThat(list.body()).contains("zoes").doesNotContain(text);
    HttpResponse<String> changed =
        server.send(
            server
                .request("/api/v1/users/zoe")
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{\"tables\": [], \"role\": \"editor\"}")));
    assertThat(Served.JSON.readTree(changed.body()).path("role").asText()).isEqualTo("editor");
    assertThat(Served.JSON.readTree(changed.body()).path("password").asBoolean()).isTrue();
    assertThat(server.send(server.request("/api/v1/users/zoe").DELETE()).statusCode())
        .isEqualTo(200);
    Served.until(() -> server.send(server.request("/api/v1/assets", text)).statusCode() == 401);
    Served.problem(server.send(server.request("/api/v1/users/zoe").DELETE()), 404);
    for (Map<String, Object> wrong :
        List.<Map<String, Object>>of(
            Map.of("name", "x", "role", "king"),
            Map.of("name", "x", "role", "viewer", "tables", List.of("marts")))) {
      Served.problem(post("/api/v1/users", server.token(), wrong), 400);
    }
    assertThat(audit())
        .contains("admin add user zoe", "admin create token zoes", "admin drop user zoe");
    assertThat(server.send(server.request("/api/v1/audit?limit=1000")).body())
        .doesNotContain(password, text);
  }

  @Test
  void aRevokedTokenEndsWhatItFollows() throws Exception {
    String token = Served.user(folder, "eve", "viewer");
    try (Lines events = server.follow(server.request("/api/v1/events", token))) {
      assertThat(events.next("hello").type()).isEqualTo("hello");
      new Towpath(folder).run("token", "revoke", "eve").good();
      events.next("end of stream");
    }
  }

  @Test
  void eventsAreOfWhatIsSeen() throws Exception {
    String sam = Served.user(folder, "sam", "editor");
    try (Lines all = server.follow(server.request("/api/v1/events", editor));
        Lines few = server.follow(server.request("/api/v1/events", viewer));
        Lines fewer = server.follow(server.request("/api/v1/events", sam))) {
      all.next("hello");
      few.next("hello");
      fewer.next("hello");
      new Towpath(folder).run("user", "grant", "sam", "--role", "viewer").good();
      Served.until(() ->
          names(get("/api/v1/assets", sam).path("assets")).stream().allMatch("marts.m"::equals));
      server.posted("/api/v1/flows/typed/runs", Map.of("params", Map.of("day", "2026-01-01")));
      assertThat(all.next("run.created").data()).contains("typed");
      new Towpath(folder).write("seeds/raw/t.csv", "id,region,day\n1,N,2026-01-01\n");
      Served.until(() -> {
        server.build();
        return server.get("/api/v1/project").path("release").asInt() > 1;
      });
      Lines.Event next = few.next();
      while (next.type().equals("project.changed") || next.type().equals("tables.changed")) {
        assertThat(next.data()).as("what is wrong may name tables").isEqualTo("{}");
        next = few.next();
      }
      assertThat(next.type()).isEqualTo("release.published");
      next = fewer.next();
      while (next.type().equals("project.changed") || next.type().equals("tables.changed")) {
        next = fewer.next();
      }
      assertThat(next.type())
          .as("rights that went while it was open")
          .isEqualTo("release.published");
    }
  }
}
