package dev.towpath.engine.duckdb.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.spi.DataType;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer.Bound;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlAnalyzer.Parsed;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.SqlAnalyzer.Typed;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DuckDbAnalyzerTest {
  private static final DuckDbAnalyzer ANALYZER = new DuckDbAnalyzer(2);

  @AfterAll
  static void close() {
    ANALYZER.close();
  }

  private static String canonical(String sql) {
    return ((Query) ANALYZER.parse(List.of(sql)).getFirst()).canonical();
  }

  private static Schema columns(String sql) {
    return ((Typed) ANALYZER.bind(sql, Map.of())).columns();
  }

  @Test
  void canonicalIgnoresSpacingCommentsAndKeywordCase() {
    assertThat(canonical("/* x */ select a,\n b from s.t -- y\n where a>$start"))
        .isEqualTo(canonical("SELECT a, b FROM s.t WHERE a > $start;"))
        .hasSize(64);
  }

  @Test
  void canonicalTellsQueriesApart() {
    List<String> texts =
        List.of(
            "SELECT a FROM s.t",
            "SELECT a AS b FROM s.t",
            "SELECT b FROM s.t",
            "SELECT a FROM s.u",
            "SELECT a FROM s.t x",
            "SELECT 'a' FROM s.t",
            "SELECT a FROM s.t LIMIT 1",
            "SELECT a FROM s.t LIMIT 2",
            "SELECT a FROM s.t LIMIT 2 %",
            "SELECT a FROM s.t WHERE x = $p",
            "SELECT a FROM s.t WHERE x = $q",
            "SELECT a FROM s.t GROUP BY ROLLUP (a, b)",
            "SELECT a FROM s.t GROUP BY CUBE (a, b)",
            "SELECT a FROM s.t GROUP BY a, b",
            "SELECT a FROM s.t ORDER BY a",
            "SELECT a FROM s.t ORDER BY a DESC",
            "SELECT a FROM s.t ORDER BY a NULLS FIRST",
            "SELECT DISTINCT a FROM s.t",
            "SELECT a FROM s.t UNION SELECT 1",
            "SELECT a FROM s.t UNION ALL SELECT 1",
            "SELECT 1.0",
            "SELECT 1.00",
            "SELECT 1",
            "SELECT '1'",
            "SELECT NULL");
    assertThat(texts.stream().map(DuckDbAnalyzerTest::canonical).collect(Collectors.toSet()))
        .hasSameSizeAs(texts);
  }

  @Test
  void parsesInOrderAndSetsMistakesApart() {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      texts.add(i % 7 == 0 ? "SELECT FROM WHERE " + i : "SELECT x FROM s.t" + i);
    }
    List<Parsed> parsed = ANALYZER.parse(texts);
    assertThat(parsed).hasSize(500);
    for (int i = 0; i < 500; i++) {
      if (i % 7 == 0) {
        assertThat(parsed.get(i)).isInstanceOf(Mistake.class);
      } else {
        Query query = (Query) parsed.get(i);
        assertThat(query.reads().getFirst().table()).isEqualTo("t" + i);
      }
    }
    assertThat(ANALYZER.parse(List.of())).isEmpty();
  }

  @Test
  void declaringAgainReplaces() {
    TableName name = new TableName("again", "t");
    ANALYZER.declare(name, Schema.of("a", "INTEGER"));
    ANALYZER.declare(name, Schema.of("a", "DATE", "b", "JSON"));
    assertThat(columns("SELECT * FROM again.t")).isEqualTo(Schema.of("a", "DATE", "b", "JSON"));
  }

  @Test
  void declaringInOtherCaseReplaces() {
    ANALYZER.declare(new TableName("again", "Ärger"), Schema.of("a", "INTEGER"));
    ANALYZER.declare(new TableName("again", "ärger"), Schema.of("a", "DATE"));
    assertThat(columns("SELECT * FROM again.\"ärger\"")).isEqualTo(Schema.of("a", "DATE"));
    assertThat(ANALYZER.bind("SELECT * FROM again.\"Ärger\"", Map.of()))
        .isInstanceOf(Mistake.class);
  }

  @Test
  void everyTypeComesBackAsDeclared() {
    List<String> types =
        List.of(
            "BOOLEAN",
            "TINYINT",
            "SMALLINT",
            "INTEGER",
            "BIGINT",
            "HUGEINT",
            "UTINYINT",
            "USMALLINT",
            "UINTEGER",
            "UBIGINT",
            "UHUGEINT",
            "FLOAT",
            "DOUBLE",
            "DECIMAL(5,2)",
            "DECIMAL(38,0)",
            "VARCHAR",
            "BLOB",
            "DATE",
            "TIME",
            "TIME WITH TIME ZONE",
            "TIMESTAMP",
            "TIMESTAMP_S",
            "TIMESTAMP_MS",
            "TIMESTAMP_NS",
            "TIMESTAMP WITH TIME ZONE",
            "INTERVAL",
            "JSON",
            "UUID",
            "BIT",
            "BIGNUM",
            "VARIANT",
            "ENUM('a', 'it''s', 'Ä')",
            "INTEGER[]",
            "INTEGER[3]",
            "INTEGER[][2]",
            "MAP(VARCHAR, DECIMAL(9,4)[])",
            "STRUCT(a INTEGER, \"b c\" STRUCT(\"d\"\"e\" ENUM('x'), \"Ü\" JSON))[]",
            "STRUCT(\"select\" INTEGER)",
            "UNION(num INTEGER, str VARCHAR)");
    List<String> namesAndTypes = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      namesAndTypes.add("c " + i);
      namesAndTypes.add(types.get(i));
    }
    Schema schema = Schema.of(namesAndTypes.toArray(new String[0]));
    ANALYZER.declare(new TableName("types", "all"), schema);
    assertThat(columns("SELECT * FROM types.all")).isEqualTo(schema);
    assertThat(columns("FROM (SELECT * FROM types.all)")).isEqualTo(schema);
  }

  @Test
  void oddNamesAreQuoted() {
    Schema schema = Schema.of("select", "DATE", "a\"b", "DATE", "ü 😀", "DATE", "a.b", "DATE");
    ANALYZER.declare(new TableName("order", "group by \"x\""), schema);
    assertThat(columns("SELECT * FROM \"order\".\"group by \"\"x\"\"\"")).isEqualTo(schema);
  }

  @Test
  void aTableThatCannotBeIsRefusedInPlainWords() {
    assertThatThrownBy(() -> ANALYZER.declare(new TableName("no", "t"), new Schema(List.of())))
        .isInstanceOf(TowpathException.class)
        .hasMessage("the table no.t has no columns");
    Schema twice = Schema.of("a", "DATE", "A", "DATE");
    assertThatThrownBy(() -> ANALYZER.declare(new TableName("no", "t"), twice))
        .isInstanceOf(TowpathException.class)
        .hasMessageStartingWith("the table no.t cannot be declared: ");
  }

  @Test
  void macrosAreSeenThrough() {
    assertThat(ANALYZER.declareMacro("CREATE MACRO gross(x, rate := 21) AS x * (100 + rate) / 100"))
        .isEmpty();
    ANALYZER.declare(new TableName("shop", "items"), Schema.of("price", "DOUBLE"));
    assertThat(
            ANALYZER.declareMacro("CREATE MACRO cheap(n) AS TABLE FROM shop.items WHERE price < n"))
        .isEmpty();
    assertThat(columns("SELECT gross(price) AS g FROM cheap(3)"))
        .isEqualTo(Schema.of("g", "DOUBLE"));
    Query query = (Query) ANALYZER.parse(List.of("SELECT Gross(1) AS x FROM Cheap(2)")).getFirst();
    assertThat(query.functions()).contains("gross", "cheap");
  }

  @Test
  void macroMistakesHaveAPlace() {
    String unknown = "CREATE MACRO wrong(x) AS x + regon";
    Mistake mistake = ANALYZER.declareMacro(unknown).orElseThrow();
    assertThat(mistake.message()).startsWith("unknown column \"regon\"");
    assertThat(mistake.offset()).isEqualTo(unknown.indexOf("regon"));
    assertThat(ANALYZER.declareMacro("DROP TABLE x").orElseThrow().message())
        .isEqualTo("this is no CREATE MACRO statement");
    assertThat(ANALYZER.declareMacro("CREATE TABLE x (a INT)")).isPresent();
    assertThat(ANALYZER.declareMacro("CREATE MACRO a() AS 1; DROP SCHEMA main")).isPresent();
    assertThat(ANALYZER.declareMacro("  ")).isPresent();
  }

  @Test
  void bindingRunsNothing() {
    ANALYZER.declare(new TableName("safe", "t"), Schema.of("a", "INTEGER"));
    for (String sql :
        List.of(
            "DROP TABLE safe.t",
            "SELECT 1; DROP TABLE safe.t",
            "DROP TABLE safe.t; SELECT 1",
            "SET threads = 4",
            "INSTALL httpfs",
            "ATTACH 'x.db'",
            "COPY safe.t TO 'x.csv'",
            "SELECT * FROM read_text('/etc/hostname')",
            "FROM '/etc/hostname'")) {
      assertThat(ANALYZER.bind(sql, Map.of())).as(sql).isInstanceOf(Mistake.class);
    }
    assertThat(columns("SELECT * FROM safe.t")).isEqualTo(Schema.of("a", "INTEGER"));
  }

  @Test
  void nulIsAMistake() {
    assertThat(ANALYZER.parse(List.of("SELECT 1 \0 AS a")).getFirst())
        .isInstanceOfSatisfying(Mistake.class, m -> assertThat(m.offset()).isEqualTo(9));
    assertThat(ANALYZER.bind("SELECT 1 \0 AS a", Map.of())).isInstanceOf(Mistake.class);
  }

  @Test
  void deepAndLongQueriesAreTaken() {
    String sum = IntStream.range(0, 900).mapToObj(i -> "a").collect(Collectors.joining(" + "));
    String union =
        IntStream.range(0, 1500)
            .mapToObj(i -> "SELECT " + i + " AS a")
            .collect(Collectors.joining(" UNION ALL "));
    String nested = "SELECT 1 AS a";
    for (int i = 0; i < 100; i++) {
      nested = "SELECT a FROM (" + nested + ")";
    }
    ANALYZER.declare(new TableName("deep", "t"), Schema.of("a", "BIGINT"));
    for (String sql : List.of("SELECT " + sum + " AS a FROM deep.t", union, nested)) {
      assertThat(ANALYZER.parse(List.of(sql)).getFirst()).isInstanceOf(Query.class);
      assertThat(ANALYZER.bind(sql, Map.of())).isInstanceOf(Typed.class);
    }
    String tooDeep = "SELECT " + "(".repeat(5000) + "1" + ")".repeat(5000) + " AS a";
    assertThat(ANALYZER.parse(List.of(tooDeep))).hasSize(1);
  }

  @Test
  void manyThreadsDeclareAndBind() throws Exception {
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Bound>> results = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        int n = i;
        results.add(
            pool.submit(() -> {
              TableName name = new TableName("s" + n % 5, "t" + n % 20);
              ANALYZER.declare(name, Schema.of("a", "INTEGER", "b", "DATE"));
              return ANALYZER.bind("SELECT a, b FROM " + name + " WHERE b > $d", Map.of());
            }));
      }
      for (Future<Bound> result : results) {
        assertThat(result.get())
            .isEqualTo(
                new Typed(
                    Schema.of("a", "INTEGER", "b", "DATE"), Map.of("d", DataType.parse("DATE"))));
      }
    }
  }

  /** Nothing is told (a dash) where rows may differ too, or something else reads the column. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT a, b FROM s.t | SELECT a, /* x */ B + 1 AS b FROM s.t | b
          SELECT a, b FROM s.t | SELECT a, b, c FROM s.t | c
          SELECT a, b FROM s.t | SELECT b FROM s.t | a
          SELECT a, b FROM s.t | select a,b from s.t | ''
          SELECT *, b AS z FROM s.t | SELECT *, b * 2 AS z FROM s.t | z
          SELECT a, b FROM s.t WHERE c > 1 ORDER BY b | SELECT a, 2 AS b FROM s.t WHERE c > 1 ORDER BY b | b
          SELECT a, sum(b) AS n FROM s.t GROUP BY ALL | SELECT a, max(b) AS n FROM s.t GROUP BY ALL | n
          SELECT a, sum(b) AS n FROM s.t GROUP BY a | SELECT a, 1 AS n FROM s.t GROUP BY a | n
          WITH x AS (SELECT b FROM s.t) SELECT a, b FROM x | WITH x AS (SELECT b FROM s.t) SELECT a, -b AS b FROM x | b
          SELECT a, b FROM s.t | SELECT b, a FROM s.t | -
          SELECT a, b FROM s.t | SELECT a, b FROM s.u | -
          SELECT a, b FROM s.t | SELECT a, b FROM s.t WHERE a > 1 | -
          SELECT a, b FROM s.t | SELECT DISTINCT a, b FROM s.t | -
          SELECT DISTINCT a, b FROM s.t | SELECT DISTINCT a, c AS b FROM s.t | -
          SELECT a, b FROM s.t ORDER BY b LIMIT 1 | SELECT a, c AS b FROM s.t ORDER BY b LIMIT 1 | -
          SELECT a, b FROM s.t USING SAMPLE 10% | SELECT a, c AS b FROM s.t USING SAMPLE 10% | -
          SELECT a, b AS n FROM s.t GROUP BY ALL | SELECT a, c AS n FROM s.t GROUP BY ALL | -
          SELECT a, sum(b) AS n FROM s.t GROUP BY ALL | SELECT a, b AS n FROM s.t GROUP BY ALL | -
          SELECT a, b FROM s.t GROUP BY 1, 2 | SELECT a, c AS b FROM s.t GROUP BY 1, 2 | -
          SELECT 1 AS a, sum(b) AS b FROM s.t | SELECT 1 AS a, 2 AS b FROM s.t | -
          SELECT a, b AS z FROM s.t WHERE z > 1 | SELECT a, c AS z FROM s.t WHERE z > 1 | -
          SELECT a, b AS z, z + 1 AS y FROM s.t | SELECT a, c AS z, z + 1 AS y FROM s.t | -
          SELECT a, b FROM s.t QUALIFY rank() OVER (ORDER BY b) = 1 | SELECT a, c AS b FROM s.t QUALIFY rank() OVER (ORDER BY b) = 1 | -
          SELECT a, b FROM s.t | SELECT a, unnest([b]) AS b FROM s.t | -
          SELECT a, b FROM s.t | SELECT a, regexp_split_to_table(b, ',') AS b FROM s.t | -
          SELECT * FROM s.t | SELECT * EXCLUDE (a) FROM s.t | -
          SELECT a, b FROM s.t | SELECT a, max(COLUMNS(*)) AS b FROM s.t | -
          SELECT a, $p AS b FROM s.t | SELECT a, $p AS b, c FROM s.t | -
          SELECT a FROM s.t UNION ALL SELECT b AS a FROM s.t | SELECT a FROM s.t UNION ALL SELECT c AS a FROM s.t | -
          SELECT a, b FROM s.t | SELEC | -
          """)
  void twoTextsAreToldApartByTheirColumns(String before, String after, String columns) {
    Optional<Set<String>> other = ANALYZER.otherColumns(before, after);
    assertThat(other.map(names -> String.join(" ", names)).orElse("-")).isEqualTo(columns);
  }

  @Test
  void whatMacrosSayIsNotInATextThatCallsThem() {
    assertThat(ANALYZER.declareMacro("CREATE MACRO own_part(x) AS x + 1")).isEmpty();
    assertThat(
            ANALYZER.otherColumns(
                "SELECT own_part(a) AS a, b FROM s.t", "SELECT own_part(a) AS a, 1 AS b FROM s.t"))
        .isEmpty();
  }

  @Test
  void versionIsThatOfTheLibrary() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT version()")) {
      row.next();
      assertThat(ANALYZER.version()).startsWith("duckdb " + row.getString(1).substring(1));
    }
  }

  @Test
  void versionIsKnownWithoutOpening() {
    DuckDbAnalyzer closed = new DuckDbAnalyzer(1);
    closed.close();
    String number = closed.version().substring("duckdb ".length());
    assertThat(number).matches("\\d+\\.\\d+\\.\\d+(\\.\\d+)?/\\d+");
    assertThatThrownBy(() -> closed.bind("SELECT 1", Map.of()))
        .isInstanceOf(TowpathException.class)
        .hasMessage("the analyzer is closed");
  }
}
