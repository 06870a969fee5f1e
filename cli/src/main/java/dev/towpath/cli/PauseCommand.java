package dev.towpath.cli;

import dev.towpath.core.project.Flow;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "pause",
    description = "Keeps a flow from running by itself; people may still trigger it.")
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
      platform
          .store()
          .flows()
          .pause(
              platform.environment().name(),
              found.name(),
              !off,
              Who.does(off ? "resume" : "pause", found.name(), ""),
              platform.clock().instant());
      if (json()) {
        console().out().println(Json.write(Json.object("flow", found.name(), "paused", !off)));
      } else {
        console().out().println(found.name() + (off ? " goes on" : " is paused"));
      }
      return Main.OK;
    }
  }
}
