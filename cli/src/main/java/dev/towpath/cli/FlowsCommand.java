package dev.towpath.cli;

import dev.towpath.core.project.Flow;
import dev.towpath.core.schedule.Firing;
import dev.towpath.core.schedule.Firings;
import dev.towpath.core.store.FlowState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

@Command(
    name = "flows",
    description = "Lists flows: what sets each off, when it is due next, and what it runs.")
final class FlowsCommand extends BaseCommand {
  @Override
  public Integer call() {
    try (Platform platform = platform()) {
      List<Flow> flows = platform.project().flows();
      Instant now = platform.clock().instant();
      Set<String> paused = paused(platform);
      if (json()) {
        console()
            .out()
            .println(
                Json.write(
                    Json.object(
                        "flows",
                        flows.stream()
                            .map(flow ->
                                Json.object(
                                    "name",
                                    flow.name(),
                                    "file",
                                    flow.file(),
                                    "trigger",
                                    trigger(flow),
                                    "next",
                                    next(flow, now).orElse(null),
                                    "paused",
                                    paused.contains(flow.name()),
                                    "run",
                                    flow.select().stream().map(Flow.Choice::text).toList(),
                                    "tags",
                                    flow.tags(),
                                    "description",
                                    flow.description().orElse("")))
                            .toList())));
      } else if (flows.isEmpty()) {
        console().out().println("there are no flows yet; one is a file flows/NAME.yml");
      } else {
        TextTable.lines(
                List.of("flow", "set off by", "due next", "runs"),
                List.of(false, false, false, false),
                flows.stream()
                    .map(flow ->
                        List.of(
                            flow.name(),
                            trigger(flow),
                            paused.contains(flow.name()) ? "paused" : next(flow, now).orElse(""),
                            flow.select().stream()
                                .map(Flow.Choice::text)
                                .collect(Collectors.joining(", "))))
                    .toList())
            .forEach(console().out()::println);
      }
      if (platform.project().problems().stream().anyMatch(dev.towpath.spi.Problem::isError)) {
        console().err().println("the project has problems; \"towpath check\" lists them");
      }
      return Main.OK;
    }
  }

  /** Those that are paused now; one that no process has seen to yet is as its file says. */
  private static Set<String> paused(Platform platform) {
    String environment = platform.environment().name();
    return platform.project().flows().stream()
        .filter(flow ->
            platform
                .store()
                .flows()
                .flow(environment, flow.name())
                .map(FlowState::paused)
                .orElse(flow.paused()))
        .map(Flow::name)
        .collect(Collectors.toSet());
  }

  private static String trigger(Flow flow) {
    return switch (flow.trigger()) {
      case Flow.Cron cron -> cron.expression() + " " + flow.zone();
      case Flow.Every every ->
          "every " + every.period().toString().substring(2).toLowerCase(java.util.Locale.ROOT);
      case Flow.After after ->
          "after "
              + after.tables().stream()
                  .map(Object::toString)
                  .collect(Collectors.joining(after.all() ? " and " : " or "));
      case Flow.Webhook _ -> "webhook";
      case Flow.Manual _ -> "people";
    };
  }

  private static Optional<String> next(Flow flow, Instant now) {
    return Firings.of(flow)
        .next(now)
        .map(Firing::at)
        .map(at -> SimulateCommand.text(at, flow.zone()));
  }
}
