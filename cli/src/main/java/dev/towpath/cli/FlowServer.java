package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.project.Flow;
import dev.towpath.core.schedule.Scheduler;
import dev.towpath.core.store.FlowRun;
import dev.towpath.spi.TowpathException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Runs the flows of an environment until its thread is interrupted: looks at what is due, does it
 * on threads of its own, and follows the project's files. Runs keep the version of the project that
 * they started with.
 */
final class FlowServer {
  private static final int MOST_RUNS = 4;
  private static final long POLL_MILLIS = 500;
  private static final Duration GRACE = Duration.ofSeconds(8);

  private final Options options;
  private final Platform platform;
  private final Console console;
  private final Scheduler scheduler;
  private final Random random = new Random();
  private final Map<String, Job> running = new ConcurrentHashMap<>();
  private final Semaphore wake = new Semaphore(0);
  private final ProjectWatch watch;
  private final Heartbeat heartbeat;

  /** A run, the thread that does it, and when it must be over. */
  private static final class Job {
    private final Thread thread;
    private final Optional<Instant> until;
    private volatile boolean late;

    Job(Thread thread, Optional<Instant> until) {
      this.thread = thread;
      this.until = until;
    }
  }

  /**
   * A server over a project that has been checked.
   *
   * @param platform its store is used until the server ends
   */
  FlowServer(
      Options options,
      Platform platform,
      ProjectWatch watch,
      Heartbeat heartbeat,
      Console console) {
    this.options = options;
    this.platform = platform;
    this.watch = watch;
    this.heartbeat = heartbeat;
    this.console = console;
    this.scheduler =
        new Scheduler(
            platform.environment().name(),
            platform.store(),
            platform.clock(),
            () -> Ids.next(platform.clock().instant()));
  }

  /** Serves until the thread is interrupted; then stops what still runs. */
  void serve() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Checked checked = watch.current();
        Set<String> mine = new HashSet<>(running.keySet());
        Scheduler.Tick tick =
            scheduler.tick(checked.project().flows(), mine, MOST_RUNS - mine.size());
        heartbeat.looked(platform.clock().instant());
        tick.started().forEach(run -> launch(checked, run));
        tick.cancelled().forEach(this::interrupt);
        endLate();
        rest(tick.next());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      stop();
    }
  }

  private void rest(Optional<Instant> next) throws InterruptedException {
    long millis =
        next.map(n -> Duration.between(platform.clock().instant(), n).toMillis())
            .map(n -> Math.clamp(n, 0, POLL_MILLIS))
            .orElse(POLL_MILLIS);
    if (wake.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
      wake.drainPermits();
    }
  }

  private void launch(Checked checked, FlowRun run) {
    Flow flow = checked.project().flow(run.flow()).orElseThrow();
    Optional<Instant> until = flow.timeout().map(t -> platform.clock().instant().plus(t));
    heartbeat.began(run.ready(), platform.clock().instant());
    say(run, "started" + (run.attempts() > 0 ? " (try " + (run.attempts() + 1) + ")" : ""));
    Thread thread = Thread.ofVirtual().unstarted(() -> work(checked, flow, run));
    running.put(run.id(), new Job(thread, until));
    thread.start();
  }

  private void work(Checked checked, Flow flow, FlowRun run) {
    FlowRun.End end = outcome(checked, flow, run);
    Job job = running.get(run.id());
    boolean stopped = end.state() == FlowRun.State.CANCELLED;
    if (stopped && job != null && job.late) {
      end =
          new FlowRun.End(
              FlowRun.State.FAILED,
              end.run(),
              end.release(),
              Optional.of("took longer than its timeout"));
    }
    boolean serverStops = stopped && !(job != null && job.late) && !cancelled(run);
    if (!serverStops) { // else the next server finds it without an owner, and starts it again
      scheduler.ended(flow, run, end, random.nextDouble());
    }
    running.remove(run.id());
    say(run, words(end));
    wake.release();
  }

  private boolean cancelled(FlowRun run) {
    return platform.store().flows().cancelled(run.id());
  }

  private FlowRun.End outcome(Checked checked, Flow flow, FlowRun run) {
    try {
      return new FlowWork(options, checked, console).run(flow, run);
    } catch (RuntimeException e) { // a mistake of ours ends the run, not the server
      return new FlowRun.End(
          FlowRun.State.FAILED,
          Optional.empty(),
          Optional.empty(),
          Optional.of("a mistake in towpath itself: " + e));
    }
  }

  private void interrupt(String run) {
    Job job = running.get(run);
    if (job != null) {
      job.thread.interrupt();
    }
  }

  private void endLate() {
    Instant now = platform.clock().instant();
    for (Job job : running.values()) {
      if (!job.late && job.until.filter(u -> !u.isAfter(now)).isPresent()) {
        job.late = true;
        job.thread.interrupt();
      }
    }
  }

  private void stop() {
    running.values().forEach(job -> job.thread.interrupt());
    Instant until = Instant.now().plus(GRACE);
    boolean interrupted = Thread.interrupted();
    try {
      while (!running.isEmpty() && Instant.now().isBefore(until)) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static String words(FlowRun.End end) {
    String release = end.release().map(r -> ", release " + r).orElse("");
    return switch (end.state()) {
      case SUCCESS -> "succeeded" + (release.isEmpty() ? ", nothing to publish" : release);
      case FAILED -> "failed: " + end.message().orElse("") + release;
      case CANCELLED -> "stopped";
      case QUEUED, RUNNING -> throw new TowpathException("a run ended as " + end.state(), null);
    };
  }

  private void say(FlowRun run, String what) {
    console
        .err()
        .println(
            platform.clock().instant().truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                + " "
                + run.flow()
                + " "
                + run.id()
                + " "
                + what);
  }
}
