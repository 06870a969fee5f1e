package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What dbt-core and dbt-duckdb build from a project, and what Towpath builds from its import, are
 * the same tables, row for row.
 */
@Tag("integration")
class DbtImportTest {
  private static final Path PROJECTS = Path.of("src/test/resources/dbt");

  @TempDir private Path folder;

  @Test
  void cafeIsTheSame() throws Exception {
    Path dbt = project("cafe");
    Towpath imported = imported(dbt, "0 not imported, 0 in another form");

    same(
        dbt,
        imported,
        Map.of(
            "cafe_raw.raw_customers", "raw.raw_customers",
            "cafe_raw.raw_orders", "raw.raw_orders",
            "cafe_raw.raw_payments", "raw.raw_payments",
            "cafe_staging.stg_customers", "staging.stg_customers",
            "cafe_staging.stg_orders", "staging.stg_orders",
            "cafe_staging.stg_payments", "staging.stg_payments",
            "cafe_marts.customers", "marts.customers",
            "cafe_marts.orders", "marts.orders"));
    assertThat(imported.run("test").good().out()).contains("1 passed, 0 failed");
  }

  @Test
  void harbourIsTheSameAlsoAfterMoreRows() throws Exception {
    Path dbt = project("harbour");
    HarbourData.write(dbt.resolve("data"), 11);
    Towpath imported = imported(dbt, " 3 not imported");

    same(dbt, imported, HARBOUR);
    assertThat(imported.run("test").good().out()).contains("1 passed, 0 failed");
    assertThat(imported.run("run").good().out()).contains("nothing is stale");

    Path calls = dbt.resolve("data/calls.csv");
    Files.writeString(
        calls,
        Files.readString(calls)
            + "90001,9000001,1,2025-03-20 10:00:00,2025-03-20 12:00:00,left\n"
            + "90002,9000002,4,2025-03-21 23:50:00,2025-03-22 01:00:00,berthed\n");
    Path ships = dbt.resolve("data/ships.csv");
    Files.writeString(ships, Files.readString(ships).replaceFirst("Ship, 7\"", "Ship, 7 II\""));
    same(dbt, imported, HARBOUR);
    assertThat(rows(imported, "marts.ship_versions")).contains("Ship, 7 II");
  }

  private static final Map<String, String> HARBOUR =
      Map.ofEntries(
          Map.entry("ref.berths", "ref.berths"),
          Map.entry("ref.fees", "ref.fees"),
          Map.entry("staging.calls", "staging.calls"),
          Map.entry("staging.stg_ships", "staging.stg_ships"),
          Map.entry("staging.stg_invoices", "staging.stg_invoices"),
          Map.entry("marts.daily_calls", "marts.daily_calls"),
          Map.entry("marts.monthly_calls", "marts.monthly_calls"),
          Map.entry("marts.days", "marts.days"),
          Map.entry("marts.last_calls", "marts.last_calls"),
          Map.entry("marts.ship_versions", "marts.ship_versions"),
          Map.entry("money.revenue", "money.revenue"),
          Map.entry("money.ship_totals", "money.ship_totals"),
          Map.entry("money.invoice_lines", "money.invoice_lines"),
          Map.entry("main.late_invoices", "harbour.late_invoices"));

  private Path project(String name) throws IOException {
    Path dbt = folder.resolve(name);
    Towpath.copy(PROJECTS.resolve(name), dbt);
    return dbt;
  }

  private Towpath imported(Path dbt, String said) {
    Towpath imported = new Towpath(folder.resolve("imported"));
    Towpath.Result result =
        new Towpath(folder)
            .run("import", "dbt", dbt.toString(), "--to", imported.folder().toString())
            .good();
    assertThat(result.out()).contains(said).contains("the new project passes its check");
    imported.run("check").good();
    return imported;
  }

  /** Builds both, and compares every table: names and order of columns, and rows as text. */
  private static void same(Path dbt, Towpath imported, Map<String, String> tables)
      throws IOException, InterruptedException {
    Map<String, String> theirs = Dbt.build(dbt, List.copyOf(tables.keySet()));
    imported.run("run").good();
    Map<String, String> ours = new TreeMap<>();
    tables.forEach((their, our) -> ours.put(their, rows(imported, our)));
    for (String table : new ArrayList<>(ours.keySet())) {
      assertThat(ours.get(table)).as(table).isEqualTo(theirs.get(table));
      assertThat(ours.get(table).lines().count()).as(table).isGreaterThan(1);
    }
  }

  private static String rows(Towpath project, String table) {
    return project
        .run(
            "query",
            "--format",
            "csv",
            "SELECT COLUMNS(*)::VARCHAR FROM " + table + " ORDER BY ALL")
        .good()
        .out()
        .replace("\r\n", "\n");
  }
}
