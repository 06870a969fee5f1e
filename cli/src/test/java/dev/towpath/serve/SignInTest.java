package dev.towpath.serve;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.cli.Towpath;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who signs in with a browser: the cookie, and what pages of others can do with it. */
class SignInTest {
  private static final String PASSWORD = "several words together";
  private static final String PATH = "/api/v1/session";

  @TempDir private static Path folder;
  private static Served server;

  /** A session: what the browser sends, and what only pages of the server know. */
  private record Session(String cookie, String csrf) {}

  @BeforeAll
  static void start() throws Exception {
    Towpath project = Served.project(folder);
    for (String name : new String[] {"ada", "bob", "cleo", "dora"}) {
      withInput(
          PASSWORD + "\n",
          () -> project.run("user", "add", name, "--role", "editor", "--password-stdin").good());
    }
    server = Served.start(folder);
  }

  /** Runs a command that reads from standard input. */
  static synchronized void withInput(String text, Runnable command) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(text.getBytes(UTF_8)));
    try {
      command.run();
    } finally {
      System.setIn(before);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static HttpResponse<String> signIn(Map<String, String> body) throws Exception {
    return server.send(json(server.bare(PATH), body));
  }

  private static HttpRequest.Builder json(HttpRequest.Builder request, Object body)
      throws Exception {
    return request
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(Served.JSON.writeValueAsString(body)));
  }

  private static Session session(String user) throws Exception {
    return session(signIn(Map.of("user", user, "password", PASSWORD)));
  }

  private static Session session(HttpResponse<String> signedIn) throws Exception {
    assertThat(signedIn.statusCode()).as(signedIn.body()).isEqualTo(201);
    String cookie = signedIn.headers().firstValue("Set-Cookie").orElseThrow();
    return new Session(
        cookie.replaceFirst(";.*", ""),
        Served.JSON.readTree(signedIn.body()).path("csrf").asText());
  }

  private static HttpResponse<String> with(Session session, String path) throws Exception {
    return server.send(server.bare(path).header("Cookie", session.cookie()));
  }

  @Test
  void aPasswordOpensASession() throws Exception {
    HttpResponse<String> in = signIn(Map.of("user", "Ada", "password", PASSWORD));
    String cookie = in.headers().firstValue("Set-Cookie").orElseThrow();
    assertThat(cookie)
        .startsWith("towpath_" + server.port() + "=")
        .contains("; HttpOnly", "; SameSite=Strict", "; Path=/")
        .doesNotContain("Domain");
    Session session = session(in);
    JsonNode who = Served.JSON.readTree(with(session, PATH).body());
    assertThat(who.path("user").asText()).isEqualTo("ada");
    assertThat(who.path("role").asText()).isEqualTo("editor");
    assertThat(who.path("csrf").asText()).isEqualTo(session.csrf());
    assertThat(with(session, "/api/v1/assets").statusCode()).isEqualTo(200);
    assertThat(in.body()).doesNotContain(session.cookie().replaceFirst(".*=", ""));
  }

  @Test
  void aTokenOpensASession() throws Exception {
    Session session = session(signIn(Map.of("token", server.token())));
    assertThat(Served.JSON.readTree(with(session, PATH).body()).path("user").asText())
        .isEqualTo("admin");
  }

  @Test
  void aSessionEndsWhenItsUserSaysSo() throws Exception {
    Session session = session("ada");
    HttpResponse<String> out =
        server.send(
            server
                .bare(PATH)
                .header("Cookie", session.cookie())
                .header("X-CSRF-Token", session.csrf())
                .DELETE());
    assertThat(out.statusCode()).as(out.body()).isEqualTo(200);
    assertThat(out.headers().firstValue("Set-Cookie").orElseThrow()).contains("Max-Age=0");
    assertThat(Served.problem(with(session, PATH), 401).path("detail").asText())
        .isEqualTo("the session is over");
  }

  @Test
  void aChangeNeedsWhatOnlyOurPagesKnow() throws Exception {
    Session session = session("ada");
    Session other = session("bob");
    String path = "/api/v1/flows/typed/pause";
    for (String token : new String[] {"", "x", other.csrf(), session.csrf() + "x"}) {
      HttpRequest.Builder request =
          json(server.bare(path), Map.of()).header("Cookie", session.cookie());
      Served.problem(
          server.send(token.isEmpty() ? request : request.header("X-CSRF-Token", token)), 403);
    }
    HttpResponse<String> own =
        server.send(
            json(server.bare(path), Map.of())
                .header("Cookie", session.cookie())
                .header("X-CSRF-Token", session.csrf())
                .header("Origin", server.url().toString()));
    assertThat(own.statusCode()).as(own.body()).isEqualTo(200);
    HttpResponse<String> across =
        server.send(
            json(server.bare(path), Map.of())
                .header("Cookie", session.cookie())
                .header("X-CSRF-Token", session.csrf())
                .header("Origin", "https://evil.example"));
    Served.problem(across, 403);
  }

  /** A page of another site that makes the browser sign in as the attacker. */
  @Test
  void pagesOfOthersSignNobodyIn() throws Exception {
    Map<String, String> body = Map.of("user", "ada", "password", PASSWORD);
    for (String[] header :
        new String[][] {
          {"Origin", "https://evil.example"},
          {"Origin", "null"},
          {"Sec-Fetch-Site", "cross-site"},
          {"Sec-Fetch-Site", "same-site"}
        }) {
      HttpResponse<String> answer =
          server.send(json(server.bare(PATH), body).header(header[0], header[1]));
      Served.problem(answer, 403);
      assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
    }
    HttpResponse<String> form =
        server.send(
            server
                .bare(PATH)
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(Served.JSON.writeValueAsString(body))));
    Served.problem(form, 415);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%n=x",
        "%n=",
        "%n",
        "%n=%v; %n=%v",
        "%n=%v; %n=other",
        "other=%v",
        "%n=\"%v\"",
        "%n=%v%%00",
        "%N=%v",
        "$Version=1; %nx=%v",
        "%n=../../etc/passwd",
        "%n=' OR '1'='1",
      })
  void otherCookiesAreNone(String pattern) throws Exception {
    String[] pair = session("cleo").cookie().split("=", 2);
    String cookie =
        pattern
            .replace("%%", "%")
            .replace("%n", pair[0])
            .replace("%N", pair[0].toUpperCase(java.util.Locale.ROOT))
            .replace("%v", pair[1]);
    assertThat(raw("GET " + PATH + " HTTP/1.1\r\nCookie: " + cookie + "\r\n"))
        .as(cookie)
        .startsWith("HTTP/1.1 401")
        .doesNotContain("Exception");
  }

  @Test
  void severalAuthorizationsAreNone() throws Exception {
    String good = "Authorization: Bearer " + server.token() + "\r\n";
    assertThat(raw("GET " + PATH + " HTTP/1.1\r\n" + good)).startsWith("HTTP/1.1 200");
    assertThat(raw("GET " + PATH + " HTTP/1.1\r\n" + good + good)).startsWith("HTTP/1.1 401");
    assertThat(raw("GET " + PATH + " HTTP/1.1\r\n" + good + "Authorization: Bearer x\r\n"))
        .startsWith("HTTP/1.1 401");
    Session session = session("cleo");
    assertThat(
            raw(
                "GET "
                    + PATH
                    + " HTTP/1.1\r\nAuthorization: Bearer x\r\nCookie: "
                    + session.cookie()
                    + "\r\n"))
        .as("a cookie does not make up for a wrong token")
        .startsWith("HTTP/1.1 401");
  }

  private static String raw(String head) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(40_000);
      String request = head + "Host: 127.0.0.1:" + server.port() + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  @Test
  void aPasswordIsChangedByWhoKnowsIt() throws Exception {
    Session session = session("dora");
    String fresh = "other words, as many";
    HttpResponse<String> wrong = change(session, PASSWORD + "x", fresh);
    Served.problem(wrong, 401);
    Served.problem(change(session, PASSWORD, "short"), 400);
    assertThat(change(session, PASSWORD, fresh).statusCode()).isEqualTo(200);
    Served.until(() -> with(session, PATH).statusCode() == 401);
    Served.problem(signIn(Map.of("user", "dora", "password", PASSWORD)), 401);
    assertThat(signIn(Map.of("user", "dora", "password", fresh)).statusCode()).isEqualTo(201);
  }

  private static HttpResponse<String> change(Session session, String old, String fresh)
      throws Exception {
    return server.send(
        json(server.bare(PATH + "/password"), Map.of("old", old, "new", fresh))
            .header("Cookie", session.cookie())
            .header("X-CSRF-Token", session.csrf()));
  }

  @Test
  void wrongPasswordsAreAlikeAndSlow() throws Exception {
    int patience = 0;
    for (int i = 0; i < 8; i++) {
      HttpResponse<String> known = signIn(Map.of("user", "cleo2", "password", "wrong " + i));
      if (known.statusCode() == 429) {
        patience++;
        assertThat(known.headers().firstValue("Retry-After")).isPresent();
      } else {
        assertThat(Served.problem(known, 401).path("detail").asText())
            .isEqualTo("the user name or the password is wrong");
      }
    }
    assertThat(patience).isPositive();
    assertThat(server.get("/api/v1/project").path("name").asText()).isEqualTo("small");
    String audit = server.send(server.request("/api/v1/audit?limit=1000")).body();
    assertThat(audit).contains("\"refused\"").doesNotContain("cleo2", "wrong 1", PASSWORD);
    assertThat(server.said()).doesNotContain(PASSWORD, "wrong 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"user\": \"ada\"}",
        "{\"user\": \"ada\", \"password\": \"x\", \"token\": \"y\"}",
        "{\"user\": [\"ada\"], \"password\": \"x\"}",
        "{\"user\": {\"$ne\": 1}, \"password\": {\"$ne\": 1}}",
        "{\"token\": null}",
        "{\"user\": \"ada\", \"password\": 1}",
      })
  void otherBodiesSignNobodyIn(String body) throws Exception {
    Served.problem(
        server.send(
            server
                .bare(PATH)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))),
        400);
  }
}
