package dev.towpath.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What jobs of flows can do, on a server: values, rows, conditions, rules, ends, and again. */
@Tag("integration")
class FlowJobsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private Cli project;
  private Cli.Running server;

  @BeforeEach
  void project() throws Exception {
    project = Small.in(folder);
    write(
        "flows/f.yml",
        """
        run: [raw.*, job:first, job:each, job:south, job:full, job:broken, job:next, job:alarm]
        finally: job:tidy
        params: {region: {type: varchar, default: N}, least: {type: int, default: 2}}
        """);
    write(
        "jobs/first.yml",
        """
        type: shell
        run: |
          echo "region $TOWPATH_PARAM_REGION"
          echo "count=7" >> "$TOWPATH_OUTPUT"
        """);
    write(
        "jobs/each.yml",
        """
        type: shell
        needs: [job:first, raw.orders]
        for_each: SELECT id, region FROM raw.orders WHERE id < $least ORDER BY id
        env: {SAID: "${item.region} ${outputs.first.count} ${params.region}"}
        run: echo "$TOWPATH_ITEM_ID $SAID"
        """);
    write("jobs/south.yml", "type: empty\nwhen: \"$region = 'S'\"\n");
    write(
        "jobs/full.yml",
        "type: empty\nneeds: raw.orders\nwhen: (SELECT count(*) > 50 FROM raw.orders)\n");
    write("jobs/broken.yml", "type: shell\nneeds: raw.orders\nrun: test -e mended\n");
    write("jobs/next.yml", "type: empty\nneeds: job:broken\n");
    write("jobs/alarm.yml", "type: empty\nneeds: job:broken\ntrigger_rule: one_failed\n");
    write("jobs/tidy.yml", "type: shell\nrun: \"echo tidied; test ! -e begun || test -e ended\"\n");
    write(
        "jobs/slow.yml",
        """
        type: shell
        run: |
          trap 'echo ending; sleep 2; touch ended; echo ended; exit 1' TERM
          touch begun
          echo begun
          while :; do :; done
        """);
    write("flows/slow.yml", "run: [raw.*, job:slow]\nfinally: job:tidy\n");
    write(
        "flows/daily.yml",
        """
        cron: "0 2 * * *"
        run: job:south
        params: {region: {type: varchar, default: S}}
        """);
    server = project.start("serve");
    server.until("serving");
  }

  @AfterEach
  void stop() {
    server.process().destroy();
    server.end();
  }

  private void write(String file, String text) throws Exception {
    Small.write(folder, file, text);
  }

  private JsonNode json(String... words) throws Exception {
    List<String> all = new ArrayList<>(List.of(words));
    all.add("--json");
    return JSON.readTree(project.here().run(all.toArray(String[]::new)).good().out());
  }

  private JsonNode over(String run) throws Exception {
    Instant until = Instant.now().plus(Duration.ofSeconds(60));
    while (true) {
      JsonNode shown = json("show", run);
      if (List.of("SUCCESS", "FAILED", "CANCELLED").contains(shown.path("state").asText())) {
        return shown;
      }
      assertThat(Instant.now()).as(shown.toPrettyString()).isBefore(until);
      Thread.sleep(50);
    }
  }

  private static Map<String, String> states(JsonNode run) {
    Map<String, String> states = new TreeMap<>();
    for (JsonNode task : run.path("tasks")) {
      String index = task.path("index").isNull() ? "" : "[" + task.path("index").asInt() + "]";
      states.put(task.path("name").asText() + index, task.path("state").asText());
    }
    return states;
  }

  @Test
  void valuesRowsConditionsAndRules() throws Exception {
    String run = json("trigger", "f", "--param", "least=3").path("id").asText();
    JsonNode shown = over(run);
    assertThat(shown.path("state").asText()).isEqualTo("FAILED");
    assertThat(shown.path("message").asText())
        .isEqualTo("jobs/broken.yml:1:1: job broken failed: it ended with exit code 1");
    assertThat(states(shown))
        .containsEntry("job:each[2]", "SUCCESS")
        .doesNotContainKey("job:each[3]")
        .containsEntry("job:south", "SKIPPED")
        .containsEntry("job:full", "SUCCESS")
        .containsEntry("job:broken", "FAILED")
        .containsEntry("job:next", "UPSTREAM_FAILED")
        .containsEntry("job:alarm", "SUCCESS")
        .containsEntry("job:tidy", "SUCCESS")
        .containsEntry("tables", "SUCCESS");
    Path logs = folder.resolve(".towpath/logs").resolve(run);
    assertThat(logs.resolve("job.first.log")).hasContent("region N");
    assertThat(logs.resolve("job.each.1.log")).hasContent("1 south 7 N");

    Files.createFile(folder.resolve("mended"));
    List<String> again = new ArrayList<>();
    json("retry", run).path("tasks").forEach(t -> again.add(t.asText()));
    assertThat(again).containsExactly("job:alarm", "job:broken", "job:next", "job:tidy");
    JsonNode mended = over(run);
    assertThat(mended.path("state").asText()).isEqualTo("SUCCESS");
    assertThat(states(mended)).containsEntry("job:alarm", "SKIPPED");
    assertThat(json("audit").path("entries").findValuesAsText("action"))
        .containsExactly("retry", "trigger");
  }

  @Test
  void aCancelledRunIsTidiedUp() throws Exception {
    Instant until = Instant.now().plus(Duration.ofSeconds(60));
    String run = json("trigger", "slow").path("id").asText();
    Path log = folder.resolve(".towpath/logs").resolve(run).resolve("job.slow.log");
    while (!Files.exists(log)) {
      assertThat(Instant.now()).isBefore(until);
      Thread.sleep(50);
    }
    assertThat(json("cancel", run).path("cancelled").asBoolean()).isTrue();
    JsonNode shown = over(run);
    assertThat(shown.path("state").asText()).isEqualTo("CANCELLED");
    assertThat(states(shown))
        .containsEntry("job:slow", "CANCELLED")
        .containsEntry("tables", "CANCELLED")
        .as("what comes last begins when the rest has ended")
        .containsEntry("job:tidy", "SUCCESS");
    assertThat(log).hasContent("begun\nending\nended\n");
  }

  @Test
  void aBackfillRunsEachIntervalOnce() throws Exception {
    Instant until = Instant.now().plus(Duration.ofSeconds(60));
    String id =
        json("backfill", "daily", "--from", "2026-01-01", "--to", "2026-01-11", "--parallel", "3")
            .path("backfill")
            .asText();
    JsonNode one = json("backfill").path("backfills").path(0);
    while (!one.path("state").asText().equals("DONE")) {
      assertThat(Instant.now()).as(one.toString()).isBefore(until);
      Thread.sleep(50);
      one = json("backfill").path("backfills").path(0);
    }
    assertThat(one.path("id").asText()).isEqualTo(id);
    assertThat(one.path("succeeded").asInt()).isEqualTo(10);
    List<String> due = json("runs", "daily").path("runs").findValuesAsText("due");
    assertThat(due).hasSize(10).doesNotHaveDuplicates().contains("2026-01-05T02:00:00Z");
  }
}
