package dev.towpath.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.towpath.cli.Towpath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people do beside a running server, and what they are told by it. */
@Tag("integration")
class PeopleTest {
  @TempDir private Path folder;
  private Towpath project;
  private Served server;
  private HttpServer slack;
  private ServerSocket mail;
  private final List<String> posted = new CopyOnWriteArrayList<>();
  private final List<String> mailed = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws Exception {
    slack = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    slack.createContext(
        "/",
        exchange -> {
          try (exchange) {
            posted.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            exchange.sendResponseHeaders(200, -1);
          }
        });
    slack.start();
    mail = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::receive);
    project = new Towpath(folder);
    project.write(
        "towpath.yml",
        """
        project: small
        notify:
          - {slack: "http://127.0.0.1:%d/hook"}
          - {email: team@example.org, on: [failure]}
        smtp: {host: 127.0.0.1, port: %d, from: towpath@example.org, tls: none}
        """
            .formatted(slack.getAddress().getPort(), mail.getLocalPort()));
    project.write(
        "jobs/a.yml",
        """
        type: shell
        run: echo a; echo "key=$KEY" >> $TOWPATH_OUTPUT
        env: {KEY: "${SECRET_KEY}"}
        """);
    project.write("jobs/b.yml", "type: shell\nneeds: job:a\nrun: test -e mended\n");
    project.write("jobs/c.yml", "type: shell\nneeds: job:b\nrun: echo c\n");
    project.write(
        "jobs/slow.yml",
        "type: shell\nrun: |\n  echo first\n  until test -e go; do sleep 0.05; done\n  echo last\n");
    project.write("flows/chain.yml", "run: [job:a, job:b, job:c]\n");
    project.write("flows/past.yml", "cron: \"0 2 * * *\"\npaused: true\nrun: job:slow\n");
    project.write("flows/slow.yml", "run: job:slow\n");
    project.write(".env", "SECRET_KEY=tr0ub4dor-and-3\n");
    server = Served.start(folder);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    slack.stop(0);
    mail.close();
  }

  /** As much of an SMTP server as one mail needs. */
  private void receive() {
    while (!mail.isClosed()) {
      try (Socket client = mail.accept();
          BufferedReader in =
              new BufferedReader(new InputStreamReader(client.getInputStream(), UTF_8))) {
        say(client, "220 here");
        StringBuilder message = new StringBuilder();
        boolean data = false;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          if (data && line.equals(".")) {
            data = false;
            mailed.add(message.toString());
            say(client, "250 taken");
          } else if (data) {
            message.append(line).append('\n');
          } else {
            message.append(line).append('\n');
            data = line.equalsIgnoreCase("DATA");
            say(client, data ? "354 go on" : line.startsWith("QUIT") ? "221 bye" : "250 ok");
          }
        }
      } catch (IOException e) {
        // the client has gone, or the test is over
      }
    }
  }

  private static void say(Socket client, String line) throws IOException {
    client.getOutputStream().write((line + "\r\n").getBytes(UTF_8));
    client.getOutputStream().flush();
  }

  private JsonNode json(String... words) throws Exception {
    List<String> all = new ArrayList<>(List.of(words));
    all.add("--json");
    return Served.JSON.readTree(project.run(all.toArray(String[]::new)).good().out());
  }

  private String trigger(String flow) throws Exception {
    return json("trigger", flow).path("id").asText();
  }

  /** How often each task of a run was tried. */
  private Map<String, Integer> tries(String run) throws Exception {
    Map<String, Integer> tries = new TreeMap<>();
    json("show", run)
        .path("tasks")
        .forEach(t -> tries.put(t.path("name").asText(), t.path("attempts").asInt()));
    return tries;
  }

  private void again(String... words) throws Exception {
    project.run(words).good();
    assertThat(server.ended(words[1])).isEqualTo("SUCCESS");
  }

  @Test
  void eachWayToRunTasksAgainAndWhatIsToldOfIt() throws Exception {
    String run = trigger("chain");
    assertThat(server.ended(run)).isEqualTo("FAILED");
    assertThat(tries(run)).isEqualTo(Map.of("job:a", 1, "job:b", 1, "job:c", 0));
    Served.until(() -> !mailed.isEmpty() && !posted.isEmpty());
    assertThat(mailed.getFirst())
        .contains("RCPT TO:<team@example.org>", "From: ", "towpath@example.org", "job b failed");
    assertThat(Served.JSON.readTree(posted.getFirst()).path("text").asText())
        .contains("chain failed in dev (small)", "towpath --env dev show " + run);

    Files.createFile(folder.resolve("mended"));
    again("retry", run);
    assertThat(tries(run)).as("what failed").isEqualTo(Map.of("job:a", 1, "job:b", 2, "job:c", 1));
    Served.until(() -> posted.size() == 2);
    assertThat(posted.get(1)).contains("works again");
    again("retry", run, "job:c");
    assertThat(tries(run)).as("one").isEqualTo(Map.of("job:a", 1, "job:b", 2, "job:c", 2));
    again("retry", run, "--from", "job:b");
    assertThat(tries(run)).as("from one on").isEqualTo(Map.of("job:a", 1, "job:b", 3, "job:c", 3));
    again("retry", run, "--all");
    assertThat(tries(run)).as("all").isEqualTo(Map.of("job:a", 2, "job:b", 4, "job:c", 4));

    project.run("pause", "chain").good();
    project.run("pause", "chain", "--off").good();
    List<String> acts = new ArrayList<>();
    json("audit")
        .path("entries")
        .forEach(e -> acts.add(e.path("action").asText() + " " + e.path("subject").asText()));
    acts.remove("sign in http"); // of the test's own questions
    assertThat(acts)
        .containsExactly(
            "resume chain",
            "pause chain",
            "retry " + run,
            "retry " + run,
            "retry " + run,
            "retry " + run,
            "trigger " + run);
    assertThat(mailed).as("of the recovery only one wants to hear").hasSize(1);
    assertThat(json("show", run).toString())
        .as("outputs are kept, so secrets in them are masked")
        .doesNotContain("tr0ub4dor")
        .contains("${SECRET_KEY}");
  }

  @Test
  void aLogIsFollowedToTheEndOfItsRun() throws Exception {
    String run = trigger("slow");
    Served.until(() -> server.state(run).equals("RUNNING"));
    StringBuilder said = new StringBuilder();
    Thread follower =
        Thread.ofPlatform().start(() -> said.append(project.run("logs", "-f", run).good().out()));
    Path log = folder.resolve(".towpath/logs").resolve(run).resolve("job.slow.log");
    Served.until(() -> Files.exists(log) && Files.readString(log).contains("first"));
    assertThat(follower.join(java.time.Duration.ofMillis(500))).as("it goes on").isFalse();
    Files.createFile(folder.resolve("go"));
    assertThat(server.ended(run)).isEqualTo("SUCCESS");
    assertThat(follower.join(java.time.Duration.ofSeconds(30))).isTrue();
    assertThat(said.toString().lines()).containsExactly("== job.slow", "first", "last");
  }

  /** Said once, however often a server looks, until there is something new. */
  @Test
  void aSourceWithNothingNewIsToldOfOnce() throws Exception {
    project.write("data/a.csv", "id\n1\n");
    project.write(
        "sources/raw.yml",
        "type: files\nschema: raw\nfreshness: 1s\ntables:\n  t: {path: \"data/*.csv\"}\n");
    project.run("run").good();
    Thread.sleep(1_200);
    for (int start = 0; start < 2; start++) {
      server.close();
      server = Served.start(folder);
      Served.until(() -> !posted.isEmpty());
      Thread.sleep(start * 2_000L);
    }
    assertThat(posted).hasSize(1).first().asString().contains("has nothing new in dev (small)");
    assertThat(mailed).isEmpty();
  }

  /** A backfill of ten nights whose first run waits for a file. */
  private String backfill() throws Exception {
    String id =
        json("backfill", "past", "--from", "2026-01-01", "--to", "2026-01-11")
            .path("backfill")
            .asText();
    Served.until(() -> progress(id).path("running").asInt() == 1);
    return id;
  }

  private JsonNode progress(String id) throws Exception {
    return server.get("/api/v1/backfills/" + id);
  }

  /** What a paused one would start next is looked for at each turn, as what people ask for is. */
  private void others() throws Exception {
    assertThat(server.ended(trigger("chain"))).isEqualTo("FAILED");
  }

  @Test
  void aBackfillIsPausedAndGoesOnByCommands() throws Exception {
    String id = backfill();
    assertThat(project.run("backfill", "--pause", id).good().out())
        .isEqualTo("backfill " + id + " is paused\n");
    assertThat(json("backfill", "--pause", id).path("changed").asBoolean()).isFalse();
    Files.createFile(folder.resolve("go"));
    Served.until(() -> progress(id).path("succeeded").asInt() == 1);
    others();
    assertThat(progress(id).path("state").asText()).isEqualTo("PAUSED");
    assertThat(progress(id).path("running").asInt()).isZero();
    assertThat(progress(id).path("queued").asInt()).as("the others wait").isEqualTo(9);
    JsonNode resumed = json("backfill", "--resume", id);
    assertThat(resumed.path("changed").asBoolean()).isTrue();
    assertThat(resumed.path("state").asText()).isEqualTo("active");
    Served.until(() -> progress(id).path("state").asText().equals("DONE"));
    assertThat(progress(id).path("succeeded").asInt()).isEqualTo(10);
    assertThat(project.run("backfill", "--cancel", id).good().out())
        .isEqualTo("backfill " + id + " is done already\n");
    assertThat(json("audit").path("entries").findValuesAsText("action"))
        .containsSubsequence("resume backfill", "pause backfill", "backfill");
  }

  @Test
  void aBackfillIsPausedAndGoesOnByHttp() throws Exception {
    String id = backfill();
    String path = "/api/v1/backfills/" + id;
    assertThat(server.posted(path + "/pause", Map.of()).path("state").asText()).isEqualTo("PAUSED");
    Files.createFile(folder.resolve("go"));
    Served.until(() -> progress(id).path("succeeded").asInt() == 1);
    others();
    assertThat(progress(id).path("queued").asInt()).as("the others wait").isEqualTo(9);
    assertThat(server.posted(path + "/resume", Map.of()).path("state").asText())
        .isEqualTo("ACTIVE");
    Served.until(() -> progress(id).path("state").asText().equals("DONE"));
    assertThat(progress(id).path("succeeded").asInt()).isEqualTo(10);
    Served.problem(server.post(path + "/cancel", "{}"), 409);
  }

  @Test
  void aBackfillIsCancelledWithItsRuns() throws Exception {
    String command = backfill();
    assertThat(project.run("backfill", "--cancel", command).good().out())
        .isEqualTo("backfill " + command + " is cancelled\n");
    Served.until(() -> progress(command).path("cancelled").asInt() == 10);
    String http = backfill();
    String path = "/api/v1/backfills/" + http;
    assertThat(server.posted(path + "/cancel", Map.of()).path("state").asText())
        .isEqualTo("CANCELLED");
    Served.until(() -> progress(http).path("cancelled").asInt() == 10);
    assertThat(json("runs", "past").path("runs").findValuesAsText("state"))
        .hasSize(20)
        .containsOnly("CANCELLED");
  }
}
