package dev.towpath.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.cli.Towpath;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.testing.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Flows that are due each second or two, while servers and workers are killed, stopped, put to
 * sleep and doubled, the database restarts, people pause, cancel, retry and trigger, and files are
 * edited, well and badly. At the end the books must balance: every interval once, no slot taken, no
 * process left, every row published once, every event told. {@code -Dtowpath.seed=N} repeats the
 * driver's choices, not the machine's.
 */
class FlowSoakTest {
  private static final Pattern ADDRESS = Pattern.compile(" at (http://\\S+); ");
  private static final Duration STUCK = Duration.ofSeconds(90);

  /** Some who sleep are taken for dead, and some are not. */
  private static final Duration LEASE = Duration.ofSeconds(5);

  @TempDir private Path parent;
  private final long seed = Long.getLong("towpath.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final List<String> story = new ArrayList<>();
  private final List<Cli.Running> servers = new CopyOnWriteArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Set<String> paused = new LinkedHashSet<>();
  private final Instant began = Instant.now();
  private Path folder;
  private Path ledger;
  private TestStore kept;
  private Cli cli;
  private boolean spoilt;
  private int edits;

  @BeforeEach
  void folders() throws IOException {
    folder = Files.createDirectory(parent.resolve("project")).toRealPath();
    ledger = Files.createFile(parent.resolve("ledger")).toRealPath();
  }

  @AfterEach
  void end() {
    http.close();
    servers.forEach(server -> server.process().destroyForcibly());
    if (kept != null) {
      kept.close();
    }
  }

  /** The seed chooses the store, so that each gets its turn. */
  @Test
  @Tag("integration")
  void theBooksBalanceAfterTwoMinutes() throws Exception {
    TestStore.Kind[] kinds = TestStore.Kind.values();
    soak(kinds[random.nextInt(kinds.length)], Duration.ofMinutes(2));
  }

  @ParameterizedTest
  @EnumSource(TestStore.Kind.class)
  @Tag("soak")
  void theBooksBalanceAfterHalfAnHour(TestStore.Kind kind) throws Exception {
    soak(kind, Duration.ofMinutes(30));
  }

  private void soak(TestStore.Kind kind, Duration length) throws Exception {
    System.out.println("FlowSoakTest: " + length + " on " + kind + " from seed " + seed);
    kept = TestStore.of(kind, folder, LEASE);
    cli = kept.cli();
    SoakProject project = SoakProject.in(folder, ledger, kept, length);
    try (MetadataStore store = kept.open();
        SoakFollower follower = new SoakFollower(folder, this::address)) {
      start("serve", "--port", "0");
      while (Instant.now().isBefore(project.end())) {
        fault(project, store);
        replace(project);
        Thread.sleep(200 + random.nextInt(1_300));
      }
      settle(project, store);
      SoakLedger books = new SoakLedger(store, project, ledger);
      System.out.println("FlowSoakTest: " + story.size() + " faults, " + books.figures());
      long last = store.events().last("dev");
      within("the last event", () -> follower.seen().contains(last));
      books.balance(follower.seen());
      servers.removeFirst().process().destroy();
      withinQuiet();
      books.rows(cli);
      cli.here().run("gc", "--grace", "0").good();
      new Audit(folder, kept::open).holdsWhatItReaches();
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          e.getMessage() + "\nseed " + seed + ":\n" + String.join("\n", story), e);
    }
  }

  private void tell(String what) {
    story.add(Duration.between(began, Instant.now()).toMillis() + " ms: " + what);
  }

  /** One thing that may happen in a bad night. */
  private void fault(SoakProject project, MetadataStore store) throws Exception {
    switch (random.nextInt(kept.database().isPresent() ? 18 : 16)) {
      case 0, 1, 2 -> {
        kill(anyServer(), "KILL");
        tell("kill -9");
        if (random.nextInt(3) == 0) {
          Thread.sleep(random.nextInt(4_000));
        }
        mend(project);
        start();
      }
      case 3 -> {
        kill(anyServer(), "TERM");
        tell("SIGTERM");
        mend(project);
        start();
      }
      case 4, 5 -> {
        Cli.Running server = anyServer();
        server.signal("STOP");
        Thread.sleep(random.nextInt(4_000));
        boolean dies = random.nextInt(3) == 0;
        tell("SIGSTOP, then " + (dies ? "kill -9" : "SIGCONT"));
        if (dies) {
          kill(server, "KILL");
          mend(project);
          start();
        } else {
          server.signal("CONT");
        }
      }
      case 6 -> {
        if (servers.size() == 1) {
          mend(project);
          tell("a second one");
          start();
        } else {
          tell("the second one dies");
          kill(anyServer(), "KILL");
        }
      }
      case 7, 8 -> {
        String flow = random(project.scheduled());
        boolean pause = paused.add(flow) || !paused.remove(flow);
        ask("/flows/" + flow + (pause ? "/pause" : "/resume"), "pause", flow, pause ? "" : "--off");
      }
      case 9, 10 -> {
        List<FlowRun> open = new ArrayList<>(store.flows().open("dev"));
        if (!open.isEmpty()) {
          String run = open.get(random.nextInt(Math.min(4, open.size()))).id();
          ask("/runs/" + run + "/cancel", "cancel", run);
        }
      }
      case 11 -> retry(store, 1);
      case 12 -> {
        String flow = random(project.scheduled());
        ask("/flows/" + flow + "/runs", "trigger", flow);
      }
      case 13 -> {
        project.gate(false);
        tell("the gate is shut");
        Thread.sleep(random.nextInt(1_000));
        project.gate(true);
      }
      case 14 -> {
        project.spoil();
        spoilt = true;
        tell("an edit with a problem");
      }
      case 16, 17 -> {
        PostgresServer database = kept.database().orElseThrow();
        database.stop(random.nextBoolean() ? "QUIT" : "INT");
        Thread.sleep(random.nextInt(2_000));
        database.start();
        tell("the database has restarted");
      }
      default -> {
        spoilt = true;
        mend(project);
        tell("an edit");
      }
    }
  }

  private String random(Set<String> names) {
    return List.copyOf(names).get(random.nextInt(names.size()));
  }

  private Cli.Running anyServer() {
    return servers.get(random.nextInt(servers.size()));
  }

  private void mend(SoakProject project) throws IOException {
    if (spoilt) {
      project.edit(++edits);
      spoilt = false;
    }
  }

  /** Starts a server, or a worker where there is a server. */
  private void start() throws InterruptedException {
    if (address().isPresent() && random.nextInt(3) == 0) {
      start("worker");
    } else {
      start("serve", "--port", "0");
    }
  }

  private void start(String... command) throws InterruptedException {
    Cli.Running server =
        cli.start(command).until(command[0].equals("worker") ? "working" : "serving");
    assertThat(server.process().isAlive()).as("a server that has just started").isTrue();
    servers.add(server);
  }

  /** One that was out of touch for too long has ended by itself, for others to start it again. */
  private void replace(SoakProject project) throws Exception {
    for (Cli.Running server : List.copyOf(servers)) {
      if (!server.process().isAlive()) {
        servers.remove(server);
        Cli.Said said = server.end().ends(1);
        assertThat(kept.database()).as(said.err()).isPresent();
        assertThat(said.err()).containsAnyOf("out of touch", "writes nothing any more");
        tell("one has ended by itself");
      }
    }
    if (address().isEmpty()) {
      mend(project);
      start("serve", "--port", "0");
    }
  }

  /** Ends a server, and sees that nothing of it is left. */
  private void kill(Cli.Running server, String signal) throws Exception {
    server.signal(signal);
    servers.remove(server);
    Cli.Said said = server.end();
    assertThat(said.err())
        .doesNotContain("mistake in towpath")
        .doesNotContain("\tat ")
        .doesNotContain("Exception");
    if (servers.isEmpty()) {
      withinQuiet();
    }
  }

  /** Where a server is; {@code server.json} may name one that is dead. */
  private Optional<URI> address() {
    for (Cli.Running server : servers) {
      try {
        Matcher address = ADDRESS.matcher(Files.readString(server.err()));
        if (address.find()) {
          return Optional.of(URI.create(address.group(1)));
        }
      } catch (IOException e) {
        assertThat(e).as("it has ended meanwhile").isNotNull();
      }
    }
    return Optional.empty();
  }

  /** Asks a server, or with a command, if no server answers. */
  private void ask(String path, String... command) throws Exception {
    List<String> words = Stream.of(command).filter(w -> !w.isEmpty()).toList();
    Optional<URI> server = address();
    if (random.nextBoolean() && server.isPresent()) {
      try {
        Path work = folder.resolve(".towpath");
        HttpResponse<String> response =
            http.send(
                HttpRequest.newBuilder(server.get().resolve("/api/v1" + path))
                    .timeout(Duration.ofSeconds(20))
                    .header(
                        "Authorization",
                        "Bearer " + Files.readString(work.resolve("token")).strip())
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{}"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        tell("POST " + path + ": " + response.statusCode());
        assertThat(response.statusCode()).as(response.body()).isIn(200, 201, 202, 409);
        return;
      } catch (IOException e) {
        tell("POST " + path + ": " + e);
      }
    }
    Towpath.Result result = cli.here().run(words.toArray(String[]::new));
    tell(String.join(" ", words) + ": exit code " + result.exit());
    if (!spoilt && !words.getFirst().equals("retry")) {
      result.good();
    }
  }

  /** Lets runs that did not end well run again. */
  private void retry(MetadataStore store, int most) throws Exception {
    List<FlowRun> runs =
        store.flows().runs("dev", Optional.empty(), 1_000_000).stream()
            .filter(r -> r.state() == FlowRun.State.FAILED || r.state() == FlowRun.State.CANCELLED)
            .limit(most)
            .toList();
    for (FlowRun run : runs) {
      if (run.state() == FlowRun.State.FAILED) {
        assertThat(run.message().orElse("")).as(run.toString()).contains("dead-lettered");
      }
      ask("/runs/" + run.id() + "/retry", "retry", run.id());
    }
  }

  /** One server that is left alone does all that is left. */
  private void settle(SoakProject project, MetadataStore store) throws Exception {
    mend(project);
    project.gate(true);
    while (!servers.isEmpty()) {
      kill(anyServer(), "KILL");
    }
    start("serve", "--port", "0");
    for (String flow : paused) {
      ask("/flows/" + flow + "/resume", "pause", flow, "--off");
    }
    long before = -1;
    Instant patience = Instant.now().plus(STUCK);
    while (!isSettled(project, store)) {
      long events = store.events().last("dev");
      if (events != before) {
        before = events;
        patience = Instant.now().plus(STUCK);
      }
      assertThat(Instant.now()).as("stuck: %s", store.flows().open("dev")).isBefore(patience);
      retry(store, Integer.MAX_VALUE);
      Thread.sleep(500);
    }
  }

  private static boolean isSettled(SoakProject project, MetadataStore store) {
    List<FlowRun> runs = store.flows().runs("dev", Optional.empty(), 1_000_000);
    return runs.stream().allMatch(r -> r.state() == FlowRun.State.SUCCESS)
        && project.scheduled().stream()
            .allMatch(flow ->
                runs.stream()
                        .filter(r -> r.flow().equals(flow) && r.cause() == FlowRun.Cause.SCHEDULE)
                        .count()
                    >= project.due(flow).size());
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void within(String what, Condition condition) throws Exception {
    Instant until = Instant.now().plus(Duration.ofSeconds(20));
    while (!condition.holds()) {
      assertThat(Instant.now()).as(what).isBefore(until);
      Thread.sleep(20);
    }
  }

  /** Sees that no process works in the project's folder any more. */
  private void withinQuiet() throws Exception {
    try {
      within("nothing works in the folder", () -> FolderProcesses.of(folder).isEmpty());
    } catch (AssertionError e) {
      StringBuilder left = new StringBuilder("still there:\n");
      for (ProcessHandle process : FolderProcesses.of(folder)) {
        left.append(process.pid()).append(' ').append(process.info().commandLine()).append('\n');
      }
      throw new AssertionError(left.toString(), e);
    }
  }
}
