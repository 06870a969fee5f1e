package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.cli.Towpath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said about why a run, or a task of it, waits: by the API and by {@code towpath show}. */
@Tag("integration")
class WaitsTest {
  @TempDir private Path folder;
  private Towpath project;
  private Served server;

  @BeforeEach
  void start() throws Exception {
    project = new Towpath(folder);
    project.write("towpath.yml", "project: small\npools: {narrow: 1}\n");
    String slow = "type: shell\npool: narrow\nrun: until test -e go; do sleep 0.05; done\n";
    project.write("jobs/slow.yml", slow);
    project.write("jobs/other.yml", slow);
    project.write("jobs/next.yml", "type: empty\nneeds: [job:slow, job:other]\n");
    project.write("jobs/eye.yml", "type: sensor\nfile: never.csv\nevery: 300s\n");
    project.write("jobs/clean.yml", "type: empty\n");
    project.write(
        "flows/wide.yml", "run: [job:slow, job:other, job:next, job:eye]\nfinally: [job:clean]\n");
    project.write("flows/past.yml", "cron: \"0 2 * * *\"\npaused: true\nrun: job:slow\n");
    project.write("flows/after.yml", "after: raw.t\nrun: job:slow\n");
    project.write("seeds/raw/t.csv", "id\n1\n");
    server = Served.start(folder);
  }

  @AfterEach
  void stop() throws Exception {
    Files.createFile(folder.resolve("go"));
    server.close();
  }

  private String trigger(String flow) throws Exception {
    return server.posted("/api/v1/flows/" + flow + "/runs", Map.of()).path("id").asText();
  }

  private JsonNode task(String run, String name) throws Exception {
    for (JsonNode task : server.get("/api/v1/runs/" + run).path("tasks")) {
      if (task.path("name").asText().equals(name)) {
        return task;
      }
    }
    throw new AssertionError("no task " + name);
  }

  private String waits(String run) throws Exception {
    JsonNode one = server.get("/api/v1/runs/" + run).path("run").path("waits");
    for (JsonNode listed : server.get("/api/v1/runs").path("runs")) {
      if (listed.path("id").asText().equals(run)) {
        assertThat(listed.path("waits")).as("in the list").isEqualTo(one);
      }
    }
    return one.asText("nothing");
  }

  @Test
  void aTaskWaitsForASlotForOthersAndForItsNextLook() throws Exception {
    String run = trigger("wide");
    Served.until(() -> server.state(run).equals("RUNNING"));
    Served.until(
        () -> // its look is over, which has it for two minutes
        Instant.parse(task(run, "job:eye").path("ready").asText())
                .isAfter(Instant.now().plusSeconds(200)));
    Served.until(() ->
        task(run, "job:slow").path("state").asText().equals("RUNNING")
            || task(run, "job:other").path("state").asText().equals("RUNNING"));
    boolean first = task(run, "job:slow").path("state").asText().equals("RUNNING");
    assertThat(task(run, first ? "job:slow" : "job:other").path("waits").isNull()).isTrue();
    assertThat(task(run, first ? "job:other" : "job:slow").path("waits").asText())
        .isEqualTo("for a slot of pool narrow");
    assertThat(task(run, "job:next").path("waits").asText()).isEqualTo("for job:slow, job:other");
    assertThat(task(run, "job:eye").path("waits").asText()).isEqualTo("for its next look");
    String look = seconds(task(run, "job:eye").path("ready"));
    assertThat(task(run, "job:eye").path("waits_until").asText()).isEqualTo(look);
    assertThat(task(run, "job:next").path("waits_until").isNull()).isTrue();
    assertThat(task(run, "job:clean").path("waits").asText()).isEqualTo("for all others");
    assertThat(waits(run)).isEqualTo("nothing");
    assertThat(project.run("show", run).good().out())
        .contains(
            "for a slot of pool narrow",
            "for job:slow, job:other",
            "for all others",
            "for its next look, at " + look);

    String second = trigger("wide");
    String why = "for run " + run + ": one run of a flow goes at a time";
    assertThat(waits(second)).isEqualTo(why);
    assertThat(project.run("show", second).good().out()).contains("  it waits " + why + "\n");
    server.posted("/api/v1/runs/" + run + "/cancel", Map.of());
    Served.until(() -> server.state(second).equals("RUNNING"));
    assertThat(waits(second)).isEqualTo("nothing");
  }

  private static String seconds(JsonNode moment) {
    return moment.asText().replaceFirst("\\.\\d+Z$", "Z");
  }

  @Test
  void aRunOfABackfillWaitsForItsTurnAndWhileThatIsPaused() throws Exception {
    String backfill =
        server
            .posted(
                "/api/v1/flows/past/backfills",
                Map.of("from", "2026-01-01T00:00:00Z", "to", "2026-01-04T00:00:00Z", "parallel", 1))
            .path("backfill")
            .path("id")
            .asText();
    String path = "/api/v1/backfills/" + backfill;
    Served.until(() -> server.get(path).path("running").asInt() == 1);
    List<String> queued =
        server.get("/api/v1/runs?state=QUEUED").path("runs").findValuesAsText("id");
    assertThat(queued).hasSize(2);
    assertThat(waits(queued.getFirst())).isEqualTo("for its turn: its backfill runs 1 at a time");
    server.posted(path + "/pause", Map.of());
    assertThat(waits(queued.getFirst())).isEqualTo("until its backfill goes on, which is paused");
  }

  @Test
  void aRunThatATableSetOffWaitsWhileItsFlowIsPausedOrGone() throws Exception {
    project.run("run").good();
    Served.until(() -> !server.get("/api/v1/runs?state=RUNNING").path("runs").isEmpty());
    project.write("seeds/raw/t.csv", "id\n1\n2\n");
    project.run("run").good();
    Served.until(() -> !server.get("/api/v1/runs?state=QUEUED").path("runs").isEmpty());
    String run = server.get("/api/v1/runs?state=QUEUED").path("runs").path(0).path("id").asText();
    assertThat(waits(run)).contains("one run of a flow goes at a time");
    server.posted("/api/v1/flows/after/pause", Map.of());
    assertThat(waits(run)).isEqualTo("until its flow goes on, which is paused");
    assertThat(project.run("show", run).good().out())
        .contains("which is paused: towpath pause after --off");
    Files.delete(folder.resolve("flows/after.yml"));
    Served.until(() -> server.get("/api/v1/project").path("flows").asInt() == 2);
    assertThat(waits(run)).isEqualTo("for its flow, which is not in the project as it is in force");
    assertThat(project.run("show", run).good().out()).contains("it waits for its flow, which");
  }
}
