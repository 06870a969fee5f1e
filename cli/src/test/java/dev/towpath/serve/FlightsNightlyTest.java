package dev.towpath.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.towpath.cli.Towpath;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The nightly flow of the flights example, from a month that comes late to the alert. */
@Tag("integration")
class FlightsNightlyTest {
  private static final String COUNT = "SELECT count(*) AS n FROM core.flights";
  private static final int JANUARY = 27_004;
  private static final int FEBRUARY = 24_951;
  private static final int MARCH = 28_834;

  @TempDir private Path parent;
  private final List<JsonNode> told = new CopyOnWriteArrayList<>();
  private Path folder;
  private Path away;
  private Towpath project;
  private HttpServer sink;

  @BeforeEach
  void january() throws IOException {
    folder = Files.createDirectory(parent.resolve("flights"));
    away = Files.createDirectory(parent.resolve("away"));
    Towpath.copy(Path.of("..", "examples", "flights"), folder);
    project = new Towpath(folder);
    try (Stream<Path> months = Files.list(folder.resolve("data/flights"))) {
      for (Path month : months.toList()) {
        if (!month.getFileName().toString().startsWith("2013-01")) {
          Files.move(month, away.resolve(month.getFileName()));
        }
      }
    }
    sink = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    sink.createContext(
        "/",
        exchange -> {
          try (exchange) {
            told.add(Served.JSON.readTree(exchange.getRequestBody()));
            exchange.sendResponseHeaders(200, -1);
          }
        });
    sink.start();
    replace("jobs/month.yml", "stable_for: 10s", "stable_for: 1s");
    replace("jobs/month.yml", "every: 1m", "every: 1s");
    replace("flows/nightly.yml", "retries: {max: 2, delay: 5m}", "retries: 0");
    String url = "http://127.0.0.1:" + sink.getAddress().getPort() + "/told";
    project.write(
        "flows/nightly.yml",
        Files.readString(folder.resolve("flows/nightly.yml"))
            + "notify: {webhook: \""
            + url
            + "\"}\n");
  }

  @AfterEach
  void stop() {
    sink.stop(0);
  }

  private void replace(String file, String from, String to) throws IOException {
    String text = Files.readString(folder.resolve(file));
    assertThat(text).contains(from);
    project.write(file, text.replace(from, to));
  }

  /** A month arrives, byte by byte as far as anybody can tell. */
  private void arrive(String month) throws IOException {
    Files.copy(away.resolve(month), folder.resolve("data/flights").resolve(month));
  }

  private String rows() {
    return project.run("query", COUNT, "--format", "csv").good().out().lines().toList().get(1);
  }

  private int releases() throws IOException {
    String json = project.run("releases", "--json").good().out();
    return Served.JSON.readTree(json).path("releases").size();
  }

  /** Sets the flow off, and sees that it waits for a month. */
  private String waits(Served server) throws Exception {
    return waits(server, server.posted("/api/v1/flows/nightly/runs", Map.of()).path("id").asText());
  }

  /** Lets the flow be due once, in a moment, for an interval of a second. */
  private Instant night() throws IOException {
    Instant due = Instant.now().plusSeconds(5).truncatedTo(ChronoUnit.SECONDS);
    LocalDateTime local = LocalDateTime.ofInstant(due, ZoneId.of("America/New_York"));
    replace(
        "flows/nightly.yml",
        "cron: \"0 4 * * *\"",
        "every: 1s\nstart: %s\nend: %s\ncatchup: true".formatted(local, local.plusSeconds(1)));
    return due;
  }

  /** The run that the schedule has set off, once it waits for a month. */
  private String waitsByNight(Served server, Instant due) throws Exception {
    Served.until(() -> !server.get("/api/v1/runs").path("runs").isEmpty());
    JsonNode run = server.get("/api/v1/runs").path("runs").path(0);
    assertThat(run.path("cause").asText()).isEqualTo("SCHEDULE");
    assertThat(run.path("due").asText()).isEqualTo(due.toString());
    assertThat(run.path("start").asText()).isEqualTo(due.minusSeconds(1).toString());
    return waits(server, run.path("id").asText());
  }

  private String waits(Served server, String run) throws Exception {
    Served.until(() -> "DEFERRED".equals(task(run, "job:month")));
    assertThat(task(run, "tables")).isEqualTo("WAITING");
    assertThat(server.state(run)).isEqualTo("RUNNING");
    return run;
  }

  private String task(String run, String name) throws IOException {
    JsonNode shown = Served.JSON.readTree(project.run("show", run, "--json").good().out());
    for (JsonNode task : shown.path("tasks")) {
      if (task.path("name").asText().equals(name)) {
        return task.path("state").asText();
      }
    }
    return "";
  }

  @Test
  void aMonthIsWaitedForPublishedAndToldOf() throws Exception {
    project.run("run").good();
    assertThat(rows()).isEqualTo(Integer.toString(JANUARY));
    int before = releases();
    Instant due = night();
    try (Served server = Served.start(folder)) {
      String february = waitsByNight(server, due);
      arrive("2013-02.csv.gz");
      assertThat(server.ended(february)).isEqualTo("SUCCESS");
      assertThat(rows()).isEqualTo(Integer.toString(JANUARY + FEBRUARY));
      assertThat(releases()).isEqualTo(before + 1);

      String march = waits(server);
      Path broken = folder.resolve("data/flights/2013-03.csv.gz");
      spoil(away.resolve("2013-03.csv.gz"), broken);
      assertThat(server.ended(march)).isEqualTo("FAILED");
      assertThat(rows()).isEqualTo(Integer.toString(JANUARY + FEBRUARY));
      assertThat(releases()).isEqualTo(before + 1);
      Served.until(() -> told.size() == 1);
      assertThat(told.getFirst().path("event").asText()).isEqualTo("failure");
      assertThat(told.getFirst().path("subject").asText())
          .isEqualTo("nightly failed in dev (flights)");
      assertThat(told.getFirst().path("text").asText())
          .contains("data/flights/2013-03.csv.gz:3:", "\"first\"", "\"day\"", march);

      Files.delete(broken);
      String again = waits(server);
      arrive("2013-03.csv.gz");
      assertThat(server.ended(again)).isEqualTo("SUCCESS");
      assertThat(rows()).isEqualTo(Integer.toString(JANUARY + FEBRUARY + MARCH));
      assertThat(releases()).isEqualTo(before + 2);
      Served.until(() -> told.size() == 2);
      assertThat(told.get(1).path("event").asText()).isEqualTo("recovery");
      assertThat(told.get(1).path("subject").asText())
          .contains("nightly is well again in dev (flights)");
      server.stop();
    }
  }

  /** The same month with one row whose day is none. */
  private static void spoil(Path from, Path to) throws IOException {
    String text;
    try (InputStream in = new GZIPInputStream(Files.newInputStream(from))) {
      text = new String(in.readAllBytes(), UTF_8);
    }
    String second = text.lines().skip(2).findFirst().orElseThrow();
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(to))) {
      out.write(
          text.replace(second, second.replaceFirst("^2013,3,\\d+", "2013,3,first"))
              .getBytes(UTF_8));
    }
  }
}
