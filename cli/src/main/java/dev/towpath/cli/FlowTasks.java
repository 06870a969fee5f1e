package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.flow.TaskGraph;
import dev.towpath.core.flow.TaskWork;
import dev.towpath.core.project.Flow;
import dev.towpath.core.project.Job;
import dev.towpath.core.run.JobTry;
import dev.towpath.core.schedule.Scheduler;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.JsonText;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Sensor;
import dev.towpath.spi.TowpathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Does tasks of flows: jobs, and all that {@code towpath run} does for tables. A run keeps the
 * version of the project with which it started here; one that another process started has the
 * newest. Thread-safe.
 */
final class FlowTasks implements TaskWork, Scheduler.Starter {
  private final Platform platform;
  private final Supplier<Checked> current;
  private final FlowTables tables;
  private final Map<String, Version> pinned = new ConcurrentHashMap<>();
  private final Map<String, Setting> settings = new ConcurrentHashMap<>();
  private final Set<FlowTask.Key> met = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Version newest;

  /** A version of the project. */
  private record Version(Checked checked, JobTry tries) {}

  /** A run in a version. */
  private record Setting(Version version, FlowRun run, Flow flow) {}

  /**
   * Does tasks.
   *
   * @param current tells the newest version of the project that has no errors
   */
  FlowTasks(Options options, Platform platform, Console console, Supplier<Checked> current) {
    this.platform = platform;
    this.current = current;
    this.tables = new FlowTables(options, console);
  }

  @Override
  public List<FlowTask> tasks(Flow flow, FlowRun run) {
    Version version = newest();
    pinned.put(run.id(), version);
    return new TaskGraph(version.checked().project(), flow, version.tries()::isSensor).tasks(run);
  }

  @Override
  public void again(FlowRun run) {
    pinned.put(run.id(), newest());
    settings.remove(run.id());
  }

  @SuppressWarnings("ReferenceEquality") // each reading of the files is a version
  private Version newest() {
    Checked checked = current.get();
    Version known = newest;
    if (known == null || known.checked() != checked) {
      known = new Version(checked, new JobTry(checked.project(), platform.jobRunners()));
      newest = known;
    }
    return known;
  }

  /** Forgets runs that are over. */
  void keepOnly(Set<String> runs) {
    pinned.keySet().retainAll(runs);
    settings.keySet().retainAll(runs);
    met.removeIf(key -> !runs.contains(key.run()));
  }

  /** Ids of the runs that it remembers. */
  Set<String> remembered() {
    Set<String> runs = new HashSet<>(pinned.keySet());
    runs.addAll(settings.keySet());
    return runs;
  }

  private Setting setting(FlowTask task) {
    Setting known = settings.get(task.key().run());
    if (known != null) {
      return known;
    }
    FlowRun run = platform.store().flows().run(task.key().run()).orElseThrow();
    Version version = Objects.requireNonNullElseGet(pinned.get(run.id()), this::newest);
    Flow flow =
        version
            .checked()
            .project()
            .flow(task.flow())
            .orElseThrow(() ->
                new TowpathException("flow " + task.flow() + " is not in the project any more"));
    Setting setting = new Setting(version, run, flow);
    settings.put(run.id(), setting);
    return setting;
  }

  @Override
  public Outcome run(FlowTask task) {
    try {
      Setting setting = setting(task);
      if (task.type().equals(FlowTask.TABLES)) {
        return tables.run(setting.version().checked(), setting.flow(), setting.run());
      }
      String name = TaskGraph.job(task.key().name());
      Job job =
          setting
              .version()
              .checked()
              .project()
              .job(name)
              .orElseThrow(
                  () -> new TowpathException("job " + name + " is not in the project any more"));
      return job(setting, job, task);
    } catch (CancelledException e) {
      throw e;
    } catch (TowpathException e) {
      return new Failed(String.valueOf(e.getMessage()), Flow.Retries.NONE);
    }
  }

  private Outcome job(Setting setting, Job job, FlowTask task) {
    Flow.Retries retries = job.retries().orElse(setting.flow().retries());
    FlowValues values = new FlowValues(setting.run(), task, job, platform.store().tasks());
    try {
      boolean group = task.mapped() && task.key().index() == FlowTask.WHOLE;
      boolean own = task.key().index() == FlowTask.WHOLE;
      if (own && job.control().when().isPresent() && !isMet(setting, job, task, values)) {
        return new Ended(
            FlowTask.End.of(FlowTask.State.SKIPPED, "when: " + job.control().when().get().text()));
      }
      return group
          ? new Mapped(
              sql(setting, values)
                  .items(job.control().forEach().orElseThrow(), job.control().mostRows()))
          : tried(setting, job, task, values, retries);
    } catch (CancelledException e) {
      throw e;
    } catch (TowpathException e) {
      return failed(setting, job, e, retries);
    }
  }

  /** A sensor is asked again and again; its condition only once. */
  private boolean isMet(Setting setting, Job job, FlowTask task, FlowValues values) {
    if (met.contains(task.key())) {
      return true;
    }
    boolean isMet = sql(setting, values).isTrue(job.control().when().orElseThrow());
    if (isMet && task.sensor()) {
      met.add(task.key());
    }
    return isMet;
  }

  private FlowSql sql(Setting setting, FlowValues values) {
    return new FlowSql(
        platform,
        setting.flow(),
        values.values(setting.version().checked().project().variables()::resolve));
  }

  private Outcome tried(
      Setting setting, Job job, FlowTask task, FlowValues values, Flow.Retries retries) {
    JobTry tries = setting.version().tries();
    Path logs = platform.workDirectory().resolve("logs").resolve(task.key().run());
    Map<String, Object> outputs = new ConcurrentHashMap<>();
    try (JobLog log =
        new JobLog(
            logs.resolve(FlowValues.log(task)),
            setting.version().checked().project().redaction(),
            _ -> {})) {
      JobTry.Given given =
          new JobTry.Given(
              values.variables(setting.flow()),
              values.values(),
              values::value,
              logs,
              log,
              outputs::put);
      Optional<Sensor> sensor = tries.sensor(job);
      if (sensor.isPresent()) {
        if (!tries.look(sensor.get(), job, given)) {
          return notYet(tries.interval(sensor.get(), job, given), job, task);
        }
      } else {
        Optional<TowpathException> failure = tries.run(job, given);
        if (failure.isPresent()) {
          log.line("failed: " + tries.problem(job, failure.get()).message());
          return failed(setting, job, failure.get(), retries);
        }
      }
      return new Ended(
          new FlowTask.End(
              FlowTask.State.SUCCESS,
              outputs.isEmpty() ? Optional.empty() : Optional.of(JsonText.write(outputs)),
              Optional.empty(),
              Optional.empty()));
    }
  }

  /** A sensor's time is over when it has been asked for as long as its timeout says. */
  private Outcome notYet(Duration interval, Job job, FlowTask task) {
    Instant now = platform.clock().instant();
    Optional<Instant> until = job.timeout().flatMap(t -> task.started().map(s -> s.plus(t)));
    if (until.isPresent() && !until.get().isAfter(now)) {
      return new Failed(
          job.location()
              + ": job "
              + job.name()
              + " failed: what it waits for has not come in "
              + job.timeout().orElseThrow().toSeconds()
              + " s, its timeout",
          Flow.Retries.NONE);
    }
    Instant next = now.plus(interval);
    return new NotYet(until.filter(next::isAfter).orElse(next));
  }

  private static Outcome failed(
      Setting setting, Job job, TowpathException failure, Flow.Retries retries) {
    Problem problem = setting.version().tries().problem(job, failure);
    return new Failed(
        problem.location() + ": job " + job.name() + " failed: " + problem.message(), retries);
  }
}
