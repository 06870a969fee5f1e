package dev.towpath.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.cli.Towpath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of Python model beside the same model in SQL: whatever happens, both are equal. */
@Tag("integration")
class PythonKindsTest {
  private static final List<String> KINDS = List.of("total", "daily", "latest", "log", "history");

  @TempDir private Path folder;
  private Towpath towpath;

  @BeforeEach
  void prepare() throws Exception {
    towpath = Pythons.in(folder).here();
    Small.write(
        folder,
        "sources/shop.yml",
        """
        type: files
        schema: shop
        tables:
          orders:
            path: data/*.csv
            mode: append
            columns: {id: bigint, region: varchar, day: date, ts: timestamp, amount: "decimal(9,2)"}
        """);
    arrive("a", "1,N,2026-01-01,2026-01-01 10:00,1.50", "2,S,2026-01-02,2026-01-02 09:00,2.25");
    for (String kind : KINDS) {
      Path models = Path.of("src/test/resources/python-kinds");
      for (String end : List.of("_sql.sql", "_py.py")) {
        Small.write(folder, "models/m/" + kind + end, Files.readString(models.resolve(kind + end)));
      }
    }
  }

  @AfterEach
  void leaveTheEnvironment() throws IOException {
    Files.delete(folder.resolve(".venv")); // it is other tests', too
  }

  private void arrive(String name, String... rows) throws IOException {
    Small.write(
        folder,
        "data/" + name + ".csv",
        "id,region,day,ts,amount\n" + String.join("\n", rows) + "\n");
  }

  private Towpath.Result run(String... words) {
    return towpath.run(words).good();
  }

  private String query(String sql) {
    return run("query", "--format", "csv", sql).out().lines().skip(1).toList().toString();
  }

  private void twinsAreEqual() {
    for (String kind : KINDS) {
      // scd2 takes the moment of the run where nothing says it, and each run takes the same for all
      assertThat(
              query(
                  """
                  SELECT count(*) FROM (
                    (FROM m.%1$s_py EXCEPT ALL FROM m.%1$s_sql) UNION ALL
                    (FROM m.%1$s_sql EXCEPT ALL FROM m.%1$s_py))\
                  """
                      .formatted(kind)))
          .as(kind)
          .isEqualTo("[0]");
      assertThat(query("SELECT count(*) > 0 FROM m." + kind + "_py")).as(kind).isEqualTo("[true]");
    }
  }

  @Test
  void followItsInputLikeSql() throws Exception {
    run("run");
    twinsAreEqual();
    assertThat(run("run").out()).contains("nothing is stale");

    arrive(
        "b",
        "1,N,2026-01-03,2026-01-03 10:00,5.00", // a new version of 1
        "3,S,2026-01-03,2026-01-03 11:00,7.00",
        "4,N,2026-01-01,2026-01-01 08:00,0.25"); // late: only its day is built again
    Towpath.Result second = run("run");
    assertThat(second.err())
        .containsPattern("m.daily_py .* 2 of 3 intervals differ")
        .containsPattern("m.daily_sql .* 2 of 3 intervals differ")
        .containsPattern("m.log_py .* 3 rows added");
    twinsAreEqual();
    assertThat(query("SELECT count(*) FROM m.log_py")).isEqualTo("[5]");
    assertThat(query("SELECT list(day ORDER BY day) FROM m.daily_py"))
        .isEqualTo("[\"[2026-01-01, 2026-01-02, 2026-01-03]\"]");
    assertThat(query("SELECT amount FROM m.latest_py WHERE id = 1")).isEqualTo("[5.00]");

    run("rollback");
    twinsAreEqual();
    assertThat(query("SELECT count(*) FROM m.log_py")).isEqualTo("[2]");
    run("run");
    twinsAreEqual();
    assertThat(query("SELECT count(*) FROM m.log_py")).as("each row once").isEqualTo("[5]");

    run("run", "--full");
    twinsAreEqual();
    new Audit(folder).holdsWhatItReaches();
  }

  @Test
  void buildOnlyTheDaysThatTheyAreAskedFor() throws Exception {
    run("run");
    assertThat(built()).containsExactlyInAnyOrder("2026-01-01", "2026-01-02");
    clearBuilt();
    arrive("b", "9,N,2026-01-02,2026-01-02 23:00,1.00");
    run("run");
    assertThat(built()).as("the late row's day alone").containsExactly("2026-01-02");
    clearBuilt();
    run("run", "m.daily_py", "--from", "2026-01-01", "--to", "2026-01-02");
    assertThat(built()).containsExactly("2026-01-01");
  }

  /** The days whose rows were handed to the incremental model, as it noted itself. */
  private List<String> built() throws IOException {
    return Files.readAllLines(folder.resolve("days.txt")).stream().distinct().toList();
  }

  private void clearBuilt() throws IOException {
    Files.delete(folder.resolve("days.txt"));
  }

  @Test
  void duplicateKeysAreRefused() throws Exception {
    Small.write(
        folder,
        "models/m/latest_py.py",
        Files.readString(folder.resolve("models/m/latest_py.py"))
            .replace(".drop_duplicates(\"id\", keep=\"last\")", ""));
    arrive("b", "7,N,2026-01-02,2026-01-02 10:00,1.00", "7,N,2026-01-02,2026-01-02 10:30,2.00");
    Towpath.Result failed = towpath.run("run");

    assertThat(failed.exit()).isEqualTo(1);
    assertThat(failed.err())
        .contains("models/m/latest_py.py:3:")
        .contains("several rows have the same key (id): 7 (2 rows)")
        .contains("such as df.drop_duplicates([\"id\"], keep=\"last\")")
        .contains("nothing was published");
  }

  @Test
  void hintsSpeakPython() throws Exception {
    Small.write(
        folder,
        "models/m/nulls.py",
        """
        # towpath:
        #   kind: merge
        #   key: id
        #   columns: {id: bigint}
        import pyarrow as pa
        def build(t):
            return pa.table({"id": pa.array([None], pa.int64())})
        """);
    Small.write(
        folder,
        "models/m/outside.py",
        """
        # towpath:
        #   kind: incremental
        #   time: day
        #   grain: day
        #   start: 2026-01-01
        #   driven_by: {shop.orders: day}
        #   columns: {day: date}
        import datetime
        import pyarrow as pa
        def build(t):
            t.read("shop.orders")
            return pa.table({"day": [datetime.date(2001, 1, 1)]})
        """);
    assertThat(towpath.run("run", "shop.orders", "m.nulls").err())
        .contains("m/nulls.py:3:")
        .contains("leave it out, such as df.dropna(subset=[\"id\"])");
    assertThat(towpath.run("run", "shop.orders", "m.outside").err())
        .contains("m/outside.py:3:")
        .contains("every row's day must be from t.start (included) to t.end");
  }

  @Test
  void checksHoldBeforePublishing() throws Exception {
    Small.write(
        folder,
        "models/m/total_py.py",
        Files.readString(folder.resolve("models/m/total_py.py"))
            .replace("# towpath:\n", "# towpath:\n#   checks: [\"amount > 2\", unique(region)]\n"));
    Towpath.Result failed = towpath.run("run");

    assertThat(failed.exit()).isEqualTo(1);
    assertThat(failed.err())
        .contains("models/m/total_py.py:2:")
        .contains("amount > 2")
        .contains("nothing was published");
    assertThat(new Audit(folder).head()).isZero();
  }

  @Test
  void whatAFailedRunStagedIsUsedAgain() throws Exception {
    run("run", "shop.orders");
    Small.write(
        folder,
        "models/m/broken.py",
        "# towpath:\n#   columns: {n: bigint}\ndef build(t):\n    t.read(\"m.daily_py\")\n    1 / 0\n");
    Towpath.Result failed = towpath.run("run");
    assertThat(failed.err()).contains("models/m/broken.py:5:5: ZeroDivisionError");
    assertThat(built()).hasSize(2);
    clearBuilt();

    Small.write(
        folder,
        "models/m/broken.py",
        """
        # towpath:
        #   columns: {n: bigint}
        import pyarrow as pa
        def build(t):
            return pa.table({"n": [t.read("m.daily_py").to_arrow().num_rows]})
        """);
    run("run");
    assertThat(folder.resolve("days.txt")).as("m.daily_py was not built again").doesNotExist();
    assertThat(query("FROM m.broken")).isEqualTo("[2]");
    twinsAreEqual();
  }

  @Test
  void unitTestsAndPreviewsTakeRowsFromElsewhere() throws Exception {
    Small.write(
        folder,
        "tests/total.yml",
        """
        model: m.total_py
        given:
          shop.orders:
            - {id: 1, region: N, amount: 1.25}
            - {id: 2, region: N, amount: 2.00}
            - {id: 3, region: S, amount: 9.99}
        expect:
          - {region: N, amount: 3.25}
          - {region: S, amount: 9.99}
        """);
    assertThat(run("test").out()).contains("1 passed, 0 failed");

    run("run");
    Small.write(
        folder,
        "models/m/total_py.py",
        Files.readString(folder.resolve("models/m/total_py.py")).replace("\"sum\"", "\"max\""));
    Towpath.Result wrong = towpath.run("test");
    assertThat(wrong.exit()).isEqualTo(1);
    assertThat(wrong.out() + wrong.err()).contains("3.25").contains("2.00");

    arrive("b", "5,N,2026-01-04,2026-01-04 10:00,100.00");
    run("run", "shop.orders");
    assertThat(run("show", "m.total_py", "--limit", "5").out()).contains("100.00");
    assertThat(query("SELECT max(amount) FROM m.total_py")).as("not published").isEqualTo("[2.25]");
  }

  @Test
  void testsAndPreviewsOfIntervalsAreBuiltAsARunBuildsThem() throws Exception {
    Small.write(
        folder,
        "tests/daily.yml",
        """
        model: m.daily_py
        params: {start: 2026-01-02, end: 2026-01-03}
        given:
          shop.orders:
            - {id: 1, day: 2026-01-01, amount: 1.25}
            - {id: 2, day: 2026-01-02, amount: 2.00}
            - {id: 3, day: 2026-01-03, amount: 4.00}
        expect:
          - {day: 2026-01-02, orders: 1, amount: 2.00}
        """);
    assertThat(run("test").out()).contains("1 passed, 0 failed");
    assertThat(built()).containsExactly("2026-01-02");
    run("test");
    assertThat(folder.resolve(".towpath/logs")).as("a test is no run").doesNotExist();

    run("run");
    String daily = Files.readString(folder.resolve("models/m/daily_py.py"));
    Small.write(folder, "models/m/daily_py.py", daily + "# changed\nX = 1\n");
    assertThat(run("show", "m.daily_py", "--limit", "9").out())
        .contains("2026-01-01", "2026-01-02");

    Small.write(folder, "models/m/daily_py.py", daily.replace("#   start: 2026-01-01\n", ""));
    Towpath.Result refused = towpath.run("check");
    assertThat(refused.err())
        .containsPattern("models/m/daily_py.py:11:\\d+: the first build would have no bounds")
        .contains("add \"start:\"");
  }

  /** A chain of models goes through the same interpreters; one that is alone has its own. */
  @Test
  void interpretersAreUsedAgainUnlessAModelIsAlone() throws Exception {
    int warm = Runtime.getRuntime().availableProcessors();
    for (int i = 0; i <= warm + 2; i++) {
      Small.write(
          folder,
          "models/p/m%02d.py".formatted(i),
          """
          # towpath:
          #   columns: {pid: bigint}%s
          import os
          import pyarrow as pa
          def build(t):%s
              return pa.table({"pid": [os.getpid()]})
          """
              .formatted(
                  i == warm + 1 ? "\n#   isolation: process" : "",
                  i == 0 ? "" : "\n    t.read(\"p.m%02d\")".formatted(i - 1)));
    }
    run("run", "p.*");
    List<String> pids = new java.util.ArrayList<>();
    for (int i = 0; i <= warm + 2; i++) {
      pids.add(query("FROM p.m%02d".formatted(i)));
    }
    String alone = pids.remove(warm + 1);
    assertThat(pids).doesNotContain(alone);
    assertThat(pids.stream().distinct().count()).isLessThanOrEqualTo(warm);
  }

  /**
   * What a model may depend on is known, or asked for: a t that goes elsewhere, modules that come
   * later.
   */
  @Test
  void nothingThatAModelUsesIsOverlooked() throws Exception {
    Small.write(folder, "towpath.yml", "project: faults\nvars: {least: 1}\n");
    String block = "# towpath:\n#   columns: {n: bigint}\n";
    String body =
        """
        class Rules:
            def __init__(self, t):
                self.t = t
            def rows(self):
                return self.t.read("shop.orders").to_arrow().num_rows + self.t.param("least")
        def build(t):
            import pyarrow as pa
            return pa.table({"n": [Rules(t).rows()]})
        """;
    Small.write(folder, "models/m/handed.py", block + body);
    Towpath.Result refused = towpath.run("check");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err())
        .contains("models/m/handed.py:10:34: t goes where it cannot be followed")
        .contains("list the tables under \"reads:\"");
    Small.write(
        folder,
        "models/m/handed.py",
        "# towpath:\n#   reads: [shop.orders]\n" + block.substring(11) + body);
    Files.createDirectories(folder.resolve("lib"));
    Small.write(
        folder,
        "models/m/later.py",
        "# towpath:\n#   reads: [shop.orders]\n"
            + block.substring(11)
            + """
            import pyarrow as pa
            try:
                from lib import rules
            except ImportError:
                rules = None
            def build(t):
                return pa.table({"n": [rules.count(t) if rules else 0]})
            """);
    run("run");
    assertThat(query("FROM m.handed")).isEqualTo("[3]");
    assertThat(query("FROM m.later")).isEqualTo("[0]");

    Small.write(
        folder,
        "lib/rules.py",
        "def count(t):\n    return t.read('shop.orders').to_arrow().num_rows\n");
    run("run");
    assertThat(query("FROM m.later")).as("what came later is seen").isEqualTo("[2]");
    Small.write(folder, "lib/rules.py", "def count(t):\n    return t.param('least', 3)\n");
    run("run");
    assertThat(query("FROM m.later")).as("and watched").isEqualTo("[1]");
    Small.write(folder, "towpath.yml", "project: faults\nvars: {least: 5}\n");
    run("run");
    assertThat(query("FROM m.later")).as("its variables, too").isEqualTo("[5]");
    assertThat(query("FROM m.handed")).isEqualTo("[7]");
  }

  /**
   * Types of all kinds, from the child through the host into the lake, and back to another model.
   */
  @Test
  void nestedAndOtherTypesComeBackAsTheyWere() throws Exception {
    String columns =
        "{s: \"STRUCT(a INTEGER, b VARCHAR[])\", m: \"MAP(VARCHAR, DECIMAL(9,2))\", l: \"DATE[]\", u: uuid,"
            + " j: json, e: \"ENUM('a', 'b')\", h: hugeint, d: \"decimal(38,10)\", c: varchar, t: time}";
    Small.write(
        folder,
        "models/t/made.py",
        """
        # towpath:
        #   columns: COLUMNS
        import datetime, decimal, uuid
        import pandas as pd
        def build(t):
            return pd.DataFrame({
                "s": [{"a": 1, "b": ["x", None]}, None],
                "m": [{"k": decimal.Decimal("1.50")}, {}],
                "l": [[datetime.date(2026, 1, 2), None], []],
                "u": [uuid.UUID(int=1), None],
                "j": [{"x": [1, None]}, None],
                "e": pd.Series(["b", None], dtype="category"),
                "h": [2**100, None],
                "d": [decimal.Decimal("12345678901234567890.0123456789"), None],
                "c": pd.Series(["one", None], dtype="category"),
                "t": [datetime.time(1, 2, 3, 4), None],
            })
        """
            .replace("COLUMNS", columns));
    Small.write(
        folder,
        "models/t/copied.py",
        "# towpath:\n#   columns: %s\ndef build(t):\n    return t.read(\"t.made\").to_arrow()\n"
            .formatted(columns));
    run("run", "t.*");
    for (String table : List.of("made", "copied")) {
      assertThat(
              query(
                  "SELECT s::VARCHAR || '|' || m::VARCHAR || '|' || l::VARCHAR || '|' || u || '|' || j || '|' || e"
                      + " || '|' || h || '|' || d || '|' || c || '|' || t AS x FROM t."
                      + table
                      + " WHERE h IS NOT NULL"))
          .as(table)
          .contains("{'a': 1, 'b': [x, NULL]}|{k=1.50}|[2026-01-02, NULL]")
          .contains("00000000-0000-0000-0000-000000000001")
          .contains(
              "|b|1267650600228229401496703205376|12345678901234567890.0123456789|one|01:02:03.000004");
      assertThat(
              query(
                  "SELECT count(*) FROM t." + table + " WHERE s IS NULL AND l = [] AND m = MAP {}"))
          .as(table)
          .isEqualTo("[1]");
    }
  }

  @Test
  void planNamesReadersThatMayBreak() throws Exception {
    for (String name : List.of("all", "some")) {
      Small.write(
          folder,
          "models/m/reads_%s.py".formatted(name),
          """
          # towpath:
          #   columns: {region: varchar}
          def build(t):
              return t.read("m.total_sql"%s).to_arrow().select(["region"])
          """
              .formatted(name.equals("some") ? ", columns=[\"region\"]" : ""));
    }
    run("run");
    Small.write(
        folder,
        "models/m/total_sql.sql",
        """
        /* towpath
        columns: {worth: {renamed_from: amount}}
        */
        SELECT region, sum(amount)::DECIMAL(18,2) AS worth FROM shop.orders GROUP BY region
        """);

    assertThat(run("plan").out())
        .contains("column ~ amount -> worth (renamed)")
        .contains("may break m.reads_all, which reads all columns of m.total_sql")
        .doesNotContain("may break m.reads_some");
  }
}
