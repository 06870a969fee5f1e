package dev.towpath.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.lake.LocalObjectStore;
import dev.towpath.metadata.SqliteStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the tasks of a run are told of its interval: in variables, templates and SQL, by {@code
 * now()} in tables, and in what sensors take for new.
 */
@Tag("integration")
class FlowIntervalsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private Cli project;
  private Cli.Running server;

  @BeforeEach
  void project() throws Exception {
    project = Small.in(folder);
    write("models/marts/moment.sql", "SELECT now() AS moment, count(*) AS n FROM raw.orders\n");
    write(
        "jobs/bounds.yml",
        """
        type: sql
        sql: SELECT epoch_ms($start::TIMESTAMPTZ) AS first, epoch_ms($end::TIMESTAMPTZ) AS last
        """);
    write(
        "jobs/told.yml",
        """
        type: shell
        needs: [job:bounds, marts.moment]
        when: $start::TIMESTAMPTZ < $end::TIMESTAMPTZ
        for_each: SELECT epoch_ms($start::TIMESTAMPTZ) AS first, epoch_ms($end::TIMESTAMPTZ) AS last
        env:
          TEMPLATES: "${run.start} ${run.end} ${run.due}"
          OUTPUTS: "${outputs.bounds.first} ${outputs.bounds.last}"
        run: |
          echo "$TOWPATH_START $TOWPATH_END $TOWPATH_DUE" >> told
          echo "$TEMPLATES" >> told
          echo "$OUTPUTS" >> told
          echo "$TOWPATH_ITEM_FIRST $TOWPATH_ITEM_LAST" >> told
        """);
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.process().destroy();
      server.end();
    }
  }

  private void write(String file, String text) throws Exception {
    Small.write(folder, file, text);
  }

  private void serve() throws InterruptedException {
    server = project.start("serve", "--port", "0").until("serving");
  }

  private JsonNode json(String... words) throws Exception {
    List<String> all = new ArrayList<>(List.of(words));
    all.add("--json");
    return JSON.readTree(project.here().run(all.toArray(String[]::new)).good().out());
  }

  private void until(Callable<Boolean> condition) throws Exception {
    Instant patience = Instant.now().plus(Duration.ofSeconds(90));
    while (!condition.call()) {
      assertThat(Instant.now()).as(Files.readString(server.err())).isBefore(patience);
      Thread.sleep(50);
    }
  }

  /** A flow's runs that are over, in the order in which they were due. */
  private List<JsonNode> over(String flow, int count) throws Exception {
    List<JsonNode> over = new ArrayList<>();
    until(() -> {
      over.clear();
      for (JsonNode run : json("runs", flow).path("runs")) {
        if (!List.of("QUEUED", "RUNNING").contains(run.path("state").asText())) {
          over.addFirst(run);
        }
      }
      return over.size() == count;
    });
    return over;
  }

  private JsonNode task(String run, String name) throws Exception {
    for (JsonNode task : json("show", run).path("tasks")) {
      if (task.path("name").asText().equals(name)) {
        return task;
      }
    }
    throw new AssertionError("no task " + name);
  }

  /** An interval, and all that is told of it. */
  private static List<String> told(String start, String end) {
    String millis = Instant.parse(start).toEpochMilli() + " " + Instant.parse(end).toEpochMilli();
    String texts = start + " " + end + " " + end;
    return List.of(texts, texts, millis, millis);
  }

  private void toldOf(List<List<String>> intervals) throws Exception {
    assertThat(Files.readAllLines(folder.resolve("told")))
        .containsExactlyElementsOf(intervals.stream().flatMap(List::stream).toList());
  }

  private String moment() {
    return Small.number(project, "SELECT epoch_ms(moment) AS ms FROM marts.moment");
  }

  private static String millis(String moment) {
    return Long.toString(Instant.parse(moment).toEpochMilli());
  }

  @Test
  void aScheduledRunKnowsItsInterval() throws Exception {
    write(
        "flows/days.yml",
        """
        every: 1d
        start: 2026-03-01
        end: 2026-03-04
        timezone: UTC
        catchup: true
        run: [raw.*, marts.moment, job:bounds, job:told]
        """);
    serve();
    assertThat(over("days", 3))
        .allSatisfy(run -> {
          assertThat(run.path("state").asText()).as(run.toString()).isEqualTo("SUCCESS");
          assertThat(run.path("cause").asText()).isEqualTo("SCHEDULE");
        });
    toldOf(
        List.of(
            told("2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z"),
            told("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"),
            told("2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z")));
    assertThat(moment()).as("now() of the last").isEqualTo(millis("2026-03-03T00:00:00Z"));
  }

  /** One of its days has 23 hours. */
  @Test
  void aRunOfABackfillKnowsItsInterval() throws Exception {
    write(
        "flows/nights.yml",
        """
        cron: "0 2 * * *"
        timezone: Europe/Amsterdam
        paused: true
        run: [raw.*, marts.moment, job:bounds, job:told]
        """);
    serve();
    json("backfill", "nights", "--from", "2026-03-28", "--to", "2026-03-31");
    assertThat(over("nights", 3))
        .allSatisfy(run -> {
          assertThat(run.path("state").asText()).as(run.toString()).isEqualTo("SUCCESS");
          assertThat(run.path("cause").asText()).isEqualTo("BACKFILL");
        });
    toldOf(
        List.of(
            told("2026-03-27T01:00:00Z", "2026-03-28T01:00:00Z"),
            told("2026-03-28T01:00:00Z", "2026-03-29T01:00:00Z"),
            told("2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z")));
    assertThat(moment()).as("now() of the last").isEqualTo(millis("2026-03-30T00:00:00Z"));
  }

  /**
   * An interval that began long ago and ends in a hundred years: what is new differs by its end.
   */
  @Test
  void aSensorKnowsTheIntervalAndGivesUpInTime() throws Exception {
    write(
        "flows/ages.yml",
        """
        every: 36500d
        start: 2020-01-01
        timezone: UTC
        paused: true
        run: [job:old, job:young]
        """);
    String sensor = "type: sensor\nfile: data/*.csv\nstable_for: 0s\nevery: 1s\ntimeout: 2s\n";
    write("jobs/old.yml", sensor + "since: start\n");
    write("jobs/young.yml", sensor + "since: due\n");
    serve();
    json("backfill", "ages", "--from", "2100-01-01", "--to", "2130-01-01");
    JsonNode run = over("ages", 1).getFirst();
    assertThat(run.path("start").asText()).isEqualTo("2020-01-01T00:00:00Z");
    assertThat(run.path("state").asText()).isEqualTo("FAILED");
    assertThat(run.path("message").asText())
        .isEqualTo(
            "jobs/young.yml:1:1: job young failed: what it waits for has not come in 2 s, its"
                + " timeout");
    String id = run.path("id").asText();
    assertThat(task(id, "job:old").path("state").asText()).isEqualTo("SUCCESS");
    assertThat(task(id, "job:young").path("attempts").asInt()).isEqualTo(1);
  }

  /** That gc has forgotten the release from before makes the same rows no news. */
  @Test
  void aSensorWaitsForOtherRowsInATable() throws Exception {
    String sensor = "type: sensor\nsince: due\nevery: 1s\n";
    write("jobs/orders.yml", sensor + "table: raw.orders\n");
    write("jobs/none.yml", sensor + "table: marts.moment\n");
    write("flows/watch.yml", "run: [job:orders, job:none]\n");
    project.here().run("run", "raw.*", "marts.ones", "marts.twos").good();
    serve();
    String run = json("trigger", "watch").path("id").asText();
    Path work = folder.resolve(".towpath");
    try (MetadataStore store =
        new SqliteStore(
            work.resolve("metadata.db"),
            new LocalObjectStore(work.resolve("lake")),
            Clock.systemUTC())) {
      FlowTask.Key key = new FlowTask.Key(run, "job:orders", FlowTask.WHOLE);
      looks(store, key, 2);
      write("models/marts/twos.sql", "SELECT count(*) + 1 AS n FROM raw.orders\n");
      project.here().run("run", "raw.*", "marts.twos").good();
      project.here().run("gc", "--grace", "0").good();
      assertThat(json("releases").path("releases")).hasSize(1);
      looks(store, key, 2);
      assertThat(store.tasks().task(key).orElseThrow().state())
          .as("the same rows as before")
          .isEqualTo(FlowTask.State.DEFERRED);
      Small.arrive(folder, 2);
      project.here().run("run", "raw.*").good();
      project.here().run("gc", "--grace", "0").good();
      until(() -> store.tasks().task(key).orElseThrow().state() == FlowTask.State.SUCCESS);
      assertThat(task(run, "job:none").path("state").asText()).isEqualTo("DEFERRED");
    }
    project.here().run("cancel", run).good();
  }

  /** Waits until a sensor has looked so many times more. */
  private void looks(MetadataStore store, FlowTask.Key key, int times) throws Exception {
    long from = fence(store, key);
    until(() ->
        fence(store, key) > from + times
            || store.tasks().task(key).filter(t -> t.state().isOver()).isPresent());
  }

  /** It grows with each look. */
  private static long fence(MetadataStore store, FlowTask.Key key) {
    return store.tasks().task(key).map(FlowTask::fence).orElse(0L);
  }
}
