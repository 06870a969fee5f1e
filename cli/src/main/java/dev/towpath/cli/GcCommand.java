package dev.towpath.cli;

import dev.towpath.core.project.Environment;
import dev.towpath.core.release.GcReport;
import dev.towpath.core.release.Releases;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "gc", description = "Removes what no kept release, live run or reader can reach.")
final class GcCommand extends BaseCommand {
  @Option(names = "--dry-run", description = "Only say what would be removed.")
  private boolean dryRun;

  @Option(
      names = "--grace",
      paramLabel = "HOURS",
      description =
          "Leave files that are younger than this (default: ${DEFAULT-VALUE}). With 0, no other"
              + " program may be writing into the lake.",
      defaultValue = "24")
  private double grace;

  @Override
  public Integer call() {
    if (grace < 0) {
      throw new UsageException("--grace is negative", "write a number of hours, such as 24");
    }
    try (Platform platform = platform()) {
      platform.claimLake();
      GcReport report =
          new Releases(platform.store(), platform.lake())
              .gc(
                  name ->
                      platform
                          .project()
                          .environment(name)
                          .flatMap(Environment::keep)
                          .orElse(Releases.KEEP),
                  Duration.ofMillis((long) (grace * 3_600_000)),
                  dryRun,
                  platform.clock().instant());
      if (json()) {
        console()
            .out()
            .println(
                Json.write(
                    Json.object(
                        "files",
                        report.files(),
                        "bytes",
                        report.bytes(),
                        "releases",
                        report.releases(),
                        "states",
                        report.states(),
                        "dry_run",
                        dryRun)));
        return Main.OK;
      }
      if (dryRun) {
        report.files().forEach(console().out()::println);
      }
      console()
          .out()
          .println(
              (dryRun ? "would remove " : "removed ")
                  + Console.count(report.files().size(), "file")
                  + ", "
                  + bytes(report.bytes())
                  + "; "
                  + (dryRun ? "would forget " : "forgot ")
                  + Console.count(report.releases(), "release"));
      return Main.OK;
    }
  }

  static String bytes(long bytes) {
    if (bytes < 10_000) {
      return Console.count(bytes, "byte");
    }
    return bytes < 10_000_000 ? bytes / 1000 + " kB" : bytes / 1_000_000 + " MB";
  }
}
