package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    assertThat(towpath.run("plan").good().out()).contains("? m.days").contains("m.orders is newer");
    Towpath.Result run = towpath.run("run", "--json").good();
    assertThat(status(run.out(), "m.days")).isEqualTo("SKIPPED");
    assertThat(status(run.out(), "m.total")).isEqualTo("SUCCESS");
    assertThat(towpath.run("plan").good().out()).contains("nothing is stale");
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
