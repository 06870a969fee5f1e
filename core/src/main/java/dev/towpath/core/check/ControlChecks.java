package dev.towpath.core.check;

import dev.towpath.core.project.Job;
import dev.towpath.core.project.Project;
import dev.towpath.core.project.Template;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Location;
import dev.towpath.spi.SqlAnalyzer.Bound;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlAnalyzer.Parsed;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.SqlAnalyzer.TableUse;
import dev.towpath.spi.SqlAnalyzer.Typed;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks what lets jobs run: their pools are there, the SQL of {@code when:} and {@code for_each:}
 * types, and templates stand for values that a run will have.
 */
final class ControlChecks {
  private static final String BEFORE = "SELECT (";

  private final Project project;
  private final Analysis analysis;
  private final Map<TableName, Node> nodes;
  private final Problems problems;
  private final JobParameters parameters;

  ControlChecks(
      Project project,
      JobParameters parameters,
      Analysis analysis,
      Map<TableName, Node> nodes,
      Problems problems) {
    this.project = project;
    this.parameters = parameters;
    this.analysis = analysis;
    this.nodes = nodes;
    this.problems = problems;
  }

  /** The texts that have to be parsed for a job. */
  static List<String> texts(Job job) {
    List<String> texts = new ArrayList<>();
    job.control().when().ifPresent(when -> texts.add(expression(when)));
    job.control().forEach().ifPresent(query -> texts.add(query.text()));
    return texts;
  }

  private static String expression(Job.Sql when) {
    return BEFORE + when.text() + "\n)";
  }

  /** Checks all jobs, and notes which columns the rows have that they run for. */
  void run(Map<String, Parsed> parsed) {
    for (Job job : project.jobs()) {
      pool(job);
      job.control().when().ifPresent(when -> when(job, when, parsed));
      Optional<Set<String>> item =
          job.control().forEach().map(query -> columns(job, query, parsed));
      item.ifPresent(columns -> parameters.item(job, columns));
      Set<String> before = before(job);
      job.declaration().options().forEach((key, value) -> templates(job, key, value, item, before));
      if (!job.declaration().options().containsKey("params")) {
        job.control().params().forEach((_, value) -> templates(job, "params", value, item, before));
      }
    }
  }

  private void pool(Job job) {
    Set<String> pools = new TreeSet<>(project.pools().keySet());
    pools.add(Job.DEFAULT_POOL);
    pools.add("tables");
    if (!pools.contains(job.control().pool())) {
      problems.error(
          job.declaration().at("pool"),
          "unknown pool \"" + job.control().pool() + "\"",
          Problems.didYouMean(job.control().pool(), pools)
              .or(() ->
                  Optional.of("write pools: {" + job.control().pool() + ": 4} into towpath.yml")));
    }
  }

  private void when(Job job, Job.Sql when, Map<String, Parsed> parsed) {
    Optional<Typed> typed = bind(job, when, expression(when), BEFORE.length(), parsed);
    if (typed.isPresent()) {
      DataType type = typed.get().columns().columns().getFirst().type();
      if (!type.sql().equals("BOOLEAN")) {
        problems.error(
            when.location(),
            "\"when\" is " + type.sql() + ", and must be true or false",
            "compare it with something, such as count(*) > 0");
      }
    }
  }

  private Set<String> columns(Job job, Job.Sql query, Map<String, Parsed> parsed) {
    return bind(job, query, query.text(), 0, parsed)
        .<Set<String>>map(t -> new LinkedHashSet<>(t.columns().names()))
        .orElse(Set.of());
  }

  private Optional<Typed> bind(
      Job job, Job.Sql written, String sql, int shift, Map<String, Parsed> parsed) {
    Parsed found = Objects.requireNonNull(parsed.get(sql));
    if (found instanceof Mistake mistake) {
      problems.error(at(written, mistake.offset() - shift), mistake.message(), mistake.hint());
      return Optional.empty();
    }
    Query query = (Query) found;
    References references = new References(project, nodes, problems);
    Set<TableName> reads = new TreeSet<>();
    boolean good = true;
    for (TableUse use : query.reads()) {
      Optional<Node> node = references.find(use);
      if (node.isPresent()) {
        reads.add(node.get().name);
      } else {
        references.unknown(use, at(written, use.offset() - shift));
        good = false;
      }
    }
    Map<String, DataType> types = parameters.types(job);
    Set<String> own = job.control().params().keySet();
    for (String name : query.parameters()) {
      if (!types.containsKey(name) && !JobParameters.BOUNDS.contains(name) && !own.contains(name)) {
        good = false;
        problems.error(
            at(written, written.text().indexOf("$" + name)),
            "unknown parameter \"$" + name + "\"",
            Problems.didYouMean(name, types.keySet())
                .or(() -> Optional.of("declare it under params: of the flow that runs the job")));
      }
    }
    types.keySet().retainAll(query.parameters());
    List<Node> inputs = reads.stream().map(nodes::get).map(Objects::requireNonNull).toList();
    if (!good || inputs.stream().anyMatch(i -> i.schema == null)) {
      return Optional.empty();
    }
    Bound bound = analysis.bind(sql, query.canonical(), inputs, types);
    if (bound instanceof Mistake mistake) {
      problems.error(at(written, mistake.offset() - shift), mistake.message(), mistake.hint());
    }
    return bound instanceof Typed typed ? Optional.of(typed) : Optional.empty();
  }

  /** The place in the file of a place in its SQL, where that keeps the lines of the file. */
  private static Location at(Job.Sql written, int offset) {
    Location in = Location.at("", written.text(), Math.max(0, offset));
    return in.line() <= 1
        ? new Location(
            written.location().file(),
            written.location().line(),
            written.location().column() + in.column() - 1)
        : new Location(
            written.location().file(),
            written.location().line() + in.line() - 1,
            written.location().column() + in.column() - 1);
  }

  /** Jobs that are over before a job starts. */
  private Set<String> before(Job job) {
    Set<String> before = new LinkedHashSet<>();
    List<String> open = new ArrayList<>(job.jobs());
    while (!open.isEmpty()) {
      String name = open.removeLast();
      if (before.add(name)) {
        project.job(name).ifPresent(need -> open.addAll(need.jobs()));
      }
    }
    return before;
  }

  private void templates(
      Job job, String key, Object value, Optional<Set<String>> item, Set<String> before) {
    switch (value) {
      case String text -> {
        for (Template.Use use : Template.uses(text)) {
          template(job, key, use, item, before);
        }
      }
      case List<?> list ->
          list.forEach(v -> templates(job, key, Objects.requireNonNull(v), item, before));
      case Map<?, ?> map ->
          map.values().forEach(v -> templates(job, key, Objects.requireNonNull(v), item, before));
      default -> {
        // numbers and the like hold none
      }
    }
  }

  private void template(
      Job job, String key, Template.Use use, Optional<Set<String>> item, Set<String> before) {
    Location at = job.declaration().at(key);
    switch (use.kind()) {
      case "params" -> {
        Set<String> known = new TreeSet<>(parameters.ofFlows(job).keySet());
        known.addAll(job.control().params().keySet());
        if (!known.contains(use.name())) {
          problems.error(
              at,
              "unknown parameter in " + use,
              Problems.didYouMean(use.name(), known)
                  .or(() -> Optional.of("declare it under params: of the flow that runs the job")));
        }
      }
      case "item" -> {
        if (item.isEmpty()) {
          problems.error(at, use + " needs for_each:", "add for_each: and a query");
        } else if (!item.get().isEmpty() && !item.get().contains(use.name())) {
          problems.error(
              at,
              "the query of for_each: has no column \"" + use.name() + "\"",
              Problems.didYouMean(use.name(), item.get())
                  .or(() -> Optional.of("it has " + String.join(", ", item.get()))));
        }
      }
      case "outputs" -> output(job, at, use, before);
      case "run" -> {
        if (!Template.RUN.contains(use.name())) {
          problems.error(
              at,
              "unknown value " + use,
              Problems.didYouMean(use.name(), Template.RUN)
                  .or(() -> Optional.of("it is one of " + String.join(", ", Template.RUN))));
        }
      }
      default ->
          problems.error(
              at,
              "unknown value " + use,
              Problems.didYouMean(use.kind(), Template.KINDS)
                  .or(() -> Optional.of("it is one of " + String.join(", ", Template.KINDS))));
    }
  }

  private void output(Job job, Location at, Template.Use use, Set<String> before) {
    if (use.output().isEmpty()) {
      problems.error(at, use + " names no output", "write ${outputs.JOB.NAME}");
    } else if (project.job(use.job()).isEmpty()) {
      problems.error(
          at,
          "unknown job \"" + use.job() + "\" in " + use,
          Problems.didYouMean(use.job(), project.jobs().stream().map(Job::name).toList()));
    } else if (!before.contains(use.job())) {
      problems.error(
          at,
          "job " + use.job() + " need not be over when " + job.name() + " reads " + use,
          "add job:" + use.job() + " to needs:");
    }
  }
}
