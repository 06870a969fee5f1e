package dev.towpath.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.towpath.core.store.Backfill;
import dev.towpath.core.store.Event;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.MetadataStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code kill -9} of the server, or of a worker, at each kind of step that a run of a flow takes,
 * and at random moments: jobs, mapped jobs, tries that fail, what fails for good, what is skipped
 * or cancelled, tables, backfills, and what comes last. Afterwards a server that is left alone ends
 * every run; nothing is lost, nothing is done again that had ended well, each failure has been
 * told, no slot is taken and no process is left. On each kind of store; of the few kills of every
 * day, each takes half of the steps.
 */
class FlowKillTest {
  /** Flows, and what happens to their runs. */
  private static final String LOAD = "load";

  private static final String CANCELLED = "load, cancelled";
  private static final String ODD = "odd";
  private static final String PAST = "past";

  private static final List<Step> STEPS =
      List.of(
          new Step("run.created", "", LOAD),
          new Step("run.started", "", LOAD),
          new Step("task.started", "", LOAD),
          new Step("task.ended", "SUCCESS", LOAD),
          new Step("task.retry", "", LOAD),
          new Step("task.mapped", "", LOAD),
          new Step("task.deferred", "", LOAD),
          new Step("release.published", "", LOAD),
          new Step("run.ended", "SUCCESS", LOAD),
          new Step("task.ended", "CANCELLED", CANCELLED),
          new Step("run.ended", "CANCELLED", CANCELLED),
          new Step("task.ended", "SKIPPED", ODD),
          new Step("task.ended", "FAILED", ODD),
          new Step("task.ended", "UPSTREAM_FAILED", ODD),
          new Step("run.ended", "FAILED", ODD),
          new Step("backfill", "DONE", PAST));

  /** Short, for a dead process's tasks to be done before the test's patience is over. */
  private static final Duration LEASE = Duration.ofSeconds(3);

  /** Longer than a message is kept from others by one who sends it. */
  private static final Duration TAKEN = Duration.ofMinutes(4);

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path parent;
  private final long seed = Long.getLong("towpath.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final List<String> story = new ArrayList<>();
  private final Set<Step> met = new HashSet<>();
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private Path folder;
  private Cli project;
  private int arrived = 1;

  /** What is told when it has been taken, and the flow whose runs take it. */
  private record Step(String event, String state, String flow) {
    boolean is(Event told) {
      return told.type().equals(event)
          && (state.isEmpty() || state.equals(told.detail().get("state")));
    }

    @Override
    public String toString() {
      return event + (state.isEmpty() ? "" : " " + state);
    }
  }

  @ParameterizedTest
  @EnumSource(TestStore.Kind.class)
  @Tag("integration")
  void nothingIsLostByAKill(TestStore.Kind kind) throws Exception {
    kill(kind, 10, half(kind), "serve", "--port", "0");
  }

  @ParameterizedTest
  @EnumSource(TestStore.Kind.class)
  @Tag("soak")
  void nothingIsLostByManyKills(TestStore.Kind kind) throws Exception {
    kill(kind, 200, STEPS, "serve", "--port", "0");
  }

  @ParameterizedTest
  @EnumSource(TestStore.Kind.class)
  @Tag("integration")
  void nothingIsLostByAKilledWorker(TestStore.Kind kind) throws Exception {
    kill(kind, 10, half(kind), "worker");
  }

  @ParameterizedTest
  @EnumSource(TestStore.Kind.class)
  @Tag("soak")
  void nothingIsLostByManyKilledWorkers(TestStore.Kind kind) throws Exception {
    kill(kind, 200, STEPS, "worker");
  }

  /** Every second step; the other kind of store has the others. */
  private static List<Step> half(TestStore.Kind kind) {
    List<Step> half = new ArrayList<>();
    for (int i = kind == TestStore.Kind.SQLITE ? 0 : 1; i < STEPS.size(); i += 2) {
      half.add(STEPS.get(i));
    }
    return half;
  }

  private void kill(TestStore.Kind kind, int kills, List<Step> steps, String... victim)
      throws Exception {
    System.out.println("FlowKillTest: " + kills + " kills on " + kind + " from seed " + seed);
    folder = Files.createDirectory(parent.resolve("project")).toRealPath();
    HttpServer receiver = receiver();
    try (TestStore kept = TestStore.of(kind, folder, LEASE)) {
      project(kept, receiver.getAddress().getPort());
      Optional<Cli.Running> other =
          victim[0].equals("worker")
              ? Optional.of(project.start("serve", "--port", "0", "--slots", "0").until("serving"))
              : Optional.empty();
      try (MetadataStore store = kept.open()) {
        // a step may be over before anybody could be killed at it
        for (int kill = 0; kill < kills || (kill < 2 * kills && !met.containsAll(steps)); kill++) {
          kill(store, kill, steps, victim);
        }
        assertThat(met).as("steps after which somebody was killed").containsAll(steps);
        store.tasks().hasten("dev", TAKEN); // whoever was to send a message then is dead
        settle(store);
        judge(store);
        again(store);
      } finally {
        other.ifPresent(server -> {
          server.process().destroyForcibly();
          server.end();
        });
      }
    } catch (Exception | AssertionError e) {
      throw new AssertionError("seed " + seed + ":\n" + String.join("\n", story), e);
    } finally {
      receiver.stop(0);
    }
  }

  /** Takes down which runs it is told of. */
  private HttpServer receiver() throws IOException {
    HttpServer web =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/",
        exchange -> {
          told.add(JSON.readTree(exchange.getRequestBody()).path("run").asText());
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    web.start();
    return web;
  }

  private void project(TestStore kept, int receiver) throws IOException {
    Small.in(folder);
    project = kept.cli();
    kept.project("project: small\n", "keep: 1");
    Small.write(
        folder,
        "flows/load.yml",
        """
        run: [raw.*, marts.*, job:first, job:each, job:shaky, job:late, job:after]
        finally: job:tidy
        """);
    Small.write(
        folder,
        "flows/odd.yml",
        """
        run: [job:first, job:bad, job:next, job:never]
        finally: job:tidy
        notify: {webhook: "http://127.0.0.1:%d/", on: [failure]}
        """
            .formatted(receiver));
    Small.write(
        folder,
        "flows/past.yml",
        "cron: \"0 2 * * *\"\npaused: true\nrun: [job:first, job:each]\nfinally: job:tidy\n");
    job("first", "", "");
    job("each", "needs: [job:first]\nfor_each: SELECT i FROM range(3) AS t(i)\n", "");
    job(
        "shaky",
        "needs: [job:first]\nretries: {max: 20, delay: 1s, jitter: 1}\n",
        "test -e shaky.$TOWPATH_RUN || { touch shaky.$TOWPATH_RUN; exit 1; }\n");
    job("after", "needs: [marts.twos]\n", "");
    job("bad", "needs: [job:first]\n", "exit 1\n");
    job("next", "needs: [job:bad]\n", "");
    job("never", "needs: [job:first]\nwhen: 1 = 2\n", "");
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

  /**
   * Starts a server or a worker and kills it when it has just taken a step, or some time after. A
   * step that nobody was killed at yet is waited for until the runs are over.
   */
  private void kill(MetadataStore store, int number, List<Step> steps, String... victim)
      throws Exception {
    Optional<Step> fresh = steps.stream().filter(s -> !met.contains(s)).findFirst();
    Step step = fresh.orElse(steps.get(number % steps.size()));
    long patience = fresh.isPresent() ? 20_000 : 200 + random.nextLong(1_500);
    long from = store.events().last("dev");
    begin(store, step.flow());
    Cli.Running server = project.start(victim);
    server.until(victim[0].equals("serve") ? "serving" : "working");
    if (step.flow().equals(CANCELLED)) {
      cancel(store);
    }
    within(Duration.ofMillis(patience), () -> seen(store, from, step) || isIdle(store));
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

  /** Sets a flow off, unless a run of it goes on. */
  private void begin(MetadataStore store, String what) throws IOException {
    String flow = what.equals(CANCELLED) ? LOAD : what;
    if (flow.equals(PAST)) {
      if (!isBackfilling(store)) {
        project
            .here()
            .run("backfill", PAST, "--from", "2026-01-01", "--to", "2026-01-03", "--parallel", "2")
            .good();
      }
      return;
    }
    if (open(store, flow).isPresent()) {
      return;
    }
    if (flow.equals(LOAD)) {
      Small.arrive(folder, ++arrived);
    }
    project.here().run("trigger", flow).good();
  }

  private static boolean isBackfilling(MetadataStore store) {
    return store.backfills().list("dev", 1_000).stream()
        .anyMatch(b -> b.state() == Backfill.State.ACTIVE);
  }

  /** Whether nothing goes on or waits. */
  private static boolean isIdle(MetadataStore store) {
    return store.flows().open("dev").isEmpty() && !isBackfilling(store);
  }

  private static Optional<FlowRun> open(MetadataStore store, String flow) {
    return store.flows().open("dev").stream().filter(r -> r.flow().equals(flow)).findFirst();
  }

  /** Cancels the run that goes on while a task of it runs, if that comes about. */
  private void cancel(MetadataStore store) throws InterruptedException {
    String run = open(store, LOAD).map(FlowRun::id).orElse("");
    within(
        Duration.ofSeconds(10),
        () ->
            open(store, LOAD).isEmpty()
                || store.tasks().tasks(run).stream()
                    .anyMatch(t -> t.state() == FlowTask.State.RUNNING));
    project.here().run("cancel", run); // it may be over
  }

  private static boolean seen(MetadataStore store, long from, Step step) {
    return store.events().after("dev", from, 1_000).stream().anyMatch(step::is);
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
      assertThat(within(Duration.ofSeconds(90), () -> isIdle(store)))
          .as("stuck: %s", store.flows().open("dev"))
          .isTrue();
      Set<String> failed =
          runs(store).stream()
              .filter(run -> run.flow().equals(ODD))
              .map(FlowRun::id)
              .collect(Collectors.toSet());
      within(Duration.ofSeconds(30), () -> told.containsAll(failed));
      assertThat(told).as("runs whose failure was told").isEqualTo(failed);
    } finally {
      server.process().destroy();
      assertThat(server.end().err()).endsWith("stopped\n");
    }
  }

  private static List<FlowRun> runs(MetadataStore store) {
    return store.flows().runs("dev", Optional.empty(), 10_000);
  }

  private void judge(MetadataStore store) throws IOException {
    List<FlowRun> runs = runs(store);
    assertThat(runs.stream().filter(r -> r.flow().equals(LOAD))).hasSize(arrived - 1);
    Map<String, Integer> starts = new HashMap<>();
    Map<String, Integer> ends = new HashMap<>();
    for (String line : Files.readAllLines(folder.resolve("ledger"))) {
      boolean start = line.startsWith("start ");
      (start ? starts : ends).merge(line.substring(start ? 6 : 4).strip(), 1, Integer::sum);
    }
    for (FlowRun run : runs) {
      List<FlowTask> tasks = store.tasks().tasks(run.id());
      for (FlowTask task : tasks) {
        judge(run, task, starts, ends);
      }
      if (run.flow().equals(ODD)) {
        odd(run, tasks);
      } else if (run.state() == FlowRun.State.FAILED) {
        assertThat(run.message().orElse("")).contains("dead-lettered");
      }
    }
    assertThat(store.tasks().slots("dev")).isEmpty();
    assertThat(store.tasks().open("dev")).as("tasks that are not over").isEmpty();
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

  /** A run of which a job fails and another is skipped, unless their processes died too often. */
  private static void odd(FlowRun run, List<FlowTask> tasks) {
    assertThat(run.state()).as(run.toString()).isEqualTo(FlowRun.State.FAILED);
    Map<String, FlowTask.State> wanted =
        Map.of(
            "job:first", FlowTask.State.SUCCESS,
            "job:bad", FlowTask.State.FAILED,
            "job:next", FlowTask.State.UPSTREAM_FAILED,
            "job:never", FlowTask.State.SKIPPED,
            "job:tidy", FlowTask.State.SUCCESS);
    boolean dead = tasks.stream().anyMatch(t -> t.message().orElse("").contains("dead-lettered"));
    if (!dead) {
      assertThat(tasks)
          .allSatisfy(
              t -> assertThat(t.state()).as(t.toString()).isEqualTo(wanted.get(t.key().name())));
    }
  }

  /**
   * What was given up or cancelled is done after all when somebody asks for it; then the tables
   * have every file's rows once, however often they were built and published.
   */
  private void again(MetadataStore store) throws Exception {
    for (FlowRun run : runs(store)) {
      if (!run.flow().equals(ODD) && run.state() != FlowRun.State.SUCCESS) {
        project.here().run("retry", run.id()).good();
      }
    }
    settle(store);
    for (FlowRun run : runs(store)) {
      if (!run.flow().equals(ODD)) {
        assertThat(run.state()).as(run.toString()).isEqualTo(FlowRun.State.SUCCESS);
        assertThat(store.tasks().tasks(run.id()))
            .allMatch(task -> task.state() == FlowTask.State.SUCCESS);
      }
    }
    String rows = Integer.toString(100 * arrived);
    assertThat(Small.number(project, "SELECT n FROM marts.twos")).isEqualTo(rows);
    assertThat(Small.number(project, "SELECT count(*) FROM raw.orders")).isEqualTo(rows);
    assertThat(Small.number(project, Small.DIFFERENCE)).isEqualTo("0");
  }
}
