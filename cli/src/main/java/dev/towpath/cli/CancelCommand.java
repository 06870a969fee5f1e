package dev.towpath.cli;

import dev.towpath.core.store.FlowStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "cancel", description = "Stops a run of a flow; nothing of it is published.")
final class CancelCommand extends BaseCommand {
  @Parameters(paramLabel = "RUN", description = "Its id, as \"towpath runs\" shows it.")
  private String run = "";

  @Override
  public Integer call() {
    try (Platform platform = platform()) {
      FlowStore flows = platform.store().flows();
      if (flows.run(run).isEmpty()) {
        throw new UsageException("there is no run \"" + run + "\"", "\"towpath runs\" lists them");
      }
      boolean open = flows.cancel(run, "somebody cancelled it", platform.clock().instant());
      if (json()) {
        console().out().println(Json.write(Json.object("run", run, "cancelled", open)));
      } else {
        console().out().println("run " + run + (open ? " is being stopped" : " is over already"));
      }
      return Main.OK;
    }
  }
}
