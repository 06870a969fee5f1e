package dev.towpath.engine.duckdb.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.engine.duckdb.session.BoundSql;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlAnalyzer.Parsed;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.SqlAnalyzer.TableUse;
import dev.towpath.spi.SqlAnalyzer.Typed;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the analyzer lets through of what people ask. */
final class QuestionsTest {
  private static final DuckDbAnalyzer ANALYZER = DuckDbAnalyzer.ofQuestions(2);

  @BeforeAll
  static void declare() {
    ANALYZER.declare(new TableName("s", "t"), Schema.of("a", "BIGINT", "b", "VARCHAR"));
  }

  @AfterAll
  static void close() {
    ANALYZER.close();
  }

  private static Parsed parse(String sql) {
    return ANALYZER.parse(List.of(sql)).getFirst();
  }

  private static List<String> reads(String sql) {
    return ((Query) parse(sql)).reads().stream().map(QuestionsTest::shown).toList();
  }

  private static String shown(TableUse use) {
    return use.schema().map(s -> s + ".").orElse("") + use.table();
  }

  @Test
  void whatRunsIsWhatWasLookedAt() {
    String sql =
        "SELECT $a AS x, $a€$ UNION ALL SELECT s, s FROM read_text('/etc/hostname') -- $a€$ AS y";
    assertThat(reads(sql)).isEmpty();
    assertThat(BoundSql.sample(sql).sql())
        .isEqualTo(sql.replace("SELECT $a", "SELECT CAST($1 AS VARCHAR)"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT $a, $b, $a FROM s.t WHERE a = $a LIMIT $n OFFSET $m",
        "SELECT $\"a b\", $a$ $a $a$, e'\\' $a', '$a' -- $a",
        "WITH x AS (SELECT $a AS c) SELECT * FROM x WHERE c IN ($a, $b) ORDER BY $c -- $d\r, $e",
        "SELECT count(*) FILTER (a > $a) OVER (ORDER BY b ROWS $n PRECEDING) FROM s.t;;",
        "SELECT * FROM range($a, $b) r(x) JOIN s.t ON x = $c",
        "SELECT a.$b FROM s.t a",
      })
  void parametersStand(String sql) {
    assertThat(parse(sql)).isInstanceOf(sql.contains("a.$b") ? Mistake.class : Query.class);
  }

  @Test
  void halfACharacterIsRefused() {
    assertThat(parse("SELECT $a\uD800$ x $a\uD800$"))
        .isEqualTo(new Mistake("there is half a character here", Optional.of("take it out"), 9, 1));
    assertThat(parse("SELECT '😀'")).isInstanceOf(Query.class);
  }

  /** Each would read a table of DuckDB's own, or of somebody else, if it passed for a CTE. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "WITH \"duc\u212Adb_views\" AS (SELECT 1 AS a) SELECT sql FROM duckdb_views",
        "WITH \"pragma_databa\u017Fe_list\" AS (SELECT 1) SELECT * FROM pragma_database_list",
        "WITH x AS (SELECT 1 AS y) SELECT * FROM recurring.x",
        "WITH RECURSIVE x AS (SELECT 1 AS y UNION ALL SELECT y FROM x) SELECT * FROM recurring.x",
        "WITH RECURSIVE x AS (SELECT y FROM recurring.x UNION ALL SELECT y FROM x) SELECT * FROM x",
        "WITH duckdb_views AS (SELECT sql FROM duckdb_views) SELECT * FROM duckdb_views",
        "WITH duckdb_views AS (SELECT 1 AS a) SELECT * FROM duckdb_views",
        "WITH x AS (SELECT * FROM x) SELECT * FROM x",
        "WITH RECURSIVE x AS (SELECT a FROM x UNION ALL SELECT a FROM x) SELECT * FROM x",
        "WITH RECURSIVE x AS (WITH z AS (FROM x) SELECT a FROM z UNION ALL SELECT a FROM x) FROM x",
      })
  void whatIsNoCteIsATable(String sql) {
    if (parse(sql) instanceof Query query) {
      assertThat(query.reads()).as(sql).isNotEmpty();
    }
  }

  @Test
  void ctesAreNoTables() {
    assertThat(reads("WITH x AS (SELECT a FROM s.t) SELECT * FROM X")).containsExactly("s.t");
    String keyed =
        "WITH RECURSIVE x(a, b) USING KEY (a) AS (SELECT 1, 2 UNION SELECT a, b + 1 FROM"
            + " recurring.x WHERE b < 5) SELECT * FROM x";
    assertThat(reads(keyed)).isEmpty();
    String counting =
        "WITH RECURSIVE x(n) AS (WITH y AS (SELECT 1 AS n) SELECT n FROM y UNION ALL SELECT n + 1"
            + " FROM x WHERE n < 5) SELECT * FROM x";
    assertThat(reads(counting)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT pg_get_viewdef(i) FROM range(22000, 40000) r(i)",
        "SELECT format_type(i, 1) FROM range(10) r(i)",
        "SELECT get_block_size('x')",
        "SELECT pg_sleep(1)",
        "SELECT sleep_ms(1200)",
        "SELECT * FROM range(coalesce(sleep_ms(1200)::VARCHAR::BIGINT, 1))",
        "SELECT current_setting('temp_directory')",
        "SELECT json_serialize_plan('SELECT * FROM duckdb_views()')",
        "SELECT getvariable('x')",
        "SELECT nextval('x')",
        "SELECT setseed(0.5)",
        "SELECT write_log('x')",
        "SELECT system.main.repeat('x', 3)",
        "SELECT main.repeat('x', 3)",
        "SELECT system.repeat('x', 3)",
        "SELECT sum(x) OVER (ORDER BY pg_catalog.pg_get_viewdef(1)) FROM (SELECT 1 AS x)",
        "SELECT * FROM system.main.range(3)",
        "SELECT finalize(to_aggregate_state('x'))",
        "SELECT list_transform(range(9), lambda x: list_transform(range(9), lambda y: x + y))",
        "SELECT list_transform(range(9), lambda x: repeat('x', 9))",
        "SELECT list_reduce(range(40)::VARCHAR[], lambda a, b: a || a)",
        "SELECT list_reduce(['x'], lambda a, b: json_object('a', a, 'b', a)::VARCHAR)",
      })
  void refuses(String sql) {
    assertThat(parse(sql)).isInstanceOf(Mistake.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT upper(b), now(), current_date, random(), uuid(), pg_typeof(a), md5(b) FROM s.t",
        "SELECT list_transform([1, 2], lambda x: x + 1), list_reduce([1, 2], lambda a, b: a + b)",
        "SELECT list_filter([a], lambda x: x > 1 AND upper(b) = 'X') FROM s.t",
        "SELECT sum(a) OVER (PARTITION BY b), row_number() OVER (), quantile_cont(a, 0.5) FROM s.t GROUP BY ALL",
        "SELECT split_part(b, ',', 1), nullif(a, 1), list_sum([a]), json_extract(b, '$.x') FROM s.t",
        "WITH columns AS (SELECT a BETWEEN 1 AND 2 AND b LIKE 'x%' AS c FROM s.t) FROM columns",
        "SELECT CASE WHEN a IN (1, 2) THEN b || 'x' END, a::VARCHAR, EXTRACT(year FROM now()) FROM s.t",
        "SELECT b.upper() FROM (SELECT 'x' AS b)",
      })
  void letsThrough(String sql) {
    assertThat(parse(sql)).isInstanceOf(sql.contains("b.upper") ? Mistake.class : Query.class);
  }

  /**
   * Every function that is refused, and the views whose names are. When this fails after a change
   * of DuckDB's version, look at what is new; {@code -Dgolden=write} writes the file.
   */
  @Test
  void namesWhatIsRefused() throws Exception {
    Path file = Path.of("src", "test", "resources", "analyze", "refused.txt");
    StringBuilder found = new StringBuilder();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE function_type"
                    + " IN ('table', 'table_macro') ORDER BY ALL")) {
      Callable callable = Callable.load(connection);
      found.append("# in expressions\n");
      new TreeSet<>(callable.refused()).forEach(f -> found.append(f).append('\n'));
      found.append("# in FROM\n");
      while (rows.next()) {
        if (!QuestionRules.HARMLESS.contains(rows.getString(1))) {
          found.append(rows.getString(1)).append('\n');
        }
      }
      found.append("# names of CTEs\n");
      new TreeSet<>(callable.views()).forEach(v -> found.append(v).append('\n'));
    }
    if ("write".equals(System.getProperty("golden"))) {
      Files.writeString(file, found);
    }
    assertThat(found.toString()).isEqualTo(Files.readString(file));
  }

  /**
   * Constants are worked out while a query is bound, where nothing can stop it; but not those that
   * may fail on purpose, as the guards do.
   */
  @Timeout(60)
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT len(list_transform(range(300000000), lambda x: x + 1))",
        "SELECT * FROM range(len(list_transform(range(300000000), lambda x: x + 1)))",
        "SELECT len(generate_series(1, 300000000, 2))",
        "SELECT len(range(DATE '0001-01-01', DATE '9000-01-01', INTERVAL 1 MINUTE))",
        "SELECT len(repeat('x', 300000000))",
        "SELECT len(printf('%300000000d', 1))",
        "SELECT len(printf('%*d', 300000000, 1))",
        "SELECT len(format('{:>300000000}', 'x'))",
        "SELECT len(format('{:>{}}', 'x', 300000000))",
        "SELECT len(regexp_replace(repeat('x', 2000), 'x', repeat('y', 2000), 'g'))",
        "SELECT bit_count(bitstring('1', 1000000000))",
        "SELECT len(list_resize([1], 300000000, 1))",
      })
  void makesNoLargeValueWhileItIsBound(String sql) {
    assertThat(parse(sql)).isInstanceOf(Query.class);
    assertThat(ANALYZER.bind(sql, Map.of())).isInstanceOf(Typed.class); // at once
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT range(3), range(1, 3), range(9, 1, -1), generate_series(1, 9)",
        "SELECT range(DATE '2020-01-01', DATE '2021-01-01', INTERVAL 1 DAY), unnest(range(3))",
        "SELECT range(now(), now() + INTERVAL 1 DAY, INTERVAL 1 HOUR)",
        "SELECT range(a), range(a, a + 1), printf('%d-%s', a, b), format('{:>10} {}', b, a) FROM s.t",
        "SELECT repeat(b, 3), repeat([1, 2], 2), lpad(b, 9, 'x'), replace(b, 'x', 'y') FROM s.t",
        "SELECT regexp_replace(b, 'x', 'y'), regexp_replace(b, 'x', 'y', 'g') FROM s.t",
        "SELECT list_resize([1], 3), list_resize([1], 3, 0), bitstring('1', 8)",
        "SELECT * FROM range(1000000) r(x) JOIN generate_series(1, $n::BIGINT) g(y) ON x = y",
      })
  void makesWhatIsSmall(String sql) {
    assertThat(parse(sql)).isInstanceOf(Query.class);
    Map<String, DataType> types =
        sql.contains("$n") ? Map.of("n", DataType.parse("BIGINT")) : Map.of();
    assertThat(ANALYZER.bind(sql, types)).isInstanceOf(Typed.class);
  }

  @Test
  void isNotKeptByWhatTakesLong() {
    Workers workers = new Workers(1, Optional.of(Duration.ofMillis(200)));
    CountDownLatch end = new CountDownLatch(1);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> workers.run(_ -> await(end)))
          .isInstanceOf(TowpathException.class)
          .hasMessageContaining("it takes more than");
    }
    assertThat(workers.<Integer>run(_ -> 7)).isEqualTo(7);
    workers.close(); // though three still run
    end.countDown();
  }

  @Test
  void isNotKeptByWhoHasGone() throws Exception {
    Workers workers = new Workers(1, Optional.of(Duration.ofMinutes(1)));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Thread gone =
        Thread.ofVirtual()
            .start(() ->
                assertThatThrownBy(() ->
                        workers.run(_ -> {
                          begun.countDown();
                          return await(end);
                        }))
                    .isInstanceOf(CancelledException.class));
    begun.await();
    gone.interrupt();
    gone.join();
    assertThat(workers.<Integer>run(_ -> 7)).isEqualTo(7);
    end.countDown();
    workers.close();
  }

  private static int await(CountDownLatch end) {
    try {
      end.await();
      return 0;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
