package dev.towpath.core.run;

import dev.towpath.core.project.Job;
import dev.towpath.core.project.Project;
import dev.towpath.core.project.Template;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Sensor;
import dev.towpath.spi.TowpathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One try of a job: resolves its keys, runs it within its timeout, and says what went wrong without
 * secrets. Thread-safe.
 */
public final class JobTry {
  /** A runner asks, waits some seconds, and kills; what takes longer hangs. */
  private static final Duration MOST_TO_END = Duration.ofSeconds(30);

  private final Project project;
  private final Map<String, JobRunner> runners = new HashMap<>();

  /** Tries of a project's jobs. */
  public JobTry(Project project, Collection<? extends JobRunner> runners) {
    this.project = project;
    runners.forEach(runner -> this.runners.put(runner.type(), runner));
  }

  /**
   * What a try is given.
   *
   * @param variables that the job is told, without those for its values
   * @param values that it may use by name, besides those of its own {@code params:}
   * @param templates the value of each {@code ${kind.name}} in its keys
   * @param folder where it keeps what belongs to the run
   */
  public record Given(
      Map<String, String> variables,
      Map<String, Object> values,
      Function<Template.Use, Object> templates,
      Path folder,
      JobRunner.Log log,
      JobRunner.Outputs outputs) {
    public Given {
      variables = Map.copyOf(variables);
      values = Map.copyOf(values);
    }
  }

  /**
   * Tries a job on a thread of its own, so that it can be stopped when its time is over.
   *
   * @return why it failed; empty when it went well, also when it did so while it was to be stopped
   * @throws CancelledException when this thread was interrupted; nothing of the job runs then,
   *     unless it hangs
   */
  public Optional<TowpathException> run(Job job, Given given) {
    AtomicReference<@Nullable Throwable> end = new AtomicReference<>();
    AtomicBoolean well = new AtomicBoolean();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                runner(job).run(resolved(job, given.templates()), context(job, given));
                well.set(true);
              } catch (RuntimeException | Error e) {
                end.set(e); // whatever ends the thread, the try has not gone well
              }
            });
    boolean late = false;
    try {
      if (job.timeout().isEmpty()) {
        thread.join();
      } else {
        late = !thread.join(job.timeout().get());
      }
    } catch (InterruptedException e) {
      boolean over = stopped(thread);
      Thread.currentThread().interrupt();
      if (well.get()) {
        return Optional.empty(); // it could not be stopped any more: what it did is done
      }
      if (!over) {
        given.log().line("it was asked to stop, and hangs: something of it may still run");
      }
      throw new CancelledException(e);
    }
    if (late) {
      boolean over = stopped(thread);
      if (!well.get()) {
        return Optional.of(
            new TowpathException(
                List.of(
                    Problem.error(
                        job.declaration().at("timeout"),
                        "it was stopped after "
                            + job.timeout().get().toSeconds()
                            + " s, its timeout"
                            + (over ? "" : ", and hangs: something of it may still run"),
                        "give it more time, or less to do"))));
      }
    }
    return switch (end.get()) {
      case null -> Optional.empty();
      case CancelledException e -> throw e;
      case TowpathException e -> Optional.of(e);
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    };
  }

  /**
   * Asks a job's thread to end and waits for that; nothing of a job may run on when its run is
   * over. Who asks again meanwhile is passed on: the job is made to end at once then.
   *
   * @return whether it has ended
   */
  private static boolean stopped(Thread thread) {
    boolean interrupted = false;
    thread.interrupt();
    long until = System.nanoTime() + MOST_TO_END.toNanos();
    boolean over = false;
    for (long left = MOST_TO_END.toNanos(); !over && left > 0; left = until - System.nanoTime()) {
      try {
        over = thread.join(Duration.ofNanos(left));
      } catch (InterruptedException _) {
        interrupted = true; // told to the caller below
        thread.interrupt();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return over;
  }

  /** Whether a type of jobs is one that waits. */
  public boolean isSensor(String type) {
    return runners.get(type) instanceof Sensor;
  }

  /** The job's type as one that waits, if it is one. */
  public Optional<Sensor> sensor(Job job) {
    return runner(job) instanceof Sensor sensor ? Optional.of(sensor) : Optional.empty();
  }

  /**
   * Looks once whether what a job waits for is there; on this thread.
   *
   * @throws TowpathException when looking failed
   */
  public boolean look(Sensor sensor, Job job, Given given) {
    return sensor.isMet(resolved(job, given.templates()), context(job, given));
  }

  /** How long a job that waits does so from one look to the next. */
  public Duration interval(Sensor sensor, Job job, Given given) {
    return sensor.interval(resolved(job, given.templates()));
  }

  /** What went wrong, at the place in the project's own files that it tells, else at the job's. */
  public Problem problem(Job job, TowpathException failure) {
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
        project.redaction().apply(told.message()),
        told.hint().map(project.redaction()));
  }

  private JobRunner runner(Job job) {
    return Objects.requireNonNull(runners.get(job.type()), job.type());
  }

  /** A job with its variables resolved, and a star for each value that only a run has. */
  public JobRunner.Job outsideOfRun(Job job) {
    return resolved(job, (Template.Use _) -> "*");
  }

  private JobRunner.Job resolved(Job job, Function<Template.Use, Object> templates) {
    JobRunner.Job written = job.declaration();
    Map<String, Object> options = new HashMap<>();
    Set<String> verbatim = runner(job).verbatim();
    written
        .options()
        .forEach((key, value) ->
            options.put(key, verbatim.contains(key) ? value : resolved(value, templates)));
    return new JobRunner.Job(
        written.name(),
        written.file(),
        written.project(),
        written.files(),
        options,
        written.places());
  }

  private Object resolved(Object value, Function<Template.Use, Object> templates) {
    return switch (value) {
      case String text -> Template.fill(text, templates, project.variables()::resolve);
      case List<?> list -> list.stream().map(v -> resolved((Object) v, templates)).toList();
      case Map<?, ?> map -> {
        Map<Object, Object> copy = new LinkedHashMap<>();
        map.forEach((k, v) -> copy.put(k, resolved((Object) v, templates)));
        yield copy;
      }
      default -> value;
    };
  }

  private JobRunner.Context context(Job job, Given given) {
    Map<String, Object> values = new LinkedHashMap<>(given.values());
    Map<String, String> variables = new HashMap<>(given.variables());
    job.control()
        .params()
        .forEach((name, value) -> {
          Object resolved = resolved(value, given.templates());
          values.put(name, resolved);
          variables.put("TOWPATH_PARAM_" + name.toUpperCase(Locale.ROOT), String.valueOf(resolved));
        });
    variables.put("TOWPATH_JOB", job.name());
    return new JobRunner.Context(variables, values, given.folder(), given.log(), given.outputs());
  }
}
