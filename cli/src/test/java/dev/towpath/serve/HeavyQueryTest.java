package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What would fill memory, the disk or the time ends with a clear error; others, who call an
 * endpoint all the while, notice nothing.
 */
class HeavyQueryTest {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** A text of 32 MB, made of a letter by doubling it. */
  private static final String LARGE =
      "WITH RECURSIVE t(n, s) AS (SELECT 1, 'x' UNION ALL SELECT n + 1, s || s FROM t WHERE n < 26),"
          + " u AS (SELECT max(s) AS s FROM t) ";

  /**
   * Kilobytes beyond which the process was not bound: 3.1 GB for these settings, and some besides.
   */
  private static final long MOST_KB = 4L << 20;

  @TempDir private static Path folder;
  private static Served server;
  private static String viewer;

  @BeforeAll
  static void start() throws Exception {
    Served.project(folder);
    Files.writeString(
        folder.resolve("towpath.yml"), "project: small\nenvironments: {dev: {memory: 1200MB}}\n");
    Files.createDirectories(folder.resolve("apis"));
    Files.writeString(
        folder.resolve("apis/rows.sql"),
        "/* towpath\nget: /rows\ncache: off\n*/\nSELECT count(*) AS n FROM marts.m\n");
    viewer = Served.user(folder, "vera", "viewer");
    server = Served.start(folder, "--pg-port", "0");
    server.build();
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static HttpResponse<String> ask(String sql, String form) throws Exception {
    return server.send(
        server
            .request("/api/v1/query")
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .header("Accept", form)
            .POST(BodyPublishers.ofString(Served.JSON.writeValueAsString(Map.of("sql", sql)))));
  }

  private static CompletableFuture<HttpResponse<String>> asking(String sql) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return ask(sql, "application/json");
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    });
  }

  private static void othersNoticeNothing() throws Exception {
    HttpResponse<String> small = server.send(server.request("/rows", viewer));
    assertThat(small.statusCode()).as(small.body()).isEqualTo(200);
    assertThat(small.body()).contains("\"n\":3");
  }

  /** Calls an endpoint again and again until something has ended; gives what went wrong. */
  private static CompletableFuture<Integer> calling(AtomicBoolean ended) {
    return CompletableFuture.supplyAsync(() -> {
      int calls = 0;
      try {
        do {
          othersNoticeNothing();
          calls++;
        } while (!ended.get());
        return calls;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    });
  }

  /** The most kilobytes that the server has had in memory at a time. */
  private static long peak() throws Exception {
    try (var lines =
        Files.lines(Path.of("/proc", Long.toString(server.process().pid()), "status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    }
  }

  private static void isStopped(String sql) throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    CompletableFuture<HttpResponse<String>> heavy = asking(sql);
    CompletableFuture<Integer> others = calling(ended);
    HttpResponse<String> answer;
    try {
      answer = heavy.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } finally {
      ended.set(true);
    }
    assertThat(others.get(1, TimeUnit.MINUTES)).as("calls meanwhile").isPositive();
    assertThat(answer.statusCode()).as(answer.body()).isIn(400, 413, 422, 503, 504);
    assertThat(Served.problem(answer, answer.statusCode()).path("detail").asText())
        .isNotEmpty()
        .doesNotContain("Invalid result set");
    assertThat(answer.body()).doesNotContain(folder.toString());
    othersNoticeNothing();
    assertThat(server.process().isAlive()).isTrue();
  }

  @Tag("integration")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "'x' > s || s",
        "'x' > concat(s, s)",
        "'x' > array_to_string([s, s], '')",
        "'x' > list_aggregate([s, s], 'string_agg', '')",
        "'ab' > hex(s)",
        "'1'::JSON > json_array(s, s)",
        "[1] > list_concat(s, s)",
        "[1] > flatten([s, s])",
        "'''\\' > [s]::VARCHAR"
      })
  void whatGrowsWithEachStepIsStopped(String step) throws Exception {
    String[] parts = step.split(" > ", 2);
    isStopped(
        "WITH RECURSIVE t(n, s) AS (SELECT 1, "
            + parts[0]
            + " UNION ALL SELECT n + 1, "
            + parts[1]
            + " FROM t WHERE n < 40) SELECT max(length(s)) FROM t");
    assertThat(peak()).as("kilobytes in memory").isLessThan(MOST_KB);
  }

  /** Of these a single step makes many large values, during which no cancel is heard. */
  @Tag("integration")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT sum(length(substring(s, i))) FROM u, range(1, 4097) r(i)",
        "SELECT sum(length(upper(s) || i)) FROM u, range(4096) r(i)",
        "SELECT sum(length(s || i)) FROM u, range(4096) r(i)",
        "SELECT s || i FROM u, range(4096) r(i)",
        "SELECT sum(length(concat(s, i))) FROM u, range(4096) r(i) WHERE EXISTS (FROM marts.m)",
        "SELECT sum(len(list_transform([s], lambda v: v || i))) FROM u, range(4096) r(i)"
      })
  void manyLargeValuesAreStopped(String sql) throws Exception {
    isStopped(LARGE + sql);
    assertThat(peak()).as("kilobytes in memory").isLessThan(MOST_KB);
  }

  /** What is constant is worked out before anything runs, where no cancel is heard. */
  @Tag("integration")
  @ParameterizedTest
  @ValueSource(strings = {"bin(bin(bin(bin(bin(s)))))", "hex(bin(hex(bin(hex(bin(hex(s)))))))"})
  void whatIsConstantIsStopped(String value) throws Exception {
    isStopped("SELECT length(" + value.replace("s", "'" + "x".repeat(200_000) + "'") + ")");
    assertThat(peak()).as("kilobytes in memory").isLessThan(MOST_KB);
  }

  static Stream<String> ofClients() {
    return Stream.of(
        LARGE + "SELECT sum(length(concat(s, i))) FROM u, r WHERE EXISTS (SELECT 1 FROM pg_class)",
        LARGE + "SELECT sum(length(s || i)) FROM u, r WHERE EXISTS (SELECT 1 FROM pg_class)",
        LARGE + "SELECT s || i FROM u, r WHERE EXISTS (SELECT 1 FROM pg_class)",
        LARGE + "SELECT sum(length(s || i)) FROM u, r WHERE EXISTS (SELECT 1 FROM marts.m)",
        LARGE + "SELECT s || i FROM u, r WHERE EXISTS (SELECT 1 FROM marts.m)");
  }

  @Tag("integration")
  @ParameterizedTest
  @MethodSource("ofClients")
  void whatPostgresClientsAskIsStopped(String sql) throws Exception {
    int port =
        Served.JSON
            .readTree(folder.resolve(".towpath/server.json").toFile())
            .path("pg_port")
            .asInt();
    AtomicBoolean ended = new AtomicBoolean();
    CompletableFuture<Integer> others = calling(ended);
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/small", "token", viewer);
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(
              () -> statement.executeQuery(sql.replace(", r", ", generate_series(1, 4096) r(i)")))
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo("53200"));
      try (ResultSet row = statement.executeQuery("SELECT count(*) > 0 FROM pg_class")) {
        assertThat(row.next()).as("it goes on").isTrue();
      }
    } finally {
      ended.set(true);
    }
    assertThat(others.get(1, TimeUnit.MINUTES)).as("calls meanwhile").isPositive();
    assertThat(peak()).as("kilobytes in memory").isLessThan(MOST_KB);
  }

  @Tag("integration")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT list(repeat('x', 1000) || range) FROM range(100000000)",
        "SELECT repeat('x', 2000000000) FROM range(10)",
        "SELECT string_agg(repeat('x', 1000000), '') FROM range(100000)"
      })
  void whatIsTooMuchIsStopped(String sql) throws Exception {
    isStopped(sql);
    assertThat(peak()).as("kilobytes in memory").isLessThan(MOST_KB);
  }

  @Tag("soak")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT string_agg(x) FROM (SELECT x FROM (SELECT md5(range::VARCHAR) AS x FROM"
            + " range(500000000)) ORDER BY x)",
        "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE hash(a.range, b.range) = 0"
      })
  void whatTakesDiskOrTimeIsStopped(String sql) throws Exception {
    isStopped(sql);
  }

  /** What people ask has a minute; then it is stopped, and nothing of it goes on. */
  @Tag("integration")
  @Test
  void whatTakesTooLongIsStopped() throws Exception {
    HttpResponse<String> answer =
        ask("SELECT count(*) FROM range(100000000000) a, range(1000000) b", "application/json");
    assertThat(Served.problem(answer, 504).path("detail").asText()).contains("longer than 60 s");
    server.nothingIsOpen();
    othersNoticeNothing();
  }

  /** Readers who try again and again, several at a time: each is refused, and nobody else is. */
  @Tag("soak")
  @Test
  void manyWhoTryAgainAndAgainAreStopped() throws Exception {
    List<String> heavy =
        List.of(
            LARGE + "SELECT sum(length(s || i)) FROM u, range(4096) r(i)",
            LARGE + "SELECT sum(length(concat(s, i))) FROM u, range(4096) r(i)",
            LARGE + "SELECT s || i FROM u, range(4096) r(i)",
            LARGE
                + "SELECT sum(len(list_transform([s], lambda v: v || i))) FROM u, range(4096) r(i)",
            "WITH RECURSIVE t(n, s) AS (SELECT 1, 'x' UNION ALL SELECT n + 1, s || s FROM t WHERE n <"
                + " 40) SELECT max(length(s)) FROM t",
            "SELECT list(repeat('x', 1000) || range) FROM range(100000000)");
    AtomicBoolean ended = new AtomicBoolean();
    CompletableFuture<Integer> others = calling(ended);
    try (var readers = Executors.newFixedThreadPool(3)) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 120; i++) {
        String sql = heavy.get(i % heavy.size());
        answers.add(readers.submit(() -> ask(sql, "application/json").statusCode()));
      }
      for (Future<Integer> answer : answers) {
        assertThat(answer.get()).isIn(400, 413, 422, 503, 504);
      }
    } finally {
      ended.set(true);
    }
    assertThat(others.get(1, TimeUnit.MINUTES)).as("calls meanwhile").isPositive();
    assertThat(server.process().isAlive()).isTrue();
    assertThat(peak()).as("kilobytes in memory").isLessThan(MOST_KB);
  }

  @Tag("soak")
  @Test
  void manyAtOnceAreTold() throws Exception {
    String slow =
        "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE hash(a.range, b.range) = 0";
    List<CompletableFuture<HttpResponse<String>>> all =
        Stream.generate(() -> asking(slow)).limit(40).toList();
    List<Integer> statuses = new ArrayList<>();
    for (CompletableFuture<HttpResponse<String>> one : all) {
      statuses.add(one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).statusCode());
    }
    assertThat(statuses).contains(429, 504).isSubsetOf(429, 503, 504);
    othersNoticeNothing();
  }
}
