package dev.towpath.cli;

import dev.towpath.core.flow.Executor;
import dev.towpath.core.flow.TaskGraph;
import dev.towpath.core.project.Job;
import dev.towpath.core.project.Project;
import dev.towpath.core.run.RunListener;
import dev.towpath.core.schedule.Scheduler;
import dev.towpath.core.store.Event;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.spi.TowpathException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Runs the flows of an environment until its thread is interrupted: looks at what is due, does
 * tasks that are ready, and follows the project's files.
 *
 * <p>Why it is quick without being busy: the end of a task wakes it at once, and what other
 * processes write it sees by a counter of the store, which it looks at many times a second and
 * which costs nothing. Everything is looked at in full now and then, too, so that nothing depends
 * on being told.
 */
final class FlowServer {
  /** Slots of pools that {@code pools:} does not name. */
  static final int SLOTS = 16;

  /** Each builds tables with much of the machine's memory. */
  static final int TABLE_SLOTS = 4;

  private static final Duration TICK = Duration.ofMillis(500);
  private static final Duration GLANCE = Duration.ofMillis(15);
  private static final Duration FORGET = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofSeconds(8);

  private final Platform platform;
  private final MetadataStore store;
  private final String environment;
  private final Console console;
  private final ProjectWatch watch;
  private final Heartbeat heartbeat;
  private final FlowTasks tasks;
  private final Scheduler scheduler;
  private final Executor executor;
  private volatile ProjectVersions.Pinned pinned;
  private long nextTick = System.nanoTime(); // a wall clock may go back
  private long nextForget = nextTick;
  private long changes;
  private long told;

  /**
   * A server over a project that has been checked.
   *
   * @param platform its store is used until the server ends
   * @param slots tasks that it does at a time; with none, it leaves them to workers
   * @param listener hears of the tables that it builds
   */
  FlowServer(
      Options options,
      Platform platform,
      ProjectWatch watch,
      Heartbeat heartbeat,
      int slots,
      Console console,
      RunListener listener) {
    this.platform = platform;
    this.store = platform.store();
    this.environment = platform.environment().name();
    this.watch = watch;
    this.heartbeat = heartbeat;
    this.console = console;
    this.pinned = watch.current();
    this.tasks =
        new FlowTasks(options, platform, watch.versions(), console, () -> pinned, listener);
    this.scheduler =
        new Scheduler(
            environment,
            store,
            platform.clock(),
            () -> Ids.next(platform.clock().instant()),
            tasks);
    this.executor =
        new Executor(
            environment,
            store,
            tasks,
            platform.clock(),
            new Random(),
            console.err()::println,
            slots);
  }

  /** Makes it look at once, because something in this process has changed. */
  void wake() {
    executor.wake();
  }

  /** Serves until the thread is interrupted; then stops what still runs. */
  void serve() {
    told = store.events().last(environment);
    store.onLost(_ -> executor.halt());
    try (ProjectWatch _ = watch.start();
        Teller _ =
            Teller.start(platform, () -> pinned.checked().project(), console.err()::println)) {
      try {
        new Turns(executor, console.err()::println).go(this::turn, GLANCE);
      } finally {
        executor.stop(GRACE);
      }
    } finally {
      tasks.close();
      boolean interrupted = Thread.interrupted();
      tell();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** One look at everything that may have changed. */
  private void turn() {
    long time = System.nanoTime();
    long before = changes;
    changes = store.changes();
    if (time - nextTick >= 0) {
      Instant now = platform.clock().instant();
      pinned = watch.current();
      tasks.version(); // kept before a run needs it
      Scheduler.Tick tick = scheduler.tick(pinned.checked().project().flows());
      heartbeat.looked(now);
      Duration due = tick.next().map(next -> Duration.between(now, next)).orElse(TICK);
      nextTick = time + (due.compareTo(TICK) < 0 ? due : TICK).toNanos();
      forget(time, now);
      tell();
    } else if (changes != before) {
      pinned = watch.current(); // whoever has been told of an edit gets it
      scheduler.start(pinned.checked().project().flows());
    } else if (executor.size() == 0) {
      return;
    }
    while (executor.turn(pools(pinned.checked().project()), SLOTS) > 0
        && !Thread.currentThread().isInterrupted()) {
      // what has just been readied may be taken at once
    }
  }

  /** The slots of a project's pools. */
  static Map<String, Integer> pools(Project project) {
    Map<String, Integer> pools = new HashMap<>();
    pools.put(Job.DEFAULT_POOL, SLOTS);
    pools.put(TaskGraph.TABLES_POOL, TABLE_SLOTS);
    pools.putAll(project.pools());
    return pools;
  }

  private void forget(long time, Instant now) {
    if (time - nextForget >= 0) {
      nextForget = time + FORGET.toNanos();
      tasks.forget(now);
      executor.recall();
    }
  }

  /** Prints which runs have started and ended since it was last asked. */
  private void tell() {
    for (Event event : store.events().after(environment, told, 10_000)) {
      told = event.id();
      if (event.type().equals("run.started") || event.type().equals("run.ended")) {
        event.run().flatMap(store.flows()::run).ifPresent(run -> say(event, run));
      }
    }
  }

  private void say(Event event, FlowRun run) {
    if (event.type().equals("run.started")) {
      heartbeat.began(run.ready(), event.at());
    }
    console
        .err()
        .println(
            event.at().truncatedTo(ChronoUnit.SECONDS)
                + " "
                + run.flow()
                + " "
                + run.id()
                + " "
                + words(event, run));
  }

  private static String words(Event event, FlowRun run) {
    if (event.type().equals("run.started")) {
      return "started" + (run.attempts() > 1 ? " (again)" : "");
    }
    Optional<String> release = Optional.ofNullable(event.detail().get("release"));
    String state = event.detail().getOrDefault("state", "");
    return switch (state) {
      case "SUCCESS" ->
          "succeeded" + release.map(r -> ", release " + r).orElse(", nothing to publish");
      case "FAILED" -> "failed: " + event.detail().getOrDefault("message", "");
      case "CANCELLED" -> "cancelled";
      default -> throw new TowpathException("a run ended as " + state.toLowerCase(Locale.ROOT));
    };
  }
}
