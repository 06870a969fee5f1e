package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Graph;
import dev.towpath.core.lineage.ColumnGraph;
import dev.towpath.core.lineage.Lineages;
import dev.towpath.spi.Column;
import dev.towpath.spi.Lineage.Input;
import dev.towpath.spi.Names;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "lineage",
    description =
        "Says where a column comes from and where it goes to, up to sources and seeds and down to"
            + " checks, unit tests, endpoints and dashboards; of a whole table, what each column is made of and"
            + " who reads which.")
final class LineageCommand extends BaseCommand {
  @Parameters(
      paramLabel = "ASSET[.COLUMN]",
      description = "A table or one of its columns, such as marts.daily.revenue.")
  private String name = "";

  @Option(
      names = "--depth",
      paramLabel = "N",
      description = "Follow a column this many steps; default: to the end.")
  private int depth = Integer.MAX_VALUE;

  @Option(
      names = "--rows",
      description =
          "On the way up, follow what decides which rows there are, too; without it that is named"
              + " only.")
  private boolean rows;

  @Override
  public Integer call() {
    if (depth < 1) {
      throw new UsageException("--depth must be at least 1", "1 shows the direct neighbours");
    }
    try (Platform platform = platform();
        Interrupts _ = Interrupts.watch()) {
      platform.expectLineages();
      Checked checked = platform.check();
      Graph graph = checked.graph();
      Asset asset = asset(graph);
      Optional<Column> column = column(asset);
      ColumnGraph columns;
      try (Lineages lineages = platform.lineages(checked)) {
        columns = lineages.columns();
      }
      LineageText text = new LineageText(graph, columns);
      if (column.isPresent()) {
        Input input = new Input(asset.name(), column.get().name());
        if (json()) {
          console().out().println(Json.write(text.json(input, depth, rows)));
        } else {
          text.lines(input, column.get(), depth, rows).forEach(console().out()::println);
        }
      } else if (json()) {
        console().out().println(Json.write(text.json(asset)));
      } else {
        text.lines(asset).forEach(console().out()::println);
      }
      console().out().flush();
      if (!checked.passed()) {
        console().err().println("the project has problems; \"towpath check\" lists them");
      }
      return Main.OK;
    }
  }

  /** The table that the argument names, with or without a column behind it. */
  private Asset asset(Graph graph) {
    Optional<Asset> whole = graph.asset(TableName.parse(name));
    if (whole.isPresent()) {
      return whole.get();
    }
    int dot = name.lastIndexOf('.');
    String table = dot > name.indexOf('.') && dot < name.length() - 1 ? name.substring(0, dot) : "";
    Optional<Asset> owner =
        table.isEmpty() ? Optional.empty() : graph.asset(TableName.parse(table));
    return owner.orElseThrow(() -> {
      String wanted = table.isEmpty() ? name : table;
      return new TowpathException(
          "unknown table \"" + wanted + "\"",
          Names.nearest(wanted, graph.assets().stream().map(a -> a.name().toString()).toList())
              .map(n -> "did you mean \"" + n + "\"?")
              .orElse(
                  "\"towpath ls\" lists all; \"towpath check\" says what is wrong with the rest"));
    });
  }

  private Optional<Column> column(Asset asset) {
    if (TableName.parse(name).equals(asset.name())) {
      return Optional.empty();
    }
    String wanted = name.substring(name.lastIndexOf('.') + 1);
    Optional<Column> column = asset.columns().column(wanted);
    if (column.isEmpty()) {
      throw new TowpathException(
          "unknown column \"" + wanted + "\" in " + asset.name(),
          Names.nearest(wanted, asset.columns().names())
              .map(n -> "did you mean \"" + n + "\"?")
              .orElse("it has: " + String.join(", ", asset.columns().names())));
    }
    return column;
  }
}
