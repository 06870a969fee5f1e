package dev.towpath.cli;

import dev.towpath.core.store.Release;
import java.time.temporal.ChronoUnit;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "releases", description = "Lists the releases of an environment, newest first.")
final class ReleasesCommand extends BaseCommand {
  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "How many (default: ${DEFAULT-VALUE}).",
      defaultValue = "50")
  private int limit;

  @Override
  public Integer call() {
    WrongUsage.positive("--limit", limit);
    try (Platform platform = platform()) {
      List<Release> releases = platform.store().releases(platform.environment().name(), limit);
      if (json()) {
        console()
            .out()
            .println(
                Json.write(
                    Json.object("releases", releases.stream().map(ReleaseText::json).toList())));
        return Main.OK;
      }
      if (releases.isEmpty()) {
        console().out().println("nothing is published yet; \"towpath run\" publishes");
        return Main.OK;
      }
      TextTable.lines(
              List.of("release", "published", "by", "content of", "changed", "tables", "note"),
              List.of(true, false, false, true, true, true, false),
              releases.stream()
                  .map(r ->
                      List.of(
                          Long.toString(r.number()),
                          r.published().truncatedTo(ChronoUnit.SECONDS).toString(),
                          ReleaseText.kind(r),
                          r.effective() == r.number() ? "" : Long.toString(r.effective()),
                          Integer.toString(r.changed()),
                          Integer.toString(r.tables()),
                          r.note()))
                  .toList())
          .forEach(console().out()::println);
      return Main.OK;
    }
  }
}
