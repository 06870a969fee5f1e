package dev.towpath.core.check;

import dev.towpath.core.graph.JobSelector;
import dev.towpath.core.project.Flow;
import dev.towpath.core.project.Job;
import dev.towpath.core.project.Parameter;
import dev.towpath.core.project.Project;
import dev.towpath.spi.DataType;
import dev.towpath.spi.TowpathException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What the SQL of each job may write as {@code $name}. */
final class JobParameters {
  /** Of the interval that a run is for. */
  static final Set<String> BOUNDS = Set.of("start", "end");

  private final Project project;
  private final Map<String, Map<String, DataType>> flows = new HashMap<>();
  private final Map<String, Set<String>> items = new HashMap<>();

  JobParameters(Project project) {
    this.project = project;
    project.flows().forEach(this::collect);
  }

  private void collect(Flow flow) {
    List<String> names = project.jobs().stream().map(Job::name).toList();
    Set<String> jobs = new HashSet<>();
    for (List<Flow.Choice> choices : List.of(flow.select(), flow.last())) {
      for (Flow.Choice choice : choices) {
        try {
          jobs.addAll(JobSelector.jobs(List.of(choice.text()), names));
        } catch (TowpathException _) {
          // FlowChecks says so
        }
      }
    }
    for (String job : jobs) {
      Map<String, DataType> types = flows.computeIfAbsent(job, _ -> new LinkedHashMap<>());
      for (Parameter parameter : flow.parameters()) {
        types.putIfAbsent(
            parameter.name(),
            parameter.list() ? new DataType.ListOf(parameter.type()) : parameter.type());
      }
    }
  }

  /** Parameters of the flows that run a job, with their types. */
  Map<String, DataType> ofFlows(Job job) {
    return flows.getOrDefault(job.name(), Map.of());
  }

  /** Notes the columns of the rows that a job runs for; none when they could not be found. */
  void item(Job job, Set<String> columns) {
    items.put(job.name(), columns);
  }

  /** The types that are known beforehand, of variables and of parameters of flow and job. */
  Map<String, DataType> types(Job job) {
    Map<String, DataType> types = new HashMap<>();
    project.vars().forEach((name, variable) -> types.put(name, variable.type()));
    types.putAll(ofFlows(job));
    job.control()
        .params()
        .forEach((name, value) -> {
          types.remove(name); // a text may be a template of any type
          switch (value) {
            case Boolean _ -> types.put(name, new DataType.Simple("BOOLEAN"));
            case Long _ -> types.put(name, new DataType.Simple("BIGINT"));
            case Double _ -> types.put(name, new DataType.Simple("DOUBLE"));
            default -> {
              // as the SQL uses it
            }
          }
        });
    return types;
  }

  /** All names that its SQL may use while it runs. */
  Set<String> names(Job job) {
    Set<String> names = new TreeSet<>(BOUNDS);
    names.addAll(project.vars().keySet());
    names.addAll(ofFlows(job).keySet());
    names.addAll(job.control().params().keySet());
    names.addAll(items.getOrDefault(job.name(), Set.of()));
    return names;
  }

  /** Whether all names are known: the rows that it runs for may be beyond us. */
  boolean knowsAll(Job job) {
    return job.control().forEach().isEmpty() || !items.getOrDefault(job.name(), Set.of()).isEmpty();
  }
}
