package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever makes a table out of date makes a run build it: time, what was asked for, its layout.
 */
final class StalenessTest {
  private static final String MONDAY = "2026-03-02T09:00:00Z";
  private static final String TUESDAY = "2026-03-03T09:00:00Z";
  private static final String DAILY =
      "/* towpath\nkind: incremental\ntime: day\ngrain: day\nstart: 2026-03-01\n*/\n";

  @TempDir Path folder;
  private Towpath towpath;

  @BeforeEach
  void project() throws Exception {
    towpath = new Towpath(folder);
    towpath.write("towpath.yml", "project: stale\n");
    towpath.write(
        "seeds/raw/days.csv",
        "day,k\n2026-03-01,c\n2026-03-02,a\n2026-03-03,b\n2026-03-02,b\n2026-03-03,a\n");
  }

  @Test
  void anIntervalThatIsDueIsBuiltThoughInputsComeOutTheSame() throws Exception {
    snapshots();
    towpath.at(MONDAY).run("run").good();
    towpath.write("models/m/above.sql", "SELECT k || '' AS k FROM raw.days\n");
    assertThat(towpath.at(TUESDAY).run("plan").good().out())
        .contains("+ m.snaps (incremental): m.above is built again; missing 2026-03-02");
    towpath.at(TUESDAY).run("run").good();
    assertThat(query(TUESDAY, "SELECT day::VARCHAR AS d FROM m.snaps ORDER BY 1"))
        .contains("2026-03-03");
  }

  @Test
  void aSpanThatIsAskedForIsBuiltThoughInputsComeOutTheSame() throws Exception {
    snapshots();
    towpath.at(MONDAY).run("run").good();
    String before = query(MONDAY, "SELECT day::VARCHAR AS d, x FROM m.snaps ORDER BY 1");
    towpath.write("models/m/above.sql", "SELECT k || '' AS k FROM raw.days\n");
    towpath.at(MONDAY).run("run", "--from", "2026-03-01", "--to", "2026-03-02").good();
    String after = query(MONDAY, "SELECT day::VARCHAR AS d, x FROM m.snaps ORDER BY 1");
    assertThat(after.lines().toList().get(1)).isNotEqualTo(before.lines().toList().get(1));
    assertThat(after.lines().toList().get(2)).isEqualTo(before.lines().toList().get(2));
  }

  private void snapshots() throws IOException {
    towpath.write("models/m/above.sql", "SELECT k FROM raw.days\n");
    towpath.write(
        "models/m/snaps.sql",
        DAILY.replace("*/", "volatile: true\n*/")
            + "SELECT day, count(*) AS rows, random() AS x FROM m.above,"
            + " (SELECT unnest(generate_series($start::TIMESTAMP, $end::TIMESTAMP - INTERVAL 1 DAY,"
            + " INTERVAL 1 DAY))::DATE AS day) GROUP BY day\n");
  }

  @Test
  void aTableOverAViewThatDependsOnTheTime() throws Exception {
    towpath.write(
        "models/m/today.sql",
        "/* towpath\nkind: view\n*/\nSELECT day, k FROM raw.days WHERE day = current_date\n");
    towpath.write("models/m/again.sql", "/* towpath\nkind: view\n*/\nSELECT day, k FROM m.today\n");
    towpath.write("models/m/kept.sql", "SELECT day FROM m.again\n");
    towpath.at(MONDAY).run("run").good();
    assertThat(query(MONDAY, "SELECT DISTINCT day::VARCHAR AS d FROM m.kept"))
        .contains("2026-03-02");
    assertThat(towpath.at(TUESDAY).run("plan").good().out())
        .contains("+ m.kept (table): m.again is built again; depends on the time of the run");
    // whatever else changed meanwhile, in a column that it does not read too
    towpath.write("seeds/raw/days.csv", "day,k\n2026-03-01,c\n2026-03-02,a\n2026-03-03,z\n");
    towpath.at(TUESDAY).run("run").good();
    assertThat(query(TUESDAY, "SELECT day::VARCHAR AS d FROM m.kept")).contains("2026-03-03");
    assertThat(towpath.at(TUESDAY).run("plan").good().out()).contains("nothing is stale");
  }

  @Test
  void refreshHoldsForTheTimeOfAViewToo() throws Exception {
    towpath.write(
        "models/m/hour.sql", "/* towpath\nkind: view\n*/\nSELECT date_part('hour', now()) AS h\n");
    towpath.write(
        "models/m/kept.sql", "/* towpath\nrefresh: 1h\n*/\nSELECT h::INTEGER AS h FROM m.hour\n");
    towpath.at(MONDAY).run("run").good();
    assertThat(towpath.at("2026-03-02T09:30:00Z").run("plan").good().out())
        .contains("nothing is stale");
    towpath.at("2026-03-02T10:00:00Z").run("run").good();
    assertThat(query(MONDAY, "SELECT h FROM m.kept")).contains("10");
  }

  @Test
  void functionsThatReadTheClockByTheWay() throws Exception {
    towpath.write(
        "macros/clock.sql",
        "CREATE MACRO this_day() AS current_date;\nCREATE MACRO same_day(d) AS d = this_day();\n");
    towpath.write("models/m/macro.sql", "SELECT DISTINCT day FROM raw.days WHERE same_day(day)\n");
    towpath.write("models/m/age.sql", "SELECT age(TIMESTAMP '2026-03-01')::VARCHAR AS a\n");
    towpath.write("models/m/ago.sql", "SELECT ago(INTERVAL 1 DAY)::DATE AS day\n");
    towpath.write(
        "models/m/fixed.sql", "SELECT age(DATE '2026-03-05', DATE '2026-03-01')::VARCHAR AS a\n");
    towpath.at(MONDAY).run("run").good();
    assertThat(towpath.at(TUESDAY).run("plan").good().out()).doesNotContain("m.fixed");
    towpath.at(TUESDAY).run("run").good();
    assertThat(query(TUESDAY, "SELECT day::VARCHAR AS d FROM m.macro")).contains("2026-03-03");
    assertThat(query(TUESDAY, "SELECT a FROM m.age")).contains("2 days");
    assertThat(query(TUESDAY, "SELECT day::VARCHAR AS d FROM m.ago")).contains("2026-03-02");
  }

  @Test
  void aMacroHidesNoRandomFunction() throws Exception {
    towpath.write(
        "macros/luck.sql",
        "CREATE MACRO luck() AS random(); -- random() here\nCREATE MACRO much() AS luck() * 2;\n");
    towpath.write("models/m/lucky.sql", "SELECT much() AS x\n");
    assertThat(towpath.run("check").err())
        .contains(
            "models/m/lucky.sql:1:1: much() calls random(), which gives other rows on every run")
        .contains("volatile: true");
    towpath.write("macros/luck.sql", "CREATE MACRO much() AS 'random()'; /* random() */\n");
    towpath.run("check").good();
  }

  @Test
  void anIncrementalModelThatDependsOnTheTimeIsBuiltInFull() throws Exception {
    towpath.write(
        "models/m/ages.sql",
        DAILY
            + "SELECT day, k, date_diff('day', day, current_date) AS age FROM raw.days"
            + " WHERE day >= $start AND day < $end\n");
    towpath.write(
        "models/m/open.sql", // without start: nothing is ever missing
        "/* towpath\nkind: incremental\ntime: day\ngrain: day\n*/\nSELECT day, k, "
            + "date_diff('day', day, current_date) AS age FROM raw.days"
            + " WHERE day >= $start AND day < $end\n");
    towpath.at(MONDAY).run("run").good();
    towpath.at(TUESDAY).run("run").good();
    for (String table : new String[] {"m.ages", "m.open"}) {
      assertThat(query(TUESDAY, "SELECT age FROM " + table + " WHERE k = 'c'")).contains("2");
    }
    assertThat(towpath.at(TUESDAY).run("plan").good().out()).contains("nothing is stale");
  }

  @Test
  void aPartThatIsBuiltLaterDoesNotMakeTheRestLookFresh() throws Exception {
    towpath.write(
        "models/m/ages.sql",
        "/* towpath\nkind: incremental\ntime: day\ngrain: day\nrefresh: 2h\n*/\nSELECT day, k,"
            + " date_part('hour', now()) AS h FROM raw.days WHERE day >= $start AND day < $end\n");
    towpath.at("2026-03-02T09:00:00Z").run("run").good();
    towpath.at("2026-03-02T10:00:00Z").run("run", "--from", "2026-03-03").good();
    towpath.at("2026-03-02T11:00:00Z").run("run").good();
    assertThat(query(MONDAY, "SELECT DISTINCT h::INTEGER AS h FROM m.ages").strip())
        .endsWith("\n11");
  }

  @Test
  void anotherLayoutIsWrittenThoughTheRowsAreTheSame() throws Exception {
    towpath.write("models/m/t.sql", "SELECT day, k FROM raw.days\n");
    towpath.run("run").good();
    towpath.write(
        "models/m/t.sql", "/* towpath\nsort_by: [k, day]\n*/\nSELECT day, k FROM raw.days\n");
    towpath.run("run").good();
    assertThat(query(MONDAY, "SELECT k FROM m.t").strip().replaceAll("\\s+", ""))
        .isEqualTo("kaabbc");
    towpath.write(
        "models/m/t.sql", "/* towpath\npartition_by: [k]\n*/\nSELECT day, k FROM raw.days\n");
    towpath.run("run").good();
    assertThat(files()).isEqualTo(3);
    towpath.write("models/m/t.sql", "SELECT day, k FROM raw.days\n");
    towpath.run("run").good();
    assertThat(files()).isEqualTo(1);
  }

  @Test
  void fullWritesAnewWhateverTheRows() throws Exception {
    towpath.write("models/m/t.sql", "SELECT day, k FROM raw.days\n");
    towpath.run("run").good();
    assertThat(towpath.run("run", "m.t", "--full", "--json").good().out())
        .contains("\"changed\":true");
  }

  /** Parquet files of m.t that the newest release needs. */
  private long files() throws IOException {
    towpath.write("towpath.yml", "project: stale\nenvironments: {dev: {keep: 1}}\n");
    towpath.run("gc", "--grace", "0").good();
    try (var paths = Files.walk(folder.resolve(".towpath/lake/tables/m"))) {
      return paths.filter(p -> p.toString().endsWith(".parquet")).count();
    }
  }

  private String query(String at, String sql) {
    return towpath.at(at).run("query", sql, "--format", "csv").good().out();
  }
}
