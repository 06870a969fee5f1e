package dev.towpath.serve;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who comes in and who does not, and what broken or hostile requests are told. */
class SecurityTest {
  @TempDir private static Path folder;
  private static Served server;

  @BeforeAll
  static void start() throws Exception {
    Served.project(folder);
    server = Served.start(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/project",
        "/api/v1/openapi.json",
        "/api/v1/events",
        "/metrics",
        "/api/v1/nothing",
        "/consoles/",
        "/healthz/",
        "/api/v1/hooks/hook"
      })
  void withoutATokenNothingIsTold(String path) throws Exception {
    var problem = Served.problem(server.send(server.bare(path)), 401);
    assertThat(problem.path("detail").asText()).isEqualTo("a token is needed");
    HttpResponse<String> wrong =
        server.send(server.bare(path).header("Authorization", "Bearer " + server.token() + "x"));
    assertThat(Served.problem(wrong, 401).path("detail").asText()).isEqualTo("the token is wrong");
    assertThat(wrong.headers().firstValue("WWW-Authenticate")).isPresent();
    assertThat(wrong.body()).doesNotContain(server.token());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic dXNlcjpwdw==", "Bearer", "Bearer ", "bearer  ", "Token x", ""})
  void otherCredentialsAreNone(String header) throws Exception {
    Served.problem(
        server.send(server.bare("/api/v1/project").header("Authorization", header)), 401);
  }

  @Test
  void theConsoleIsForAnybodyAndTellsNothing() throws Exception {
    HttpResponse<String> page = server.send(server.bare("/console/runs/1"));
    assertThat(page.body()).doesNotContain(server.token());
    assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/");
    for (String path : new String[] {"/", "/console"}) {
      HttpResponse<String> home = server.send(server.bare(path));
      assertThat(home.statusCode()).isEqualTo(302);
      assertThat(home.headers().firstValue("Location").orElse("")).endsWith("/console/");
    }
    for (String path :
        new String[] {
          "/console/assets/none.js",
          "/console/assets/../index.html",
          "/console/assets/%2e%2e/%2e%2e/server/Guard.class",
          "/console/assets/..%2f..%2f..%2fMETA-INF/MANIFEST.MF"
        }) {
      assertThat(
              raw(
                  "GET "
                      + path
                      + " HTTP/1.1\r\nHost: 127.0.0.1:"
                      + server.port()
                      + "\r\nConnection: close\r\n\r\n"))
          .as(path)
          .matches("(?s)HTTP/1.1 40[014] .*")
          .doesNotContain("Manifest-Version");
    }
  }

  @Test
  void healthIsForAnybody() throws Exception {
    assertThat(server.send(server.bare("/healthz")).statusCode()).isEqualTo(200);
    Served.until(() -> server.send(server.bare("/readyz")).statusCode() == 200);
    assertThat(raw("GET /healthz HTTP/1.1\r\nHost: probe.example\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:%d"})
  void anotherHostIsRefused(String host) throws Exception {
    String answer =
        raw(
            "GET /api/v1/project HTTP/1.1\r\nHost: "
                + host.formatted(server.port())
                + "\r\nAuthorization: Bearer "
                + server.token()
                + "\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 421").contains("application/problem+json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost", "LOCALHOST", "[::1]"})
  void itsOwnNamesAreTaken(String host) throws Exception {
    assertThat(
            raw(
                "GET /api/v1/project HTTP/1.1\r\nHost: "
                    + host
                    + ":"
                    + server.port()
                    + "\r\nAuthorization: Bearer "
                    + server.token()
                    + "\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://evil.example", "null", "https://127.0.0.1:%d", "http://127.0.0.1:1"})
  void pagesOfOtherSitesAreRefused(String origin) throws Exception {
    Served.problem(
        server.send(
            server.request("/api/v1/project").header("Origin", origin.formatted(server.port()))),
        403);
  }

  @Test
  void itsOwnPagesAreNot() throws Exception {
    HttpResponse<String> own =
        server.send(
            server
                .request("/api/v1/project")
                .header("Origin", server.url().toString())
                .header("Sec-Fetch-Site", "same-origin"));
    assertThat(own.statusCode()).isEqualTo(200);
    assertThat(own.headers().map()).doesNotContainKey("access-control-allow-origin");
    Served.problem(
        server.send(server.request("/api/v1/project").header("Sec-Fetch-Site", "cross-site")), 403);
    HttpResponse<String> preflight =
        server.send(
            server
                .bare("/api/v1/builds")
                .header("Origin", "http://evil.example")
                .header("Access-Control-Request-Method", "POST")
                .method("OPTIONS", BodyPublishers.noBody()));
    Served.problem(preflight, 401);
  }

  @Test
  void whatIsNotThereIsTold() throws Exception {
    assertThat(Served.problem(server.send(server.request("/api/v1/nothing")), 404).path("hint"))
        .isNotNull();
    HttpResponse<String> method = server.send(server.request("/api/v1/project").DELETE());
    Served.problem(method, 405);
    assertThat(method.headers().firstValue("Allow").orElse("")).contains("GET");
    assertThat(
            Served.problem(server.send(server.request("/api/v1/flows/nightl")), 404)
                .path("hint")
                .asText())
        .isEqualTo("did you mean \"nightly\"?");
    for (String path :
        new String[] {
          "/api/v1/runs/../../healthz", "/api/v1/runs/%2e%2e%2f%2e%2e", "/api/v1/runs/a%00b"
        }) {
      assertThat(
              raw(
                  "GET "
                      + path
                      + " HTTP/1.1\r\nHost: 127.0.0.1:"
                      + server.port()
                      + "\r\nAuthorization: Bearer "
                      + server.token()
                      + "\r\nConnection: close\r\n\r\n"))
          .containsPattern("^HTTP/1.1 (404|400|200)")
          .doesNotContain("Exception");
    }
  }

  @Test
  void bodiesAreLookedAt() throws Exception {
    String path = "/api/v1/query";
    for (String body :
        new String[] {
          "",
          "{",
          "[]",
          "null",
          "{\"sql\": 1}",
          "{}",
          "{\"sql\":\"SELECT 1\"} x",
          "{\"sql\":\"SELECT 1\",\"sql\":\"SELECT 2\"}",
          "{\"sql\":\"SELECT 1\",\"nme\":1}",
          "[".repeat(10_000),
          "{\"sql\":\"SELECT 1\",\"limit\":0}",
          "{\"sql\":\"SELECT 1\",\"limit\":1e9}"
        }) {
      assertThat(Served.problem(server.post(path, body), 400).path("detail").asText())
          .as(body.length() > 100 ? "many brackets" : body)
          .isNotEmpty();
    }
    Served.problem(
        server.send(
            server
                .request(path)
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("{\"sql\":\"SELECT 1\"}"))),
        415);
    Served.problem(server.post(path, "{\"sql\":\"" + "x".repeat(2 << 20) + "\"}"), 413);
  }

  @Test
  void bodiesOfAnyLengthAreBounded() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /api/v1/query HTTP/1.1\r\nHost: 127.0.0.1:"
                  + server.port()
                  + "\r\nAuthorization: Bearer "
                  + server.token()
                  + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
              .getBytes(US_ASCII));
      byte[] chunk = ("10000\r\n" + " ".repeat(0x10000) + "\r\n").getBytes(US_ASCII);
      try {
        for (int i = 0; i < 1000; i++) {
          out.write(chunk);
        }
      } catch (IOException closed) {
        assertThat(closed).isNotNull(); // the server has hung up, as it should
      }
      assertThat(answer(socket.getInputStream())).startsWith("HTTP/1.1 413");
    }
  }

  @Test
  void hugeHeadersAndBrokenRequestsAreRefused() throws Exception {
    assertThat(
            raw("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + "a".repeat(40_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431")
        .contains("application/problem+json");
    assertThat(raw("GET /" + "a".repeat(40_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
        .containsPattern("^HTTP/1.1 (414|431)");
    for (String request :
        new String[] {
          "GARBAGE\r\n\r\n",
          "GET /healthz HTTP/1.1\r\n\r\n",
          "GET healthz\r\n\r\n",
          "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
          "\u0000\u0001\u0002\r\n\r\n"
        }) {
      assertThat(raw(request))
          .as(request)
          .containsPattern("^HTTP/1.1 (400|505)")
          .contains("application/problem+json")
          .doesNotContain("Jetty", "\tat ");
    }
    assertThat(server.send(server.bare("/healthz")).statusCode()).isEqualTo(200);
  }

  @Test
  void clientsThatSayNothingHinderNobody() throws Exception {
    Socket[] silent = new Socket[200];
    try {
      for (int i = 0; i < silent.length; i++) {
        silent[i] = new Socket(InetAddress.getLoopbackAddress(), server.port());
        silent[i].getOutputStream().write("GET /healthz HT".getBytes(US_ASCII));
      }
      assertThat(server.get("/api/v1/project").path("name").asText()).isEqualTo("small");
    } finally {
      for (Socket socket : silent) {
        if (socket != null) {
          socket.close();
        }
      }
    }
  }

  @Test
  void theTokenIsItsOwnersOnly() throws Exception {
    Path file = folder.resolve(".towpath/token");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(server.token()).matches("towpath_[A-Za-z0-9_-]{43}");
    assertThat(server.said()).doesNotContain(server.token());
  }

  @Test
  void answersSayHowTheyAreToBeTaken() throws Exception {
    HttpResponse<String> answer = server.send(server.request("/api/v1/project"));
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(answer.headers().firstValue("Content-Security-Policy")).isPresent();
    assertThat(answer.headers().firstValue("Server")).isEmpty();
    assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/*')",
        "COPY (SELECT 1) TO '/tmp/towpath-stolen'",
        "ATTACH '/tmp/x.db'",
        "PRAGMA database_list",
        "SET threads = 1",
        "INSTALL httpfs",
        "SELECT 1; SELECT 2",
        "DROP TABLE marts.m",
        "SELECT * FROM duckdb_settings()",
        "WITH x AS (INSERT INTO marts.m VALUES (1)) SELECT 1"
      })
  void aQueryOnlyReadsTables(String sql) throws Exception {
    HttpResponse<String> answer =
        server.post("/api/v1/query", Served.JSON.writeValueAsString(java.util.Map.of("sql", sql)));
    Served.problem(answer, 400);
    assertThat(answer.body()).doesNotContain("root:");
  }

  private static String raw(String request) throws IOException {
    return raw(server, request);
  }

  /** What a server answers to these bytes. */
  static String raw(Served server, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(40_000);
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      return answer(socket.getInputStream());
    }
  }

  /** What comes before the connection ends, however it does. */
  private static String answer(InputStream in) {
    StringBuilder text = new StringBuilder();
    byte[] piece = new byte[8192];
    try {
      for (int length = in.read(piece); length > 0; length = in.read(piece)) {
        text.append(new String(piece, 0, length, UTF_8));
        if (text.indexOf("\r\n\r\n") > 0 && text.indexOf("}") > 0) {
          break;
        }
      }
    } catch (IOException reset) {
      return text.toString();
    }
    return text.toString();
  }
}
