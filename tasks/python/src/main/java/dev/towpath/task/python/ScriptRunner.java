package dev.towpath.task.python;

import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Runs a script or a module with the project's Python, in the project's folder. */
public final class ScriptRunner implements JobRunner {
  private static final Pattern MODULE =
      Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*(\\.[\\p{L}_][\\p{L}\\p{N}_]*)*");

  private final Supplier<Interpreters> interpreters;

  /**
   * A runner.
   *
   * @param interpreters asked for when the first job runs
   */
  public ScriptRunner(Supplier<Interpreters> interpreters) {
    this.interpreters = interpreters;
  }

  @Override
  public String type() {
    return "python";
  }

  @Override
  public Set<String> keys() {
    return Set.of("script", "module", "arguments", "params", "env", "memory");
  }

  @Override
  public List<Problem> check(Job job) {
    List<Problem> problems = new ArrayList<>();
    Optional<String> script = job.text("script");
    Optional<String> module = job.text("module");
    if (script.isPresent() == module.isPresent()) {
      problems.add(
          Problem.error(
              job.at(script.isPresent() ? "module" : "script"),
              script.isPresent()
                  ? "a job runs a \"script\" or a \"module\", not both"
                  : "a python job needs a \"script\" or a \"module\"",
              "write script: scripts/report.py, or module: package.report"));
    }
    script.flatMap(s -> JobProcess.missing(job, "script", s)).ifPresent(problems::add);
    module
        .filter(m -> !MODULE.matcher(m).matches())
        .ifPresent(m ->
            problems.add(
                Problem.error(
                    job.at("module"),
                    "\"" + m + "\" is no name of a module",
                    "write it as import does: package.report")));
    Object arguments = job.options().getOrDefault("arguments", List.of());
    if (!(arguments instanceof List<?> list)
        || list.stream().anyMatch(a -> a instanceof List || a instanceof Map)) {
      problems.add(
          Problem.error(
              job.at("arguments"),
              "\"arguments\" must be a list of values",
              "write arguments: [--day, 2026-01-01]"));
    }
    problems.addAll(JobProcess.check(job));
    return problems;
  }

  /** As it is written, unless the version of the project that the run keeps is without it. */
  private static String script(Job job, String script) {
    Path file = job.file(script);
    return file.startsWith(job.files()) ? script : file.toString();
  }

  @Override
  public void run(Job job, Context context) {
    Map<String, Object> order = new HashMap<>();
    order.put("op", "job");
    job.text("script").ifPresent(script -> order.put("script", script(job, script)));
    job.text("module").ifPresent(module -> order.put("module", module));
    order.put("arguments", job.options().getOrDefault("arguments", List.of()));
    try (Scratch scratch = Scratch.make()) {
      new JobProcess(job, context).run(interpreters.get(), scratch.folder(), order);
    }
  }
}
