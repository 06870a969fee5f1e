package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.graph.Asset;
import dev.towpath.core.project.Job;
import dev.towpath.core.project.Source;
import dev.towpath.core.project.Template;
import dev.towpath.core.run.JobTry;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Column;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceTable;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.sensor.SensorRunner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Reaches out to every source and compares what it finds with what the check assumed, and to the
 * stores in which sensors wait for objects.
 */
final class Connections {
  /** Tables asked at once. More would be a burden to a database. */
  private static final int AT_ONCE = 8;

  private final Platform platform;

  Connections(Platform platform) {
    this.platform = platform;
  }

  /**
   * What the sources and stores said.
   *
   * @param checked the check's outcome with it added
   * @param reached a line for each source and each store's sensor that was answered
   */
  record Outcome(Checked checked, List<String> reached) {
    Outcome {
      reached = List.copyOf(reached);
    }
  }

  /** One table's answer: the problems with it, or how many columns it has. */
  private record Answer(List<Problem> problems, int columns) {}

  /** Asks all tables, several at once. A table that the check refused is asked too. */
  Outcome tryAll(Checked checked) {
    List<Problem> problems = new ArrayList<>(checked.problems());
    List<String> reached = new ArrayList<>();
    for (Map.Entry<Source, List<Answer>> source : answers(checked).entrySet()) {
      List<Answer> answers = source.getValue();
      answers.forEach(answer -> problems.addAll(answer.problems()));
      long good = answers.stream().filter(answer -> answer.columns() > 0).count();
      if (good == answers.size()) {
        int columns = answers.stream().mapToInt(Answer::columns).sum();
        reached.add(
            "%s: %s, %s, %s"
                .formatted(
                    source.getKey().name(),
                    source.getKey().type(),
                    Console.count(good, "table"),
                    Console.count(columns, "column")));
      } else if (good > 0) {
        reached.add(
            "%s: %s, %d of %s"
                .formatted(
                    source.getKey().name(),
                    source.getKey().type(),
                    good,
                    Console.count(answers.size(), "table")));
      }
    }
    objects(checked, problems, reached);
    return new Outcome(
        new Checked(
            checked.project(),
            checked.graph(),
            checked.endpointReads(),
            checked.endpointColumns(),
            checked.dashboards(),
            problems.stream().distinct().sorted().toList(),
            checked.cached(),
            checked.bound()),
        reached);
  }

  private void objects(Checked checked, List<Problem> problems, List<String> reached) {
    JobTry tries = new JobTry(checked.project(), platform.jobRunners());
    for (Job job : checked.project().jobs()) {
      String url = job.declaration().text("object").orElse("");
      boolean good =
          checked.problems().stream()
              .filter(Problem::isError)
              .map(p -> p.location().file())
              .noneMatch(file -> file.equals(job.file()) || file.equals("towpath.yml"));
      if (good && !isOfRun(url) && tries.sensor(job).orElse(null) instanceof SensorRunner sensor) {
        try {
          sensor
              .reach(tries.outsideOfRun(job))
              .ifPresent(what -> reached.add("job %s: s3, %s".formatted(job.name(), what)));
        } catch (CancelledException e) {
          throw e;
        } catch (TowpathException e) {
          problems.add(tries.problem(job, e));
        }
      }
    }
  }

  /** Whether only a run knows the bucket: a value of it stands before the key. */
  private static boolean isOfRun(String url) {
    return Template.uses(url).stream()
        .findFirst()
        .filter(use -> !url.substring(0, use.offset()).matches("[^/]*//[^/]+/.*"))
        .isPresent();
  }

  private Map<Source, List<Answer>> answers(Checked checked) {
    Map<Source, List<Future<Answer>>> waiting = new LinkedHashMap<>();
    Map<Source, List<Answer>> answers = new LinkedHashMap<>();
    try (ExecutorService pool =
        Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
      try {
        for (Source source : checked.project().sources()) {
          List<Future<Answer>> tables = new ArrayList<>();
          for (Source.Table table : source.tables()) {
            tables.add(pool.submit(() -> ask(checked, table.declaration())));
          }
          waiting.put(source, tables);
        }
        for (Map.Entry<Source, List<Future<Answer>>> source : waiting.entrySet()) {
          List<Answer> got = new ArrayList<>();
          for (Future<Answer> table : source.getValue()) {
            got.add(table.get());
          }
          answers.put(source.getKey(), got);
        }
      } catch (InterruptedException e) {
        pool.shutdownNow();
        Thread.currentThread().interrupt();
        throw new CancelledException();
      } catch (ExecutionException e) {
        pool.shutdownNow();
        throw e.getCause() instanceof RuntimeException cause
            ? cause
            : new IllegalStateException(e.getCause());
      }
    }
    return answers;
  }

  private Answer ask(Checked checked, SourceTable table) {
    try {
      Schema now = platform.contacts().contact(table);
      List<Problem> problems = new ArrayList<>();
      Optional<Asset> asset = checked.graph().asset(table.name());
      asset.ifPresent(known -> compare(known, table, now, problems));
      return new Answer(problems, now.columns().size());
    } catch (CancelledException e) {
      throw e;
    } catch (TowpathException e) {
      Problem problem =
          new Problem(
              Problem.Severity.ERROR, table.location(), String.valueOf(e.getMessage()), e.hint());
      return new Answer(e.problems().isEmpty() ? List.of(problem) : e.problems(), 0);
    }
  }

  private static void compare(Asset asset, SourceTable table, Schema now, List<Problem> problems) {
    Location at = table.location();
    String hint = "if that is meant, delete its lines in schemas.lock and check again";
    for (Column column : asset.columns().columns()) {
      Optional<Column> there = now.column(column.name());
      if (there.isEmpty()) {
        problems.add(
            Problem.error(
                at, asset.name() + " has lost its column \"" + column.name() + "\"", hint));
      } else if (!there.get().type().equals(column.type())) {
        problems.add(
            Problem.warning(
                at,
                "%s has %s in column \"%s\", where it had %s"
                    .formatted(
                        asset.name(), there.get().type().sql(), column.name(), column.type().sql()),
                hint));
      }
    }
    for (String name : now.names()) {
      if (asset.columns().column(name).isEmpty()) {
        problems.add(
            Problem.warning(at, asset.name() + " has a new column \"" + name + "\"", hint));
      }
    }
  }
}
