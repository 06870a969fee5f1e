package dev.towpath.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.core.flow.Executor;
import dev.towpath.core.flow.TaskWork;
import dev.towpath.core.project.Flow;
import dev.towpath.core.project.TriggerRule;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import dev.towpath.spi.CancelledException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The executor over a real store: fan-outs, chains, mapped tasks, sensors, cancels. */
abstract class ExecutorContract {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Backend backend;
  private SqlStore store;

  /** A place with nothing in it. */
  abstract Backend backend();

  @BeforeEach
  void open() {
    backend = backend();
    store = backend.open(new MemoryObjects(Instant::now), Clock.systemUTC());
  }

  @AfterEach
  void close() {
    store.close();
    backend.close();
  }

  private Executor executor(Function<FlowTask, TaskWork.Outcome> work) {
    return new Executor(
        "dev", store, work::apply, Clock.systemUTC(), new Random(1), System.err::println);
  }

  private static TaskWork.Outcome well(FlowTask task) {
    return new TaskWork.Ended(FlowTask.End.success());
  }

  private static FlowRun queued(String id) {
    Instant now = Instant.now();
    return FlowRun.queued(id, "dev", id, FlowRun.Cause.PERSON, now, Optional.empty(), now);
  }

  private void start(FlowRun run, List<FlowTask> tasks) {
    store.flows().enqueue(run, Optional.empty());
    assertThat(
            store
                .flows()
                .start(
                    run.id(), new FlowRun.Start(tasks, Optional.empty(), List.of()), Instant.now()))
        .isTrue();
  }

  private static FlowTask task(FlowRun run, String name, List<String> needs, List<String> next) {
    return FlowTask.waiting(run, name, "empty", "default", 0, TriggerRule.ALL_SUCCESS)
        .linked(false, needs, next);
  }

  private FlowRun finish(Executor executor, String run) throws InterruptedException {
    Instant until = Instant.now().plus(PATIENCE);
    while (!store.flows().run(run).orElseThrow().state().isOver()) {
      assertThat(Instant.now()).as(store.tasks().open("dev").toString()).isBefore(until);
      executor.turn(Map.of("default", 16), 16);
      executor.await(Duration.ofMillis(10));
    }
    return store.flows().run(run).orElseThrow();
  }

  @Test
  void aThousandTasksSideBySideEachRunOnce() throws Exception {
    Map<String, AtomicInteger> runs = new ConcurrentHashMap<>();
    FlowRun run = queued("fan");
    List<FlowTask> tasks = new ArrayList<>();
    List<String> leaves = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      leaves.add("job:t" + i);
    }
    tasks.add(task(run, "job:first", List.of(), leaves));
    leaves.forEach(name -> tasks.add(task(run, name, List.of("job:first"), List.of("job:last"))));
    tasks.add(task(run, "job:last", leaves, List.of()));
    Executor executor =
        executor(task -> {
          runs.computeIfAbsent(task.key().name(), _ -> new AtomicInteger()).incrementAndGet();
          return well(task);
        });
    start(run, tasks);
    long from = System.nanoTime();
    assertThat(finish(executor, "fan").state()).isEqualTo(FlowRun.State.SUCCESS);
    System.out.printf("1,002 tasks in %d ms%n", (System.nanoTime() - from) / 1_000_000);
    assertThat(runs).hasSize(1_002);
    assertThat(runs.values()).allMatch(n -> n.get() == 1);
    assertThat(store.tasks().slots("dev")).isEmpty();
  }

  @Test
  void aChainRunsInOrder() throws Exception {
    List<String> order = new java.util.concurrent.CopyOnWriteArrayList<>();
    FlowRun run = queued("chain");
    List<FlowTask> tasks = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      tasks.add(
          task(
              run,
              "job:t" + i,
              i == 0 ? List.of() : List.of("job:t" + (i - 1)),
              i == 299 ? List.of() : List.of("job:t" + (i + 1))));
    }
    Executor executor =
        executor(task -> {
          order.add(task.key().name());
          return well(task);
        });
    start(run, tasks);
    long from = System.nanoTime();
    assertThat(finish(executor, "chain").state()).isEqualTo(FlowRun.State.SUCCESS);
    System.out.printf("a chain of 300 in %d ms%n", (System.nanoTime() - from) / 1_000_000);
    assertThat(order).isEqualTo(tasks.stream().map(t -> t.key().name()).toList());
  }

  @Test
  void whatDoesNothingNeedsNobody() {
    FlowRun run = queued("points");
    List<FlowTask> tasks = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      List<String> needs = i == 0 ? List.of() : List.of("job:t" + (i - 1));
      List<String> next = i == 299 ? List.of() : List.of("job:t" + (i + 1));
      tasks.add(point(run, "job:t" + i).linked(false, needs, next));
    }
    tasks.add(point(run, "job:tidy").linked(true, List.of(), List.of()));
    start(run, tasks);
    assertThat(store.flows().run("points").orElseThrow().state()).isEqualTo(FlowRun.State.SUCCESS);
    assertThat(store.tasks().tasks("points"))
        .hasSize(301)
        .allSatisfy(task -> {
          assertThat(task.state()).isEqualTo(FlowTask.State.SUCCESS);
          assertThat(task.attempts()).isEqualTo(1);
          assertThat(task.finished()).isPresent().isEqualTo(task.started());
        });
    assertThat(store.events().after("dev", 0, 1_000))
        .filteredOn(e -> e.type().equals("task.ended"))
        .extracting(e -> e.task().orElseThrow())
        .hasSize(301)
        .startsWith("job:t0", "job:t1")
        .endsWith("job:t299", "job:tidy");
  }

  private static FlowTask point(FlowRun run, String name) {
    return FlowTask.waiting(run, name, "empty", FlowTask.NO_POOL, 0, TriggerRule.ALL_SUCCESS);
  }

  @Test
  void tenThousandMappedTasksHandOnWhatTheyFound() throws Exception {
    FlowRun run = queued("mapped");
    FlowTask group = task(run, "job:each", List.of(), List.of("job:sum")).of(false, true);
    List<String> items = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      items.add("{\"i\":" + i + "}");
    }
    Executor executor =
        executor(task -> {
          if (task.mapped()) {
            return new TaskWork.Mapped(items);
          }
          Optional<String> outputs = task.item().map(i -> i.replace("\"i\"", "\"n\""));
          return new TaskWork.Ended(
              new FlowTask.End(
                  FlowTask.State.SUCCESS, outputs, Optional.empty(), Optional.empty()));
        });
    start(run, List.of(group, task(run, "job:sum", List.of("job:each"), List.of())));
    long from = System.nanoTime();
    assertThat(finish(executor, "mapped").state()).isEqualTo(FlowRun.State.SUCCESS);
    System.out.printf("10,000 mapped tasks in %d ms%n", (System.nanoTime() - from) / 1_000_000);
    FlowTask ended = store.tasks().task(group.key()).orElseThrow();
    assertThat(ended.outputs().orElseThrow()).startsWith("{\"n\":[0,1,2,").endsWith(",9999]}");
  }

  @Test
  void sensorsWaitWithoutSlotsAndThreads() throws Exception {
    FlowRun run = queued("sensors");
    List<FlowTask> tasks = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      tasks.add(task(run, "job:s" + i, List.of(), List.of()).of(true, false));
    }
    AtomicInteger looks = new AtomicInteger();
    Set<Thread> lookers = ConcurrentHashMap.newKeySet();
    Executor executor =
        executor(task -> {
          lookers.add(Thread.currentThread());
          return looks.incrementAndGet() <= 1_500
              ? new TaskWork.NotYet(Instant.now().plusMillis(300))
              : well(task);
        });
    start(run, tasks);
    executor.turn(Map.of(), 1);
    assertThat(store.tasks().slots("dev")).isEmpty();
    assertThat(executor.size()).as("tasks with a thread of their own").isZero();
    assertThat(finish(executor, "sensors").state()).isEqualTo(FlowRun.State.SUCCESS);
    assertThat(looks).hasValue(2_500);
    assertThat(lookers).as("threads that looked, of all sensors").hasSizeBetween(1, 32);
    assertThat(store.tasks().tasks("sensors")).allMatch(t -> t.attempts() == 1);
  }

  @Test
  void sensorsThatHangDoNotHoldUpTheOthers() throws Exception {
    FlowRun hanging = queued("hanging");
    List<FlowTask> tasks = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      tasks.add(task(hanging, "job:s" + i, List.of(), List.of()).of(true, false));
    }
    CountDownLatch end = new CountDownLatch(1);
    Executor executor =
        executor(task -> {
          if (task.key().run().equals("hanging")) {
            hang(end);
          }
          return well(task);
        });
    start(hanging, tasks);
    executor.turn(Map.of(), 1);
    FlowRun healthy = queued("healthy");
    start(healthy, List.of(task(healthy, "job:s", List.of(), List.of()).of(true, false)));
    assertThat(finish(executor, "healthy").state()).isEqualTo(FlowRun.State.SUCCESS);
    end.countDown();
    assertThat(finish(executor, "hanging").state()).isEqualTo(FlowRun.State.SUCCESS);
  }

  private static void hang(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      throw new CancelledException(e);
    }
  }

  @Test
  void whatIsCancelledIsAskedToStopOnceAndWaitedFor() throws Exception {
    FlowRun run = queued("tidy");
    CountDownLatch begun = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    Executor executor =
        executor(task -> {
          if (task.last()) {
            return well(task);
          }
          begun.countDown();
          long until = System.nanoTime() + Duration.ofMillis(700).toNanos();
          while (asked.get() == 0 || System.nanoTime() < until) {
            try {
              Thread.sleep(20);
            } catch (InterruptedException e) {
              asked.incrementAndGet();
              until = System.nanoTime() + Duration.ofMillis(700).toNanos(); // it cleans up
            }
          }
          throw new CancelledException();
        });
    FlowTask last = task(run, "job:z", List.of(), List.of()).linked(true, List.of(), List.of());
    start(run, List.of(task(run, "job:a", List.of(), List.of()), last));
    executor.turn(Map.of(), 16);
    begun.await();
    store.flows().cancel("tidy", "enough", Optional.empty(), Instant.now());
    assertThat(finish(executor, "tidy").state()).isEqualTo(FlowRun.State.CANCELLED);
    assertThat(asked).hasValue(1);
    Map<String, FlowTask> ended = new ConcurrentHashMap<>();
    store.tasks().tasks("tidy").forEach(t -> ended.put(t.key().name(), t));
    assertThat(ended.get("job:z").started().orElseThrow())
        .isAfterOrEqualTo(ended.get("job:a").finished().orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aCancelledRunIsStoppedAndItsLastTasksStillRunUnlessSomebodyAsksAgain(int times)
      throws Exception {
    FlowRun run = queued("cancelled");
    CountDownLatch started = new CountDownLatch(1);
    Executor executor =
        executor(task -> {
          if (task.last()) {
            return well(task);
          }
          started.countDown();
          try {
            Thread.sleep(PATIENCE);
          } catch (InterruptedException e) {
            throw new CancelledException(e);
          }
          return well(task);
        });
    start(
        run,
        List.of(
            task(run, "job:slow", List.of(), List.of("job:next")),
            task(run, "job:next", List.of("job:slow"), List.of()),
            FlowTask.waiting(run, "job:tidy", "empty", "default", 0, TriggerRule.ALL_DONE)
                .linked(true, List.of(), List.of())));
    executor.turn(Map.of(), 1);
    started.await();
    for (int i = 0; i < times; i++) {
      store.flows().cancel("cancelled", "enough", Optional.empty(), Instant.now());
    }
    FlowRun over = finish(executor, "cancelled");
    assertThat(over.state()).isEqualTo(FlowRun.State.CANCELLED);
    assertThat(over.message()).contains("enough");
    assertThat(store.tasks().tasks("cancelled"))
        .extracting(FlowTask::state)
        .containsExactly(
            FlowTask.State.CANCELLED,
            FlowTask.State.CANCELLED,
            times == 1 ? FlowTask.State.SUCCESS : FlowTask.State.CANCELLED);
  }

  @Test
  void aFailedTryWaitsForTheNextAndAServerThatStopsGivesItsTasksBack() throws Exception {
    FlowRun run = queued("again");
    AtomicInteger tries = new AtomicInteger();
    Flow.Retries retries = new Flow.Retries(2, Duration.ofMillis(20), 1, Duration.ofSeconds(1), 0);
    CountDownLatch second = new CountDownLatch(1);
    Executor first =
        executor(_ -> {
          if (tries.incrementAndGet() == 1) {
            return new TaskWork.Failed("not yet", retries);
          }
          second.countDown();
          try {
            Thread.sleep(PATIENCE);
          } catch (InterruptedException e) {
            throw new CancelledException(e);
          }
          return new TaskWork.Failed("slept", retries);
        });
    start(run, List.of(task(run, "job:t", List.of(), List.of())));
    while (!second.await(5, java.util.concurrent.TimeUnit.MILLISECONDS)) {
      first.turn(Map.of(), 1);
    }
    first.stop(Duration.ofSeconds(10));
    FlowTask back = store.tasks().tasks("again").getFirst();
    assertThat(back.state()).isEqualTo(FlowTask.State.READY);
    assertThat(back.deaths()).isZero();
    assertThat(finish(executor(ExecutorContract::well), "again").state())
        .isEqualTo(FlowRun.State.SUCCESS);
    assertThat(store.tasks().tasks("again").getFirst().attempts()).isEqualTo(3);
    assertThat(store.tasks().tasks("again").getFirst().failures()).isEqualTo(1);
  }

  /**
   * After a clock has gone back, nothing stands still until it is there again: neither what waits
   * in a process that sees it, nor what a process before had let wait.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClockThatGoesBackStopsNothing(boolean restarted) throws Exception {
    AtomicReference<Duration> jump = new AtomicReference<>(Duration.ofHours(1));
    InstantSource time = () -> Instant.now().plus(jump.get());
    AtomicInteger looks = new AtomicInteger();
    AtomicInteger tries = new AtomicInteger();
    Flow.Retries again = new Flow.Retries(1, Duration.ofSeconds(1), 1, Duration.ofSeconds(1), 0);
    TaskWork work =
        task -> {
          if (task.key().name().equals("job:s")) {
            return looks.incrementAndGet() < 2
                ? new TaskWork.NotYet(time.instant().plusSeconds(1))
                : well(task);
          }
          return tries.incrementAndGet() < 2 ? new TaskWork.Failed("not yet", again) : well(task);
        };
    Executor executor = new Executor("dev", store, work, time, new Random(1), System.err::println);
    FlowRun run = queued("waits");
    start(
        run,
        List.of(
            task(run, "job:s", List.of(), List.of()).of(true, false),
            task(run, "job:r", List.of(), List.of())));
    Instant until = Instant.now().plus(PATIENCE);
    while (store.tasks().tasks("waits").stream()
        .anyMatch(t -> !t.ready().isAfter(Instant.now().plus(Duration.ofMinutes(59))))) {
      assertThat(Instant.now()).as("each waits for its second time").isBefore(until);
      executor.turn(Map.of(), 16);
      executor.await(Duration.ofMillis(10));
    }
    if (restarted) {
      executor.stop(PATIENCE);
    }
    jump.set(Duration.ZERO);
    if (restarted) {
      executor = new Executor("dev", store, work, time, new Random(1), System.err::println);
    }
    assertThat(finish(executor, "waits").state()).isEqualTo(FlowRun.State.SUCCESS);
    executor.stop(PATIENCE);
  }

  /** A sensor waits for days: what fails now and then in them is not what fails again and again. */
  @Test
  void looksThatFailAreCountedInARow() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    Flow.Retries once = new Flow.Retries(1, Duration.ofMillis(1), 1, Duration.ofMillis(1), 0);
    Executor executor =
        executor(_ ->
            switch (looks.incrementAndGet()) {
              case 1, 3, 5, 6 -> new TaskWork.Failed("not to be reached", once);
              default -> new TaskWork.NotYet(Instant.now());
            });
    FlowRun run = queued("sensor");
    start(run, List.of(task(run, "job:s", List.of(), List.of()).of(true, false)));
    assertThat(finish(executor, "sensor").state()).isEqualTo(FlowRun.State.FAILED);
    assertThat(looks).hasValue(6);
    executor.stop(PATIENCE);
  }

  /** A store that does not answer is no failure of the task, which keeps its tries. */
  @Test
  void whatCouldNotBeginWaitsAndCountsAsNoFailure() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    Executor executor =
        executor(task ->
            tries.incrementAndGet() < 3
                ? new TaskWork.Later("no store", Duration.ofMillis(20))
                : well(task));
    FlowRun run = queued("later");
    start(
        run,
        List.of(
            task(run, "job:t", List.of(), List.of()),
            task(run, "job:s", List.of(), List.of()).of(true, false)));
    assertThat(finish(executor, "later").state()).isEqualTo(FlowRun.State.SUCCESS);
    assertThat(store.tasks().tasks("later")).allMatch(t -> t.failures() == 0 && t.deaths() == 0);
    assertThat(tries).hasValue(4);
  }

  /** The answer to its claim was lost: the store thinks that it runs, and nobody runs it. */
  @Test
  void whatAProcessDoesNotKnowThatItHasIsGivenBack() throws Exception {
    FlowRun run = queued("lost");
    start(run, List.of(task(run, "job:t", List.of(), List.of())));
    assertThat(store.tasks().claim("dev", Map.of(), 1, 1, Instant.now())).hasSize(1);
    Executor executor = executor(ExecutorContract::well);
    executor.turn(Map.of(), 1);
    assertThat(store.tasks().slots("dev")).hasSize(1);
    executor.recall();
    assertThat(finish(executor, "lost").state()).isEqualTo(FlowRun.State.SUCCESS);
  }

  @Test
  void theHigherPriorityGoesFirstThenWhatWaitedLongest() throws Exception {
    List<String> order = new CopyOnWriteArrayList<>();
    Executor executor =
        executor(task -> {
          order.add(task.key().run() + " " + task.key().name());
          return well(task);
        });
    for (String id : List.of("one", "two")) {
      FlowRun run = queued(id);
      List<FlowTask> tasks = new ArrayList<>();
      for (int priority : List.of(0, 5, -5)) {
        tasks.add(
            FlowTask.waiting(
                run, "job:p" + priority, "empty", "narrow", priority, TriggerRule.ALL_SUCCESS));
      }
      start(run, tasks);
      Thread.sleep(2);
    }
    Instant until = Instant.now().plus(PATIENCE);
    while (order.size() < 6) {
      assertThat(Instant.now()).isBefore(until);
      executor.turn(Map.of("narrow", 1), 1);
      executor.await(Duration.ofMillis(10));
    }
    assertThat(order)
        .containsExactly(
            "one job:p5", "two job:p5", "one job:p0", "two job:p0", "one job:p-5", "two job:p-5");
  }

  /** Others are about to take them, so nobody waits until they have tidied up. */
  @Test
  void whoLosesItsLeaseStopsWhatDoesNotListen() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    Executor executor =
        executor(task -> {
          begun.countDown();
          for (int asked = 0; asked < 3; ) {
            try {
              Thread.sleep(PATIENCE);
            } catch (InterruptedException e) {
              asked++;
            }
          }
          gone.countDown();
          throw new CancelledException();
        });
    FlowRun run = queued("halted");
    start(run, List.of(task(run, "job:t", List.of(), List.of())));
    executor.turn(Map.of(), 1);
    begun.await();
    executor.halt();
    assertThat(gone.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }
}
