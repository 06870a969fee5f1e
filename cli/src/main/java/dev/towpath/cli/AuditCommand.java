package dev.towpath.cli;

import dev.towpath.core.store.AuditLog;
import java.time.temporal.ChronoUnit;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "audit",
    description =
        "Lists who came in, who did not, and who did what to flows, runs and users, newest first.")
final class AuditCommand extends BaseCommand {
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
      List<AuditLog.Entry> entries =
          platform.store().audit().list(platform.environment().name(), limit);
      if (json()) {
        console()
            .out()
            .println(
                Json.write(
                    Json.object(
                        "entries",
                        entries.stream()
                            .map(e ->
                                Json.object(
                                    "id",
                                    e.id(),
                                    "at",
                                    e.at().toString(),
                                    "who",
                                    e.act().who(),
                                    "action",
                                    e.act().action(),
                                    "subject",
                                    e.act().subject(),
                                    "detail",
                                    e.act().detail()))
                            .toList())));
      } else if (entries.isEmpty()) {
        console().out().println("nobody has done anything yet");
      } else {
        TextTable.lines(
                List.of("at", "who", "action", "subject", "detail"),
                List.of(false, false, false, false, false),
                entries.stream()
                    .map(e ->
                        List.of(
                            e.at().truncatedTo(ChronoUnit.SECONDS).toString(),
                            e.act().who(),
                            e.act().action(),
                            e.act().subject(),
                            e.act().detail()))
                    .toList())
            .forEach(console().out()::println);
      }
      return Main.OK;
    }
  }
}
