package dev.towpath.core.check;

import dev.towpath.core.project.Job;
import dev.towpath.core.project.Project;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlAnalyzer.Parsed;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.TableName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Types the queries that jobs and sensors ask the lake. */
final class JobSqlChecks {
  private final Project project;
  private final JobParameters parameters;
  private final Analysis analysis;
  private final Map<TableName, Node> nodes;
  private final Problems problems;

  JobSqlChecks(
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

  /** The query of a job that asks the lake. */
  static Optional<String> sql(Job job) {
    boolean asks = job.type().equals("sql") || job.type().equals("sensor");
    return asks && job.declaration().text("url").isEmpty()
        ? job.declaration().text("sql").filter(sql -> !sql.isBlank())
        : Optional.empty();
  }

  void run(Map<String, Parsed> parsed) {
    for (Job job : project.jobs()) {
      Optional<String> sql = sql(job);
      if (sql.isPresent()) {
        Problems found = new Problems();
        check(job, sql.get(), parsed, found);
        found.sorted().forEach(problem -> problems.add(placed(job, problem)));
      }
    }
  }

  private void check(Job job, String sql, Map<String, Parsed> parsed, Problems found) {
    if (!Checker.isQuery(parsed.get(sql), job.file(), sql, found)
        || !(parsed.get(sql) instanceof Query query)) {
      return;
    }
    TreeSet<TableName> reads = new TreeSet<>();
    boolean good = new References(project, nodes, found).tables(query, job.file(), sql, reads);
    good &= parameters.knowsAll(job) && namesAreKnown(job, sql, query, found);
    List<Node> inputs = reads.stream().map(nodes::get).map(Objects::requireNonNull).toList();
    if (!good || inputs.stream().anyMatch(i -> i.schema == null)) {
      return;
    }
    Map<String, DataType> types = new HashMap<>();
    for (String name : query.parameters()) {
      if (project.vars().containsKey(name)) {
        types.put(name, Objects.requireNonNull(project.vars().get(name)).type());
      }
    }
    if (analysis.bind(sql, query.canonical(), inputs, types) instanceof Mistake mistake) {
      found.mistake(job.file(), sql, mistake);
    }
  }

  private boolean namesAreKnown(Job job, String sql, Query query, Problems found) {
    Set<String> known = parameters.names(job);
    boolean all = true;
    for (String name : query.parameters()) {
      if (!known.contains(name)) {
        all = false;
        found.error(
            Location.at(job.file(), sql, sql.indexOf("$" + name)),
            "unknown parameter \"$" + name + "\"",
            Problems.didYouMean(name, known)
                .or(() -> Optional.of("declare it under params: of the job or of its flow")));
      }
    }
    return all;
  }

  private static Problem placed(Job job, Problem problem) {
    return new Problem(
        problem.severity(),
        job.declaration().at("sql", problem.location().line(), problem.location().column()),
        problem.message(),
        problem.hint());
  }
}
