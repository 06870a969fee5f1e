package dev.towpath.cli;

import dev.towpath.metadata.PostgresStore;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "worker",
    description =
        "Does tasks of flows beside \"towpath serve\", on this or another machine, until stopped."
            + " Each task uses the project's files as they were when its run began.")
final class WorkerCommand extends BaseCommand {
  @Option(
      names = "--slots",
      paramLabel = "N",
      description = "Tasks at a time (default: ${DEFAULT-VALUE}).",
      defaultValue = "16")
  private int slots;

  @Option(
      names = "--pools",
      paramLabel = "POOL",
      split = ",",
      description = "Take only tasks of these pools, with commas between them (default: all).")
  private List<String> pools = new ArrayList<>();

  @Override
  public Integer call() {
    if (slots < 1 || slots > 512) {
      throw new UsageException("--slots cannot be " + slots, "it is a number from 1 to 512");
    }
    Set<String> only = new LinkedHashSet<>(pools);
    if (only.stream().anyMatch(String::isBlank)) {
      throw new UsageException(
          "--pools has a name that is empty", "write names with commas: --pools a,b");
    }
    try (Platform platform = platform();
        Interrupts _ = Interrupts.watch()) {
      platform.claimLake();
      FlowWorker worker = new FlowWorker(options(), platform, slots, only, console());
      Set<String> unknown = worker.unknown();
      if (!unknown.isEmpty()) {
        throw new UsageException(
            "--pools has no pool \"" + unknown.iterator().next() + "\"",
            "there are: "
                + String.join(", ", worker.known())
                + "; pools: in towpath.yml adds more");
      }
      console().err().println(greeting(platform, only));
      worker.work();
      console().err().println("stopped");
      return Main.OK;
    }
  }

  private static String greeting(Platform platform, Set<String> only) {
    boolean server = platform.environment().metadata().filter(PostgresStore::takes).isPresent();
    return "working in "
        + platform.environment().name()
        + (only.isEmpty() ? "" : " for pools " + String.join(", ", only))
        + (server ? "" : "; the store is a file, so only for servers on this machine")
        + "; Ctrl-C stops";
  }
}
