package dev.towpath.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.cli.Towpath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/lineage.md}: its commands print what it says they print. */
class LineagePageTest {
  private static final String COMMAND = "./towpath lineage -C examples/flights ";

  @TempDir private Path folder;
  private final Page page = Page.read("docs/lineage.md");

  @Test
  void eachCommandPrintsWhatStandsBelowIt() throws IOException {
    Towpath.copy(Path.of("../examples/flights"), folder);
    Towpath flights = new Towpath(folder);
    List<Page.Block> commands =
        page.blocks().stream().filter(b -> b.text().startsWith(COMMAND)).toList();
    assertThat(commands).hasSize(3);
    for (Page.Block command : commands) {
      String asked = command.text().strip().substring(COMMAND.length());
      assertThat(flights.run(("lineage " + asked).split(" ")).good().out())
          .containsPattern("\\A" + Page.output(page.after(command).text()));
    }
    Towpath.Result wrong = flights.run("lineage", "marts.league.on_tme_pct");
    assertThat(wrong.exit()).isEqualTo(1);
    assertThat(wrong.err()).isEqualTo(page.with("did you mean").text());
  }

  @Test
  void aPlanIsAsShown() throws IOException {
    Towpath project = new Towpath(folder);
    project.write("towpath.yml", "project: t\n");
    project.write("seeds/raw/orders.csv", "id,day,amount\n1,2026-01-01,5\n2,2026-01-02,7\n");
    project.write("models/m/orders.sql", "SELECT id, day, amount FROM raw.orders\n");
    project.write("models/m/total.sql", "SELECT sum(amount)::DOUBLE AS total FROM m.orders\n");
    project.write(
        "models/m/days.sql",
        "/* towpath\nkind: incremental\ntime: day\n*/\n"
            + "SELECT day, count(*) AS orders FROM m.orders"
            + " WHERE day >= $start AND day < $end GROUP BY day\n");
    project.run("run").good();
    project.write(
        "models/m/orders.sql", "SELECT id, day, amount::DOUBLE AS amount FROM raw.orders\n");
    assertThat(project.run("plan").good().out())
        .containsPattern(Page.output(page.with("plan for dev").text()));
  }
}
