package dev.towpath.cli;

import dev.towpath.core.release.Releases;
import dev.towpath.core.release.Restoration;
import picocli.CommandLine.Command;

@Command(
    name = "restore",
    description =
        "Rebuilds a lost metadata database from the manifests in the lake. A damaged database must"
            + " be moved away first.")
final class RestoreCommand extends BaseCommand {
  @Override
  public Integer call() {
    try (Platform platform = platform()) {
      Restoration done = new Releases(platform.store(), platform.lake()).restore();
      if (json()) {
        console()
            .out()
            .println(
                Json.write(
                    Json.object(
                        "releases",
                        done.releases(),
                        "heads",
                        done.heads().stream().map(ReleaseText::json).toList(),
                        "problems",
                        done.problems())));
        return Main.OK;
      }
      done.problems().forEach(p -> console().err().println("warning: " + p));
      done.heads()
          .forEach(h ->
              console().out().println(h.environment() + " is at release " + h.number() + " again"));
      console().out().println("restored " + Console.count(done.releases(), "release"));
      return Main.OK;
    }
  }
}
