package dev.towpath.engine.duckdb.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Field;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlException;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Queries, their parameters, views, failures and cancelling. */
class SessionTest {
  /** Runs for minutes. */
  private static final String LONG =
      "SELECT count(*) AS n FROM range(100000000) a, range(100000) b WHERE hash(a.range) = b.range";

  @TempDir Path root;
  Session session;

  @BeforeEach
  void open() {
    session = new Session(root);
  }

  @AfterEach
  void close() {
    session.close();
  }

  private Object value(String sql, Map<String, Object> parameters) {
    return session.engine.query(new Statement(sql, parameters), 1).rows().getFirst().getFirst();
  }

  /**
   * DuckDB 2.0 waited for ever in one of some twenty: it closed its files under the lock that the
   * thread which was still writing to them needed.
   */
  @Tag("integration")
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  @Test
  void aWriteThatFailsEnds() {
    Schema columns = Schema.of("i", "BIGINT", "m", "VARCHAR");
    for (int run = 0; run < 70; run++) {
      String sql =
          "SELECT range AS i, md5(range::VARCHAR) || CASE WHEN range = %d THEN error('stop') ELSE ''"
                  .formatted(200_000 + run * 37_777 % 800_000)
              + " END AS m FROM range(1500000)";
      assertThatExceptionOfType(TowpathException.class)
          .isThrownBy(() -> session.write(sql, Session.fields(columns)))
          .withMessageContaining("stop");
    }
  }

  @Test
  void theClockStandsStill() {
    String instant = "2020-02-03T04:05:06.789012Z";
    assertThat(
            session
                .engine
                .query(
                    Statement.of(
                        "SELECT now(), current_timestamp, get_current_timestamp(),"
                            + " transaction_timestamp(), NOW()"),
                    1)
                .rows()
                .getFirst())
        .allSatisfy(v -> assertThat(v).hasToString(instant));
    assertThat(
            session.rows("SELECT current_date, today(), current_date(), CURRENT_DATE").getFirst())
        .containsOnly("2020-02-03");
    assertThat(session.rows("SELECT localtimestamp, current_localtimestamp()").getFirst())
        .containsOnly("2020-02-03T04:05:06.789012");
    assertThat(session.rows("SELECT localtime, current_localtime()").getFirst())
        .containsOnly("04:05:06.789012");
    assertThat(session.rows("SELECT current_time::VARCHAR, get_current_time()::VARCHAR").getFirst())
        .containsOnly("04:05:06.789012+00");
    assertThat(
            session.rows(
                "SELECT age(TIMESTAMP '2019-02-03')::VARCHAR, current_setting('TimeZone')"))
        .containsExactly(List.of("1 year", "UTC"));
    session.engine.expose(TableName.parse("a.v"), new Relation.View("SELECT now() AS n"));
    assertThat(session.rows("SELECT n FROM a.v").getFirst()).containsExactly(instant);
    List<Field> fields = Session.fields(Schema.of("d", "date"));
    session.expose("a.t", fields, session.write("SELECT current_date AS d", fields).files());
    assertThat(session.rows("FROM a.t")).containsExactly(List.of("2020-02-03"));
  }

  @Test
  void parametersAreBound() {
    Map<String, Object> all =
        Map.of(
            "s",
            "o'x $n",
            "b",
            true,
            "n",
            5L,
            "d",
            1.5,
            "m",
            new BigDecimal("1.25"),
            "day",
            LocalDate.of(2013, 1, 2),
            "t",
            LocalDateTime.of(2013, 1, 2, 3, 4, 5, 678000),
            "z",
            OffsetDateTime.parse("2013-01-02T03:04:05+01:00"),
            "nothing",
            Optional.empty(),
            "start",
            new Statement.Bound("-infinity", DataType.parse("date")));
    String sql =
        "SELECT $s /* $none */, $b, $n + $n, $d, $m, $day, $t, $z, $nothing IS NULL, '$s $none' AS \"$x\","
            + " $start < $day, $$ $none $$, typeof($start), 1 AS a$b -- $none\n;; ";
    Statement statement = new Statement(sql, all);
    assertThat(session.engine.query(statement, 1).rows().getFirst().stream().map(String::valueOf))
        .containsExactly(
            "o'x $n",
            "true",
            "10",
            "1.5",
            "1.25",
            "2013-01-02",
            "2013-01-02T03:04:05.000678",
            "2013-01-02T02:04:05Z",
            "true",
            "$s $none",
            "true",
            " $none ",
            "DATE",
            "1");
    assertThat(session.engine.describe(statement).columns().stream().map(c -> c.type().sql()))
        .containsExactly(
            "VARCHAR",
            "BOOLEAN",
            "BIGINT",
            "DOUBLE",
            "DECIMAL(3,2)",
            "DATE",
            "TIMESTAMP",
            "TIMESTAMP WITH TIME ZONE",
            "BOOLEAN",
            "VARCHAR",
            "BOOLEAN",
            "VARCHAR",
            "VARCHAR",
            "INTEGER");
    assertThat(
            value(
                "SELECT count(*) FROM range(9) WHERE range IN (SELECT unnest($l))",
                Map.of("l", Arrays.asList(1L, 3L, Optional.empty()))))
        .isEqualTo(2L);
    assertThat(value("SELECT DATE '2013-01-01' = $text", Map.of("text", "2013-01-01")))
        .isEqualTo(true);
  }

  @Test
  void parametersInWrites() {
    List<Field> fields = Session.fields(Schema.of("n", "bigint", "d", "date"));
    Statement statement =
        new Statement(
            "SELECT range AS n, $d AS d FROM range(10) WHERE range >= $start -- x",
            Map.of("start", 7L, "d", LocalDate.of(2013, 1, 1)));
    var files = session.write(new dev.towpath.spi.Extract.Query(statement), fields).files();
    session.expose("a.t", fields, files);
    assertThat(session.rows("SELECT sum(n), max(d) FROM a.t"))
        .containsExactly(List.of("24", "2013-01-01"));
  }

  @Test
  void aMissingParameterIsNamed() {
    assertThatExceptionOfType(SqlException.class)
        .isThrownBy(() -> value("SELECT 1, $strat", Map.of("start", 1L)))
        .withMessage("parameter $strat has no value")
        .satisfies(e -> assertThat(e.hint()).hasValue("did you mean $start?"))
        .satisfies(e -> assertThat(e.offset()).isEqualTo(10));
  }

  @Test
  void mistakesStandAtTheirPlace() {
    session.engine.expose(
        TableName.parse("a.t"), new Relation.View("SELECT 1 AS region, 'x' AS \"\u00e9\""));
    for (Callable<?> call :
        List.<Callable<?>>of(
            () ->
                value(
                    "SELECT '\u00e9\ud83d\ude00', $long_name, regon FROM a.t",
                    Map.of("long_name", 1L)),
            () ->
                session.engine.describe(
                    new Statement(
                        "SELECT '\u00e9\ud83d\ude00', $long_name, regon FROM a.t",
                        Map.of("long_name", 1L))),
            () ->
                session.write(
                    new dev.towpath.spi.Extract.Query(
                        new Statement(
                            "SELECT '\u00e9\ud83d\ude00', $long_name, regon FROM a.t",
                            Map.of("long_name", 1L))),
                    Session.fields(Schema.of("region", "integer"))))) {
      assertThatExceptionOfType(SqlException.class)
          .isThrownBy(call::call)
          .withMessage("unknown column \"regon\"")
          .satisfies(e -> assertThat(e.offset()).isEqualTo(26))
          .satisfies(e -> assertThat(e.hint()).hasValue("did you mean \"region\"?"));
    }
    assertThatExceptionOfType(SqlException.class)
        .isThrownBy(
            () -> session.rows("SELECT CAST(v AS INTEGER) FROM (VALUES ('1'), ('zz')) t(v)"))
        .withMessage("could not convert string 'zz' to INT32 when casting from source column v")
        .satisfies(e -> assertThat(e.offset()).isEqualTo(7));
    assertThatExceptionOfType(SqlException.class)
        .isThrownBy(() -> session.rows("SELECT\n1 +"))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("LINE").doesNotContain("\n"));
    assertThatExceptionOfType(SqlException.class)
        .isThrownBy(() ->
            session.engine.expose(
                TableName.parse("a.u"), new Relation.View("SELECT regon FROM a.t")))
        .satisfies(e -> assertThat(e.offset()).isEqualTo(7));
    assertThatExceptionOfType(SqlException.class).isThrownBy(() -> session.rows("DROP VIEW a.t"));
    assertThatExceptionOfType(SqlException.class)
        .isThrownBy(() -> session.rows("SELECT 1); DROP VIEW a.t; SELECT * FROM (SELECT 1"));
    assertThat(session.rows("SELECT region FROM a.t")).hasSize(1);
  }

  @Test
  void inlineRowsAndViewsWithAnyName() {
    TableName name = new TableName("se\"lect", "a.b 'c' \u00c4");
    Schema schema = Schema.of("or der", "integer", "l", "varchar[]", "s", "struct(\"x y\" date)");
    session.engine.expose(
        name,
        new Relation.Inline(
            schema,
            List.of(
                Arrays.asList("1", "[a, NULL]", "{'x y': 2013-01-01}"),
                Arrays.asList(null, null, null))));
    assertThat(session.engine.describe(Statement.of("FROM " + name.quoted()))).isEqualTo(schema);
    assertThat(session.rows("FROM " + name.quoted()))
        .containsExactly(
            List.of("1", "[a, null]", "{x y=2013-01-01}"), List.of("null", "null", "null"));
    session.engine.expose(name, new Relation.Inline(schema, List.of()));
    assertThat(session.rows("FROM " + name.quoted())).isEmpty();
    assertThat(session.engine.describe(Statement.of("FROM " + name.quoted()))).isEqualTo(schema);
    session.engine.expose(name, new Relation.View("SELECT 1 AS x; -- the end"));
    assertThat(session.rows("FROM " + name.quoted())).containsExactly(List.of("1"));
  }

  @Test
  void limitsAndOrder() {
    assertThat(session.engine.query(Statement.of("FROM range(100) ORDER BY range DESC"), 2).rows())
        .containsExactly(List.of(99L), List.of(98L));
    assertThat(session.engine.query(Statement.of("FROM range(5)"), 0).rows()).isEmpty();
  }

  @Test
  void anInterruptCancels() throws Exception {
    List<Runnable> calls =
        List.of(
            () -> session.engine.query(Statement.of(LONG), 1),
            () -> session.write(LONG, Session.fields(Schema.of("n", "bigint"))),
            () ->
                session.engine.export(
                    Statement.of(LONG),
                    dev.towpath.spi.FileScan.Format.CSV,
                    root.resolve("x.csv"),
                    Monitor.NONE));
    for (Runnable call : calls) {
      CountDownLatch started = new CountDownLatch(1);
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<Boolean> done =
            threads.submit(() -> {
              Thread caller = Thread.currentThread();
              Thread.startVirtualThread(() -> {
                try {
                  started.await();
                  Thread.sleep(200);
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                caller.interrupt();
              });
              started.countDown();
              assertThatExceptionOfType(CancelledException.class).isThrownBy(call::run);
              return Thread.interrupted();
            });
        assertThat(done.get()).as("the interrupt stays set").isTrue();
      }
    }
    try (var files = Files.walk(root)) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }
    assertThat(session.rows("SELECT 1")).hasSize(1);
  }

  @Test
  void closeStopsWhatRuns() throws Exception {
    Session other = new Session(root.resolve("other"));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> running = threads.submit(() -> other.rows(LONG));
      Thread.sleep(200);
      other.close();
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(running::get)
          .withCauseInstanceOf(CancelledException.class);
    }
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> other.rows("SELECT 1"))
        .withMessage("the engine session is closed");
    assertThat(root.resolve("other/spill")).doesNotExist();
    other.close();
  }

  @Test
  void callsRunInParallel() throws Exception {
    List<Field> fields = Session.fields(Schema.of("n", "bigint"));
    AtomicInteger number = new AtomicInteger();
    List<Callable<String>> calls = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      int n = i;
      String directory = session.directory();
      calls.add(() -> {
        var files =
            session
                .engine
                .write(
                    new dev.towpath.spi.WriteRequest(
                        new dev.towpath.spi.Extract.Query(Statement.of("SELECT " + n + " AS n")),
                        fields,
                        directory,
                        List.of(),
                        List.of(),
                        Optional.empty()),
                    Monitor.NONE)
                .files();
        session.expose("s" + n % 3 + ".t" + n, fields, files);
        number.incrementAndGet();
        return session.rows("FROM s" + n % 3 + ".t" + n).getFirst().getFirst();
      });
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> all = threads.invokeAll(calls);
      for (int i = 0; i < all.size(); i++) {
        assertThat(all.get(i).get()).isEqualTo(Integer.toString(i));
      }
    }
    assertThat(number).hasValue(40);
  }

  @Test
  void progressIsTold() {
    List<Double> fractions = new java.util.concurrent.CopyOnWriteArrayList<>();
    session.engine.write(
        new dev.towpath.spi.WriteRequest(
            new dev.towpath.spi.Extract.Query(
                Statement.of("SELECT range AS n, md5(range::VARCHAR) AS m FROM range(3000000)")),
            Session.fields(Schema.of("n", "bigint", "m", "varchar")),
            session.directory(),
            List.of(),
            List.of(),
            Optional.empty()),
        (fraction, rows) -> fractions.add(fraction));
    assertThat(fractions).isNotEmpty().allSatisfy(f -> assertThat(f).isBetween(-1.0, 1.0));
  }

  @Test
  void nothingIsFetchedFromOutside() {
    assertThat(
            session.rows(
                "SELECT current_setting('autoinstall_known_extensions'),"
                    + " current_setting('autoload_known_extensions'), current_setting('memory_limit'),"
                    + " current_setting('threads')"))
        .containsExactly(List.of("false", "false", "1.0 GiB", "2"));
  }
}
