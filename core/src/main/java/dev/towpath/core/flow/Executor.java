package dev.towpath.core.flow;

import dev.towpath.core.schedule.Backoff;
import dev.towpath.core.store.Event;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.TaskStore;
import dev.towpath.spi.CancelledException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Takes tasks that are ready, does each on a thread of its own, and writes how it ended. One thread
 * calls {@link #turn} again and again, and rests in {@link #await} in between, where the end of
 * each task wakes it.
 *
 * <p>Why nothing is done twice or forgotten: a task is taken by one transaction and ended by
 * another, which also readies what waits for it; between the two it belongs to this process, and
 * when the process dies the store gives it back. An end that the store cannot take now is tried
 * until it can.
 */
public final class Executor {
  /** Tasks that a process does at a time, unless it is told otherwise. */
  public static final int MOST_RUNNING = 512;

  private static final Duration LOOK_LEASE = Duration.ofMinutes(2);
  private static final Duration LOOK_PAUSE = Duration.ofMillis(250);
  private static final long AGAIN_MILLIS = 500;
  private static final Duration HALT = Duration.ofSeconds(30);
  private static final long INSIST_MILLIS = 200;

  private final String environment;
  private final MetadataStore store;
  private final TaskStore tasks;
  private final TaskWork work;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Consumer<String> say;
  private final int most;
  private final Map<FlowTask.Key, Running> running = new ConcurrentHashMap<>();
  private final Semaphore wake = new Semaphore(0);
  private final Looks looks;
  private final Setbacks setbacks;
  private volatile boolean stopping;
  private long lastLook = System.nanoTime() - LOOK_PAUSE.toNanos(); // a wall clock may go back

  /** A task, and the thread that does it, which is asked to stop once. */
  private record Running(FlowTask task, Thread thread, AtomicBoolean stopped) {
    Running(FlowTask task, Thread thread) {
      this(task, thread, new AtomicBoolean());
    }

    void stop() {
      if (stopped.compareAndSet(false, true)) {
        thread.interrupt();
      }
    }
  }

  /**
   * An executor of an environment's tasks.
   *
   * @param say hears of what people should know
   */
  public Executor(
      String environment,
      MetadataStore store,
      TaskWork work,
      InstantSource clock,
      RandomGenerator random,
      Consumer<String> say) {
    this(environment, store, work, clock, random, say, MOST_RUNNING);
  }

  /**
   * An executor that does no more than so many tasks at a time; with none, it only looks at what
   * sensors wait for.
   */
  public Executor(
      String environment,
      MetadataStore store,
      TaskWork work,
      InstantSource clock,
      RandomGenerator random,
      Consumer<String> say,
      int most) {
    this.environment = environment;
    this.store = store;
    this.tasks = store.tasks();
    this.work = work;
    this.clock = clock;
    this.random = random;
    this.say = say;
    this.most = most;
    this.looks = new Looks(this);
    this.setbacks = new Setbacks(clock, newest(store, environment));
  }

  /**
   * Takes what is ready, as far as there is room, and stops what has been cancelled.
   *
   * @param pools number of slots by name
   * @param fallback slots of other pools
   * @return the number of tasks that it took
   */
  public int turn(Map<String, Integer> pools, int fallback) {
    int taken = take(pools, fallback);
    long time = System.nanoTime();
    if (time - lastLook >= LOOK_PAUSE.toNanos()) { // what is due a little later waits for others
      lastLook = time;
      look(clock.instant());
    }
    return taken;
  }

  /** When the last thing happened that its store knows. */
  private static Instant newest(MetadataStore store, String environment) {
    long last = store.events().last(environment);
    return store.events().after(environment, last - 1, 1).stream()
        .map(Event::at)
        .findFirst()
        .orElse(Instant.MIN);
  }

  private void look(Instant now) {
    tasks.defer(looks.deferred(), now);
    Duration back = setbacks.since(); // after what was deferred by the clock as it was
    if (back.isPositive()) {
      say.accept("the clock went back by " + back.toSeconds() + " s: what waits for it, too");
      tasks.hasten(environment, back);
    }
    int room = looks.room();
    if (room > 0) {
      looks.add(tasks.look(environment, room, FlowTask.MOST_DEATHS, now, now.plus(LOOK_LEASE)));
    }
  }

  /** The same without looking at what sensors wait for. */
  public int take(Map<String, Integer> pools, int fallback) {
    stopCancelled();
    List<FlowTask> taken =
        tasks.claim(environment, pools, fallback, most - running.size(), clock.instant());
    taken.forEach(this::launch);
    return taken.size();
  }

  /**
   * Gives back tasks that the store takes for this process's and that it knows nothing of: it never
   * learned that it had taken them. Called by the thread that takes them.
   */
  public void recall() {
    for (FlowTask task : tasks.running(environment)) {
      if (!running.containsKey(task.key())) { // one that has just ended is not given back
        tasks.giveBack(task, clock.instant());
      }
    }
  }

  /** Rests until a task ends, somebody {@linkplain #wake wakes} it, or the time is over. */
  public void await(Duration longest) throws InterruptedException {
    if (wake.tryAcquire(longest.toNanos(), TimeUnit.NANOSECONDS)) {
      wake.drainPermits();
    }
  }

  /** Wakes the thread that {@linkplain #await rests}. */
  public void wake() {
    wake.release();
  }

  /** Number of tasks that this process does now. */
  public int size() {
    return running.size();
  }

  private void launch(FlowTask task) {
    Thread thread =
        Thread.ofVirtual()
            .unstarted(() -> {
              try {
                settle(task, outcome(task));
              } finally {
                running.remove(task.key());
                wake.release();
              }
            });
    running.put(task.key(), new Running(task, thread));
    thread.start();
  }

  private void stopCancelled() {
    if (running.isEmpty()) {
      return;
    }
    Map<String, Boolean> cancelling = store.flows().cancelling(environment);
    for (Running one : running.values()) {
      Boolean atOnce = cancelling.get(one.task().key().run());
      if (atOnce != null && (atOnce || !one.task().last())) {
        one.stop();
      }
    }
  }

  /** What a try comes to; a mistake of ours ends the task, not the server. */
  TaskWork.Outcome outcome(FlowTask task) {
    try {
      if (stopping) {
        throw new CancelledException();
      }
      return work.run(task);
    } catch (CancelledException e) {
      return new TaskWork.Ended(FlowTask.End.of(FlowTask.State.CANCELLED, "it was stopped"));
    } catch (RuntimeException | Error e) {
      return new TaskWork.Ended(
          FlowTask.End.of(FlowTask.State.FAILED, "a mistake in towpath itself: " + e));
    }
  }

  /** Writes what a try came to, however long that takes. */
  void settle(FlowTask task, TaskWork.Outcome outcome) {
    boolean interrupted = Thread.interrupted(); // what is written now must get through
    for (boolean told = false; ; told = true) {
      try {
        write(task, outcome);
        break;
      } catch (RuntimeException e) {
        if (!told) {
          say.accept(task.key() + ": its end cannot be written, trying again: " + e.getMessage());
        }
        if (stopping) {
          break; // the next server finds it without an owner
        }
        interrupted |= paused();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean paused() {
    try {
      Thread.sleep(AGAIN_MILLIS);
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }

  private void write(FlowTask task, TaskWork.Outcome outcome) {
    Instant now = clock.instant();
    switch (outcome) {
      case TaskWork.Ended(FlowTask.End end) -> {
        if (stopping && end.state() == FlowTask.State.CANCELLED) {
          tasks.giveBack(task, now);
        } else {
          tasks.end(task, end, now);
        }
      }
      case TaskWork.Failed(var message, var retries) -> {
        if (task.failures() < retries.most()) {
          Duration delay = Backoff.delay(retries, task.failures(), random.nextDouble());
          tasks.retry(task, now.plus(delay), message, now);
        } else {
          tasks.end(task, FlowTask.End.of(FlowTask.State.FAILED, message), now);
        }
      }
      case TaskWork.Mapped(var items) -> tasks.expand(task, items, now);
      case TaskWork.NotYet(Instant next) -> tasks.defer(Map.of(task, next), now);
      case TaskWork.Later(var why, var delay) -> tasks.postpone(task, now.plus(delay), why, now);
    }
  }

  /** What cannot be written now comes due again when its lease is over. */
  private void defer() {
    try {
      tasks.defer(looks.deferred(), clock.instant());
    } catch (RuntimeException e) {
      say.accept("sensors look again later than they would: " + e.getMessage());
    }
  }

  /**
   * Stops all tasks of this process at once and without manners, because others are about to take
   * them: each is asked again and again, until it has ended. Returns before that.
   */
  public void halt() {
    stopping = true;
    looks.close();
    Thread.ofPlatform().daemon().name("towpath-halt").start(this::insist);
  }

  private void insist() {
    long until = System.nanoTime() + HALT.toNanos();
    while (!running.isEmpty() && System.nanoTime() < until) {
      running.values().forEach(one -> one.thread().interrupt());
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(INSIST_MILLIS));
    }
  }

  /**
   * Stops all tasks of this process and gives them back, so that another one does them.
   *
   * @param grace how long to wait for them
   */
  public void stop(Duration grace) {
    stopping = true;
    looks.close();
    List<Thread> threads = new ArrayList<>();
    running.values().forEach(one -> threads.add(one.thread()));
    threads.forEach(Thread::interrupt);
    boolean interrupted = Thread.interrupted();
    defer();
    long until = System.nanoTime() + grace.toNanos();
    for (Thread thread : threads) {
      try {
        long left = until - System.nanoTime();
        if (left > 0) {
          thread.join(Duration.ofNanos(left));
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
