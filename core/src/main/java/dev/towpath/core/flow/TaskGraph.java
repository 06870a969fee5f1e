package dev.towpath.core.flow;

import dev.towpath.core.graph.JobSelector;
import dev.towpath.core.project.Flow;
import dev.towpath.core.project.Job;
import dev.towpath.core.project.Project;
import dev.towpath.core.project.TriggerRule;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The tasks of a flow: one for each job that it chooses, and one for all of its tables, since they
 * are published together. Jobs that need no table come before the tables. Pure: nothing but the
 * project decides.
 */
public final class TaskGraph {
  /** The pool of the tasks that build tables: each takes much of the machine. */
  public static final String TABLES_POOL = "tables";

  private static final String JOB = "job:";

  private final Jobs jobs;
  private final Flow flow;
  private final Predicate<String> sensors;
  private final Map<String, Job> ordinary = new LinkedHashMap<>();
  private final Map<String, Job> last = new LinkedHashMap<>();
  private final boolean tables;

  /**
   * The graph of a flow.
   *
   * @param sensors tells whether a type of jobs is one that waits
   * @throws dev.towpath.spi.TowpathException when it chooses jobs that are not there
   */
  public TaskGraph(Project project, Flow flow, Predicate<String> sensors) {
    this.jobs = new Jobs(project);
    this.flow = flow;
    this.sensors = sensors;
    List<String> names = project.jobs().stream().map(Job::name).toList();
    choose(flow.last(), names, last);
    choose(flow.select(), names, ordinary);
    ordinary.keySet().removeAll(last.keySet());
    this.tables =
        !JobSelector.tables(flow.select().stream().map(Flow.Choice::text).toList()).isEmpty();
  }

  private void choose(List<Flow.Choice> choices, List<String> names, Map<String, Job> into) {
    List<Job> chosen =
        JobSelector.jobs(choices.stream().map(Flow.Choice::text).toList(), names).stream()
            .flatMap(name -> jobs.job(name).stream())
            .toList();
    jobs.inOrder(chosen).forEach(job -> into.put(job.name(), job));
  }

  /** The name of a job's task. */
  public static String name(Job job) {
    return JOB + job.name();
  }

  /** The job that a task is of, by the name of the task. */
  public static String job(String task) {
    return task.substring(JOB.length());
  }

  /** The tasks of a run, each after those that it waits for. */
  public List<FlowTask> tasks(FlowRun run) {
    Map<String, Set<String>> needs = new LinkedHashMap<>();
    List<Job> before = new ArrayList<>();
    for (Job job : ordinary.values()) {
      if (!tables || !jobs.isAfterTables(job)) {
        before.add(job);
        needs.put(name(job), among(job, ordinary));
      }
    }
    if (tables) {
      Set<String> all = new LinkedHashSet<>();
      before.forEach(job -> all.add(name(job)));
      needs.put(FlowTask.TABLES, all);
      for (Job job : ordinary.values()) {
        if (jobs.isAfterTables(job)) {
          needs.put(name(job), afterTables(job));
        }
      }
    }
    last.values().forEach(job -> needs.put(name(job), among(job, last)));
    Map<String, List<String>> successors = new LinkedHashMap<>();
    needs.forEach((name, of) ->
        of.forEach(need -> successors.computeIfAbsent(need, _ -> new ArrayList<>()).add(name)));
    List<FlowTask> tasks = new ArrayList<>();
    needs.forEach((name, of) ->
        tasks.add(
            task(run, name)
                .linked(isLast(name), List.copyOf(of), successors.getOrDefault(name, List.of()))));
    return tasks;
  }

  private boolean isLast(String name) {
    return name.startsWith(JOB) && last.containsKey(job(name));
  }

  private static Set<String> among(Job job, Map<String, Job> others) {
    Set<String> needs = new LinkedHashSet<>();
    job.jobs().stream().filter(others::containsKey).forEach(need -> needs.add(JOB + need));
    return needs;
  }

  /** What such a job needs: the tables, unless another job that it needs comes after them. */
  private Set<String> afterTables(Job job) {
    Set<String> needs = among(job, ordinary);
    boolean through =
        jobs.needs(job)
            .filter(need -> ordinary.containsKey(need.name()))
            .anyMatch(jobs::isAfterTables);
    if (!through || !job.tables().isEmpty()) {
      needs.add(FlowTask.TABLES);
    }
    return needs;
  }

  /** Whether there is nothing to do or to find out when a job's turn has come. */
  private static boolean isNothing(Job job) {
    return job.type().equals(EmptyRunner.TYPE)
        && job.control().when().isEmpty()
        && job.control().forEach().isEmpty()
        && job.control().params().isEmpty()
        && job.control().pool().equals(Job.DEFAULT_POOL);
  }

  private FlowTask task(FlowRun run, String name) {
    if (name.equals(FlowTask.TABLES)) {
      // a job that was skipped does not keep the tables from being built
      return FlowTask.waiting(
          run, name, FlowTask.TABLES, TABLES_POOL, flow.priority(), TriggerRule.NONE_FAILED);
    }
    Job job = jobs.job(job(name)).orElseThrow();
    return FlowTask.waiting(
            run,
            name,
            job.type(),
            isNothing(job) ? FlowTask.NO_POOL : job.control().pool(),
            job.control().priority().orElse(flow.priority()),
            isLast(name) ? TriggerRule.ALL_DONE : job.control().rule())
        .of(sensors.test(job.type()), job.control().forEach().isPresent());
  }
}
