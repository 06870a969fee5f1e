package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import picocli.CommandLine.Command;

@Command(
    name = "serve",
    description =
        "Runs the flows as they are due, until stopped. Follows changes of the project's files.")
final class ServeCommand extends BaseCommand {
  @Override
  public Integer call() {
    try (Platform platform = platform();
        Interrupts _ = Interrupts.watch()) {
      Checked checked = platform.check().orThrow();
      checked.problems().forEach(p -> console().err().println(p.toString()));
      platform.claimLake();
      int flows = checked.project().flows().size();
      console()
          .err()
          .println(
              "serving "
                  + Console.count(flows, "flow")
                  + " in "
                  + platform.environment().name()
                  + "; Ctrl-C stops");
      ProjectWatch watch = new ProjectWatch(options(), checked, console().err()::println);
      new FlowServer(options(), platform, watch, console()).serve();
      console().err().println("stopped");
      return Main.OK;
    }
  }
}
