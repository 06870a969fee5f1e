package dev.towpath.cli;

import dev.towpath.core.project.Flow;
import dev.towpath.core.release.Releases;
import dev.towpath.core.store.Release;
import java.util.List;
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
      Release release =
          new Releases(platform.store(), platform.lake())
              .rollback(
                  environment,
                  number == null ? OptionalLong.empty() : OptionalLong.of(number),
                  platform.clock().instant());
      pauseWriters(platform, release);
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

  private void pauseWriters(Platform platform, Release release) {
    List<Flow> flows = platform.project().flows();
    if (flows.isEmpty()) {
      return;
    }
    List<String> paused =
        Writers.pause(
            platform.store(),
            flows,
            platform.check().graph(),
            release,
            Who.name(),
            platform.clock().instant(),
            console().err()::println);
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
