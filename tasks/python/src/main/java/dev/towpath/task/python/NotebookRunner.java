package dev.towpath.task.python;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Executes a notebook with parameters, and keeps the executed copy with the run. */
public final class NotebookRunner implements JobRunner {
  private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*");

  /** Words of Python that no variable can be called. */
  private static final Set<String> KEYWORDS =
      Set.of(
          ("False None True and as assert async await break class continue def del elif else except"
                  + " finally for from global if import in is lambda nonlocal not or pass raise"
                  + " return try while with yield")
              .split(" "));

  private final Supplier<Interpreters> interpreters;
  private final UnaryOperator<String> mask;

  /**
   * A runner.
   *
   * @param interpreters asked for when the first job runs
   * @param mask takes secrets out of the executed copy: parameters may hold some
   */
  public NotebookRunner(Supplier<Interpreters> interpreters, UnaryOperator<String> mask) {
    this.interpreters = interpreters;
    this.mask = mask;
  }

  @Override
  public String type() {
    return "notebook";
  }

  @Override
  public Set<String> keys() {
    return Set.of("notebook", "params", "env", "memory");
  }

  @Override
  public List<Problem> check(Job job) {
    List<Problem> problems = new ArrayList<>();
    Optional<String> notebook = job.text("notebook");
    if (notebook.isEmpty()) {
      problems.add(
          Problem.error(
              job.at("notebook"),
              "a notebook job needs \"notebook\"",
              "write notebook: notebooks/report.ipynb"));
    }
    notebook.flatMap(file -> wrong(job, file)).ifPresent(problems::add);
    if (job.options().get("params") instanceof Map<?, ?> params) {
      for (Object name : params.keySet()) {
        if (!NAME.matcher(name.toString()).matches() || KEYWORDS.contains(name.toString())) {
          problems.add(
              Problem.error(
                  job.at("params"),
                  "\"" + name + "\" is no name of a Python variable",
                  "the notebook gets each parameter as a variable"));
        }
      }
    }
    problems.addAll(JobProcess.check(job));
    return problems;
  }

  private static Optional<Problem> wrong(Job job, String file) {
    Optional<Problem> missing = JobProcess.missing(job, "notebook", file);
    if (missing.isPresent()) {
      return missing;
    }
    Optional<String> why = Optional.empty();
    try {
      if (!Notebooks.JSON.readTree(job.file(file).toFile()).path("cells").isArray()) {
        why = Optional.of("it has no cells");
      }
    } catch (IOException e) {
      why = Optional.of("it cannot be read as JSON");
    }
    return why.map(w ->
        Problem.error(
            job.at("notebook"),
            file + " is no notebook: " + w,
            "a notebook is a file that Jupyter saves, such as notebooks/report.ipynb"));
  }

  @Override
  public void run(Job job, Context context) {
    try (Scratch scratch = Scratch.make()) {
      Path executed = scratch.folder().resolve("executed.ipynb");
      Map<String, Object> order = new HashMap<>();
      order.put("op", "job");
      order.put("notebook", job.text("notebook").orElseThrow());
      order.put("params", job.options().getOrDefault("params", Map.of()));
      order.put("output_notebook", executed.toString());
      order.put("scratch", scratch.folder().toString());
      Path kept = context.folder().resolve("job." + job.name() + ".ipynb");
      try {
        new JobProcess(job, context).run(interpreters.get(), scratch.folder(), order);
      } catch (RuntimeException e) {
        try {
          keep(executed, kept, job, context);
        } catch (TowpathException lost) {
          e.addSuppressed(lost);
          context.log().line(String.valueOf(lost.getMessage()));
        }
        throw e;
      }
      keep(executed, kept, job, context);
    }
  }

  /** Also what ran before a cell failed. */
  private void keep(Path executed, Path target, Job job, Context context) {
    if (!Files.exists(executed)) {
      return;
    }
    try {
      Files.createDirectories(target.getParent());
      Files.writeString(target, new NotebookText(mask).masked(Files.readString(executed)));
      Path root = job.project();
      context
          .log()
          .line(
              "the executed notebook is in "
                  + (target.startsWith(root) ? root.relativize(target) : target));
    } catch (IOException e) {
      throw new TowpathException(
          "cannot keep the executed notebook in " + target + ": " + e.getMessage(), null, e);
    }
  }

  /** Loaded by the first notebook, since every command lists the types of jobs. */
  private static final class Notebooks {
    static final ObjectMapper JSON = new ObjectMapper();
  }
}
