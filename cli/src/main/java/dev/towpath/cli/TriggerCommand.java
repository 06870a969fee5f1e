package dev.towpath.cli;

import dev.towpath.core.parameter.FlowParameters;
import dev.towpath.core.project.Flow;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.JsonText;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "trigger",
    description =
        "Asks for a run of a flow; \"towpath serve\" starts it, now or when it runs next.")
final class TriggerCommand extends BaseCommand {
  @Parameters(paramLabel = "FLOW", description = "The name of its file in flows/.")
  private String flow = "";

  @Option(
      names = "--param",
      paramLabel = "NAME=VALUE",
      description = "A value of one of its params:; several for one that is a list.")
  private List<String> parameters = new ArrayList<>();

  @Override
  public Integer call() {
    try (Platform platform = platform()) {
      Flow found = FlowNames.find(platform, flow);
      platform.check().orThrow();
      platform.claimLake();
      Instant now = platform.clock().instant();
      FlowRun run =
          FlowRun.queued(
                  Ids.next(now),
                  platform.environment().name(),
                  found.name(),
                  FlowRun.Cause.PERSON,
                  now,
                  Optional.empty(),
                  now)
              .with(JsonText.write(values(found)));
      platform
          .store()
          .flows()
          .enqueue(run, Optional.of(Who.does("trigger", run.id(), "flow " + found.name())));
      if (json()) {
        console().out().println(Json.write(RunsCommand.json(run)));
      } else {
        console().out().println("run " + run.id() + " of " + found.name() + " waits for its start");
      }
      return Main.OK;
    }
  }

  private Map<String, @Nullable Object> values(Flow found) {
    Map<String, List<String>> given = new LinkedHashMap<>();
    for (String parameter : parameters) {
      int equals = parameter.indexOf('=');
      if (equals < 1) {
        throw new UsageException(
            "--param cannot be \"" + parameter + "\"", "write --param NAME=VALUE");
      }
      given
          .computeIfAbsent(parameter.substring(0, equals), _ -> new ArrayList<>())
          .add(parameter.substring(equals + 1));
    }
    try {
      return FlowParameters.values(found, given);
    } catch (TowpathException e) {
      throw new UsageException(
          String.valueOf(e.getMessage()),
          e.hint().map(h -> h + "; give values with --param NAME=VALUE").orElse(""));
    }
  }
}
