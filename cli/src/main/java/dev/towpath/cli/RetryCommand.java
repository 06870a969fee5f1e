package dev.towpath.cli;

import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.spi.Names;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "retry",
    description =
        "Lets a run of a flow that is over run again: the tasks that did not end well, and all that"
            + " wait for them.")
final class RetryCommand extends BaseCommand {
  @Parameters(
      index = "0",
      paramLabel = "RUN",
      description = "Its id, as \"towpath runs\" shows it.")
  private String run = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "TASK",
      description = "Only these tasks, such as job:fetch, and what waits for them.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--all", description = "All of its tasks, those that ended well included.")
  private boolean all;

  @Option(
      names = "--from",
      paramLabel = "TASK",
      description = "This task, however it ended, and all that wait for it.")
  private @Nullable String from;

  @Override
  public Integer call() {
    if ((all ? 1 : 0) + (from == null ? 0 : 1) + (names.isEmpty() ? 0 : 1) > 1) {
      throw new UsageException(
          "TASK, --all and --from exclude each other", "give one of them, or none");
    }
    try (Platform platform = platform()) {
      MetadataStore store = platform.store();
      FlowRun found =
          store
              .flows()
              .run(run)
              .orElseThrow(() ->
                  new UsageException(
                      "there is no run \"" + run + "\"", "\"towpath runs\" lists them"));
      if (!found.state().isOver()) {
        throw new UsageException(
            "run " + run + " is not over", "\"towpath cancel " + run + "\" ends it");
      }
      List<FlowTask> tasks = store.tasks().tasks(run);
      if (tasks.isEmpty()
          && names.isEmpty()
          && from == null
          && found.state() != FlowRun.State.SUCCESS) {
        boolean first =
            store.flows().requeue(run, Who.does("retry", run, ""), platform.clock().instant());
        requireFirst(first);
        say(List.of());
        return Main.OK;
      }
      Set<String> wanted = wanted(tasks);
      if (wanted.isEmpty()) {
        throw new UsageException(
            "every task of run " + run + " ended well",
            "--all runs all of them again, --from TASK some");
      }
      boolean whole = all || from != null;
      Set<FlowTask.Key> again =
          store
              .tasks()
              .reset(
                  run,
                  wanted,
                  whole,
                  Who.does("retry", run, String.join(" ", wanted)),
                  platform.clock().instant());
      requireFirst(!again.isEmpty());
      List<String> shown = again.stream().map(FlowTask.Key::toString).sorted().toList();
      say(shown);
      return Main.OK;
    }
  }

  private void requireFirst(boolean first) {
    if (!first) {
      throw new UsageException(
          "run " + run + " is not over any more: somebody else was first",
          "\"towpath show " + run + "\" shows where it stands");
    }
  }

  private void say(List<String> tasks) {
    if (json()) {
      console().out().println(Json.write(Json.object("run", run, "tasks", tasks)));
    } else {
      console()
          .out()
          .println(
              "run "
                  + run
                  + " waits for its start"
                  + (tasks.isEmpty() ? "" : ": " + Console.count(tasks.size(), "task")));
    }
  }

  private Set<String> wanted(List<FlowTask> tasks) {
    List<String> known = tasks.stream().map(t -> t.key().name()).distinct().toList();
    Set<String> wanted = new LinkedHashSet<>(names);
    if (from != null) {
      wanted.add(from);
    }
    for (String name : wanted) {
      if (!known.contains(name)) {
        throw new UsageException(
            "run " + run + " has no task \"" + name + "\"",
            Names.nearest(name, known)
                .map(n -> "did you mean \"" + n + "\"?")
                .orElse("\"towpath show " + run + "\" lists them"));
      }
    }
    if (wanted.isEmpty()) {
      tasks.stream()
          .filter(t -> all || !t.state().isWell())
          .forEach(t -> wanted.add(t.key().name()));
    }
    return wanted;
  }
}
