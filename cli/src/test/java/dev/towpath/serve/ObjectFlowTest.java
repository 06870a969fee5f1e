package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.cli.Towpath;
import dev.towpath.testing.MotoServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A flow waits for an object in an S3 that plays it, and hands its key to the next job. */
@Tag("integration")
class ObjectFlowTest {
  @TempDir private Path folder;

  @Test
  void aFlowWaitsForAnObjectAndUsesItsKey() throws Exception {
    try (MotoServer moto = MotoServer.start()) {
      Towpath project = new Towpath(folder);
      project.write(
          "towpath.yml",
          """
          project: lakeside
          connections:
            archive:
              type: s3
              endpoint: %s
              access_key: "${ARCHIVE_KEY}"
              secret_key: "${ARCHIVE_SECRET}"
          """
              .formatted(moto.url()));
      String keys = "ARCHIVE_KEY=" + moto.access() + "\nARCHIVE_SECRET=" + moto.secret() + "\n";
      project.write(
          ".env",
          keys
              + keys.replace("ARCHIVE_KEY", "AWS_ACCESS_KEY_ID")
                  .replace("ARCHIVE_SECRET", "AWS_SECRET_ACCESS_KEY")
              + "AWS_ENDPOINT_URL="
              + moto.url()
              + "\n");
      project.write(
          "jobs/arrived.yml",
          """
          type: sensor
          object: s3://lake/incoming/${params.month}-*.csv
          connection: archive
          since: due
          every: 1s
          """);
      project.write("jobs/bare.yml", "type: sensor\nobject: s3://lake/incoming/**\nevery: 1s\n");
      project.write(
          "jobs/load.yml",
          """
          type: shell
          needs: [job:arrived, job:bare]
          env: {OBJECT: "${outputs.arrived.object}", KEY: "${outputs.arrived.key}"}
          run: echo "$OBJECT is $KEY"
          """);
      project.write(
          "flows/monthly.yml",
          """
          run: [job:arrived, job:bare, job:load]
          params: {month: {type: varchar, default: 2026-01}}
          """);
      Towpath.Result check = project.run("check", "--connect").good();
      assertThat(check.err())
          .contains("job arrived: s3, s3://lake/incoming/ at 127.0.0.1:")
          .contains("job bare: s3, s3://lake/incoming/ at 127.0.0.1:");
      try (Served server = Served.start(folder)) {
        String run = server.posted("/api/v1/flows/monthly/runs", Map.of()).path("id").asText();
        moto.put("incoming/2025-12-31 a.csv");
        Served.until(() -> task(project, run, "job:bare").path("state").asText().equals("SUCCESS"));
        Served.until(
            () -> task(project, run, "job:arrived").path("state").asText().equals("DEFERRED"));
        assertThat(server.state(run)).isEqualTo("RUNNING");
        moto.put("incoming/2026-01-02 b.csv", "incoming/2026-01-03 c.csv");
        assertThat(server.ended(run)).isEqualTo("SUCCESS");
        Path log = folder.resolve(".towpath/logs").resolve(run).resolve("job.load.log");
        assertThat(log)
            .hasContent("s3://lake/incoming/2026-01-02 b.csv is incoming/2026-01-02 b.csv");
        server.stop();
        assertThat(server.said()).doesNotContain(moto.secret());
      }
      assertThat(kept()).doesNotContain(moto.secret());
    }
  }

  private static JsonNode task(Towpath project, String run, String name) throws IOException {
    JsonNode shown = Served.JSON.readTree(project.run("show", run, "--json").good().out());
    for (JsonNode task : shown.path("tasks")) {
      if (task.path("name").asText().equals(name)) {
        return task;
      }
    }
    throw new AssertionError(shown.toPrettyString());
  }

  /** All that Towpath keeps, the store included. */
  private String kept() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder.resolve(".towpath"))) {
      List<Path> found = files.filter(Files::isRegularFile).toList();
      for (Path file : found) {
        all.append(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1));
      }
    }
    return all.toString();
  }
}
