package dev.towpath.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.cli.Towpath;
import dev.towpath.fault.FolderProcesses;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a server starts, follows its files, lives beside another one, and stops. */
class LifeTest {
  @TempDir private Path folder;
  private Towpath project;

  @BeforeEach
  void project() throws Exception {
    project = Served.project(folder);
  }

  private JsonNode note() throws Exception {
    return Served.JSON.readTree(Files.readString(folder.resolve(".towpath/server.json")));
  }

  @Test
  void aServerIsFoundAndLeavesNothing() throws Exception {
    try (Served server = Served.start(folder)) {
      assertThat(note().path("url").asText()).isEqualTo(server.url().toString());
      assertThat(note().path("pid").asLong()).isEqualTo(server.process().pid());
      assertThat(project.run("token").good().out().strip()).isEqualTo(server.token());
      server.stop();
      assertThat(server.said()).endsWith("stopped\n");
      assertThat(folder.resolve(".towpath/server.json")).doesNotExist();
    }
  }

  /** What was opened for those who asked is closed by a thread that has been interrupted. */
  @Test
  void stoppingIsNoFailureWhenPeopleHaveAsked() throws Exception {
    project.run("run").good();
    try (Served server = Served.start(folder)) {
      server.posted("/api/v1/query", Map.of("sql", "SELECT * FROM marts.m"));
      server.stop();
      assertThat(server.said()).endsWith("stopped\n").doesNotContain("cancelled");
    }
  }

  @Test
  void whatIsSavedAndBrokenIsNotBuiltWithoutAWord() throws Exception {
    try (Served server = Served.start(folder)) {
      project.write("models/marts/m.sql", "SELECT nothing FROM raw.t\n");
      JsonNode problem = Served.problem(server.post("/api/v1/builds", "{}"), 422);
      assertThat(problem.path("errors").path(0).path("file").asText())
          .isEqualTo("models/marts/m.sql");
      assertThat(problem.path("errors").path(0).path("message").asText()).contains("nothing");
      project.write("models/marts/m.sql", "SELECT 7 AS id FROM raw.t\n");
      assertThat(server.build().path("state").asText()).isEqualTo("SUCCESS");
      assertThat(project.run("query", "SELECT max(id) AS id FROM marts.m").good().out())
          .contains("7");
    }
  }

  @Test
  void aPortThatIsTakenIsTold() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Towpath.Result result =
          project.run("serve", "--port", Integer.toString(taken.getLocalPort()));
      assertThat(result.exit()).isEqualTo(1);
      assertThat(result.err())
          .contains("port " + taken.getLocalPort() + " of 127.0.0.1 is taken", "--port 0");
      assertThat(folder.resolve(".towpath/server.json")).doesNotExist();
    }
  }

  @Test
  void addressesThatOthersReachAreRefused() {
    for (String host : new String[] {"0.0.0.0", "::"}) {
      Towpath.Result result = project.run("serve", "--host", host, "--port", "0");
      assertThat(result.exit()).isEqualTo(2);
      assertThat(result.err()).contains("without TLS", "--behind-proxy https://NAME");
    }
    for (String proxy : List.of("data.example.org", "http://data.example.org")) {
      Towpath.Result result = project.run("serve", "--host", "0.0.0.0", "--behind-proxy", proxy);
      assertThat(result.exit()).isEqualTo(2);
      assertThat(result.err()).contains("the proxy has TLS: write https and its name");
    }
    assertThat(project.run("serve", "--port", "70000").exit()).isEqualTo(2);
    assertThat(project.run("serve", "--host", "no.such.host.invalid").err())
        .contains("unknown host");
  }

  @Test
  void behindAProxyItGoesByThatName() throws Exception {
    Towpath.Result nobody =
        project.run(
            "serve",
            "--host",
            "0.0.0.0",
            "--behind-proxy",
            "https://data.example.org",
            "--port",
            "0");
    assertThat(nobody.exit()).isEqualTo(2);
    assertThat(nobody.err()).contains("there is no user", "towpath user add NAME");
    Served.user(folder, "ada", "admin");
    try (Served server =
        Served.start(folder, "--host", "0.0.0.0", "--behind-proxy", "https://data.example.org")) {
      var fromOutside =
          server.send(
              server.request("/api/v1/project").header("Origin", "https://data.example.org"));
      assertThat(fromOutside.statusCode()).isEqualTo(200);
      Served.problem(
          server.send(server.request("/api/v1/project").header("Origin", "https://evil.example")),
          403);
    }
  }

  /** A proxy adds who asked it at the end; all before that is what somebody claims. */
  @Test
  void behindAProxyTheLastAddressCounts() throws Exception {
    Served.user(folder, "ada", "admin");
    try (Served server =
        Served.start(folder, "--host", "0.0.0.0", "--behind-proxy", "https://data.example.org")) {
      for (List<String> headers :
          List.of(
              List.of("198.51.100.1, 203.0.113.9"),
              List.of("198.51.100.2", "203.0.113.10"),
              List.of("198.51.100.3,198.51.100.4", "198.51.100.5 , 2001:db8::7"),
              List.of("203.0.113.11, <script>"))) {
        HttpRequest.Builder request =
            server.bare("/api/v1/project").header("Authorization", "Bearer wrong");
        headers.forEach(value -> request.header("X-Forwarded-For", value));
        Served.problem(server.send(request), 401);
      }
      String log = server.send(server.request("/api/v1/audit?limit=1000")).body();
      assertThat(log)
          .contains("from 203.0.113.9", "from 203.0.113.10", "from 2001:db8::7", "from 127.0.0.1")
          .doesNotContain("198.51.100.", "203.0.113.11", "script");
      List<Integer> statuses = new ArrayList<>();
      for (int i = 0; i < 30; i++) { // who fails too often waits, whatever they claim to be
        String through = "198.51.100." + i + ", 203.0.113.77";
        statuses.add(
            server
                .send(signIn(server, "nobody" + i, "wrong").header("X-Forwarded-For", through))
                .statusCode());
      }
      assertThat(statuses).startsWith(401, 401, 401, 401, 401, 401).contains(429);
      Served.problem(
          server.send(signIn(server, "nobody", "wrong").header("X-Forwarded-For", "203.0.113.78")),
          401);
    }
  }

  private static HttpRequest.Builder signIn(Served server, String user, String password)
      throws Exception {
    return server
        .bare("/api/v1/session")
        .header("Content-Type", "application/json")
        .POST(
            HttpRequest.BodyPublishers.ofString(
                Served.JSON.writeValueAsString(Map.of("user", user, "password", password))));
  }

  /** The proxy has TLS, the port of PostgreSQL has not: of other machines it asks no password. */
  @Test
  void behindAProxyThePortOfPostgresIsForThisMachine() throws Exception {
    Optional<InetAddress> outside =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(a -> a instanceof Inet4Address && !a.isLoopbackAddress())
            .findFirst();
    assumeTrue(outside.isPresent(), "this machine has no address but its own");
    String token = Served.user(folder, "ada", "admin");
    try (Served server =
        Served.start(
            folder,
            "--host",
            "0.0.0.0",
            "--behind-proxy",
            "https://data.example.org",
            "--pg-port",
            "0")) {
      String url = "jdbc:postgresql://%s:" + note().path("pg_port").asInt() + "/small";
      assertThatThrownBy(() ->
              DriverManager.getConnection(
                  url.formatted(outside.get().getHostAddress()), "token", token))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28000"))
          .hasMessageContaining("TLS is needed from other machines");
      try (Connection inside =
          DriverManager.getConnection(url.formatted("127.0.0.1"), "token", token)) {
        assertThat(inside.isValid(10)).isTrue();
      }
      assertThat(server.send(server.request("/api/v1/audit")).body())
          .contains("TLS is needed from other machines");
    }
  }

  @Test
  void twoServersShareAStore() throws Exception {
    try (Served one = Served.start(folder);
        Served two = Served.start(folder)) {
      assertThat(note().path("url").asText()).isEqualTo(one.url().toString());
      String run = one.posted("/api/v1/flows/talk/runs", Map.of()).path("id").asText();
      assertThat(two.ended(run)).isEqualTo("SUCCESS");
      assertThat(one.state(run)).isEqualTo("SUCCESS");
      assertThat(two.send(two.request("/api/v1/runs/" + run + "/logs/job.talk")).body())
          .isEqualTo("one\ntwo\nthree\n");
    }
  }

  @Test
  void anEditWithProblemsIsShownAndChangesNothing() throws Exception {
    try (Served server = Served.start(folder)) {
      project.write("models/marts/m.sql", "SELECT idd FROM raw.t");
      Served.until(() -> !server.get("/api/v1/project").path("current").asBoolean());
      JsonNode problems = server.get("/api/v1/project").path("problems");
      assertThat(problems.path(0).path("file").asText()).isEqualTo("models/marts/m.sql");
      assertThat(problems.path(0).path("line").asInt()).isEqualTo(1);
      assertThat(server.get("/api/v1/assets/marts.m").path("columns").size()).isEqualTo(4);
      project.write("towpath.yml", "project: [");
      Served.until(() ->
          server
              .get("/api/v1/project")
              .path("problems")
              .findValuesAsText("file")
              .contains("towpath.yml"));
      project.write("towpath.yml", "project: small\n");
      project.write("models/marts/m.sql", "SELECT id FROM raw.t");
      Served.until(() -> server.get("/api/v1/project").path("current").asBoolean());
      assertThat(server.get("/api/v1/assets/marts.m").path("columns").size()).isEqualTo(1);
    }
  }

  @Test
  void aServerThatStopsEndsWhatGoesOn() throws Exception {
    try (Served server = Served.start(folder)) {
      String run = server.posted("/api/v1/flows/long/runs", Map.of()).path("id").asText();
      Served.until(() -> server.state(run).equals("RUNNING"));
      String build =
          server
              .posted("/api/v1/builds", Map.of("select", new String[] {"job:long"}))
              .path("id")
              .asText();
      Served.until(
          () -> server.get("/api/v1/builds/" + build).path("state").asText().equals("RUNNING"));
      Served.until(() -> sleepers() == 2); // the run's and the build's
      try (Lines events = server.follow(server.request("/api/v1/events"))) {
        assertThat(events.next().type()).isEqualTo("hello");
        server.stop();
        assertThat(events.next("end of stream").data()).isEmpty();
      }
      assertThat(server.said()).endsWith("stopped\n");
      Served.until(
          () -> FolderProcesses.of(folder).isEmpty()); // long before they end by themselves
    }
  }

  /** What a client is still being sent when the server is told to stop, it gets. */
  @Test
  void anAnswerThatIsUnderWayIsSentToItsEnd() throws Exception {
    int rows = 2_000_000; // more than lies in any buffer between the two
    project.run("run").good();
    try (Served server = Served.start(folder)) {
      var request =
          server
              .request("/api/v1/query")
              .header("Content-Type", "application/json")
              .header("Accept", "text/csv")
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      Served.JSON.writeValueAsString(
                          Map.of(
                              "sql", "SELECT i, i * 1000003 AS n FROM range(" + rows + ") r(i)"))));
      try (InputStream answer = server.stream(request);
          BufferedReader lines = new BufferedReader(new InputStreamReader(answer, UTF_8))) {
        assertThat(lines.readLine()).isEqualTo("i,n");
        server.process().destroy(); // SIGTERM
        Served.until(() -> refuses(server));
        assertThat(server.process().isAlive()).as("it waits for who reads").isTrue();
        long last = -1;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          last++;
          assertThat(line).startsWith(last + ",");
        }
        assertThat(last).isEqualTo(rows - 1);
      }
      server.stop();
      assertThat(server.said()).endsWith("stopped\n");
    }
  }

  /** Whether it takes no more requests. */
  private static boolean refuses(Served server) throws Exception {
    try {
      return server.send(server.bare("/healthz")).statusCode() == 503;
    } catch (IOException e) {
      return true;
    }
  }

  private long sleepers() {
    return FolderProcesses.of(folder).stream()
        .filter(p -> p.info().commandLine().filter(c -> c.endsWith("/sleep 300")).isPresent())
        .count();
  }

  @Test
  void theTokenMustBePrivate() throws Exception {
    project.run("token").good();
    Path token = folder.resolve(".towpath/token");
    Files.setPosixFilePermissions(
        token, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    Towpath.Result result = project.run("token");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).contains("others may read or write the token");
    Files.delete(token);
    assertThat(project.run("--json", "token").good().out()).startsWith("{\"token\":\"towpath_");
  }
}
