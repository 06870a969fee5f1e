package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.flow.TaskWork;
import dev.towpath.core.graph.JobSelector;
import dev.towpath.core.graph.Selector;
import dev.towpath.core.plan.Plan;
import dev.towpath.core.project.Flow;
import dev.towpath.core.run.Exporter;
import dev.towpath.core.run.RunListener;
import dev.towpath.core.run.RunResult;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.Publication;
import dev.towpath.core.store.Release;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Builds the tables of a run of a flow, publishes them as one release, and exports them. */
final class FlowTables {
  private final Platform served;
  private final Console console;
  private final RunListener listener;

  /**
   * For a process.
   *
   * @param served whose store, and so whose lease, the release is published under: a process that
   *     has lost its tasks publishes nothing of them
   * @param listener hears of the tables that are built
   */
  FlowTables(Platform served, Console console, RunListener listener) {
    this.served = served;
    this.console = console;
    this.listener = listener;
  }

  /** Does it on this thread, with one version of the project. */
  TaskWork.Outcome run(Checked checked, Flow flow, FlowRun run, FlowTask task) {
    try (Platform platform = served.at(checked.project())) {
      List<String> words =
          JobSelector.tables(flow.select().stream().map(Flow.Choice::text).toList());
      Selector selector = Selector.parse(words, List.of());
      Plan.Request request =
          new Plan.Request(
              selector.select(checked.graph()),
              selector.isEverything(),
              false,
              Optional.empty(),
              logicalTime(run, platform.clock().instant()));
      Publication.Owner owner = new Publication.Owner(task.key(), task.fence());
      RunResult result =
          new RunWork(platform, checked, listener, Optional.of(owner)).run(request, words);
      List<Problem> problems = new ArrayList<>();
      result.tasks().forEach(built -> problems.addAll(built.problems()));
      if (result.success()) {
        List<Exporter.Outcome> exports = new Exports(platform, checked, console).deliver();
        problems.addAll(Exports.problems(exports));
      }
      if (!result.success() || !problems.isEmpty()) {
        return new TaskWork.Failed(
            first(problems).orElse("a check on data failed"), flow.retries());
      }
      Optional<Long> release = result.release().map(Release::number);
      return new TaskWork.Ended(
          new FlowTask.End(
              FlowTask.State.SUCCESS,
              Optional.empty(),
              Optional.empty(),
              result.run().isEmpty()
                  ? Optional.empty()
                  : Optional.of(new FlowTask.Tables(result.run(), release))));
    } catch (CancelledException e) {
      throw e; // nothing has failed: it was cancelled, or this process stops and gives it back
    } catch (TowpathException e) {
      return new TaskWork.Failed(
          first(e.problems()).orElseGet(() -> String.valueOf(e.getMessage())), flow.retries());
    }
  }

  /** A run for an interval sees the moment at which it was due, however late it starts. */
  private static Instant logicalTime(FlowRun run, Instant now) {
    return (run.isForInterval() ? run.due() : now).truncatedTo(ChronoUnit.MICROS);
  }

  private static Optional<String> first(List<Problem> problems) {
    List<Problem> distinct = problems.stream().distinct().toList();
    int more = distinct.size() - 1;
    return distinct.stream()
        .findFirst()
        .map(p -> p.location() + ": " + p.message() + (more > 0 ? " (and " + more + " more)" : ""));
  }
}
