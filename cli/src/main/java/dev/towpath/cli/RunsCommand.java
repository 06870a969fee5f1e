package dev.towpath.cli;

import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.JsonText;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "runs", description = "Lists runs of flows, newest first.")
final class RunsCommand extends BaseCommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "FLOW",
      description = "Only runs of this flow (default: of all).")
  private @Nullable String flow;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "How many (default: ${DEFAULT-VALUE}).",
      defaultValue = "20")
  private int limit;

  @Override
  public Integer call() {
    WrongUsage.positive("--limit", limit);
    try (Platform platform = platform()) {
      if (flow != null) {
        requireKnown(platform, flow);
      }
      List<FlowRun> runs =
          platform
              .store()
              .flows()
              .runs(platform.environment().name(), Optional.ofNullable(flow), limit);
      if (json()) {
        console()
            .out()
            .println(
                Json.write(Json.object("runs", runs.stream().map(RunsCommand::json).toList())));
      } else if (runs.isEmpty()) {
        console()
            .out()
            .println(
                (flow == null ? "no flow has run yet" : flow + " has not run yet")
                    + "; \"towpath serve\" runs them");
      } else {
        TextTable.lines(
                List.of("run", "flow", "state", "due", "took", "release", "message"),
                List.of(false, false, false, false, true, true, false),
                runs.stream().map(RunsCommand::row).toList())
            .forEach(console().out()::println);
      }
      return Main.OK;
    }
  }

  /** A flow of the project, or one whose file is gone and whose runs are kept. */
  private static void requireKnown(Platform platform, String flow) {
    boolean ran =
        !platform
            .store()
            .flows()
            .runs(platform.environment().name(), Optional.of(flow), 1)
            .isEmpty();
    if (!ran) {
      var _ = FlowNames.find(platform, flow);
    }
  }

  private static List<String> row(FlowRun run) {
    return List.of(
        run.id(),
        run.flow(),
        run.state().name().toLowerCase(Locale.ROOT),
        run.due().truncatedTo(ChronoUnit.SECONDS).toString(),
        took(run).map(RunProgress::seconds).orElse(""),
        run.release().map(Object::toString).orElse(""),
        run.message().orElse(""));
  }

  private static Optional<Duration> took(FlowRun run) {
    return run.started()
        .flatMap(started -> run.finished().map(end -> Duration.between(started, end)));
  }

  static Map<String, @Nullable Object> json(FlowRun run) {
    return Json.object(
        "id",
        run.id(),
        "flow",
        run.flow(),
        "state",
        run.state().name(),
        "cause",
        run.cause().name(),
        "due",
        run.due().toString(),
        "start",
        run.start().map(Instant::toString).orElse(null),
        "started",
        run.started().map(Instant::toString).orElse(null),
        "finished",
        run.finished().map(Instant::toString).orElse(null),
        "attempts",
        run.attempts(),
        "release",
        run.release().orElse(null),
        "message",
        run.message().orElse(null),
        "params",
        JsonText.object(run.params()),
        "backfill",
        run.backfill().orElse(null),
        "version",
        run.version().orElse(null));
  }
}
