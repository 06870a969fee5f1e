package dev.towpath.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.cli.Towpath;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/models.md}: each of its files does what the page says, in a project around it. */
class ModelsPageTest {
  @TempDir private Path folder;
  private final Page page = Page.read("docs/models.md");

  @Test
  void theFirstModelIsBuiltDayByDay() throws IOException {
    Towpath project = project();
    project.write(
        "seeds/core/flights.csv",
        "day,origin\n2026-01-01,EWR\n2026-01-01,EWR\n2026-01-01,JFK\n2026-01-02,JFK\n");
    project.write("models/marts/daily.sql", page.with("description: How each day went").text());
    project.run("run").good();
    assertThat(csv(project, "SELECT * FROM marts.daily ORDER BY ALL"))
        .isEqualTo("day,origin,flights\n2026-01-01,EWR,2\n2026-01-01,JFK,1\n2026-01-02,JFK,1\n");
    assertThat(project.run("ls", "tag:delays").good().out()).contains("marts.daily");
    project.run("run", "marts.daily", "--from", "2026-01-01", "--to", "2026-02-01").good();
  }

  @Test
  void whatCameIsAppendedAndHistoryIsNotLost() throws IOException {
    Towpath project = project();
    project.write(
        "sources/raw.yml",
        "type: files\ntables: {events: {path: \"data/*.csv\", mode: append,"
            + " columns: {id: bigint, at: timestamp, amount: double, currency: varchar}}}\n");
    project.write("seeds/ref/rates.csv", "currency,rate\nUSD,0.5\n");
    project.write("models/m/log.sql", page.with("kind: append").text());
    project.write("data/1.csv", events(1, 4));
    project.run("run").good();
    project.write("seeds/ref/rates.csv", "currency,rate\nUSD,2.0\n");
    project.write("data/2.csv", events(5, 6));
    project.run("run").good();
    assertThat(csv(project, "SELECT id, euros FROM m.log ORDER BY id"))
        .isEqualTo("id,euros\n1,5.0\n2,5.0\n3,5.0\n4,5.0\n5,20.0\n6,20.0\n");

    project.write(
        "models/m/log.sql", page.with("kind: append").text().replace("AS euros", "+ 1 AS euros"));
    String lost = page.with("cannot be computed again").text();
    assertThat(project.run("plan").err()).contains(lost);
    Towpath.Result refused = project.run("run");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains(lost);
  }

  @Test
  void whatStandsBesideAModelAndATestOfIt() throws IOException {
    Towpath.copy(Path.of("../examples/flights"), folder);
    Towpath flights = new Towpath(folder);
    flights.write("models/staging/_schema.yml", page.with("models:\n").text());
    flights.write("tests/page.yml", page.with("given:").text());
    flights.run("check").good();
    assertThat(flights.run("show", "staging.flights").good().out())
        .contains("One row a flight, typed, with what became of it")
        .contains("The scheduled day of departure in New York")
        .contains("not_null(day)");
    assertThat(flights.run("test").good().out()).contains("5 passed, 0 failed");
  }

  private Towpath project() throws IOException {
    Towpath project = new Towpath(folder);
    project.write("towpath.yml", "project: page\n");
    return project;
  }

  private static String events(int first, int last) {
    StringBuilder lines = new StringBuilder("id,at,amount,currency\n");
    for (int id = first; id <= last; id++) {
      lines.append(id).append(",2026-01-01 10:00:00,10,USD\n");
    }
    return lines.toString();
  }

  private static String csv(Towpath project, String sql) {
    return project.run("query", sql, "--format", "csv").good().out().replace("\r", "");
  }
}
