package dev.towpath.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.lake.LocalObjectStore;
import dev.towpath.metadata.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs that behave badly, very many tasks, and servers that stop in the middle, as processes. */
@Tag("integration")
class FlowFaultsTest {
  /**
   * What one try may write: a megabyte, then the last 256 kB, each a line more, and the words
   * between them.
   */
  private static final long MOST_LOG = (1 << 20) + (256 << 10) + 1_000;

  @TempDir private Path parent;
  private Path folder;
  private Cli project;
  private MetadataStore store;
  private Cli.Running server;

  @BeforeEach
  void project() throws Exception {
    folder = Files.createDirectory(parent.resolve("project")).toRealPath();
    project = Small.in(folder);
  }

  @AfterEach
  void stop() {
    if (store != null) {
      store.close();
    }
    if (server != null) {
      server.process().destroyForcibly();
    }
  }

  private void serve() throws InterruptedException {
    server = project.start("serve", "--port", "0").until("serving");
    if (store == null) {
      Path work = folder.resolve(".towpath");
      store =
          new SqliteStore(
              work.resolve("metadata.db"),
              new LocalObjectStore(work.resolve("lake")),
              Clock.systemUTC());
    }
  }

  private FlowRun run() {
    return store.flows().runs("dev", Optional.empty(), 1).getFirst();
  }

  private void until(Callable<Boolean> condition) throws Exception {
    Instant patience = Instant.now().plus(Duration.ofMinutes(2));
    while (!condition.call()) {
      assertThat(Instant.now()).as("stuck: %s", store.flows().open("dev")).isBefore(patience);
      Thread.sleep(30);
    }
  }

  /** A job that ignores requests to end, has a daemon, and writes without end. */
  private void wild() throws IOException {
    Small.write(
        folder,
        "jobs/wild.yml",
        """
        type: shell
        run: |
          test ! -e tame || exit 0
          trap '' TERM HUP INT
          setsid sh -c 'trap "" TERM HUP; echo begun > away; while true; do sleep 0.1; done' &
          sh -c '(sleep 600 &)'
          yes a long line of nothing at all
        """);
    Small.write(folder, "flows/wild.yml", "run: job:wild\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cancel", "timeout", "TERM", "KILL"})
  void aWildJobLeavesNothing(String how) throws Exception {
    wild();
    if (how.equals("timeout")) {
      Small.write(folder, "flows/wild.yml", "run: job:wild\ntimeout: 3s\n");
    }
    serve();
    project.here().run("trigger", "wild").good();
    until(() -> Files.exists(folder.resolve("away")));
    Path log = folder.resolve(".towpath/logs").resolve(run().id()).resolve("job.wild.log");
    until(() -> Files.exists(log) && Files.size(log) > 100_000);
    Thread.sleep(500);
    switch (how) {
      case "cancel" -> {
        project.here().run("cancel", run().id()).good();
        until(() -> run().state() == FlowRun.State.CANCELLED);
      }
      case "timeout" -> until(() -> run().state() == FlowRun.State.FAILED);
      default -> {
        server.signal(how);
        server.end();
        assertThat(run().state()).isEqualTo(FlowRun.State.RUNNING); // the next server's
      }
    }
    until(() -> FolderProcesses.of(folder).isEmpty());
    assertThat(Files.size(log)).isBetween(1L << 20, MOST_LOG);
    if (!run().state().isOver()) {
      Small.write(folder, "tame", ""); // the next server does it again, and it behaves
      serve();
      until(() -> run().state().isOver());
      assertThat(run().state()).as(run().toString()).isEqualTo(FlowRun.State.SUCCESS);
      until(() -> FolderProcesses.of(folder).isEmpty());
    }
    assertThat(store.tasks().slots("dev")).isEmpty();
    assertThat(store.tasks().open("dev")).as("tasks that are not over").isEmpty();
    assertThat(store.tasks().tasks(run().id()))
        .hasSize(1)
        .allMatch(t -> t.deaths() == (how.equals("KILL") ? 1 : 0));
  }

  @Test
  void tenThousandMappedTasks() throws Exception {
    Small.write(
        folder,
        "jobs/each.yml",
        "type: empty\nfor_each: SELECT i FROM range(10000) AS t(i)\nfor_each_limit: 10000\n");
    Small.write(folder, "jobs/last.yml", "type: empty\nneeds: [job:each]\n");
    Small.write(folder, "flows/many.yml", "run: [job:each, job:last]\n");
    serve();
    project.here().run("trigger", "many").good();
    until(() -> run().state().isOver());
    assertThat(run().state()).as(run().toString()).isEqualTo(FlowRun.State.SUCCESS);
    assertThat(store.tasks().tasks(run().id()))
        .hasSize(10_002)
        .allMatch(t -> t.state() == FlowTask.State.SUCCESS && t.attempts() == 1);
    assertThat(store.tasks().slots("dev")).isEmpty();
    Cli.Said shown = project.run("show", run().id()).good();
    assertThat(shown.out().lines().count()).as("lines for people").isLessThan(200);

    Small.write(
        folder,
        "jobs/each.yml",
        "type: empty\nfor_each: SELECT i FROM range(10001) AS t(i)\nfor_each_limit: 10000\n");
    until(() -> Files.readString(server.err()).contains("runs that start now use it"));
    project.here().run("trigger", "many").good();
    until(() -> run().state().isOver());
    assertThat(run().state()).isEqualTo(FlowRun.State.FAILED);
    assertThat(run().message().orElse("")).startsWith("jobs/each.yml:").contains("10000");
  }

  /** Stopping is no failure: what was being built is built by the next server. */
  @Test
  void tablesThatAServerBuiltWhenItStoppedAreBuiltByTheNext() throws Exception {
    String slow =
        "SELECT count(*) AS n FROM range(20000000) a, raw.orders WHERE hash(a.range) % 7 = id\n";
    Small.write(folder, "models/marts/slow.sql", slow);
    Small.write(folder, "flows/load.yml", "run: [raw.*, marts.*]\n");
    serve();
    project.here().run("trigger", "load").good();
    until(() -> store.runs("dev", 1).stream().anyMatch(r -> r.finished().isEmpty()));
    Thread.sleep(1_500);
    server.process().destroy(); // SIGTERM
    assertThat(server.end().err()).endsWith("stopped\n");
    assertThat(run().state()).as(run().toString()).isNotEqualTo(FlowRun.State.FAILED);
    serve();
    until(() -> run().state().isOver());
    assertThat(run().state()).as(run().toString()).isEqualTo(FlowRun.State.SUCCESS);
    assertThat(run().attempts()).isEqualTo(1);
    assertThat(Small.number(project, "SELECT n > 0 AS b FROM marts.slow")).isEqualTo("true");
  }

  @Test
  void whatWouldNeverOrForeverRunIsRefused() throws Exception {
    Small.write(folder, "flows/never.yml", "cron: \"0 0 30 2 *\"\nrun: marts.*\n");
    project.run("check").ends(1).tells("flows/never.yml:1:7", "never comes");
    Files.delete(folder.resolve("flows/never.yml"));
    Small.write(folder, "flows/one.yml", "after: raw.orders\nrun: marts.*\n");
    Small.write(folder, "flows/two.yml", "after: marts.ones\nrun: raw.*\n");
    project.run("check").ends(1).tells("without end: one -> two -> one");
    project.run("serve", "--port", "0").ends(1).tells("without end");
  }
}
