package dev.towpath.cli;

import dev.towpath.core.graph.Graph;
import dev.towpath.core.project.Flow;
import dev.towpath.core.release.Releases;
import dev.towpath.core.schedule.Beginning;
import dev.towpath.core.store.Release;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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
      Instant now = platform.clock().instant();
      Writers writers = writers(platform);
      Release release =
          new Releases(platform.store(), platform.lake())
              .rollback(
                  environment,
                  number == null ? OptionalLong.empty() : OptionalLong.of(number),
                  moved -> Optional.of(writers.pausing(moved, Who.name(), now)),
                  now);
      say(writers.paused());
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

  private Writers writers(Platform platform) {
    List<Flow> flows = platform.project().flows();
    return new Writers(
        flows,
        flows.isEmpty() ? new Graph(List.of()) : platform.check().graph(),
        new Beginning(platform.environment().name(), platform.store()),
        console().err()::println);
  }

  private void say(List<String> paused) {
    for (String flow : paused) {
      console()
          .err()
          .println(
              flow
                  + " is paused, since it writes what was taken back; \"towpath pause "
                  + flow
                  + " --off\" lets it go on");
    }
  }
}
