package dev.towpath.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.cli.Towpath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as a process: it follows people, tables and files, and outlives kills. */
@Tag("integration")
class ServeTest {
  @TempDir private Path folder;
  private Cli project;

  @BeforeEach
  void project() throws Exception {
    project = Small.in(folder);
    Small.write(folder, "flows/load.yml", "run: raw.*\n");
    Small.write(folder, "flows/follow.yml", "after: raw.orders\nrun: marts.*\n");
  }

  private String runs(String... words) {
    String[] command = new String[words.length + 1];
    command[0] = "runs";
    System.arraycopy(words, 0, command, 1, words.length);
    return project.here().run(command).good().out();
  }

  private static void until(Callable<Boolean> condition, Callable<String> story) throws Exception {
    Instant patience = Instant.now().plus(Duration.ofSeconds(90));
    while (!condition.call()) {
      assertThat(Instant.now()).as(story.call()).isBefore(patience);
      Thread.sleep(100);
    }
  }

  private static int count(String text, String part) {
    return text.split(part, -1).length - 1;
  }

  @Test
  void aTriggeredFlowSetsOffTheOneThatFollowsItsTable() throws Exception {
    Cli.Running server = project.start("serve", "--port", "0");
    try {
      until(() -> Files.readString(server.err()).contains("serving 2 flows"), () -> "no start");
      project.here().run("trigger", "load").good();
      until(() -> count(runs(), "success") == 2, () -> runs() + Files.readString(server.err()));
      assertThat(Small.number(project, "SELECT n FROM marts.twos")).isEqualTo("100");

      Small.write(folder, "models/marts/twos.sql", "SELEC 1");
      until(
          () -> Files.readString(server.err()).contains("the version before stays in force"),
          () -> "the edit was not seen");
      Small.arrive(folder, 2);
      String before = runs();
      Towpath.Result refused = project.here().run("trigger", "load");
      assertThat(refused.exit()).isEqualTo(1);
      assertThat(refused.err()).contains("models/marts/twos.sql:1:");
      assertThat(runs()).as("nothing waits for a start").isEqualTo(before);
      Small.write(folder, "models/marts/twos.sql", "SELECT count(*) + 0 AS n FROM raw.orders");
      until(
          () -> Files.readString(server.err()).contains("runs that start now use it"),
          () -> "the second edit was not seen");
      project.here().run("trigger", "load").good();
      until(() -> count(runs(), "success") == 4, () -> runs() + Files.readString(server.err()));
      assertThat(Small.number(project, "SELECT n FROM marts.twos")).isEqualTo("200");
    } finally {
      server.process().destroy(); // SIGTERM
      Cli.Said said = server.end();
      assertThat(said.err()).endsWith("stopped\n");
    }
  }

  /** What the table that follows holds, as far as it is there. */
  private String twos() {
    Towpath.Result result =
        project.here().run("query", "--format", "csv", "SELECT n FROM marts.twos");
    return result.exit() == 0 ? result.out().lines().toList().getLast() : "";
  }

  @Test
  void whatAKilledServerHadIsDoneByTheNext() throws Exception {
    for (int kill = 0; kill < 4; kill++) {
      Cli.Running server = project.start("serve", "--port", "0");
      until(() -> Files.readString(server.err()).contains("serving"), () -> "no start");
      Small.arrive(folder, kill + 2);
      project.here().run("trigger", "load").good();
      Thread.sleep(100L + 150L * kill);
      server.process().destroyForcibly(); // SIGKILL
      server.end();
    }
    Cli.Running server = project.start("serve", "--port", "0");
    try {
      until(
          () -> count(runs("load"), "success") == 4 && !runs().contains("running"),
          () -> runs() + Files.readString(server.err()));
      until(
          () -> twos().equals("500"), // the flow that follows may not have begun yet
          () -> runs() + Files.readString(server.err()));
      assertThat(Small.number(project, "SELECT count(*) FROM raw.orders")).isEqualTo("500");
    } finally {
      server.process().destroy();
      server.end();
    }
  }
}
