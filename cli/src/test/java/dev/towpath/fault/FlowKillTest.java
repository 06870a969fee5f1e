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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the server, or of a worker, at each kind of step that a run of a flow takes,
 * and at random moments: jobs, mapped jobs, tries that fail, tables, and what comes last.
 * Afterwards a server that is left alone ends every run; nothing is lost, nothing is done again
 * that had ended well, no slot is taken and no process is left.
 */
class FlowKillTest {
  private static final List<String> STEPS =
      List.of(
          "run.created",
          "run.started",
          "task.started",
          "task.ended",
          "task.retry",
          "task.mapped",
          "task.deferred",
          "release.published",
          "run.ended");

  @TempDir private Path folder;
  private final long seed = Long.getLong("towpath.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final List<String> story = new ArrayList<>();
  private final Set<String> met = new HashSet<>();
  private Cli project = Cli.in(Path.of(""));

  @Test
  @Tag("integration")
  void nothingIsLostByAKill() throws Exception {
    kill(20, "serve", "--port", "0");
  }

  @Test
  @Tag("soak")
  void nothingIsLostByManyKills() throws Exception {
    kill(200, "serve", "--port", "0");
  }

  @Test
  @Tag("integration")
  void nothingIsLostByAKilledWorker() throws Exception {
    killWorker(20);
  }

  @Test
  @Tag("soak")
  void nothingIsLostByManyKilledWorkers() throws Exception {
    killWorker(200);
  }

  private void killWorker(int kills) throws Exception {
    project();
    Cli.Running server = project.start("serve", "--port", "0", "--slots", "0");
    try {
      kill(kills, "worker");
    } finally {
      server.process().destroyForcibly();
      server.end();
    }
  }

  private void kill(int kills, String... victim) throws Exception {
    System.out.println("FlowKillTest: " + kills + " kills from seed " + seed);
    try {
      project();
      try (MetadataStore store = store()) {
        int triggered = 0;
        for (int kill = 0; kill < kills; kill++) {
          long from = store.events().last("dev");
          if (store.flows().open("dev").isEmpty()) {
            Small.arrive(folder, 2 + triggered++);
            project.here().run("trigger", "load").good();
          }
          kill(store, kill, from, victim);
        }
        assertThat(met).as("steps after which somebody was killed").containsAll(STEPS);
        settle(store);
        judge(store, triggered);
      }
    } catch (Exception | AssertionError e) {
      throw new AssertionError("seed " + seed + ":\n" + String.join("\n", story), e);
    }
  }

  private void project() throws IOException {
    project = Small.in(folder);
    Small.write(folder, "flows/load.yml", "run: [raw.*, marts.*, \"job:*\"]\nfinally: job:tidy\n");
    job("first", "", "");
    job("each", "needs: [job:first]\nfor_each: SELECT i FROM range(3) AS t(i)\n", "");
    job(
        "shaky",
        "needs: [job:first]\nretries: {max: 20, delay: 1s, jitter: 1}\n",
        "test -e shaky.$TOWPATH_RUN || { touch shaky.$TOWPATH_RUN; exit 1; }\n");
    job("after", "needs: [marts.twos]\n", "");
    job("tidy", "", "");
    Small.write(folder, "jobs/late.yml", "type: sensor\ntime: 2s\nneeds: [job:first]\n");
  }

  /** A job that writes down that it starts and ends. */
  private void job(String name, String keys, String script) throws IOException {
    Small.write(
        folder,
        "jobs/" + name + ".yml",
        "type: shell\n"
            + keys
            + "run: |\n"
            + "  echo \"start $TOWPATH_RUN $TOWPATH_JOB ${TOWPATH_ITEM_I-}\" >> ledger\n"
            + "  sleep 0.1\n  "
            + script
            + (script.isEmpty() ? "" : "  ")
            + "echo \"end $TOWPATH_RUN $TOWPATH_JOB ${TOWPATH_ITEM_I-}\" >> ledger\n");
  }

  private MetadataStore store() {
    Path work = folder.resolve(".towpath");
    return new SqliteStore(
        work.resolve("metadata.db"), new LocalObjectStore(work.resolve("lake")), Clock.systemUTC());
  }

  /**
   * Starts a server or a worker and kills it when it has just taken a step, or some time after. A
   * step that nobody was killed at yet is waited for until the run is over.
   */
  private void kill(MetadataStore store, int number, long from, String... victim) throws Exception {
    Optional<String> fresh = STEPS.stream().filter(s -> !met.contains(s)).findFirst();
    String step = fresh.orElse(STEPS.get(number % STEPS.size()));
    long patience = fresh.isPresent() ? 20_000 : 200 + random.nextLong(1_500);
    Cli.Running server = project.start(victim);
    server.until(victim[0].equals("serve") ? "serving" : "working");
    within(
        Duration.ofMillis(patience),
        () -> seen(store, from, step) || store.flows().open("dev").isEmpty());
    boolean seen = seen(store, from, step);
    if (random.nextBoolean()) {
      Thread.sleep(random.nextInt(120));
    }
    server.process().destroyForcibly();
    if (seen) {
      met.add(step);
    }
    story.add("kill " + number + " at " + step + (seen ? "" : ", which did not come"));
    assertThat(server.end().exit()).isEqualTo(137);
    assertThat(within(Duration.ofSeconds(10), () -> FolderProcesses.of(folder).isEmpty()))
        .as("a process is left: %s", FolderProcesses.of(folder))
        .isTrue();
  }

  private static boolean seen(MetadataStore store, long from, String step) {
    return store.events().after("dev", from, 1_000).stream().anyMatch(e -> e.type().equals(step));
  }

  private static boolean within(Duration patience, BooleanSupplier condition)
      throws InterruptedException {
    Instant until = Instant.now().plus(patience);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(until)) {
        return false;
      }
      Thread.sleep(2);
    }
    return true;
  }

  /** A server that is left alone ends what is open. */
  private void settle(MetadataStore store) throws Exception {
    Cli.Running server = project.start("serve", "--port", "0");
    server.until("serving"); // before that, nobody would say goodbye
    try {
      assertThat(within(Duration.ofSeconds(90), () -> store.flows().open("dev").isEmpty()))
          .as("stuck: %s", store.flows().open("dev"))
          .isTrue();
    } finally {
      server.process().destroy();
      assertThat(server.end().err()).endsWith("stopped\n");
    }
  }

  private void judge(MetadataStore store, int triggered) throws IOException {
    List<FlowRun> runs = store.flows().runs("dev", Optional.of("load"), 1_000);
    assertThat(runs).hasSize(triggered);
    Map<String, Integer> starts = new HashMap<>();
    Map<String, Integer> ends = new HashMap<>();
    for (String line : Files.readAllLines(folder.resolve("ledger"))) {
      boolean start = line.startsWith("start ");
      (start ? starts : ends).merge(line.substring(start ? 6 : 4).strip(), 1, Integer::sum);
    }
    for (FlowRun run : runs) {
      for (FlowTask task : store.tasks().tasks(run.id())) {
        judge(run, task, starts, ends);
      }
      assertThat(run.message().orElse("")).matches("|.*dead-lettered.*");
    }
    assertThat(store.tasks().slots("dev")).isEmpty();
    boolean all = runs.stream().allMatch(r -> r.state() == FlowRun.State.SUCCESS);
    if (all) {
      assertThat(Small.number(project, "SELECT n FROM marts.twos"))
          .isEqualTo(Integer.toString(100 * (triggered + 1)));
    }
  }

  private static void judge(
      FlowRun run, FlowTask task, Map<String, Integer> starts, Map<String, Integer> ends) {
    assertThat(task.state().isOver()).as(task.toString()).isTrue();
    boolean row = task.key().index() != FlowTask.WHOLE;
    if (task.type().equals(FlowTask.TABLES)
        || task.type().equals("sensor")
        || (task.mapped() && !row)) {
      return;
    }
    String name = task.key().name().substring("job:".length());
    String line = run.id() + " " + name + (row ? " " + task.key().index() : "");
    int started = starts.getOrDefault(line, 0);
    assertThat(started).as(line).isLessThanOrEqualTo(task.attempts());
    if (task.state() == FlowTask.State.SUCCESS) {
      // one that ended well is not started again: at most its process died before that was written
      assertThat(ends.getOrDefault(line, 0)).as(line).isBetween(1, task.deaths() + 1);
    }
  }
}
