package dev.towpath.cli;

import dev.towpath.core.store.FlowStore;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "cancel",
    description =
        "Stops a run of a flow. What stands under finally: still runs; a second time stops that, too.")
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
      boolean open =
          flows.cancel(
              run,
              "cancelled by " + Who.name(),
              Optional.of(Who.does("cancel", run, "")),
              platform.clock().instant());
      if (json()) {
        console().out().println(Json.write(Json.object("run", run, "cancelled", open)));
      } else {
        console().out().println("run " + run + (open ? " is being stopped" : " is over already"));
      }
      return Main.OK;
    }
  }
}
