package dev.towpath.cli;

import dev.towpath.core.project.Flow;
import dev.towpath.core.schedule.Beginning;
import dev.towpath.core.store.FlowState;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "pause",
    description =
        "Keeps a flow from running by itself, what is queued included; what people trigger, retry or"
            + " backfill still runs.")
final class PauseCommand extends BaseCommand {
  @Parameters(paramLabel = "FLOW", description = "The name of its file in flows/.")
  private String flow = "";

  @Option(names = "--off", description = "Let it go on.")
  private boolean off;

  @Override
  public Integer call() {
    try (Platform platform = platform()) {
      Flow found = FlowNames.find(platform, flow);
      platform.claimLake();
      Instant now = platform.clock().instant();
      FlowState beginning =
          new Beginning(platform.environment().name(), platform.store()).of(found, now);
      platform
          .store()
          .flows()
          .pause(beginning, !off, Who.does(off ? "resume" : "pause", found.name(), ""), now);
      if (json()) {
        console().out().println(Json.write(Json.object("flow", found.name(), "paused", !off)));
      } else {
        console().out().println(found.name() + (off ? " goes on" : " is paused"));
      }
      return Main.OK;
    }
  }
}
