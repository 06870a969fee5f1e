package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.graph.Asset;
import dev.towpath.spi.TableName;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "ls", description = "Lists tables: name, kind, file and what each reads.")
final class LsCommand extends BaseCommand {
  @Mixin private Selection selection = new Selection();

  @Override
  public Integer call() {
    try (Platform platform = platform()) {
      platform.environment(); // one that there is not is told, though nothing of it is listed
      Checked checked = platform.check();
      List<TableName> names = selection.of(checked.graph());
      List<Asset> assets = names.stream().map(checked.graph()::get).toList();
      if (json()) {
        console()
            .out()
            .println(
                Json.write(
                    Json.object(
                        "assets",
                        assets.stream()
                            .map(a ->
                                Json.object(
                                    "name",
                                    a.name().toString(),
                                    "kind",
                                    a.kind(),
                                    "file",
                                    a.file(),
                                    "reads",
                                    a.reads().stream().map(TableName::toString).toList(),
                                    "tags",
                                    a.tags(),
                                    "description",
                                    a.description()))
                            .toList())));
      } else {
        TextTable.lines(
                List.of("name", "kind", "file", "reads"),
                List.of(false, false, false, false),
                assets.stream()
                    .map(a ->
                        List.of(
                            a.name().toString(),
                            a.kind(),
                            a.file(),
                            String.join(
                                ", ", a.reads().stream().map(TableName::toString).toList())))
                    .toList())
            .forEach(console().out()::println);
      }
      if (!checked.passed()) {
        console().err().println("the project has problems; \"towpath check\" lists them");
      }
      return Main.OK;
    }
  }
}
