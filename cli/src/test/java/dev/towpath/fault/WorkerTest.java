package dev.towpath.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.testing.DatabaseServer;
import dev.towpath.testing.PostgresServer;
import dev.towpath.testing.SilentWire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workers on other machines: folders that share a database, a lake, and nothing else. The workers'
 * have no more of the project than where its store is, and its data.
 */
@Tag("integration")
class WorkerTest {
  private static final long LEASE_MILLIS = 4_000;
  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  private static PostgresServer database;

  @TempDir private Path home;
  @TempDir private Path one;
  @TempDir private Path two;
  @TempDir private Path lake;
  private final String schema = "work_" + SCHEMAS.incrementAndGet();
  private final List<Cli.Running> running = new ArrayList<>();

  @BeforeAll
  static void start() {
    database = PostgresServer.create();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void machines() throws IOException {
    Small.in(home);
    for (Path folder : List.of(home, one, two)) {
      Small.write(
          folder,
          "towpath.yml",
          "project: small\npools: {big: 1, few: 4}\nenvironments:\n"
              + "  dev: {metadata: \"${TOWPATH_DB}\", lake: \"%s\"}\n".formatted(lake));
      Small.write(folder, ".env", "TOWPATH_DB=" + url() + "\n");
      Small.arrive(folder, 1);
    }
  }

  private String url() {
    return url(database.port());
  }

  private String url(int port) {
    return "postgres://postgres:%s@127.0.0.1:%d/postgres?schema=%s"
        .formatted(
            URLEncoder.encode(DatabaseServer.PASSWORD, StandardCharsets.UTF_8).replace("+", "%20"),
            port,
            schema);
  }

  @AfterEach
  void end() {
    running.forEach(one -> one.process().destroyForcibly());
    database.sql("postgres", "DROP SCHEMA IF EXISTS " + schema + " CASCADE");
  }

  private Cli.Running begin(Path folder, String... words) throws InterruptedException {
    Cli.Running made = Cli.in(folder).with("-Dtowpath.lease.millis=" + LEASE_MILLIS).start(words);
    running.add(made);
    made.until(words[0].equals("serve") ? "serving" : "working");
    return made;
  }

  private Cli.Running server() throws InterruptedException {
    return begin(home, "serve", "--port", "0", "--slots", "0");
  }

  private void job(String name, String keys, String script) throws IOException {
    Small.write(
        home,
        "jobs/" + name + ".yml",
        "type: shell\n" + keys + "run: |\n" + script.indent(2).formatted(lake));
  }

  private String trigger(String flow) throws Exception {
    return Cli.in(home).here().run("trigger", flow).good().out().split(" ")[1];
  }

  private String value(String sql) {
    try (Connection connection = database.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("SET search_path = " + schema);
      try (ResultSet row = statement.executeQuery(sql)) {
        return row.next() ? String.valueOf(row.getString(1)) : "";
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void until(Callable<Boolean> condition) throws Exception {
    Instant patience = Instant.now().plus(Duration.ofSeconds(90));
    while (!condition.call()) {
      assertThat(Instant.now()).as(this::story).isBefore(patience);
      Thread.sleep(50);
    }
  }

  private String story() {
    StringBuilder text = new StringBuilder();
    for (Cli.Running one : running) {
      try {
        text.append("----\n").append(Files.exists(one.err()) ? Files.readString(one.err()) : "");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return text.toString();
  }

  private void untilOver(String run) throws Exception {
    until(() -> value("SELECT finished FROM flow_run WHERE id = '" + run + "'").matches("\\d+"));
    assertThat(
            value(
                "SELECT state || ' ' || coalesce(message, '') FROM flow_run WHERE id = '"
                    + run
                    + "'"))
        .as(this::story)
        .isEqualTo("SUCCESS ");
    assertThat(value("SELECT count(*) FROM flow_task WHERE state = 'RUNNING'")).isEqualTo("0");
  }

  private List<String> ledger() throws IOException {
    Path file = lake.resolve("ledger");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  /** A model that takes some seconds of work. */
  private void slow() throws IOException {
    Small.write(
        home,
        "models/marts/ones.sql",
        "SELECT region, count(*) AS n, (SELECT sum(a.range * b.range) FROM range(50000) a,"
            + " range(100000) b) AS s FROM raw.orders GROUP BY ALL\n");
  }

  @Test
  void aRunKeepsTheFilesItBeganWithWhoeverDoesIt() throws Exception {
    Small.write(home, "flows/load.yml", "run: [job:first, raw.*, marts.*, job:last, job:python]\n");
    Small.write(home, "scripts/say.sh", "echo old script >> \"$1\"\n");
    job("first", "", "touch %1$s/began\nuntil test -e %1$s/go; do sleep 0.1; done\n");
    job(
        "last",
        "needs: [marts.twos]\n",
        "echo old >> %1$s/ledger\nsh \"$TOWPATH_FILES/scripts/say.sh\" %1$s/ledger\n");
    Small.write(
        home,
        "jobs/python.yml",
        "type: python\nscript: scripts/note.py\narguments: [\"%s\"]\nneeds: [job:last]\n"
            .formatted(lake.resolve("ledger")));
    Small.write(
        home,
        "scripts/note.py",
        """
        import os, sys, words
        with open(sys.argv[1], "a") as file:
            file.write("%s python, data: %s\\n" % (words.age(), os.path.isdir("data")))
        """);
    Small.write(home, "scripts/words.py", "def age():\n    return 'old'\n");
    Cli.Running first = server();
    Cli.Running worker = begin(one, "worker");
    String run = trigger("load");
    until(() -> Files.exists(lake.resolve("began")));
    first.process().destroyForcibly();
    first.end();
    job("last", "needs: [marts.twos]\n", "echo new >> %1$s/ledger\n");
    Small.write(home, "scripts/say.sh", "echo new script >> \"$1\"\n");
    Small.write(home, "scripts/words.py", "def age():\n    return 'new'\n");
    Small.write(home, "models/marts/twos.sql", "SELECT count(*) + 1 AS n FROM raw.orders\n");
    server();
    Files.createFile(lake.resolve("go"));
    untilOver(run);
    assertThat(ledger()).containsExactly("old", "old script", "old python, data: True");
    Cli project = Cli.in(home);
    assertThat(Small.number(project, "SELECT n FROM marts.twos")).isEqualTo("100");
    untilOver(trigger("load"));
    assertThat(ledger()).endsWith("new", "new python, data: True").hasSize(5);
    assertThat(Small.number(project, "SELECT n FROM marts.twos")).isEqualTo("101");
    assertThat(value("SELECT count(*) FROM project_version")).isEqualTo("2");
    worker.process().destroy(); // SIGTERM
    worker.end().tells("working in dev", "job:last success", "stopped");
  }

  /** While a task runs and afterwards, from where another machine and its server look. */
  @Test
  void logsAreSeenFromEveryMachine() throws Exception {
    Small.write(home, "flows/load.yml", "run: [job:say]\n");
    job("say", "", "echo one from $(pwd)\nuntil test -e %1$s/go; do sleep 0.1; done\necho two\n");
    server();
    begin(one, "worker");
    String run = trigger("load");
    Cli.Running follower = Cli.in(home).start("logs", "-f", run);
    running.add(follower);
    String first = "one from " + one.toRealPath();
    until(() -> Files.readString(follower.out()).contains(first));
    assertThat(log(run, "job.say")).isEqualTo(first + "\n");
    Files.createFile(lake.resolve("go"));
    untilOver(run);
    assertThat(follower.end().good().out().lines()).containsExactly("== job.say", first, "two");
    assertThat(Cli.in(home).here().run("logs", run).good().out().lines())
        .containsExactly("== job.say", first, "two");
    assertThat(log(run, "job.say")).isEqualTo(first + "\ntwo\n");
    Cli.in(home).here().run("gc", "--grace", "0").good();
    assertThat(log(run, "job.say")).as("gc leaves logs alone").endsWith("two\n");
  }

  /** A log as the server at home answers it. */
  private String log(String run, String log) throws Exception {
    Path work = home.resolve(".towpath");
    String url =
        Files.readString(work.resolve("server.json"))
            .replaceAll("(?s).*\"url\" *: *\"([^\"]+)\".*", "$1");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(url + "/api/v1/runs/" + run + "/logs/" + log))
                  .header(
                      "Authorization", "Bearer " + Files.readString(work.resolve("token")).strip())
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      return answer.body();
    }
  }

  @Test
  void aWorkerBesideItsServerUsesTheSameFile() throws Exception {
    Small.write(home, "towpath.yml", "project: small\n");
    Small.write(home, "flows/load.yml", "run: [job:note, raw.*, marts.*]\n");
    job("note", "", "echo done >> %1$s/ledger\n");
    Cli.Running server = server();
    Cli.Running worker = begin(home, "worker");
    trigger("load");
    until(() -> Cli.in(home).here().run("runs").good().out().contains("success"));
    assertThat(ledger()).containsExactly("done");
    worker.process().destroy();
    worker.end().tells("only for servers on this machine", "tables success", "stopped");
    server.process().destroy();
    server.end().tells("stopped");
  }

  @Test
  void aKilledWorkersJobIsDoneByAnother() throws Exception {
    Small.write(home, "flows/load.yml", "run: [job:slow]\n");
    job("slow", "", "echo $$ >> %1$s/ledger\nsleep 3\necho end >> %1$s/ledger\n");
    server();
    Cli.Running worker = begin(one, "worker");
    String run = trigger("load");
    until(() -> ledger().size() == 1);
    begin(two, "worker");
    worker.process().destroyForcibly();
    worker.end();
    until(() -> FolderProcesses.of(one).isEmpty());
    untilOver(run);
    assertThat(ledger()).hasSize(3).endsWith("end");
    assertThat(value("SELECT deaths || ' ' || attempts FROM flow_task")).isEqualTo("1 2");
  }

  @Test
  void aKilledWorkersTablesArePublishedOnce() throws Exception {
    slow();
    Small.write(home, "flows/load.yml", "run: [raw.*, marts.*]\n");
    server();
    Cli.Running worker = begin(one, "worker");
    String run = trigger("load");
    until(() -> value("SELECT count(*) FROM run WHERE state = 'RUNNING'").equals("1"));
    TimeUnit.MILLISECONDS.sleep(500);
    worker.process().destroyForcibly();
    worker.end();
    begin(two, "worker");
    untilOver(run);
    assertThat(value("SELECT head FROM environment WHERE name = 'dev'")).isEqualTo("1");
    assertThat(value("SELECT release FROM flow_run")).isEqualTo("1");
    assertThat(Small.number(Cli.in(home), "SELECT n FROM marts.twos")).isEqualTo("100");
  }

  @Test
  void aWorkerThatSleptDiscardsWhatItDid() throws Exception {
    Small.write(home, "flows/load.yml", "run: [job:slow]\n");
    job("slow", "", "echo begin >> %1$s/ledger\nsleep 12\necho end >> %1$s/ledger\n");
    server();
    Cli.Running sleeper = begin(one, "worker");
    String run = trigger("load");
    until(() -> ledger().size() == 1);
    sleeper.signal("STOP");
    begin(two, "worker");
    until(() -> ledger().size() == 2);
    sleeper.signal("CONT");
    sleeper.end().ends(1).tells("writes nothing any more");
    until(() -> FolderProcesses.of(one).isEmpty());
    untilOver(run);
    assertThat(ledger()).containsExactly("begin", "begin", "end");
    assertThat(value("SELECT deaths FROM flow_task")).isEqualTo("1");
  }

  /**
   * Nothing tells a worker that its packets are dropped. What it does must have ended when another
   * does it, also a job that will not listen.
   */
  @Test
  void aWorkerThatIsCutOffStopsBeforeAnotherBegins() throws Exception {
    Small.write(home, "flows/load.yml", "run: [job:slow]\n");
    job(
        "slow",
        "",
        "trap '' TERM\nfor i in $(seq 80); do pwd >> %1$s/ledger;" + " sleep 0.1; done\n");
    server();
    try (SilentWire wire = new SilentWire(database.port())) {
      Small.write(one, ".env", "TOWPATH_DB=" + url(wire.port()) + "\n");
      Cli.Running worker = begin(one, "worker");
      String run = trigger("load");
      until(() -> ledger().size() > 3);
      wire.fallSilent();
      begin(two, "worker");
      untilOver(run);
      List<String> ledger = ledger();
      int first = (int) ledger.stream().takeWhile(l -> l.contains(one.toString())).count();
      assertThat(first).as(this::story).isBetween(4, 79);
      assertThat(ledger.subList(first, ledger.size()))
          .as("the first worker's job has ended before the second's begins")
          .hasSize(80)
          .allMatch(l -> l.contains(two.toString()));
      assertThat(FolderProcesses.of(one)).allMatch(p -> p.pid() == worker.process().pid());
    }
    assertThat(value("SELECT deaths FROM flow_task")).isEqualTo("1");
  }

  @Test
  void aWorkerThatIsStoppedGivesItsTasksBack() throws Exception {
    Small.write(home, "flows/load.yml", "run: [job:slow, job:other]\n");
    job("slow", "", "echo begin >> %1$s/ledger\ntest $(wc -l < %1$s/ledger) -gt 1 || sleep 60\n");
    job("other", "pool: big\n", "hostname >> %1$s/other\n");
    server();
    Cli.Running worker = begin(one, "worker", "--slots", "1", "--pools", "default");
    String run = trigger("load");
    until(() -> ledger().size() == 1);
    worker.process().destroy(); // SIGTERM
    worker.end().tells("for pools default", "stopped");
    assertThat(value("SELECT deaths || state FROM flow_task WHERE name = 'job:slow'"))
        .isEqualTo("0READY");
    assertThat(lake.resolve("other")).doesNotExist();
    begin(two, "worker");
    untilOver(run);
    assertThat(FolderProcesses.of(one)).isEmpty();
  }

  @Test
  void theDatabaseRestartsWhileWorkersWork() throws Exception {
    Small.write(home, "flows/load.yml", "run: [job:each, raw.*, marts.*]\n");
    job(
        "each",
        "for_each: SELECT i FROM range(40) AS t(i)\npool: few\n",
        """
        echo begin >> %1$s/slots
        sleep 0.3
        echo end >> %1$s/slots
        echo "$TOWPATH_ITEM_I" >> %1$s/ledger
        """);
    server();
    begin(one, "worker", "--slots", "3");
    begin(two, "worker", "--slots", "3");
    String run = trigger("load");
    for (int restart = 0; restart < 2; restart++) {
      int done = ledger().size();
      until(() -> ledger().size() > done + 3);
      database.stop(restart == 0 ? "QUIT" : "INT");
      TimeUnit.MILLISECONDS.sleep(500);
      database.start();
    }
    untilOver(run);
    assertThat(ledger().stream().distinct()).hasSize(40);
    assertThat(mostAtATime()).as("of both workers, which have room for six").isEqualTo(4);
    assertThat(value("SELECT count(*) FROM flow_task WHERE state = 'SUCCESS'")).isEqualTo("42");
    assertThat(value("SELECT head FROM environment WHERE name = 'dev'")).isEqualTo("1");
  }

  /** How many jobs were between their lines at most. */
  private int mostAtATime() throws IOException {
    int now = 0;
    int most = 0;
    for (String line : Files.readAllLines(lake.resolve("slots"))) {
      now += line.equals("begin") ? 1 : -1;
      most = Math.max(most, now);
    }
    return most;
  }

  /**
   * Longer than anybody waits for an answer, and than every lease: who had work stops it and ends,
   * for others to start it again; who had none goes on.
   */
  @Test
  void theDatabaseIsAwayForLongerThanAnybodyWaits() throws Exception {
    Small.write(home, "flows/load.yml", "run: [job:each, raw.*, marts.*]\n");
    job(
        "each",
        "for_each: SELECT i FROM range(12) AS t(i)\npool: few\n",
        "echo \"$TOWPATH_ITEM_I\" >> %1$s/begun\nsleep 2\necho \"$TOWPATH_ITEM_I\" >> %1$s/ledger\n");
    Cli.Running server = server();
    Cli.Running worker = begin(one, "worker", "--slots", "2");
    String run = trigger("load");
    until(() -> ledger().size() >= 2);
    database.stop("INT");
    Cli.Said ended = worker.end();
    assertThat(ended.exit()).as(ended.err()).isEqualTo(1);
    assertThat(ended.err()).contains("out of touch with the metadata store");
    assertThat(FolderProcesses.of(one)).as("it stopped its jobs").isEmpty();
    List<String> done = ledger();
    TimeUnit.SECONDS.sleep(20);
    assertThat(ledger()).as("nothing of it runs on").isEqualTo(done);
    database.start();
    begin(one, "worker", "--slots", "2");
    untilOver(run);
    assertThat(ledger().stream().distinct()).hasSize(12);
    assertThat(value("SELECT count(*) FROM flow_task WHERE state = 'SUCCESS'")).isEqualTo("14");
    assertThat(value("SELECT head FROM environment WHERE name = 'dev'")).isEqualTo("1");
    assertThat(server.process().isAlive()).as(server::toString).isTrue();
  }

  @Test
  void twoServersAndAWorkerRunEachIntervalOnce() throws Exception {
    Small.write(home, "flows/often.yml", "every: 1s\ncatchup: true\nrun: [job:note]\n");
    job("note", "", "echo \"$TOWPATH_DUE\" >> %1$s/ledger\n");
    begin(home, "serve", "--port", "0", "--slots", "1");
    begin(home, "serve", "--port", "0", "--slots", "1");
    begin(one, "worker");
    until(() -> ledger().size() >= 12);
    Cli.in(home).here().run("pause", "often").good();
    until(() -> value("SELECT count(*) FROM flow_run WHERE state = 'RUNNING'").equals("0"));
    String runs = value("SELECT count(*) FROM flow_run");
    assertThat(ledger())
        .doesNotHaveDuplicates()
        .hasSize(Integer.parseInt(value("SELECT count(*) FROM flow_run WHERE state = 'SUCCESS'")));
    assertThat(value("SELECT count(DISTINCT due) FROM flow_run")).isEqualTo(runs);
    assertThat(value("SELECT (max(due) - min(due)) / 1000000000 + 1 FROM flow_run"))
        .as("no interval is left out")
        .isEqualTo(runs);
  }
}
