package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.graph.JobSelector;
import dev.towpath.core.graph.Selector;
import dev.towpath.core.plan.Plan;
import dev.towpath.core.project.Flow;
import dev.towpath.core.run.RunListener;
import dev.towpath.core.run.RunResult;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.Release;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Does one run of a flow: what {@code towpath run} does with the flow's selection. */
final class FlowWork {
  private final Options options;
  private final Checked checked;
  private final Console console;

  /**
   * Work on one version of the project.
   *
   * @param checked the version, as it was read and checked; edits made meanwhile do not count
   */
  FlowWork(Options options, Checked checked, Console console) {
    this.options = options;
    this.checked = checked;
    this.console = console;
  }

  /** Does the run on this thread, which is interrupted to cancel it. */
  FlowRun.End run(Flow flow, FlowRun run) {
    try (Platform platform = new Platform(options, checked.project())) {
      List<String> words = flow.select().stream().map(Flow.Choice::text).toList();
      List<String> tables = JobSelector.tables(words);
      Selector selector = Selector.parse(tables, List.of());
      Optional<Plan.Request> request =
          tables.isEmpty()
              ? Optional.empty()
              : Optional.of(
                  new Plan.Request(
                      selector.select(checked.graph()),
                      selector.isEverything(),
                      false,
                      Optional.empty(),
                      logicalTime(run, platform.clock().instant())));
      SelectedWork.Result result =
          new SelectedWork(platform, checked, RunListener.NONE, console, (_, _) -> {})
              .run(run.id(), request, words, told(flow, run));
      return end(
          result.success() ? FlowRun.State.SUCCESS : FlowRun.State.FAILED,
          result.tables().map(RunResult::run).filter(r -> !r.isEmpty()),
          result.tables().flatMap(RunResult::release).map(Release::number),
          first(result.problems()));
    } catch (CancelledException e) {
      return end(FlowRun.State.CANCELLED, Optional.empty(), Optional.empty(), Optional.empty());
    } catch (TowpathException e) {
      Optional<String> message =
          e.problems().isEmpty() ? Optional.ofNullable(e.getMessage()) : first(e.problems());
      return end(FlowRun.State.FAILED, Optional.empty(), Optional.empty(), message);
    }
  }

  private static Map<String, String> told(Flow flow, FlowRun run) {
    Map<String, String> told = new HashMap<>();
    told.put("TOWPATH_FLOW", flow.name());
    told.put("TOWPATH_DUE", run.due().toString());
    run.start()
        .ifPresent(start -> {
          told.put("TOWPATH_START", start.toString());
          told.put("TOWPATH_END", run.due().toString());
        });
    return told;
  }

  /** A scheduled run sees the moment at which it was due, however late it starts. */
  private static Instant logicalTime(FlowRun run, Instant now) {
    Instant time = run.cause() == FlowRun.Cause.SCHEDULE ? run.due() : now;
    return time.truncatedTo(ChronoUnit.MICROS);
  }

  private static Optional<String> first(List<Problem> problems) {
    int more = (int) problems.stream().distinct().count() - 1;
    return problems.stream()
        .findFirst()
        .map(p -> p.location() + ": " + p.message() + (more > 0 ? " (and " + more + " more)" : ""));
  }

  private static FlowRun.End end(
      FlowRun.State state, Optional<String> run, Optional<Long> release, Optional<String> message) {
    return new FlowRun.End(state, run, release, message);
  }
}
