package dev.towpath.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.cli.Towpath;
import dev.towpath.testing.DatabaseServer;
import dev.towpath.testing.PostgresServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
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
 * The program on PostgreSQL: two folders stand for two machines, which share the lake and the
 * database and nothing else.
 */
@Tag("integration")
class PostgresTest {
  private static final long LEASE_MILLIS = 3_000;
  private static final String LEASE = "-Dtowpath.lease.millis=" + LEASE_MILLIS;
  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  private static PostgresServer server;

  @TempDir private Path one;
  @TempDir private Path two;
  @TempDir private Path lake;
  private final String schema = "small_" + SCHEMAS.incrementAndGet();
  private Cli first;
  private Cli second;

  @BeforeAll
  static void start() {
    server = PostgresServer.create();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void projects() throws IOException {
    first = project(one);
    second = project(two);
  }

  private Cli project(Path folder) throws IOException {
    Small.in(folder);
    Small.write(
        folder,
        "towpath.yml",
        """
        project: small
        environments:
          dev: {keep: 3, metadata: "${TOWPATH_DB}", lake: "%s"}
        """
            .formatted(lake));
    Small.write(folder, ".env", "TOWPATH_DB=" + url(DatabaseServer.PASSWORD) + "\n");
    return Cli.in(folder).with(LEASE);
  }

  private String url(String password) {
    return "postgres://postgres:%s@127.0.0.1:%d/postgres?schema=%s"
        .formatted(
            URLEncoder.encode(password, StandardCharsets.UTF_8).replace("+", "%20"),
            server.port(),
            schema);
  }

  @AfterEach
  void drop() {
    server.sql("postgres", "DROP SCHEMA IF EXISTS " + schema + " CASCADE");
  }

  private void arrive(int number) throws IOException {
    Small.arrive(one, number);
    Small.arrive(two, number);
  }

  private String value(String sql) {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("SET search_path = " + schema);
      try (ResultSet row = statement.executeQuery(sql)) {
        return row.next() ? String.valueOf(row.getString(1)) : "";
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void until(Callable<Boolean> condition, Callable<String> story) throws Exception {
    Instant patience = Instant.now().plus(Duration.ofSeconds(90));
    while (!condition.call()) {
      assertThat(Instant.now()).as(story.call()).isBefore(patience);
      Thread.sleep(100);
    }
  }

  @Test
  void everyCommandWorksAndALostDatabaseIsRestored() throws Exception {
    Towpath towpath = first.here();
    assertThat(towpath.run("plan").good().out()).contains("marts.ones");
    assertThat(value("SELECT count(*) FROM pg_tables WHERE schemaname = '" + schema + "'"))
        .as("planning makes nothing")
        .isEqualTo("0");
    towpath.run("run").good();
    assertThat(towpath.run("run").good().out()).contains("nothing is stale");
    arrive(2);
    second.here().run("run").good();
    assertThat(Small.number(first, Small.DIFFERENCE)).isEqualTo("0");
    assertThat(Small.number(first, "SELECT n FROM marts.twos")).isEqualTo("200");
    assertThat(towpath.run("show", "marts.twos").good().out()).contains("marts.twos");
    towpath.run("rollback").good();
    assertThat(Small.number(second, "SELECT n FROM marts.twos")).isEqualTo("100");
    towpath.run("env", "create", "feature", "--from", "dev").good();
    towpath.run("--env", "feature", "run").good();
    towpath.run("env", "promote", "feature", "--into", "dev");
    assertThat(second.here().run("env", "ls").good().out()).contains("feature");
    towpath.run("env", "drop", "feature").good();
    arrive(3);
    towpath.run("run").good();
    for (int i = 4; i < 8; i++) {
      arrive(i);
      second.here().run("run").good();
    }
    assertThat(towpath.run("gc", "--grace", "0").good().out()).isNotEmpty();
    String releases = towpath.run("releases").good().out();
    assertThat(releases.lines().filter(l -> l.contains("run")).count()).isGreaterThan(1);

    server.sql("postgres", "DROP SCHEMA " + schema + " CASCADE");
    assertThat(towpath.run("releases").err()).contains("towpath restore");
    towpath.run("restore").good();
    assertThat(Small.number(second, "SELECT n FROM marts.twos")).isEqualTo("700");
    Towpath.Result again = towpath.run("restore");
    assertThat(again.exit()).isEqualTo(1);
    assertThat(again.err())
        .contains("not empty", "drop its schema")
        .doesNotContain(DatabaseServer.PASSWORD);
    arrive(8);
    towpath.run("run").good();
    assertThat(Small.number(second, "SELECT n FROM marts.twos")).isEqualTo("800");
  }

  @Test
  void aProjectMovesHereFromSqlite() throws Exception {
    String config = Files.readString(one.resolve("towpath.yml"));
    Small.write(one, "towpath.yml", config.replace("metadata: \"${TOWPATH_DB}\", ", ""));
    first.here().run("run").good();
    Small.write(one, "towpath.yml", config);
    assertThat(first.here().run("plan").err()).contains("towpath restore");
    first.here().run("restore").good();
    assertThat(first.here().run("plan").good().out()).contains("nothing is stale");
    arrive(2);
    second.here().run("run").good();
    assertThat(Small.number(second, "SELECT n FROM marts.twos")).isEqualTo("200");
  }

  @Test
  void noFileAndNoMessageHoldsThePassword() throws Exception {
    first.here().run("run").good();
    Small.write(one, ".env", "TOWPATH_DB=" + url("wr0ng/s3cret") + "\n");
    for (String command : new String[] {"run", "plan", "releases", "runs", "gc", "serve"}) {
      Towpath.Result result = first.here().run(command);
      assertThat(result.exit()).isEqualTo(1);
      assertThat(result.out() + result.err())
          .contains("refuses the login")
          .doesNotContain("s3cret", "Exception");
    }
    Small.write(one, ".env", "");
    assertThat(first.here().run("releases").err()).contains("towpath.yml:3:", "TOWPATH_DB");
    try (var files = Files.walk(lake)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .doesNotContain(DatabaseServer.PASSWORD);
      }
    }
  }

  @Test
  void runsOfTwoMachinesAtOnceBothSucceed() throws Exception {
    for (int round = 1; round <= 3; round++) {
      Cli.Running a = first.start("run");
      Cli.Running b = second.start("run");
      Cli.Running gc = second.start("gc", "--grace", "0");
      a.end().good();
      b.end().good();
      gc.end().good();
      assertThat(Small.number(first, "SELECT count(*) FROM raw.orders")).isEqualTo(round + "00");
      assertThat(Small.number(second, Small.DIFFERENCE)).isEqualTo("0");
      assertThat(value("SELECT head FROM environment WHERE name = 'dev'"))
          .as("each file is published once")
          .isEqualTo(String.valueOf(round));
      arrive(round + 1);
    }
  }

  @Test
  void aRunThatSleptThroughItsLeasePublishesNothing() throws Exception {
    slow(one, 100_000_000_000L);
    Cli.Running sleeper = first.start("run");
    sleeper.until("building");
    assertThat(value("SELECT count(*) FROM run WHERE state = 'RUNNING'")).isEqualTo("1");
    sleeper.signal("STOP");
    TimeUnit.MILLISECONDS.sleep(LEASE_MILLIS + 500);
    second.run("run").good();
    String head = value("SELECT head FROM environment WHERE name = 'dev'");
    assertThat(value("SELECT count(*) FROM run WHERE state = 'FAILED'")).isEqualTo("1");
    sleeper.signal("CONT");
    sleeper.end().ends(1).tells("writes nothing any more");
    assertThat(value("SELECT head FROM environment WHERE name = 'dev'")).isEqualTo(head);
    assertThat(value("SELECT count(*) FROM run WHERE state = 'SUCCESS'")).isEqualTo("1");
    assertThat(second.here().run("plan").good().out()).contains("nothing is stale");
    assertThat(value("SELECT count(*) FROM node WHERE expires > clock_timestamp()")).isEqualTo("0");
  }

  /** Makes a model of one machine slow: some seconds for a billion. */
  private static void slow(Path folder, long steps) throws IOException {
    Small.write(
        folder,
        "models/marts/ones.sql",
        "SELECT region, count(*) AS n, (SELECT sum(a.range * b.range) FROM range(%d) a,"
                .formatted(steps / 100_000)
            + " range(100000) b) AS s FROM raw.orders GROUP BY ALL\n");
  }

  @Test
  void whatAKilledMachineHadIsTakenOver() throws Exception {
    slow(one, 100_000_000_000L);
    Cli.Running killed = first.start("run");
    killed.until("building");
    killed.process().destroyForcibly();
    killed.end();
    assertThat(second.here().run("runs").exit()).isZero();
    second.run("run").good();
    TimeUnit.MILLISECONDS.sleep(LEASE_MILLIS);
    second.run("gc", "--grace", "0").good();
    assertThat(value("SELECT count(*) FROM run WHERE state = 'RUNNING'")).isEqualTo("0");
    assertThat(value("SELECT count(*) FROM node")).isEqualTo("0");
    assertThat(Small.number(second, Small.DIFFERENCE)).isEqualTo("0");
  }

  @Test
  void aRunOutlivesARestartOfTheDatabase() throws Exception {
    for (String signal : new String[] {"QUIT", "INT"}) {
      slow(one, 2_000_000_000L);
      Cli.Running run = first.start("run");
      run.until("building");
      server.stop(signal);
      TimeUnit.MILLISECONDS.sleep(500);
      server.start();
      run.end().good();
      assertThat(first.here().run("plan").good().out()).contains("nothing is stale");
      arrive(signal.length());
    }
  }

  @Test
  void aServerThatSleptLeavesItsRunToAnother() throws Exception {
    for (Path folder : new Path[] {one, two}) {
      Small.write(folder, "flows/load.yml", "run: [job:wait, raw.*]\n");
      Small.write(
          folder,
          "jobs/wait.yml",
          "type: shell\nrun: |\n  echo \"$TOWPATH_DUE\" >> %s/log\n  sleep 3\n".formatted(two));
    }
    Cli.Running a = first.start("serve", "--port", "0");
    until(() -> Files.readString(a.err()).contains("serving"), () -> "no start");
    second.here().run("trigger", "load").good();
    until(() -> Files.exists(two.resolve("log")), () -> "no job: " + said(a));
    a.signal("STOP");
    Cli.Running b = second.start("serve", "--port", "0");
    try {
      until(
          () -> second.here().run("runs").good().out().contains("success"),
          () -> second.here().run("runs").out() + said(b));
      a.signal("CONT");
      a.end().ends(1).tells("writes nothing any more");
      assertThat(value("SELECT state FROM flow_run")).isEqualTo("SUCCESS");
      assertThat(value("SELECT deaths FROM flow_task WHERE name = 'job:wait'")).isEqualTo("1");
      assertThat(value("SELECT head FROM environment WHERE name = 'dev'")).isEqualTo("1");
    } finally {
      b.process().destroy(); // SIGTERM
      b.end();
    }
  }

  private static String said(Cli.Running running) throws IOException {
    return Files.readString(running.err());
  }
}
