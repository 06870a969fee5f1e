package dev.towpath.cli;

import dev.towpath.core.store.FlowRun;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "logs", description = "Prints what the jobs and Python models of a run printed.")
final class LogsCommand extends BaseCommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "RUN",
      description = "The run's id (default: the newest that printed anything).")
  private @Nullable String run;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what is printed, until the run of the flow is over.")
  private boolean follow;

  @Override
  public Integer call() {
    try (Platform platform = platform()) {
      if (follow) {
        return follow(platform);
      }
      Path logs = platform.storage().logs();
      // Runs that began in the same moment have names in no order.
      List<Path> runs = files(logs, Comparator.comparing(LogsCommand::changed));
      Optional<Path> folder =
          run == null
              ? Optional.ofNullable(runs.isEmpty() ? null : runs.getLast())
              : runs.stream().filter(f -> f.getFileName().toString().equals(run)).findFirst();
      if (folder.isEmpty()) {
        throw new UsageException(
            run == null ? "nothing has printed anything yet" : "run \"" + run + "\" has no log",
            "jobs and Python models write logs while they run");
      }
      for (Path log : files(folder.get(), Comparator.naturalOrder())) {
        if (!log.toString().endsWith(".log")) {
          console().out().println("== kept: " + platform.project().root().relativize(log));
          continue;
        }
        console().out().println("== " + name(log));
        for (String line : lines(log)) {
          console().out().println(line);
        }
      }
      return Main.OK;
    }
  }

  private int follow(Platform platform) {
    String id =
        Optional.ofNullable(run)
            .or(() ->
                platform
                    .store()
                    .flows()
                    .runs(platform.environment().name(), Optional.empty(), 1)
                    .stream()
                    .map(FlowRun::id)
                    .findFirst())
            .orElseThrow(
                () -> new UsageException("no flow has run yet", "\"towpath serve\" runs them"));
    if (platform.store().flows().run(id).isEmpty()) {
      throw new UsageException(
          "there is no run of a flow \"" + id + "\"", "\"towpath runs\" lists them");
    }
    try (Interrupts _ = Interrupts.watch()) {
      new LogTail(platform.storage().logs().resolve(id), console().out())
          .until(() -> platform.store().flows().run(id).map(r -> r.state().isOver()).orElse(true));
    }
    return Main.OK;
  }

  private static String name(Path log) {
    String file = log.getFileName().toString();
    return file.substring(0, file.length() - ".log".length());
  }

  private static FileTime changed(Path folder) {
    try {
      return Files.getLastModifiedTime(folder);
    } catch (IOException e) {
      return FileTime.fromMillis(0); // it has been removed meanwhile
    }
  }

  private static List<Path> files(Path folder, Comparator<Path> order) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted(order).toList();
    } catch (IOException e) {
      throw new TowpathException("the logs cannot be read: " + e.getMessage(), null, e);
    }
  }

  private static List<String> lines(Path log) {
    try {
      return Files.isRegularFile(log) ? Files.readAllLines(log) : List.of();
    } catch (IOException e) {
      throw new TowpathException("the log " + log + " cannot be read", null, e);
    }
  }
}
