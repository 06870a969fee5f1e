package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where columns come from, and that a change of one builds only what uses it. */
final class ColumnsTest {
  @TempDir Path folder;
  private Towpath towpath;

  @BeforeEach
  void project() throws Exception {
    towpath = new Towpath(folder);
    towpath.write("towpath.yml", "project: columns\n");
    towpath.write(
        "seeds/raw/orders.csv", "id,day,region,amount\n1,2026-01-01,N,5\n2,2026-01-02,S,7\n");
    orders("amount");
    towpath.write(
        "models/m/named.sql",
        "/* towpath\nkind: view\n*/\nSELECT id, region AS area, amount FROM m.orders\n");
    towpath.write(
        "models/m/regions.sql",
        "/* towpath\nchecks: [\"n > 0\"]\n*/\nSELECT area, count(*) AS n FROM m.named GROUP BY ALL\n");
    towpath.write("models/m/total.sql", "SELECT sum(amount)::BIGINT AS total FROM m.orders\n");
    towpath.write(
        "models/m/days.sql",
        "/* towpath\nkind: incremental\ntime: day\ngrain: day\n*/\nSELECT day, count(*) AS n FROM m.orders"
            + " WHERE day >= $start AND day < $end GROUP BY ALL\n");
    towpath.write("models/m/below.sql", "SELECT max(n) AS most FROM m.regions\n");
    towpath.write(
        "apis/regions.sql", "/* towpath\nget: /regions\n*/\nSELECT area, n FROM m.regions\n");
    towpath.write(
        "tests/regions.yml",
        "model: m.regions\ngiven: {m.named: [{id: 1, area: N}]}\nexpect: [{area: N, n: 1}]\n");
  }

  private void orders(String amount) throws Exception {
    towpath.write(
        "models/m/orders.sql",
        "SELECT id, day, region, " + amount + " AS amount FROM raw.orders\n");
  }

  @Test
  void aColumnsWayUp() {
    assertThat(towpath.run("lineage", "m.regions.area").good().out())
        .contains("renamed: m.named.area")
        .contains("renamed: m.orders.region")
        .contains("renamed: raw.orders.region (seed, seeds/raw/orders.csv)")
        .contains("endpoint: GET /regions")
        .contains("test: regions")
        .doesNotContain("amount");
  }

  @Test
  void aColumnsWayDown() {
    assertThat(towpath.run("lineage", "raw.orders.region").good().out())
        .contains("used to filter or join: m.regions (its rows)")
        .contains("check: m.regions n > 0")
        .contains("m.below (its rows)")
        .doesNotContain("m.total")
        .doesNotContain("m.days");
  }

  @Test
  void aTableAndJson() {
    assertThat(towpath.run("lineage", "m.total").good().out())
        .containsPattern("total +derived +m.orders.amount");
    assertThat(towpath.run("lineage", "m.total.total", "--json").good().out())
        .contains(
            "\"upstream\":[{\"column\":\"m.orders.amount\",\"use\":\"derived\",\"upstream\":"
                + "[{\"column\":\"raw.orders.amount\",\"use\":\"renamed\",\"upstream\":[]}]}]");
    assertThat(towpath.run("lineage", "m.total", "--json").good().out())
        .contains(
            "{\"name\":\"total\",\"from\":[{\"column\":\"m.orders.amount\",\"use\":\"derived\"}]}");
    assertThat(towpath.run("lineage", "raw.orders.amount", "--depth", "1").good().out())
        .contains("renamed: m.orders.amount ...")
        .doesNotContain("m.total");
  }

  @Test
  void namesThatAreWrong() {
    assertThat(towpath.run("lineage", "m.totl").err()).contains("did you mean \"m.total\"?");
    assertThat(towpath.run("lineage", "m.total.totl").err()).contains("did you mean \"total\"?");
    assertThat(towpath.run("lineage", "m.total", "--depth", "0").exit()).isEqualTo(2);
  }

  @Test
  void onlyWhatUsesAChangedColumnIsBuilt() throws Exception {
    towpath.run("run").good();
    orders("amount * 2");
    assertThat(towpath.run("plan").good().out())
        .contains(": build 1, and 2 if what they read comes out different, keep 3\n")
        .contains("+ m.orders (table): definition changed\n")
        .contains("? m.total (table): m.orders is built again\n")
        .contains("? m.named (view): m.orders is built again\n")
        .contains("= m.days (incremental): uses no column that changes\n")
        .contains("= m.regions (table): uses no column that changes\n") // by way of a view
        .contains("= m.below (table): uses no column that changes\n");
    assertThat(towpath.run("plan", "--json").good().out())
        .containsPattern("\"table\" ?: ?\"m.days\",[^}]*\"kept\" ?: ?true")
        .containsPattern("\"table\" ?: ?\"m.total\",[^}]*\"kept\" ?: ?false");
    Towpath.Result run = towpath.run("run", "--json").good();
    assertThat(run.out()).contains("inputs came out the same in the columns that it reads");
    assertThat(status(run.out(), "m.orders")).isEqualTo("SUCCESS");
    assertThat(status(run.out(), "m.total")).isEqualTo("SUCCESS");
    assertThat(status(run.out(), "m.days")).isEqualTo("SKIPPED");
    assertThat(status(run.out(), "m.regions")).isEqualTo("SKIPPED"); // by way of a view
    assertThat(status(run.out(), "m.below")).isEqualTo("SKIPPED");
    assertThat(towpath.run("plan").good().out()).contains("nothing is stale");
    assertThat(towpath.run("query", "SELECT total FROM m.total", "--format", "csv").good().out())
        .contains("24");
  }

  @Test
  void itHoldsAcrossRuns() throws Exception {
    towpath.run("run").good();
    orders("amount * 2");
    towpath.run("run", "m.orders").good();
    assertThat(towpath.run("plan").good().out())
        .contains("? m.total (table): m.orders is newer\n")
        .contains("= m.days (incremental): uses no column that changes\n")
        .contains("= m.regions (table): uses no column that changes\n");
    Towpath.Result run = towpath.run("run", "--json").good();
    assertThat(status(run.out(), "m.days")).isEqualTo("SKIPPED");
    assertThat(status(run.out(), "m.total")).isEqualTo("SUCCESS");
    assertThat(towpath.run("plan").good().out()).contains("nothing is stale");
  }

  /** Which rows there are may be another question then, so that all readers are asked. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT id, day, region, amount FROM raw.orders WHERE amount > 5",
        "SELECT o.id, o.day, o.region, p.amount FROM raw.orders o JOIN raw.orders p USING (id)",
        "SELECT DISTINCT id, day, region, amount + 1 AS amount FROM raw.orders",
        "SELECT id, day, region, unnest([amount, 0]) AS amount FROM raw.orders",
        "SELECT id, day, region, amount FROM raw.orders ORDER BY amount LIMIT 1",
        "SELECT id, day, region, sum(amount)::BIGINT AS amount FROM raw.orders GROUP BY 1, 2, 3",
        "SELECT day, id, region, amount + 1 AS amount FROM raw.orders"
      })
  void whereRowsMayChangeAllReadersAreMarked(String sql) throws Exception {
    towpath.run("run").good();
    towpath.write("models/m/orders.sql", sql + "\n");
    assertThat(towpath.run("plan").good().out())
        .contains("? m.days (incremental): m.orders is built again\n")
        .contains("? m.regions (table): m.named is built again\n")
        .doesNotContain(" = ");
  }

  /** What a table gains is used by nobody; what rows are chosen by is used by all. */
  @Test
  void aChangedColumnIsFollowedDown() throws Exception {
    towpath.write(
        "models/m/large.sql",
        "SELECT id, region, amount AS large FROM m.orders WHERE amount > 5\n");
    towpath.write("models/m/wide.sql", "SELECT *, amount / 2 AS half FROM m.orders\n");
    towpath.write("models/m/ids.sql", "SELECT id FROM m.large\n");
    towpath.write("models/m/parts.sql", "SELECT region, count(*) AS n FROM m.wide GROUP BY ALL\n");
    towpath.run("run").good();
    orders("amount * 2");
    assertThat(towpath.run("plan").good().out())
        .contains("? m.large (table): m.orders is built again\n")
        .contains("? m.ids (table): m.large is built again\n")
        .contains("? m.wide (table): m.orders is built again\n")
        .contains("= m.parts (table): uses no column that changes\n");
    Towpath.Result run = towpath.run("run", "--json").good();
    assertThat(status(run.out(), "m.wide")).isEqualTo("SUCCESS");
    assertThat(status(run.out(), "m.parts")).isEqualTo("SKIPPED");
    towpath.write(
        "models/m/orders.sql",
        "SELECT id, day, region, amount * 2 AS amount, 1 AS one FROM raw.orders\n");
    assertThat(towpath.run("plan").good().out())
        .contains("= m.large (table): uses no column that changes\n")
        .contains("+ m.wide (table): definition changed; m.orders is built again\n")
        .contains("= m.parts (table): uses no column that changes\n");
    run = towpath.run("run", "--json").good();
    assertThat(status(run.out(), "m.large")).isEqualTo("SKIPPED");
    assertThat(status(run.out(), "m.wide")).isEqualTo("SUCCESS");
    assertThat(status(run.out(), "m.parts")).isEqualTo("SKIPPED");
  }

  /** A macro or a variable may say something else, which the model's own text does not tell. */
  @Test
  void whatComesFromElsewhereIsNotTakenForTheSame() throws Exception {
    towpath.write("macros/own.sql", "CREATE MACRO own(a) AS a;\n");
    towpath.write(
        "models/m/orders.sql", "SELECT id, day, own(region) AS region, amount FROM raw.orders\n");
    towpath.run("run").good();
    towpath.write("macros/own.sql", "CREATE MACRO own(a) AS a || 'x';\n");
    towpath.write(
        "models/m/orders.sql",
        "SELECT id, day, own(region) AS region, amount + 1 AS amount FROM raw.orders\n");
    assertThat(towpath.run("plan").good().out())
        .contains("? m.regions (table): m.named is built again\n");
    Towpath.Result run = towpath.run("run", "--json").good();
    assertThat(status(run.out(), "m.regions")).isEqualTo("SUCCESS");
  }

  /** Kinds that keep what was: they are asked for what came, whatever they read. */
  @Test
  void historyIsBuiltWhateverItReads() throws Exception {
    towpath.write(
        "models/m/latest.sql",
        "/* towpath\nkind: merge\nkey: [id]\n*/\nSELECT id, region FROM m.orders\n");
    towpath.write(
        "models/m/versions.sql",
        "/* towpath\nkind: scd2\nkey: [id]\n*/\nSELECT id, region FROM m.orders\n");
    towpath.write("models/m/ids.sql", "SELECT id FROM m.latest\n");
    towpath.run("run").good();
    orders("amount * 2");
    assertThat(towpath.run("plan").good().out())
        .contains("? m.latest (merge): m.orders is built again\n")
        .contains("? m.versions (scd2): m.orders is built again\n");
    Towpath.Result run = towpath.run("run", "--json").good();
    assertThat(run.out())
        .doesNotContainPattern(
            "\"table\":\"m.(latest|versions)\"[^}]*inputs came out the same in the columns");
    assertThat(status(run.out(), "m.ids")).isEqualTo("SKIPPED");
  }

  @Test
  void aColumnThatIsUsedDoesCount() throws Exception {
    towpath.run("run").good();
    towpath.write(
        "models/m/orders.sql",
        "SELECT id, day, upper(region) || 'x' AS region, amount FROM raw.orders\n");
    Towpath.Result run = towpath.run("run", "--json").good();
    assertThat(status(run.out(), "m.regions")).isEqualTo("SUCCESS");
    assertThat(status(run.out(), "m.total")).isEqualTo("SKIPPED");
    assertThat(towpath.run("query", "SELECT area FROM m.regions", "--format", "csv").good().out())
        .contains("Nx");
  }

  @Test
  void aWholeRowChangesWithItsColumns() throws Exception {
    towpath.write("models/m/whole.sql", "SELECT o::VARCHAR AS line FROM m.orders o\n");
    towpath.run("run").good();
    for (String columns : new String[] {"id, day, region", "day, id, region"}) {
      towpath.write("models/m/named.sql", "SELECT id, region AS area FROM m.orders\n");
      towpath.write("models/m/total.sql", "SELECT count(*) AS total FROM m.orders\n");
      towpath.write("models/m/orders.sql", "SELECT " + columns + " FROM raw.orders\n");
      Towpath.Result run = towpath.run("run", "--json").good();
      assertThat(status(run.out(), "m.whole")).isEqualTo("SUCCESS");
      assertThat(status(run.out(), "m.days")).isEqualTo("SKIPPED");
      assertThat(towpath.run("query", "SELECT line FROM m.whole", "--format", "csv").good().out())
          .contains(columns.startsWith("id") ? "{'id': 1, 'day'" : "'id': 1, 'region'");
    }
  }

  @Test
  void aPlanSaysWhoUsesAChangedColumn() throws Exception {
    towpath.run("run").good();
    orders("amount::DOUBLE");
    assertThat(towpath.run("plan").good().out())
        .contains("column ~ amount BIGINT -> DOUBLE, used by m.named, m.total");
    towpath.write(
        "models/m/orders.sql", "SELECT id, day, region, amount, 1 AS one FROM raw.orders\n");
    assertThat(towpath.run("plan").good().out()).contains("column + one INTEGER, used by nothing");
  }

  private static String status(String json, String table) {
    String from = "\"table\":\"" + table + "\"";
    int at = json.indexOf(from);
    assertThat(at).as(json).isNotNegative();
    int end = json.indexOf('}', at);
    String task = json.substring(at, end);
    return task.contains("SKIPPED") || task.contains("skipped") ? "SKIPPED" : "SUCCESS";
  }
}
