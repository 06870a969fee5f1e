package dev.towpath.core.flow;

import dev.towpath.core.project.Job;
import dev.towpath.core.project.Project;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A project's jobs by name, with what each needs; a flow may have thousands. Thread-safe. */
public final class Jobs {
  private final Map<String, Job> byName = new HashMap<>();
  private final Set<String> afterTables = new LinkedHashSet<>();

  /** The jobs of a project, whose needs have no cycle. */
  public Jobs(Project project) {
    project.jobs().forEach(job -> byName.put(job.name(), job));
    for (Job job : inOrder(project.jobs())) {
      if (!job.tables().isEmpty() || job.jobs().stream().anyMatch(afterTables::contains)) {
        afterTables.add(job.name());
      }
    }
  }

  /** The job of that name. */
  public Optional<Job> job(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** The jobs that a job needs. */
  Stream<Job> needs(Job job) {
    return job.jobs().stream().flatMap(name -> job(name).stream());
  }

  /** Whether a job starts only when tables have been published: one that it needs, however far. */
  public boolean isAfterTables(Job job) {
    return afterTables.contains(job.name());
  }

  /** Jobs in an order in which each comes after those of them that it needs. */
  public List<Job> inOrder(Collection<Job> jobs) {
    Map<String, Job> among = new LinkedHashMap<>();
    jobs.forEach(job -> among.put(job.name(), job));
    Map<String, Job> ordered = new LinkedHashMap<>();
    among.values().forEach(job -> place(job, among, ordered));
    return List.copyOf(ordered.values());
  }

  private void place(Job job, Map<String, Job> among, Map<String, Job> ordered) {
    if (!ordered.containsKey(job.name())) {
      needs(job)
          .filter(need -> among.containsKey(need.name()))
          .forEach(need -> place(need, among, ordered));
      ordered.put(job.name(), job);
    }
  }
}
