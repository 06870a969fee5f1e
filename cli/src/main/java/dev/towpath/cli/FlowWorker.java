package dev.towpath.cli;

import dev.towpath.core.flow.Executor;
import dev.towpath.core.flow.TaskWork;
import dev.towpath.core.project.Project;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.spi.TowpathException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Does tasks of an environment's flows until its thread is interrupted. Which runs there are, and
 * which tasks are ready, servers find out; a worker takes what is ready.
 */
final class FlowWorker {
  private static final Duration TICK = Duration.ofMillis(500);
  private static final Duration GLANCE = Duration.ofMillis(25);
  private static final Duration FORGET = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofSeconds(8);

  private final Platform platform;
  private final MetadataStore store;
  private final Console console;
  private final Set<String> only;
  private final FlowTasks tasks;
  private final Executor executor;
  private Map<String, Integer> pools = Map.of();
  private Optional<String> version = Optional.empty();
  private Project project;
  private long nextTick = System.nanoTime(); // a wall clock may go back
  private long nextForget = nextTick;
  private long changes;

  /**
   * A worker.
   *
   * @param slots tasks at a time
   * @param only the pools whose tasks it takes; of all when there is none
   */
  FlowWorker(Options options, Platform platform, int slots, Set<String> only, Console console) {
    this.platform = platform;
    this.store = platform.store();
    this.project = platform.project();
    this.console = console;
    this.only = Set.copyOf(only);
    this.tasks = FlowTasks.ofOthers(options, platform, console);
    this.executor =
        new Executor(
            platform.environment().name(),
            store,
            this::told,
            platform.clock(),
            new Random(),
            console.err()::println,
            slots);
  }

  /** Those of its pools that the project does not have. */
  Set<String> unknown() {
    pools();
    Set<String> unknown = new TreeSet<>(only);
    unknown.removeAll(FlowServer.pools(project).keySet());
    return unknown;
  }

  /** Names of the pools there are, in order. */
  Set<String> known() {
    return new TreeSet<>(FlowServer.pools(project).keySet());
  }

  /** Works until the thread is interrupted; then stops what still runs and gives it back. */
  void work() {
    store.onLost(_ -> executor.halt());
    try {
      new Turns(executor, console.err()::println).go(this::turn, GLANCE);
    } finally {
      executor.stop(GRACE);
      tasks.close();
    }
  }

  private void turn() {
    long time = System.nanoTime();
    long before = changes;
    changes = store.changes();
    if (time - nextTick >= 0) {
      nextTick = time + TICK.toNanos();
      pools = pools();
      if (time - nextForget >= 0) {
        nextForget = time + FORGET.toNanos();
        tasks.forget(platform.clock().instant());
        executor.recall();
      }
    } else if (changes == before && executor.size() == 0) {
      return;
    }
    while (executor.take(pools, only.isEmpty() ? FlowServer.SLOTS : 0) > 0
        && !Thread.currentThread().isInterrupted()) {
      // what has just been readied may be taken at once
    }
  }

  /** As the version of the project says that runs begin with now, wherever it was edited. */
  private Map<String, Integer> pools() {
    Optional<String> newest = store.versions().newest();
    if (!newest.equals(version)) {
      version = newest;
      try {
        project = newest.map(tasks::project).orElse(platform.project());
      } catch (TowpathException e) {
        console.err().println("the project as it is now cannot be used here: " + e.getMessage());
      }
    }
    Map<String, Integer> all = FlowServer.pools(project);
    if (only.isEmpty()) {
      return all;
    }
    Map<String, Integer> some = new HashMap<>();
    only.forEach(pool -> some.put(pool, all.getOrDefault(pool, FlowServer.SLOTS)));
    return some;
  }

  private TaskWork.Outcome told(FlowTask task) {
    say(task, "started");
    TaskWork.Outcome outcome = tasks.run(task);
    say(
        task,
        switch (outcome) {
          case TaskWork.Ended(FlowTask.End end) ->
              end.state().name().toLowerCase(Locale.ROOT).replace('_', ' ');
          case TaskWork.Failed(String message, _) -> "failed: " + message;
          case TaskWork.Mapped(var items) -> "has " + Console.count(items.size(), "row");
          case TaskWork.NotYet _ -> "waits";
          case TaskWork.Later(String why, _) -> "could not begin: " + why;
        });
    return outcome;
  }

  private void say(FlowTask task, String what) {
    console
        .err()
        .println(
            platform.clock().instant().truncatedTo(ChronoUnit.SECONDS)
                + " "
                + task.flow()
                + " "
                + task.key()
                + " "
                + what);
  }
}
