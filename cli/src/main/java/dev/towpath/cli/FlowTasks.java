package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.flow.Jobs;
import dev.towpath.core.flow.TaskGraph;
import dev.towpath.core.flow.TaskWork;
import dev.towpath.core.project.Flow;
import dev.towpath.core.project.Job;
import dev.towpath.core.project.Project;
import dev.towpath.core.run.JobTry;
import dev.towpath.core.run.RunListener;
import dev.towpath.core.schedule.Scheduler;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowStore;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.JsonText;
import dev.towpath.core.store.VersionStore;
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
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Does tasks of flows: jobs, and all that {@code towpath run} does for tables. A run keeps the
 * version of the project with which it started, whichever process does its tasks. Thread-safe.
 */
final class FlowTasks implements TaskWork, Scheduler.Starter, AutoCloseable {
  /** How long it believes to know a run; one that is retried begins with another version. */
  private static final Duration KNOWN = Duration.ofMillis(500);

  /** How often it says that a version is in use, and looks for those that are not. */
  private static final Duration USED = Duration.ofHours(1);

  private static final Duration UNUSED = Duration.ofDays(1);

  /** Tries to begin a task whose run cannot be read: some quarter of an hour. */
  private static final int MOST_POSTPONED = 20;

  private static final Duration POSTPONED = Duration.ofSeconds(5);
  private static final Duration MOST_DELAY = Duration.ofMinutes(1);

  private final Options options;
  private final Platform platform;
  private final ProjectVersions files;
  private final Supplier<ProjectVersions.Pinned> current;
  private final FlowTables tables;
  private final Map<String, Version> versions = new ConcurrentHashMap<>();
  private final Queue<Version> retired = new ConcurrentLinkedQueue<>();
  private final Map<String, Setting> settings = new ConcurrentHashMap<>();
  private final Set<FlowTask.Key> met = ConcurrentHashMap.newKeySet();
  private final Map<FlowTask.Key, Integer> postponed = new ConcurrentHashMap<>();
  private String used = "";
  private Instant usedAt = Instant.MIN;
  private Instant nextTidy = Instant.MIN;

  /** A version of the project, and what works on it. */
  private record Version(
      ProjectVersions.Pinned pinned, Platform platform, Jobs jobs, JobTry tries) {
    Checked checked() {
      return pinned.checked();
    }
  }

  /** A run in a version. */
  private record Setting(Version version, FlowRun run, Flow flow, long at) {}

  /**
   * Does tasks.
   *
   * @param current tells the newest version of the project that has no errors
   * @param listener hears of the tables that are built
   */
  FlowTasks(
      Options options,
      Platform platform,
      ProjectVersions files,
      Console console,
      Supplier<ProjectVersions.Pinned> current,
      RunListener listener) {
    this.options = options;
    this.files = files;
    this.platform = platform;
    this.current = current;
    this.tables = new FlowTables(platform, console, listener);
  }

  /** Does tasks of runs that other processes start. */
  static FlowTasks ofOthers(Options options, Platform platform, Console console) {
    ProjectVersions files = new ProjectVersions(platform.project().root());
    AtomicReference<ProjectVersions.Pinned> own = new AtomicReference<>();
    return new FlowTasks(
        options,
        platform,
        files,
        console,
        () -> own.updateAndGet(known -> known == null ? files.now(options) : known),
        RunListener.NONE);
  }

  @Override
  public List<FlowTask> tasks(Flow flow, FlowRun run) {
    Version version = newest();
    return new TaskGraph(version.checked().project(), flow, version.tries()::isSensor).tasks(run);
  }

  @Override
  public void again(FlowRun run) {
    settings.remove(run.id());
  }

  @Override
  public synchronized Optional<String> version() {
    ProjectVersions.Pinned now = current.get();
    Instant time = platform.clock().instant();
    if (!now.hash().equals(used) || usedAt.plus(USED).isBefore(time)) {
      platform
          .store()
          .versions()
          .keep(now.version(), file -> files.content(now.version(), file), time);
      used = now.hash();
      usedAt = time;
    }
    return Optional.of(used);
  }

  /** The project as a version that the store keeps has it. */
  Project project(String version) {
    return version(version).checked().project();
  }

  /** The same files may have been checked again, when the variables of {@code .env} changed. */
  @SuppressWarnings("ReferenceEquality")
  private Version newest() {
    ProjectVersions.Pinned now = current.get();
    Version known = versions.get(now.hash());
    if (known != null && known.pinned() != now) {
      retired.add(known);
      versions.remove(now.hash(), known);
    }
    return known != null && known.pinned() == now ? known : add(now);
  }

  private Version version(String hash) {
    Version known = versions.get(hash);
    if (known != null) {
      return known;
    }
    synchronized (versions) { // read by one thread, however many tasks wait for it
      Version made = versions.get(hash);
      return made != null ? made : add(files.kept(options, hash, platform.store().versions()));
    }
  }

  private Version add(ProjectVersions.Pinned pinned) {
    synchronized (versions) {
      return versions.computeIfAbsent(
          pinned.hash(),
          _ -> {
            Platform own = platform.at(pinned.checked().orThrow().project());
            return new Version(
                pinned, own, new Jobs(own.project()), new JobTry(own.project(), own.jobRunners()));
          });
    }
  }

  /** Forgets runs that are over, and versions that no run needs any more. */
  void forget(Instant now) {
    FlowStore flows = platform.store().flows();
    Set<String> open = new HashSet<>(settings.keySet());
    open.removeIf(id -> flows.run(id).map(run -> run.state().isOver()).orElse(true));
    settings.keySet().retainAll(open);
    met.removeIf(key -> !open.contains(key.run()));
    postponed.keySet().removeIf(key -> !open.contains(key.run()) && isOver(key));
    if (now.isBefore(nextTidy)) {
      return;
    }
    nextTidy = now.plus(USED);
    VersionStore store = platform.store().versions();
    store.trim(now.minus(UNUSED));
    Set<String> needed = store.open();
    store.newest().ifPresent(needed::add);
    needed.add(used); // another server may have another
    settings.values().forEach(setting -> needed.add(setting.version().pinned().hash()));
    synchronized (versions) {
      for (Version version : List.copyOf(versions.values())) {
        if (!needed.contains(version.pinned().hash())) {
          versions.remove(version.pinned().hash());
          version.platform().close();
        }
      }
    }
    files.tidy(needed, now);
  }

  private boolean isOver(FlowTask.Key task) {
    return platform.store().tasks().task(task).map(t -> t.state().isOver()).orElse(true);
  }

  @Override
  public void close() {
    retired.addAll(versions.values());
    versions.clear();
    retired.forEach(version -> version.platform().close());
  }

  private Setting setting(FlowTask task) {
    long now = System.nanoTime(); // a wall clock may go back
    Setting known = settings.get(task.key().run());
    if (known != null && now - known.at() < KNOWN.toNanos()) {
      return known;
    }
    FlowRun run =
        platform
            .store()
            .flows()
            .run(task.key().run())
            .orElseThrow(() -> new TowpathException("its run is not in the store any more"));
    // Runs that an older towpath began keep no version.
    Version version = run.version().map(this::version).orElseGet(this::newest);
    Flow flow =
        version
            .checked()
            .project()
            .flow(task.flow())
            .orElseThrow(() ->
                new TowpathException("flow " + task.flow() + " is not in the project any more"));
    Setting setting = new Setting(version, run, flow, now);
    settings.put(run.id(), setting);
    return setting;
  }

  @Override
  public Outcome run(FlowTask task) {
    Setting setting;
    try {
      setting = setting(task);
      postponed.remove(task.key());
    } catch (CancelledException e) {
      throw e;
    } catch (TowpathException e) {
      return later(task, String.valueOf(e.getMessage()));
    }
    try {
      if (task.type().equals(FlowTask.TABLES)) {
        return tables.run(setting.version().checked(), setting.flow(), setting.run(), task);
      }
      String name = TaskGraph.job(task.key().name());
      Job job =
          setting
              .version()
              .jobs()
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

  /** Neither the store nor this machine is the task's fault: it waits, and others may take it. */
  private Outcome later(FlowTask task, String why) {
    int times = postponed.merge(task.key(), 1, Integer::sum);
    if (times > MOST_POSTPONED) {
      postponed.remove(task.key());
      return new Failed("it could not begin, " + times + " times: " + why, Flow.Retries.NONE);
    }
    Duration delay = POSTPONED.multipliedBy(times);
    return new Later(why, delay.compareTo(MOST_DELAY) < 0 ? delay : MOST_DELAY);
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
        setting.version().platform(),
        setting.flow(),
        values.values(setting.version().checked().project().variables()::resolve));
  }

  private Outcome tried(
      Setting setting, Job job, FlowTask task, FlowValues values, Flow.Retries retries) {
    JobTry tries = setting.version().tries();
    Path logs = platform.storage().logs().resolve(task.key().run());
    Map<String, Object> outputs = new ConcurrentHashMap<>();
    try (JobLog log =
        new JobLog(
            logs.resolve(FlowValues.log(task)),
            setting.version().checked().project().redaction(),
            _ -> {})) {
      JobTry.Given given =
          new JobTry.Given(
              values.variables(setting.flow(), platform.environment().name()),
              values.values(),
              values::value,
              logs,
              log,
              (name, value) -> outputs.put(name, masked(setting, value)));
      Optional<Sensor> sensor = tries.sensor(job);
      if (sensor.isPresent()) {
        if (!tries.look(sensor.get(), job, given)) {
          return notYet(tries.interval(sensor.get(), job, given), job, task);
        }
      } else {
        if (task.attempts() > 1) {
          log.line("== try " + task.attempts());
        }
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

  /** What is handed on is kept in the store and shown: secrets do not belong there. */
  private static Object masked(Setting setting, Object value) {
    return value instanceof String text
        ? setting.version().checked().project().redaction().apply(text)
        : value;
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
