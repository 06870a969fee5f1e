package dev.towpath.core.run;

import dev.towpath.core.project.Flow;
import dev.towpath.core.project.Job;
import dev.towpath.core.project.Project;
import dev.towpath.core.schedule.Backoff;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * Does jobs, each after those that it needs. A job that fails is tried again as its file says; what
 * needs one that failed for good is skipped.
 */
public final class JobWork {
  private final Project project;
  private final Map<String, JobRunner> runners = new HashMap<>();
  private final Path folder;
  private final Map<String, String> told;
  private final Function<Job, LogFile> logs;
  private final Random random = new Random();

  /** A log that has to be closed. */
  public interface LogFile extends JobRunner.Log, AutoCloseable {
    @Override
    void close();
  }

  /**
   * How a job ended.
   *
   * @param problem why it failed or was skipped; empty when it went well
   */
  public record Outcome(Job job, Duration took, int tries, Optional<Problem> problem) {}

  /**
   * Work of one run.
   *
   * @param folder where jobs keep what belongs to the run
   * @param told variables that every job gets
   * @param logs where the output of a job goes
   */
  public JobWork(
      Project project,
      Collection<? extends JobRunner> runners,
      Path folder,
      Map<String, String> told,
      Function<Job, LogFile> logs) {
    this.project = project;
    runners.forEach(runner -> this.runners.put(runner.type(), runner));
    this.folder = folder;
    this.told = Map.copyOf(told);
    this.logs = logs;
  }

  /** Whether a job starts only when tables have been published: one that it needs, however far. */
  public static boolean isAfterTables(Project project, Job job) {
    return !job.tables().isEmpty()
        || job.jobs().stream()
            .flatMap(name -> project.job(name).stream())
            .anyMatch(need -> isAfterTables(project, need));
  }

  /** The jobs in an order in which each comes after those that it needs. */
  public static List<Job> inOrder(Project project, Collection<Job> jobs) {
    Map<String, Job> ordered = new LinkedHashMap<>();
    jobs.forEach(job -> place(project, job, Set.copyOf(jobs), ordered));
    return List.copyOf(ordered.values());
  }

  private static void place(Project project, Job job, Set<Job> among, Map<String, Job> ordered) {
    if (ordered.containsKey(job.name())) {
      return;
    }
    job.jobs().stream()
        .flatMap(name -> project.job(name).stream())
        .filter(among::contains)
        .forEach(need -> place(project, need, among, ordered));
    ordered.put(job.name(), job);
  }

  /**
   * Does jobs one after the other, in order.
   *
   * @throws CancelledException when this thread was interrupted
   */
  public List<Outcome> run(Collection<Job> jobs) {
    List<Outcome> outcomes = new ArrayList<>();
    Set<String> failed = new HashSet<>();
    for (Job job : inOrder(project, jobs)) {
      Optional<String> lacking = job.jobs().stream().filter(failed::contains).findFirst();
      Outcome outcome =
          lacking.isPresent()
              ? new Outcome(
                  job,
                  Duration.ZERO,
                  0,
                  Optional.of(
                      Problem.error(
                          job.declaration().at("needs"),
                          "job " + job.name() + " was not started: it needs " + lacking.get(),
                          "that one failed")))
              : tried(job);
      outcomes.add(outcome);
      if (outcome.problem().isPresent()) {
        failed.add(job.name());
      }
    }
    return outcomes;
  }

  private Outcome tried(Job job) {
    Instant started = Instant.now();
    Flow.Retries retries = job.retries().orElse(Flow.Retries.NONE);
    try (LogFile log = logs.apply(job)) {
      for (int tries = 1; ; tries++) {
        Optional<TowpathException> failure = once(job, log);
        Duration took = Duration.between(started, Instant.now());
        if (failure.isEmpty()) {
          return new Outcome(job, took, tries, Optional.empty());
        }
        Problem problem = problem(job, failure.get());
        if (tries > retries.most()) {
          return new Outcome(job, took, tries, Optional.of(problem));
        }
        Duration delay = Backoff.delay(retries, tries - 1, random.nextDouble());
        log.line("failed: " + problem.message() + "; trying again in " + delay.toSeconds() + " s");
        rest(delay);
      }
    }
  }

  /** At the place in the project's own files that the failure tells, else at the job's. */
  private Problem problem(Job job, TowpathException failure) {
    Problem told =
        failure.problems().stream()
            .findFirst()
            .orElseGet(() ->
                new Problem(
                    Problem.Severity.ERROR,
                    job.location(),
                    Objects.requireNonNull(failure.getMessage()),
                    failure.hint()));
    return new Problem(
        Problem.Severity.ERROR,
        told.location(),
        "job " + job.name() + " failed: " + project.redaction().apply(told.message()),
        told.hint().map(project.redaction()));
  }

  private static void rest(Duration delay) {
    try {
      Thread.sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException(e);
    }
  }

  /** One try, on a thread of its own, so that it can be stopped when its time is over. */
  private Optional<TowpathException> once(Job job, JobRunner.Log log) {
    AtomicReference<RuntimeException> end = new AtomicReference<>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                runner(job).run(resolved(job), new JobRunner.Context(variables(job), folder, log));
              } catch (RuntimeException e) {
                end.set(e);
              }
            });
    boolean late = false;
    try {
      if (job.timeout().isEmpty()) {
        thread.join();
      } else if (!thread.join(job.timeout().get())) {
        late = true;
        thread.interrupt();
        thread.join();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      joined(thread);
      Thread.currentThread().interrupt();
      throw new CancelledException(e);
    }
    RuntimeException failure = end.get();
    if (late) {
      return Optional.of(
          new TowpathException(
              "it was stopped after " + job.timeout().get().toSeconds() + " s, its timeout"));
    }
    return switch (failure) {
      case null -> Optional.empty();
      case CancelledException e -> throw e;
      case TowpathException e -> Optional.of(e);
      default -> throw failure;
    };
  }

  /** Nothing of a job may run on when its run is over. */
  private static void joined(Thread thread) {
    try {
      thread.join(Duration.ofSeconds(15));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private JobRunner runner(Job job) {
    return Objects.requireNonNull(runners.get(job.type()), job.type());
  }

  private JobRunner.Job resolved(Job job) {
    JobRunner.Job written = job.declaration();
    Map<String, Object> options = new HashMap<>();
    Set<String> verbatim = runner(job).verbatim();
    written
        .options()
        .forEach(
            (key, value) -> options.put(key, verbatim.contains(key) ? value : resolved(value)));
    return new JobRunner.Job(
        written.name(), written.file(), written.project(), options, written.places());
  }

  private Object resolved(Object value) {
    return switch (value) {
      case String text -> project.variables().resolve(text);
      case List<?> list -> list.stream().map(v -> resolved((Object) v)).toList();
      case Map<?, ?> map -> {
        Map<Object, Object> copy = new LinkedHashMap<>();
        map.forEach((k, v) -> copy.put(k, resolved((Object) v)));
        yield copy;
      }
      default -> value;
    };
  }

  private Map<String, String> variables(Job job) {
    Map<String, String> variables = new HashMap<>(told);
    variables.put("TOWPATH_JOB", job.name());
    return variables;
  }
}
