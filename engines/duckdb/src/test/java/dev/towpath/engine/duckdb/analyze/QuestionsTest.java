package dev.towpath.engine.duckdb.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.engine.duckdb.session.BoundSql;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlAnalyzer.Parsed;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.SqlAnalyzer.TableUse;
import dev.towpath.spi.TableName;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
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
        .isEqualTo(
            new Mistake(
                "there is half a character here", java.util.Optional.of("take it out"), 9, 1));
    assertThat(parse("SELECT '😀'")).isInstanceOf(Query.class);
  }
}
