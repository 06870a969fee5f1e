package dev.towpath.task.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.JobRunner.Context;
import dev.towpath.spi.JobRunner.Job;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.math.BigDecimal;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpRunnerTest {
  private final Web web = new Web();
  private final Exchange exchange = new Exchange(ProxySelector.of(null));
  private final HttpRunner runner = new HttpRunner(exchange);
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final Map<String, Object> outputs = new ConcurrentHashMap<>();

  @AfterEach
  void stop() {
    web.close();
  }

  private static Job job(Map<String, Object> options) {
    return new Job("j", "jobs/j.yml", Path.of("."), options, Map.of());
  }

  private void run(Object... keys) {
    Map<String, Object> options = new HashMap<>();
    for (int i = 0; i < keys.length; i += 2) {
      options.put(keys[i].toString(), keys[i + 1]);
    }
    options.putIfAbsent("url", web.url("/x"));
    assertThat(runner.check(job(options))).isEmpty();
    runner.run(job(options), new Context(Map.of(), Map.of(), Path.of("."), log::add, outputs::put));
  }

  private TowpathException failure(Object... keys) {
    TowpathException failure = catchThrowableOfType(TowpathException.class, () -> run(keys));
    assertThat(failure).as("it fails").isNotNull();
    return failure;
  }

  @Test
  void whatIsPickedOutOfTheAnswerIsHandedOn() {
    web.answers(
        Web.text(
            201,
            "{\"id\": 7, \"a/b\": {\"ok\": true, \"list\": [1.50, \"x\"]}, \"big\": 12345678901234567890}"));
    run(
        "body",
        Map.of("name", "n"),
        "headers",
        Map.of("Authorization", "Bearer t"),
        "outputs",
        Map.of(
            "id",
            "/id",
            "ok",
            "/a~1b/ok",
            "first",
            "/a~1b/list/0",
            "all",
            "/a~1b/list",
            "big",
            "/big"));
    assertThat(outputs)
        .containsOnly(
            Map.entry("id", 7L),
            Map.entry("ok", true),
            Map.entry("first", new BigDecimal("1.50")),
            Map.entry("all", "[1.50,\"x\"]"),
            Map.entry("big", new BigDecimal("12345678901234567890")));
    Web.Asked asked = web.asked.getFirst();
    assertThat(asked.method()).isEqualTo("POST");
    assertThat(asked.body()).isEqualTo("{\"name\":\"n\"}");
    assertThat(asked.header("Content-type")).isEqualTo("application/json");
    assertThat(asked.header("Authorization")).isEqualTo("Bearer t");
    assertThat(log.getFirst()).startsWith("POST " + web.url("/x") + " answered 201 Created after");
    assertThat(log.get(1)).startsWith("{\"id\": 7");
  }

  @Test
  void aTextIsSentAsItIs() {
    run("body", "a=ü", "method", "put", "headers", Map.of("content-type", "text/x"));
    assertThat(web.asked.getFirst().method()).isEqualTo("PUT");
    assertThat(web.asked.getFirst().body()).isEqualTo("a=ü");
    assertThat(web.asked.getFirst().headers().get("Content-type")).containsExactly("text/x");
  }

  @Test
  void itAsksOnceOnly() {
    web.answers(Web.text(500, "out of\n order"));
    TowpathException failure = failure();
    assertThat(failure)
        .hasMessage("GET " + web.url("/x") + " answered 500 Internal Server Error: out of order");
    assertThat(failure.hint()).contains("the server is in trouble; retries: help when that passes");
    assertThat(web.asked).hasSize(1);
  }

  @Test
  void aPageIsNotShown() {
    web.answers(Web.typed(404, "text/html", "<html>" + "x".repeat(500)));
    assertThat(failure())
        .hasMessage("GET " + web.url("/x") + " answered 404 Not Found, with a web page");
  }

  @Test
  void otherStatusesMayBeExpected() {
    web.answers(Web.text(404, "{}"));
    run("status", List.of("2xx", 404L));
    web.answers(Web.text(204, ""));
    run("status", "2XX");
    web.answers(Web.text(200, ""));
    assertThat(failure("status", 201L).hint())
        .contains("if that is a good answer, write status: 200");
  }

  @Test
  void whatIsNotThereIsSaid() {
    web.answers(Web.text(200, "{\"ids\": [], \"count\": null}"));
    TowpathException failure = failure("outputs", Map.of("id", "/id"));
    assertThat(failure).hasMessage("the answer has nothing at /id, which is the output \"id\"");
    assertThat(failure.hint()).contains("there is /ids, /count");
    assertThat(failure("outputs", Map.of("n", "/count")))
        .hasMessageContaining("has null at /count");
    web.answers(Web.typed(200, "text/plain", "fine"));
    assertThat(failure("outputs", Map.of("id", "/id")))
        .hasMessage("GET " + web.url("/x") + " answered with what is no JSON: fine");
    assertThat(outputs).isEmpty();
  }

  @Test
  void aBrokenAnswerIsAFailure() {
    web.answers(Web.cut());
    assertThat(failure()).hasMessageContaining("GET " + web.url("/x") + " broke off: ");
  }

  @Test
  void nobodyThere() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    assertThat(failure("url", "http://127.0.0.1:" + port + "/"))
        .hasMessageEndingWith("cannot be reached: the connection was refused");
    assertThat(failure("url", "http://nobody.invalid/"))
        .hasMessage(
            "GET http://nobody.invalid/ cannot be reached: no server is known as nobody.invalid");
  }

  @Test
  void aSilentServerIsGivenUp() {
    web.answers(web.silence());
    assertThatThrownBy(() ->
            exchange.ask(
                new Request(
                    "GET", Request.url("url", web.url("/")), Map.of(), java.util.Optional.empty()),
                Duration.ofMillis(300)))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("did not answer within 300 ms");
  }

  @Test
  void itCanBeStopped() throws Exception {
    web.answers(web.silence());
    AtomicReference<Throwable> end = new AtomicReference<>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                run();
              } catch (Throwable e) {
                end.set(e);
              }
            });
    while (web.asked.isEmpty()) {
      Thread.sleep(5);
    }
    thread.interrupt();
    assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
    assertThat(end.get()).isInstanceOf(CancelledException.class);
  }

  @Test
  void aLongAnswerIsCut() {
    web.answers(Web.typed(200, "text/plain", "line of text\n".repeat(1_000_000)));
    run();
    assertThat(String.join("\n", log).length()).isLessThan(70_000);
    assertThat(log.getLast()).isEqualTo("... the rest of the answer is left out");
    assertThat(failure("outputs", Map.of("a", "/a"))).hasMessageContaining("more than a megabyte");
  }

  @Test
  void credentialsDoNotGoToAnotherServer() {
    try (Web other = new Web()) {
      web.answers(Web.redirect(302, other.url("/y")));
      run("headers", Map.of("Authorization", "Bearer t", "X-Key", "k"));
      assertThat(other.asked.getFirst().headers()).doesNotContainKeys("Authorization", "X-key");
      assertThat(failure("body", "secret"))
          .hasMessage("POST " + web.url("/x") + " redirects a POST to another server, 127.0.0.1");
      assertThat(other.asked).hasSize(1);
    }
  }

  @Test
  void onItsOwnServerTheyDo() {
    web.answers(exchange -> {
      boolean first = exchange.getRequestURI().getPath().equals("/x");
      (first ? Web.redirect(303, "/y?a=b") : Web.text(200, "{\"id\": 1}")).to(exchange);
    });
    run("headers", Map.of("X-Key", "k"), "body", Map.of("a", 1L), "outputs", Map.of("id", "/id"));
    assertThat(web.asked.getLast())
        .satisfies(asked -> {
          assertThat(asked.method() + " " + asked.path()).isEqualTo("GET /y?a=b");
          assertThat(asked.header("X-key")).isEqualTo("k");
          assertThat(asked.body()).isEmpty();
        });
    web.answers(Web.redirect(307, "/x"));
    assertThat(failure()).hasMessageContaining("redirects again and again");
  }

  @Test
  void aLoginInTheUrlIsAHeaderAndNotShown() {
    web.answers(Web.text(403, ""));
    TowpathException failure = failure("url", web.url("/x").replace("//", "//me:hunter2@"));
    assertThat(failure).hasMessage("GET " + web.url("/x") + " answered 403 Forbidden");
    assertThat(web.asked.getFirst().header("Authorization")).isEqualTo("Basic bWU6aHVudGVyMg==");
    assertThat(log.toString()).doesNotContain("hunter2");
  }

  @Test
  void aHeaderTakesNoLineBreak() {
    assertThat(failure("headers", Map.of("X-Key", "a\r\nX-Evil: b")))
        .hasMessageStartingWith("the value of the header \"X-Key\" has a line break");
    assertThat(web.asked).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          url     | ftp://host/x          | "url" is no URL of a web server
          url     | http://host/a b       | "url" cannot be read as a URL
          method  | FETCH                 | "method" cannot be "FETCH"
          status  | good                  | "status" cannot be "good"
          headers | x                     | "headers" must be a map of names and values
          outputs | /id                   | "outputs" must be a map of names and places
          """)
  void wrongKeysAreSaid(String key, String value, String message) {
    Map<String, Object> options = new HashMap<>(Map.of("url", "https://host/"));
    options.put(key, value);
    assertThat(runner.check(job(options))).extracting(Problem::message).containsExactly(message);
  }

  @Test
  void aPathOfAnotherKindIsTranslated() {
    Map<String, Object> options =
        Map.of("url", "https://host/", "outputs", Map.of("id", "$.items[0].id"));
    assertThat(runner.check(job(options)).getFirst().hint())
        .contains("write a JSON Pointer: /items/0/id");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Host", "Content-Length", "a b", ""})
  void someHeadersAreNotTaken(String name) {
    Map<String, Object> options = Map.of("url", "https://host/", "headers", Map.of(name, "x"));
    assertThat(runner.check(job(options)).getFirst().message())
        .isEqualTo("\"" + name + "\" cannot be a header here");
  }
}
