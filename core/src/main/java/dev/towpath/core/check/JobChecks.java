package dev.towpath.core.check;

import dev.towpath.core.project.Job;
import dev.towpath.core.project.Project;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks that jobs need tables and jobs that exist, and not themselves. */
final class JobChecks {
  private final Project project;
  private final Map<TableName, Node> nodes;
  private final Problems problems;

  JobChecks(Project project, Map<TableName, Node> nodes, Problems problems) {
    this.project = project;
    this.nodes = nodes;
    this.problems = problems;
  }

  void run() {
    Set<String> done = new HashSet<>();
    for (Job job : project.jobs()) {
      for (TableName table : job.tables()) {
        if (!nodes.containsKey(table)) {
          problems.error(
              job.declaration().at("needs"),
              "unknown table \"" + table + "\"",
              Problems.didYouMean(
                  table.toString(), nodes.keySet().stream().map(TableName::toString).toList()));
        }
      }
      if (job.type().equals("sensor")) {
        watched(job);
        connection(job);
      }
      for (String need : job.jobs()) {
        if (project.job(need).isEmpty()) {
          problems.error(
              job.declaration().at("needs"),
              "unknown job \"" + need + "\"",
              Problems.didYouMean(need, project.jobs().stream().map(Job::name).toList()));
        }
      }
      walk(job, new ArrayList<>(), done);
    }
  }

  /** A sensor may wait for a table that nothing has published yet, but not for one of no file. */
  private void watched(Job job) {
    Optional<TableName> table =
        job.declaration()
            .text("table")
            .filter(t -> t.matches("[^.]+\\.[^.]+"))
            .map(TableName::parse);
    if (table.isPresent() && !nodes.containsKey(table.get())) {
      problems.error(
          job.declaration().at("table"),
          "unknown table \"" + table.get() + "\"",
          Problems.didYouMean(
              table.get().toString(), nodes.keySet().stream().map(TableName::toString).toList()));
    }
  }

  private void connection(Job job) {
    Optional<String> name = job.declaration().text("connection");
    if (name.isPresent() && !project.connections().containsKey(name.get())) {
      problems.error(
          job.declaration().at("connection"),
          "unknown connection \"" + name.get() + "\"",
          Problems.didYouMean(name.get(), project.connections().keySet())
              .or(() -> Optional.of("declare it under connections: in towpath.yml")));
    }
  }

  private void walk(Job job, List<String> path, Set<String> done) {
    int seen = path.indexOf(job.name());
    if (seen >= 0) {
      List<String> cycle = new ArrayList<>(path.subList(seen, path.size()));
      cycle.add(job.name());
      problems.error(
          job.declaration().at("needs"),
          "jobs need each other in a circle: " + String.join(" -> ", cycle),
          Optional.of("take one out of needs:"));
      return;
    }
    if (!done.add(job.name())) {
      return;
    }
    path.add(job.name());
    job.jobs().stream()
        .flatMap(need -> project.job(need).stream())
        .forEach(need -> walk(need, path, done));
    path.removeLast();
  }
}
