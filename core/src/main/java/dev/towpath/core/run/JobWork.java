package dev.towpath.core.run;

import dev.towpath.core.flow.Jobs;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;

/**
 * Does jobs, each after those that it needs. A job that fails is tried again as its file says; what
 * needs one that failed for good is skipped.
 */
public final class JobWork {
  private final Project project;
  private final JobTry tries;
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
    this.tries = new JobTry(project, runners);
    this.folder = folder;
    this.told = Map.copyOf(told);
    this.logs = logs;
  }

  /**
   * Does jobs one after the other, in order.
   *
   * @throws CancelledException when this thread was interrupted
   */
  public List<Outcome> run(Collection<Job> jobs) {
    List<Outcome> outcomes = new ArrayList<>();
    Set<String> failed = new HashSet<>();
    for (Job job : new Jobs(project).inOrder(jobs)) {
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
      for (int count = 1; ; count++) {
        Optional<TowpathException> failure = tries.run(job, given(log));
        Duration took = Duration.between(started, Instant.now());
        if (failure.isEmpty()) {
          return new Outcome(job, took, count, Optional.empty());
        }
        Problem problem = tries.problem(job, failure.get());
        if (count > retries.most()) {
          return new Outcome(
              job,
              took,
              count,
              Optional.of(
                  new Problem(
                      problem.severity(),
                      problem.location(),
                      "job " + job.name() + " failed: " + problem.message(),
                      problem.hint())));
        }
        Duration delay = Backoff.delay(retries, count - 1, random.nextDouble());
        log.line("failed: " + problem.message() + "; trying again in " + delay.toSeconds() + " s");
        rest(delay);
      }
    }
  }

  private static void rest(Duration delay) {
    try {
      Thread.sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException(e);
    }
  }

  /** Without a flow there is nothing that templates could stand for. */
  private JobTry.Given given(JobRunner.Log log) {
    return new JobTry.Given(
        told,
        Map.of(),
        use -> {
          throw new TowpathException(
              use + " has a value only in a run of a flow",
              "\"towpath trigger\" starts one; \"towpath serve\" runs it");
        },
        folder,
        log,
        (_, _) -> {});
  }
}
