package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.project.Job;
import dev.towpath.core.run.CheckOutcome;
import dev.towpath.core.run.JobWork;
import dev.towpath.core.run.RunResult;
import dev.towpath.core.run.TaskOutcome;
import dev.towpath.core.store.Release;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "run",
    description = "Builds what is stale, checks it, and publishes all of it as one release.")
final class RunCommand extends BaseCommand {
  @Mixin private PlanOptions plan = new PlanOptions();

  @Override
  public Integer call() {
    try (Platform platform = platform();
        Interrupts _ = Interrupts.watch()) {
      Checked checked = platform.check().orThrow();
      RunProgress progress = new RunProgress(console(), platform.clock(), json());
      Instant now = RunWork.logicalTime(platform);
      Selection selection = plan.selection();
      selection.requireJobs(checked.project());
      SelectedWork.Result result;
      try {
        checked.problems().forEach(p -> console().err().println(p.toString()));
        result =
            new SelectedWork(platform, checked, progress, console(), this::say)
                .run(
                    Ids.next(now),
                    selection.hasTables()
                        ? Optional.of(plan.request(checked, now))
                        : Optional.empty(),
                    selection.words(),
                    Map.of());
      } finally {
        progress.close();
      }
      tell(platform, checked, progress, result, now);
      return result.success() ? Main.OK : Main.FAILED;
    }
  }

  private void tell(
      Platform platform,
      Checked checked,
      RunProgress progress,
      SelectedWork.Result result,
      Instant now) {
    if (json()) {
      console().out().println(Json.write(json(result)));
    } else {
      result.tables().ifPresent(progress::summary);
      new Exports(platform, checked, console()).print(result.exports());
      result.jobs().forEach(this::print);
    }
    plan.notice(checked).ifPresent(console().err()::println);
    new RunWork(platform, checked, progress)
        .late(now)
        .forEach(p -> console().err().println(p.toString()));
  }

  private void say(Job job, String line) {
    if (!json()) {
      console().err().println("[" + job.name() + "] " + line);
    }
  }

  private void print(JobWork.Outcome job) {
    job.problem()
        .ifPresentOrElse(
            problem -> console().err().println(problem),
            () ->
                console()
                    .err()
                    .println("✓ job " + job.job().name() + "  " + RunProgress.seconds(job.took())));
  }

  static Map<String, @Nullable Object> json(SelectedWork.Result result) {
    Optional<RunResult> tables = result.tables();
    return Json.object(
        "run",
        tables.map(RunResult::run).filter(run -> !run.isEmpty()).orElse(null),
        "success",
        result.success(),
        "release",
        tables.flatMap(RunResult::release).map(Release::number).orElse(null),
        "tasks",
        tables.map(RunResult::tasks).orElse(List.of()).stream().map(RunCommand::json).toList(),
        "checks",
        RunProgress.inOrder(tables.map(RunResult::checks).orElse(List.of())).stream()
            .map(RunCommand::json)
            .toList(),
        "exports",
        result.exports().stream().map(Exports::json).toList(),
        "jobs",
        result.jobs().stream().map(RunCommand::json).toList(),
        "problems",
        problems(result));
  }

  private static List<Map<String, @Nullable Object>> problems(SelectedWork.Result result) {
    return Stream.concat(
            result.tables().stream()
                .flatMap(t -> t.tasks().stream())
                .flatMap(t -> t.problems().stream()),
            result.jobs().stream().flatMap(j -> j.problem().stream()))
        .distinct()
        .sorted()
        .map(Json::problem)
        .toList();
  }

  private static Map<String, @Nullable Object> json(JobWork.Outcome job) {
    return Json.object(
        "job",
        job.job().name(),
        "success",
        job.problem().isEmpty(),
        "seconds",
        job.took().toMillis() / 1000.0,
        "tries",
        job.tries());
  }

  private static Map<String, @Nullable Object> json(TaskOutcome task) {
    return Json.object(
        "table",
        task.asset().name().toString(),
        "kind",
        task.asset().kind(),
        "state",
        task.status().name(),
        "changed",
        task.changed(),
        "rows",
        task.rows() < 0 ? null : task.rows(),
        "seconds",
        java.time.Duration.between(task.started(), task.finished()).toMillis() / 1000.0,
        "detail",
        task.detail());
  }

  private static Map<String, @Nullable Object> json(CheckOutcome check) {
    return Json.object(
        "table",
        check.table().toString(),
        "check",
        check.check().name(),
        "passed",
        check.passed(),
        "severity",
        check.stops() || !check.check().warn() ? "error" : "warn",
        "failures",
        check.failures(),
        "message",
        check.message(),
        "sample",
        Results.objects(check.sample()));
  }
}
