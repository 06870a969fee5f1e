package dev.towpath.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.cli.Towpath;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Webhooks: who signs sets off a flow, once for each call. */
class HooksTest {
  @TempDir private static Path folder;
  private static Served server;

  @BeforeAll
  static void start() throws Exception {
    Served.project(folder)
        .write("flows/whole.yml", "webhook: ${HOOK_SECRET}\nrun: job:talk\nparams: {body: json}\n");
    server = Served.start(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static String sign(String secret, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
    return "sha256=" + HexFormat.of().formatHex(mac.doFinal(text.getBytes(UTF_8)));
  }

  private static HttpRequest.Builder hook(String flow, String body) {
    return server
        .bare("/api/v1/hooks/" + flow)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private static HttpResponse<String> signed(String header, String body) throws Exception {
    return server.send(hook("hook", body).header(header, sign(Served.SECRET, body)));
  }

  private static HttpResponse<String> stamped(long seconds, String delivery, String body)
      throws Exception {
    HttpRequest.Builder request =
        hook("hook", body)
            .header("X-Towpath-Timestamp", Long.toString(seconds))
            .header(
                "X-Towpath-Signature", sign(Served.SECRET, seconds + "." + delivery + "." + body));
    return server.send(
        delivery.isEmpty() ? request : request.header("X-Towpath-Delivery", delivery));
  }

  private static JsonNode run(HttpResponse<String> response, int status) throws Exception {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return Served.JSON.readTree(response.body());
  }

  @Test
  void aSignedCallMakesOneRunHoweverOftenItComes() throws Exception {
    String body = "{\"branch\": \"feature\", \"other\": [1, {\"x\": null}]}";
    JsonNode first = run(signed("X-Towpath-Signature", body), 202);
    assertThat(first.path("flow").asText()).isEqualTo("hook");
    JsonNode again = run(signed("X-Towpath-Signature", body), 200);
    assertThat(again.path("id")).isEqualTo(first.path("id"));
    assertThat(run(signed("X-Hub-Signature-256", body), 200).path("id"))
        .isEqualTo(first.path("id"));
    String id = first.path("id").asText();
    assertThat(new Towpath(folder).run("show", id).good().out())
        .as("the command that an alert about it names")
        .contains("run " + id + " of hook", "set off by webhook");
    assertThat(params(id)).isEqualTo("{\"branch\":\"feature\"}"); // no other is declared
    JsonNode other = run(signed("X-Hub-Signature-256", "{\"branch\": \"b\"}"), 202);
    assertThat(params(run(signed("X-Hub-Signature-256", "{}"), 202).path("id").asText()))
        .isEqualTo("{\"branch\":\"main\"}");
    assertThat(other.path("id")).isNotEqualTo(first.path("id"));
    assertThat(server.ended(first.path("id").asText())).isEqualTo("SUCCESS");
  }

  @Test
  void aParameterCalledBodyGetsAllOfIt() throws Exception {
    String body = "{\"action\":\"opened\",\"labels\":[1,{\"x\":null}]}";
    HttpResponse<String> response =
        server.send(hook("whole", body).header("X-Hub-Signature-256", sign(Served.SECRET, body)));
    JsonNode params = Served.JSON.readTree(params(run(response, 202).path("id").asText()));
    assertThat(Served.JSON.readTree(params.path("body").asText()))
        .isEqualTo(Served.JSON.readTree(body));
  }

  private static String params(String run) throws Exception {
    return server.get("/api/v1/runs/" + run).path("run").path("params").toString();
  }

  @Test
  void callsThatComeTogetherMakeOneRun() throws Exception {
    String body = "{\"branch\": \"together\"}";
    try (var threads = Executors.newFixedThreadPool(8)) {
      Callable<String> call =
          () ->
              Served.JSON.readTree(signed("X-Towpath-Signature", body).body()).path("id").asText();
      var answers = threads.invokeAll(List.of(call, call, call, call, call, call, call, call));
      String id = answers.getFirst().get();
      assertThat(id).isNotEmpty();
      for (var answer : answers) {
        assertThat(answer.get()).isEqualTo(id);
      }
    }
  }

  @Test
  void aTimestampIsPartOfWhatIsSigned() throws Exception {
    long now = Instant.now().getEpochSecond();
    JsonNode one = run(stamped(now, "one", "{}"), 202);
    assertThat(run(stamped(now, "one", "{}"), 200).path("id")).isEqualTo(one.path("id"));
    assertThat(run(stamped(now, "two", "{}"), 202).path("id")).isNotEqualTo(one.path("id"));
    Served.problem(stamped(now - 600, "three", "{}"), 401);
    Served.problem(stamped(now + 600, "three", "{}"), 401);
    Served.problem(stamped(now, "", "{}"), 400);
    HttpResponse<String> stolen =
        server.send(
            hook("hook", "{}")
                .header("X-Towpath-Timestamp", Long.toString(now))
                .header("X-Towpath-Delivery", "four")
                .header("X-Towpath-Signature", sign(Served.SECRET, now + ".one.{}")));
    Served.problem(stolen, 401);
    String signed = now + ".one.{}";
    HttpResponse<String> replayed =
        server.send(
            hook("hook", signed).header("X-Towpath-Signature", sign(Served.SECRET, signed)));
    Served.problem(replayed, 401); // it was signed as a call with a time
    Served.problem(stamped(now, "five.{}", "{}"), 400);
  }

  @Test
  void otherSignaturesAreRefusedAlike() throws Exception {
    String body = "{\"branch\": \"x\"}";
    String right = sign(Served.SECRET, body);
    List<HttpRequest.Builder> calls =
        List.of(
            hook("hook", body),
            hook("hook", body).header("X-Towpath-Signature", ""),
            hook("hook", body).header("X-Towpath-Signature", right.substring(7)),
            hook("hook", body).header("X-Towpath-Signature", sign("other", body)),
            hook("hook", body + " ").header("X-Towpath-Signature", right),
            hook("nightly", body).header("X-Towpath-Signature", right),
            hook("none", body).header("X-Towpath-Signature", right),
            hook("none", body).header("X-Towpath-Signature", sign("none", body)),
            hook("hook", body).header("Authorization", "Bearer " + server.token()));
    for (HttpRequest.Builder call : calls) {
      JsonNode problem = Served.problem(server.send(call), 401);
      assertThat(problem.path("detail").asText()).containsAnyOf("not signed", "signature is wrong");
      assertThat(problem.toString()).doesNotContain(Served.SECRET, "unknown flow");
    }
    assertThat(server.get("/api/v1/runs?flow=nightly").path("runs").size()).isZero();
  }

  @Test
  void whatIsSignedMayStillBeWrong() throws Exception {
    Served.problem(signed("X-Towpath-Signature", "{not json"), 400);
    Served.problem(signed("X-Towpath-Signature", "{\"branch\": [1]}"), 400);
    assertThat(signed("X-Towpath-Signature", "x".repeat(2 << 20)).statusCode()).isEqualTo(413);
  }
}
