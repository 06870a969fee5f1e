package dev.towpath.cli;

import dev.towpath.core.project.Flow;
import dev.towpath.core.store.FlowRun;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "trigger",
    description =
        "Asks for a run of a flow; \"towpath serve\" starts it, now or when it runs next.")
final class TriggerCommand extends BaseCommand {
  @Parameters(paramLabel = "FLOW", description = "The name of its file in flows/.")
  private String flow = "";

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
              now);
      platform.store().flows().enqueue(run);
      if (json()) {
        console().out().println(Json.write(RunsCommand.json(run)));
      } else {
        console().out().println("run " + run.id() + " of " + found.name() + " waits for its start");
      }
      return Main.OK;
    }
  }
}
