package dev.towpath.cli;

import dev.towpath.core.graph.Graph;
import dev.towpath.core.graph.Selector;
import dev.towpath.core.project.Flow;
import dev.towpath.core.release.Releases;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.Release;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "rollback",
    description =
        "Publishes a release that has what release N had; without N, what the one before had."
            + " Twice goes back twice.")
final class RollbackCommand extends BaseCommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "N",
      description = "The release to go back to (default: the one before).")
  private @Nullable Long number;

  @Override
  public Integer call() {
    try (Platform platform = platform()) {
      String environment = platform.environment().name();
      platform.claimLake();
      Release release =
          new Releases(platform.store(), platform.lake())
              .rollback(
                  environment,
                  number == null ? OptionalLong.empty() : OptionalLong.of(number),
                  platform.clock().instant());
      pauseWriters(platform, environment, release);
      if (json()) {
        console().out().println(Json.write(ReleaseText.json(release)));
      } else {
        console()
            .out()
            .println(
                "published release "
                    + release.number()
                    + " of "
                    + environment
                    + ", which has what release "
                    + release.effective()
                    + " had");
      }
      return Main.OK;
    }
  }

  /** Flows that write what was taken back would bring it again, so they wait for people. */
  private void pauseWriters(Platform platform, String environment, Release release) {
    List<Flow> flows = platform.project().flows();
    if (flows.isEmpty()) {
      return;
    }
    Set<TableName> moved =
        moved(
            platform.store().view(environment, release.number() - 1),
            platform.store().view(environment, release.number()));
    Graph graph = platform.check().graph();
    for (Flow flow : flows) {
      try {
        List<String> words = flow.select().stream().map(Flow.Choice::text).toList();
        List<TableName> writes = Selector.parse(words, List.of()).select(graph);
        if (writes.stream().anyMatch(moved::contains)) {
          platform
              .store()
              .flows()
              .pause(
                  environment,
                  flow.name(),
                  true,
                  Who.does("pause", flow.name(), "by a rollback"),
                  platform.clock().instant());
          console()
              .err()
              .println(
                  flow.name()
                      + " is paused, since it writes what was taken back; \"towpath pause "
                      + flow.name()
                      + " --off\" lets it go on");
        }
      } catch (TowpathException e) {
        console().err().println(flow.file() + ": not looked at: " + e.getMessage());
      }
    }
  }

  private static Set<TableName> moved(LakeView before, LakeView after) {
    Set<TableName> tables = new HashSet<>(before.tables().keySet());
    tables.addAll(after.tables().keySet());
    tables.removeIf(t ->
        before.table(t).map(TableState::version).equals(after.table(t).map(TableState::version)));
    return tables;
  }
}
