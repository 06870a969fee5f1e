package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.core.access.Grants;
import dev.towpath.core.access.Principal;
import dev.towpath.core.access.Role;
import dev.towpath.server.Lakehouse;
import dev.towpath.server.Refusal;
import dev.towpath.server.reading.Limits;
import dev.towpath.server.reading.ReleaseLakehouse;
import dev.towpath.spi.Batch;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Slice;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be asked of the releases of a real project, by whom, and within which limits. */
class LakehouseTest {
  private static final Principal VIEWER =
      new Principal("vera", Role.VIEWER, new Grants(List.of("marts.*"), List.of()));
  private static final String ENDLESS =
      "SELECT count(*) AS n FROM range(100000000000) a, range(1000000) b";
  private static final Limits LIMITS =
      new Limits(Duration.ofSeconds(30), 2, 2, Duration.ofMillis(300), 20, 8L << 20);

  @TempDir private static Path folder;
  private static Towpath project;
  private static Platform platform;
  private static ReleaseLakehouse lakehouse;

  @BeforeAll
  static void build() throws Exception {
    project = new Towpath(folder);
    project.write("towpath.yml", "project: small\n");
    project.write("seeds/raw/t.csv", "id,region\n1,N\n2,S\n3,\n");
    project.write(
        "models/marts/v.sql",
        "/* towpath\nkind: view\n*/\nSELECT id, region || '!' AS loud FROM raw.t\n");
    project.write("models/marts/n.sql", "SELECT count(*) AS n FROM raw.t\n");
    project.write("models/marts/today.sql", "/* towpath\nkind: view\n*/\nSELECT now() AS at\n");
    project.write(
        "macros/m.sql",
        """
        CREATE MACRO twice(x) AS x * 2;
        """);
    project.run("run").good();
    project.write("seeds/raw/t.csv", "id,region\n1,N\n2,S\n3,\n4,W\n");
    project.run("run").good();
    Options options = new Options().in(folder);
    platform = new Platform(options);
    lakehouse = platform.lakehouse(() -> platform.project().macros(), LIMITS, 64L << 20);
  }

  @AfterAll
  static void close() {
    lakehouse.close();
    platform.close();
  }

  private static List<List<@Nullable Object>> rows(Lakehouse.Cursor cursor, Schema columns) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    try (cursor) {
      for (Batch batch = cursor.next(); batch != null; batch = cursor.next()) {
        for (int row = 0; row < batch.rows(); row++) {
          List<@Nullable Object> values = new ArrayList<>();
          for (int column = 0; column < columns.columns().size(); column++) {
            values.add(batch.column(column).value(row));
          }
          rows.add(values);
        }
      }
    }
    return rows;
  }

  private static List<List<@Nullable Object>> ask(
      Principal who, @Nullable Long release, String sql) {
    try (Lakehouse.Snapshot snapshot = lakehouse.open(who, Optional.ofNullable(release));
        Lakehouse.Query query = snapshot.prepare(sql, Map.of())) {
      return rows(query.run(Map.of()), query.columns());
    }
  }

  @Test
  void eachReleaseIsReadAsItWas() {
    assertThat(lakehouse.head()).isEqualTo(2);
    assertThat(ask(Principal.LOCAL, null, "FROM marts.n")).isEqualTo(List.of(List.of(4L)));
    assertThat(ask(Principal.LOCAL, 1L, "FROM marts.n")).isEqualTo(List.of(List.of(3L)));
    try (Lakehouse.Snapshot old = lakehouse.open(Principal.LOCAL, Optional.of(1L));
        Lakehouse.Snapshot now = lakehouse.open(Principal.LOCAL, Optional.empty())) {
      assertThat(old.release()).isEqualTo(1);
      assertThat(now.release()).isEqualTo(2);
      TableName n = new TableName("marts", "n");
      assertThat(old.version(n)).isPresent().isNotEqualTo(now.version(n));
      assertThat(now.tables()).containsKey(new TableName("raw", "t"));
      assertThat(now.tables().get(n)).isEqualTo(Schema.of("n", "BIGINT"));
    }
    assertThatThrownBy(() -> lakehouse.open(Principal.LOCAL, Optional.of(99L)))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("99");
  }

  @Test
  void aViewIsReadThroughWhatItReads() {
    assertThat(ask(VIEWER, null, "SELECT loud FROM marts.v ORDER BY id LIMIT 2"))
        .isEqualTo(List.of(List.of("N!"), List.of("S!")));
  }

  @Test
  void whatIsNotGrantedIsUnknownJustAsWhatThereIsNot() {
    assertThat(mistake(VIEWER, "SELECT * FROM raw.t"))
        .isEqualTo(mistake(VIEWER, "SELECT * FROM raw.x").replace("raw.x", "raw.t"));
    assertThat(mistake(VIEWER, "SELECT * FROM raw.t")).contains("unknown table \"raw.t\"");
    assertThat(ask(Principal.LOCAL, null, "SELECT count(*) FROM raw.t")).hasSize(1);
    assertThat(mistake(VIEWER, "SELECT count(*) FROM raw.t")).contains("unknown table \"raw.t\"");
    try (Lakehouse.Snapshot snapshot = lakehouse.open(VIEWER, Optional.empty())) {
      assertThat(snapshot.tables().keySet())
          .extracting(TableName::schema)
          .containsOnly("marts")
          .hasSize(3);
    }
  }

  private static String mistake(Principal who, String sql) {
    try (Lakehouse.Snapshot snapshot = lakehouse.open(who, Optional.empty())) {
      snapshot.prepare(sql, Map.of()).close();
    } catch (TowpathException e) {
      return e.problems().isEmpty() ? e.getMessage() : e.problems().toString();
    }
    throw new AssertionError("it was let through: " + sql);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE MACRO peek() AS (SELECT max(id) FROM raw.t)",
        "CREATE MACRO peek() AS TABLE SELECT * FROM raw.t",
        "CREATE MACRO peek(t) AS TABLE SELECT * FROM query_table(t)",
        "CREATE MACRO peek(q) AS TABLE SELECT * FROM \"query\" (q)",
        "CREATE MACRO peek() AS TABLE SELECT * FROM read_csv('/etc/passwd')"
      })
  void aMacroReadsNothing(String macro) throws Exception {
    try {
      project.write("macros/peek.sql", macro + ";\n");
      assertThat(project.run("check").exit()).isEqualTo(1);
    } finally {
      java.nio.file.Files.delete(folder.resolve("macros/peek.sql"));
    }
  }

  @Test
  void macrosMayBeUsed() {
    assertThat(ask(VIEWER, null, "SELECT twice(n) AS n FROM marts.n"))
        .isEqualTo(List.of(List.of(8L)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM raw.t'))",
        "SELECT * FROM query_table('raw.t')",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM histogram_values('raw.t', id)",
        "SELECT * FROM duckdb_views()",
        "SELECT * FROM pragma_table_info('raw.t')",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM towpath_1.raw.t",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM checkpoint()",
        "SELECT current_setting('temp_directory')",
        "SELECT getenv('HOME')",
        "SELECT getvariable('x')",
        "FROM marts.n; FROM marts.n",
        "INSERT INTO marts.n VALUES (1)",
        "CREATE TABLE x AS SELECT 1",
        "WITH x AS (DELETE FROM marts.n RETURNING n) FROM x",
        "COPY marts.n TO '/tmp/x.csv'",
        "EXPLAIN ANALYZE SELECT 1",
        "SET threads = 1",
        "CALL pragma_version()",
        "PRAGMA version",
        "PREPARE x AS SELECT 1",
        "USE memory",
        "DESCRIBE raw.t",
        "SUMMARIZE SELECT * FROM raw.t",
        "SHOW TABLES"
      })
  void nothingButGrantedTablesIsReached(String sql) {
    assertThat(mistake(VIEWER, sql)).isNotEmpty();
  }

  @Test
  void parametersHaveNamesOrNumbers() {
    try (Lakehouse.Snapshot snapshot = lakehouse.open(VIEWER, Optional.empty())) {
      Lakehouse.Query query =
          snapshot.prepare("SELECT loud, $2 AS t FROM marts.v WHERE id = $1", Map.of());
      assertThat(query.parameters())
          .containsExactly(
              new Lakehouse.Parameter("2", DataType.parse("VARCHAR")),
              new Lakehouse.Parameter("1", query.parameters().get(1).type()));
      assertThat(query.parameters().get(1).type().sql()).isIn("BIGINT", "INTEGER");
      assertThat(
              rows(
                  query.run(
                      Map.of(
                          "1",
                          Optional.of(new Statement.Bound("2", DataType.parse("BIGINT"))),
                          "2",
                          Optional.empty())),
                  query.columns()))
          .containsExactly(java.util.Arrays.asList("S!", null));
    }
  }

  @Test
  void columnsMayHaveAnyNames() {
    assertThat(ask(VIEWER, null, "SELECT n, n, n + 1, max(n) OVER () FROM marts.n"))
        .isEqualTo(List.of(List.of(4L, 4L, 5L, 4L)));
    assertThat(ask(VIEWER, null, "DESCRIBE marts.n").getFirst()).startsWith("n", "BIGINT");
    assertThat(ask(VIEWER, null, "SUMMARIZE marts.n").getFirst()).contains("n", "BIGINT");
  }

  @Test
  void aQueryIsSteadyUnlessTheClockIsInItOrInAView() {
    try (Lakehouse.Snapshot snapshot = lakehouse.open(VIEWER, Optional.empty())) {
      assertThat(snapshot.prepare("FROM marts.v", Map.of()).steady()).isTrue();
      assertThat(snapshot.prepare("SELECT now() AS t", Map.of()).steady()).isFalse();
      assertThat(snapshot.prepare("SELECT random() AS t", Map.of()).steady()).isFalse();
      assertThat(snapshot.prepare("FROM marts.today", Map.of()).steady()).isFalse();
    }
  }

  @Test
  void aQueryThatTakesTooLongIsStopped() {
    try (Lakehouse.Snapshot snapshot = lakehouse.open(VIEWER, Optional.empty())) {
      Lakehouse.Query query = snapshot.prepare(ENDLESS, Map.of());
      assertThatThrownBy(
              () -> query.run(Map.of(), new Lakehouse.Most(Slice.ALL, Duration.ofMillis(300))))
          .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.status()).isEqualTo(504));
      assertThat(lakehouse.load().running()).as("queries that compute").isZero();
    }
    assertThat(lakehouse.load().open()).as("results that are open").isZero();
  }

  @Test
  void whoComesWhenTooManyComputeIsSentAway() throws Exception {
    try (Lakehouse.Snapshot snapshot = lakehouse.open(VIEWER, Optional.empty());
        ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
      Lakehouse.Query query = snapshot.prepare(ENDLESS, Map.of());
      CountDownLatch begun = new CountDownLatch(2);
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        running.add(
            others.submit(() -> {
              begun.countDown();
              query.run(Map.of()).close();
            }));
      }
      begun.await();
      Refusal refused = null;
      for (int i = 0; i < 50 && refused == null; i++) {
        try {
          ask(VIEWER, null, "FROM marts.n");
          Thread.sleep(20);
        } catch (Refusal e) {
          refused = e;
        }
      }
      assertThat(refused).isNotNull();
      assertThat(refused.status()).isEqualTo(429);
      running.forEach(r -> r.cancel(true));
    }
    assertThat(ask(VIEWER, null, "FROM marts.n")).hasSize(1);
  }

  @Test
  void resultsThatNobodyReadsTakeNoTurnAndAreCounted() {
    List<Lakehouse.Cursor> open = new ArrayList<>();
    try {
      open(VIEWER, 4, open);
      assertThat(ask(VIEWER, null, "FROM marts.n")).hasSize(1);
      open(VIEWER, 1, open);
      assertBusy(VIEWER, "you have too many results open");
      for (String other : List.of("ann", "bob", "cem")) {
        open(named(other), 5, open);
      }
      assertBusy(named("dan"), "too many results are open");
    } finally {
      open.forEach(Lakehouse.Cursor::close);
    }
    assertThat(ask(VIEWER, null, "FROM marts.n")).hasSize(1);
    assertThat(ask(named("dan"), null, "FROM marts.n")).hasSize(1);
  }

  private static Principal named(String name) {
    return new Principal(name, VIEWER.role(), VIEWER.grants());
  }

  private static void open(Principal who, int results, List<Lakehouse.Cursor> open) {
    try (Lakehouse.Snapshot snapshot = lakehouse.open(who, Optional.empty())) {
      Lakehouse.Query query =
          snapshot.prepare("SELECT range AS n FROM range(1000000000)", Map.of());
      for (int i = 0; i < results; i++) {
        open.add(query.run(Map.of()));
      }
    }
  }

  private static void assertBusy(Principal who, String why) {
    assertThatThrownBy(() -> ask(who, null, "FROM marts.n"))
        .hasMessageContaining(why)
        .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.status()).isEqualTo(429));
  }

  @Test
  void whatIsComputedAlreadyWaitsForNobody() throws Exception {
    try (Lakehouse.Snapshot snapshot = lakehouse.open(VIEWER, Optional.empty());
        Lakehouse.Cursor rows = snapshot.prepare("FROM marts.n", Map.of()).run(Map.of());
        ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
      Lakehouse.Query endless = snapshot.prepare(ENDLESS, Map.of());
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        running.add(
            others.submit(() ->
                endless.run(Map.of(), new Lakehouse.Most(Slice.ALL, Duration.ofSeconds(60)))));
      }
      while (lakehouse.load().running() < 2) {
        Thread.onSpinWait();
      }
      assertThat(rows.next()).isNotNull();
      assertThat(rows.next()).isNull();
      assertThat(lakehouse.load().running()).isEqualTo(2);
      running.forEach(r -> r.cancel(true));
    }
  }

  @Test
  void aResultIsNotBrokenOffHalfwayBecauseOthersAreBusy() throws Exception {
    try (Lakehouse.Snapshot snapshot = lakehouse.open(VIEWER, Optional.empty());
        Lakehouse.Cursor rows =
            snapshot.prepare("SELECT range AS n FROM range(1000000)", Map.of()).run(Map.of());
        ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
      Lakehouse.Query endless = snapshot.prepare(ENDLESS, Map.of());
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        running.add(
            others.submit(
                () -> endless.run(Map.of(), new Lakehouse.Most(Slice.ALL, Duration.ofSeconds(2)))));
      }
      while (lakehouse.load().running() < 2) {
        Thread.onSpinWait();
      }
      long count = 0;
      for (Batch batch = rows.next(); batch != null; batch = rows.next()) {
        count += batch.rows();
      }
      assertThat(count).isEqualTo(1_000_000);
      assertThat(running)
          .allSatisfy(r -> assertThatThrownBy(r::get).hasRootCauseInstanceOf(Refusal.class));
    }
  }

  private static Path parquet(String sql) {
    try (Lakehouse.Snapshot snapshot = lakehouse.open(Principal.LOCAL, Optional.empty());
        Lakehouse.Query query = snapshot.prepare(sql, Map.of())) {
      return query.parquet(Map.of(), new Lakehouse.Most(Slice.ALL, Duration.ofSeconds(60)));
    }
  }

  @Test
  void aResultThatBecomesAFileIsBound() {
    assertThatThrownBy(() -> parquet("SELECT random() AS r FROM range(100000000000)"))
        .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.status()).isEqualTo(413))
        .hasMessageContaining("larger than the server keeps as a file");
    assertThat(lakehouse.load().open()).isZero();
  }

  @Test
  void aResultThatIsAFileIsOpenUntilItIsRemoved() throws Exception {
    Path file = parquet("FROM marts.n");
    assertThat(lakehouse.load().open()).isEqualTo(1);
    Files.delete(file);
    for (int i = 0; i < 500 && lakehouse.load().open() > 0; i++) {
      Thread.sleep(10);
    }
    assertThat(lakehouse.load().open()).isZero();
  }
}
