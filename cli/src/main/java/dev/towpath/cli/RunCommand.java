package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.run.CheckOutcome;
import dev.towpath.core.run.Exporter;
import dev.towpath.core.run.RunResult;
import dev.towpath.core.run.TaskOutcome;
import dev.towpath.core.store.Release;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
      RunWork work = new RunWork(platform, checked, progress);
      Instant now = RunWork.logicalTime(platform);
      RunResult result;
      try {
        checked.problems().forEach(p -> console().err().println(p.toString()));
        result = work.run(plan.request(checked.graph(), now), plan.selection().words());
      } finally {
        progress.close();
      }
      if (!json()) {
        progress.summary(result);
      }
      Exports exports = new Exports(platform, checked, console());
      List<Exporter.Outcome> delivered = result.success() ? exports.deliver() : List.of();
      work.late(now).forEach(p -> console().err().println(p.toString()));
      if (json()) {
        console().out().println(Json.write(json(result, delivered)));
      } else {
        exports.print(delivered);
      }
      return result.success() && Exports.problems(delivered).isEmpty() ? Main.OK : Main.FAILED;
    }
  }

  private static Map<String, @Nullable Object> json(
      RunResult result, List<Exporter.Outcome> exports) {
    return Json.object(
        "run",
        result.run().isEmpty() ? null : result.run(),
        "success",
        result.success(),
        "release",
        result.release().map(Release::number).orElse(null),
        "tasks",
        result.tasks().stream().map(RunCommand::json).toList(),
        "checks",
        RunProgress.inOrder(result.checks()).stream().map(RunCommand::json).toList(),
        "exports",
        exports.stream().map(Exports::json).toList(),
        "problems",
        problems(result));
  }

  private static List<Map<String, @Nullable Object>> problems(RunResult result) {
    return result.tasks().stream()
        .flatMap(t -> t.problems().stream())
        .distinct()
        .sorted()
        .map(Json::problem)
        .toList();
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
