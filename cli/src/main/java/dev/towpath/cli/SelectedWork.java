package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.flow.Jobs;
import dev.towpath.core.graph.JobSelector;
import dev.towpath.core.plan.Plan;
import dev.towpath.core.project.Job;
import dev.towpath.core.project.Project;
import dev.towpath.core.run.Exporter;
import dev.towpath.core.run.JobWork;
import dev.towpath.core.run.RunListener;
import dev.towpath.core.run.RunResult;
import dev.towpath.spi.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Does what a selection of tables and jobs asks for: first the jobs that need no table, then the
 * tables, published as one release, then their exports, then the jobs that need them. What fails
 * keeps the rest from starting.
 */
final class SelectedWork {
  private final Platform platform;
  private final Checked checked;
  private final RunListener listener;
  private final Console console;
  private final BiConsumer<Job, String> output;

  /**
   * Work on a checked project.
   *
   * @param output hears each line that a job prints
   */
  SelectedWork(
      Platform platform,
      Checked checked,
      RunListener listener,
      Console console,
      BiConsumer<Job, String> output) {
    this.platform = platform;
    this.checked = checked;
    this.listener = listener;
    this.console = console;
    this.output = output;
  }

  /**
   * What came of it.
   *
   * @param tables empty when no table was asked for, or a job before them failed
   */
  record Result(
      List<JobWork.Outcome> jobs, Optional<RunResult> tables, List<Exporter.Outcome> exports) {
    Result {
      jobs = List.copyOf(jobs);
      exports = List.copyOf(exports);
    }

    boolean success() {
      return jobs.stream().allMatch(j -> j.problem().isEmpty())
          && tables.map(RunResult::success).orElse(true)
          && Exports.problems(exports).isEmpty();
    }

    /** Everything that went wrong, but for checks on data, which are told with their rows. */
    List<Problem> problems() {
      List<Problem> problems = new ArrayList<>();
      jobs.forEach(j -> j.problem().ifPresent(problems::add));
      tables.ifPresent(t -> t.tasks().forEach(task -> problems.addAll(task.problems())));
      problems.addAll(Exports.problems(exports));
      return problems.stream().distinct().toList();
    }
  }

  /**
   * Does it.
   *
   * @param id names the run's folder of logs
   * @param request the tables; empty when there are only jobs
   * @param words as they were written
   * @param told variables that jobs get
   */
  Result run(
      String id, Optional<Plan.Request> request, List<String> words, Map<String, String> told) {
    List<JobWork.Outcome> jobs = new ArrayList<>();
    Project project = checked.project();
    List<Job> chosen =
        JobSelector.jobs(words, project.jobs().stream().map(Job::name).toList()).stream()
            .flatMap(name -> project.job(name).stream())
            .toList();
    List<Job> after = chosen.stream().filter(new Jobs(project)::isAfterTables).toList();
    List<Job> before = chosen.stream().filter(j -> !after.contains(j)).toList();
    Path logs = platform.storage().logs().resolve(id);
    Map<String, String> variables = new HashMap<>(told);
    variables.put("TOWPATH_RUN", id);
    variables.put(FlowValues.ENVIRONMENT, platform.environment().name());
    JobWork work =
        new JobWork(
            project,
            platform.jobRunners(),
            logs,
            variables,
            job ->
                new JobLog(
                    logs.resolve("job." + job.name() + ".log"),
                    project.redaction(),
                    line -> output.accept(job, line)));
    jobs.addAll(work.run(before));
    Optional<RunResult> tables = Optional.empty();
    List<Exporter.Outcome> exports = List.of();
    if (good(jobs) && request.isPresent()) {
      tables =
          Optional.of(
              new RunWork(platform, checked, listener)
                  .run(request.get(), JobSelector.tables(words)));
      if (tables.get().success()) {
        exports = new Exports(platform, checked, console).deliver();
      }
    }
    if (good(jobs) && tables.map(RunResult::success).orElse(true)) {
      jobs.addAll(work.run(after));
    }
    return new Result(jobs, tables, exports);
  }

  private static boolean good(List<JobWork.Outcome> jobs) {
    return jobs.stream().allMatch(j -> j.problem().isEmpty());
  }
}
