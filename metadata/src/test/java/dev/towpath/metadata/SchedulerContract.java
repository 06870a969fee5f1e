package dev.towpath.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.core.project.Flow;
import dev.towpath.core.schedule.Scheduler;
import dev.towpath.core.store.FlowRun;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The scheduler over a real store, under a clock that the tests set. */
abstract class SchedulerContract {
  private static final Instant MIDNIGHT = Instant.parse("2026-03-01T00:00:00Z");
  private static final Flow.Retries THRICE =
      new Flow.Retries(3, Duration.ofSeconds(10), 2, Duration.ofSeconds(30), 0);

  private Backend backend;
  private Instant now = MIDNIGHT;
  private final AtomicInteger ids = new AtomicInteger();
  private final List<SqlStore> opened = new ArrayList<>();
  private SqlStore store;
  private Scheduler scheduler;

  /** A place with nothing in it. */
  abstract Backend backend();

  @BeforeEach
  void open() {
    backend = backend();
    store = newStore();
    scheduler = scheduler(store);
  }

  @AfterEach
  void close() {
    opened.forEach(SqlStore::close);
    backend.close();
  }

  private SqlStore newStore() {
    SqlStore made = backend.open(new MemoryObjects(() -> now), () -> now);
    opened.add(made);
    return made;
  }

  private Scheduler scheduler(SqlStore over) {
    return new Scheduler("dev", over, () -> now, () -> "r%05d".formatted(ids.incrementAndGet()));
  }

  private static Flow flow(String cron, boolean catchup, Flow.Concurrency concurrency) {
    return flow(cron, catchup, concurrency, Flow.Retries.NONE, Optional.empty());
  }

  private static Flow flow(
      String cron,
      boolean catchup,
      Flow.Concurrency concurrency,
      Flow.Retries retries,
      Optional<LocalDateTime> start) {
    return new Flow(
        "nightly",
        "flows/nightly.yml",
        Optional.empty(),
        List.of(),
        new Flow.Cron(cron),
        List.of(),
        ZoneId.of("UTC"),
        start,
        Optional.empty(),
        catchup,
        List.of(),
        concurrency,
        retries,
        Optional.empty(),
        Optional.empty(),
        0,
        false,
        List.of(),
        Map.of());
  }

  private List<FlowRun> tick(Flow flow) {
    return scheduler.tick(List.of(flow), Set.of(), 10).started();
  }

  private void end(Flow flow, FlowRun run, FlowRun.State state) {
    scheduler.ended(
        flow,
        run,
        new FlowRun.End(state, Optional.empty(), Optional.empty(), Optional.of("so it was")),
        0.5);
  }

  @Test
  void aFlowIsDueFromTheMomentItIsKnown() {
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.QUEUE);
    assertThat(tick(hourly)).isEmpty();
    now = MIDNIGHT.plus(Duration.ofMinutes(59));
    assertThat(tick(hourly)).isEmpty();
    now = MIDNIGHT.plus(Duration.ofMinutes(60));
    List<FlowRun> started = tick(hourly);
    assertThat(started).hasSize(1);
    assertThat(started.getFirst().due()).isEqualTo(now);
    assertThat(started.getFirst().start()).contains(MIDNIGHT);
    assertThat(tick(hourly)).isEmpty();
  }

  @Test
  void theTickSaysWhenToComeBack() {
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.QUEUE);
    assertThat(scheduler.tick(List.of(hourly), Set.of(), 1).next()).contains(now);
    assertThat(scheduler.tick(List.of(hourly), Set.of(), 1).next())
        .contains(MIDNIGHT.plus(Duration.ofHours(1)));
  }

  @Test
  void withoutCatchUpOnlyTheLastMissedFiringRuns() {
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.QUEUE);
    tick(hourly);
    now = MIDNIGHT.plus(Duration.ofHours(5)).plusSeconds(7);
    assertThat(tick(hourly)).extracting(FlowRun::due).containsExactly(now.minusSeconds(7));
    assertThat(store.flows().runs("dev", Optional.empty(), 100)).hasSize(1);
  }

  @Test
  void withCatchUpEveryIntervalSinceTheStartRunsOnceAndInOrder() {
    Flow daily =
        flow(
            "0 0 * * *",
            true,
            Flow.Concurrency.QUEUE,
            Flow.Retries.NONE,
            Optional.of(LocalDateTime.of(2026, 2, 1, 0, 0)));
    List<Instant> due = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      for (FlowRun run : tick(daily)) {
        due.add(run.due());
        end(daily, run, FlowRun.State.SUCCESS);
      }
    }
    assertThat(due).hasSize(29).isSorted().doesNotHaveDuplicates();
    assertThat(due.getFirst()).isEqualTo(Instant.parse("2026-02-01T00:00:00Z"));
    assertThat(due.getLast()).isEqualTo(MIDNIGHT);
  }

  @Test
  void oneRunOfAFlowAtATime() {
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.QUEUE);
    tick(hourly);
    now = now.plus(Duration.ofHours(1));
    FlowRun first = tick(hourly).getFirst();
    now = now.plus(Duration.ofHours(1));
    assertThat(tick(hourly)).isEmpty();
    end(hourly, first, FlowRun.State.SUCCESS);
    assertThat(tick(hourly)).extracting(FlowRun::due).containsExactly(now);
  }

  @Test
  void skipMakesNoRunWhileOneIsOpen() {
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.SKIP);
    tick(hourly);
    now = now.plus(Duration.ofHours(1));
    FlowRun first = tick(hourly).getFirst();
    now = now.plus(Duration.ofHours(1));
    tick(hourly);
    end(hourly, first, FlowRun.State.SUCCESS);
    assertThat(tick(hourly)).isEmpty();
    now = now.plus(Duration.ofHours(1));
    assertThat(tick(hourly)).hasSize(1);
  }

  @Test
  void cancelStopsTheRunThatIsOpen() {
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.CANCEL);
    tick(hourly);
    now = now.plus(Duration.ofHours(1));
    FlowRun first = tick(hourly).getFirst();
    now = now.plus(Duration.ofHours(1));
    Scheduler.Tick tick = scheduler.tick(List.of(hourly), Set.of(first.id()), 10);
    assertThat(tick.cancelled()).containsExactly(first.id());
    end(hourly, first, FlowRun.State.CANCELLED);
    assertThat(tick(hourly)).extracting(FlowRun::due).containsExactly(now);
  }

  @Test
  void aFailedRunIsTriedAgainLaterAndLater() {
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.QUEUE, THRICE, Optional.empty());
    tick(hourly);
    now = now.plus(Duration.ofHours(1));
    for (int seconds : new int[] {10, 20, 30}) {
      FlowRun run = tick(hourly).getFirst();
      end(hourly, run, FlowRun.State.FAILED);
      now = now.plusSeconds(seconds - 1);
      assertThat(tick(hourly)).isEmpty();
      now = now.plusSeconds(1);
    }
    FlowRun last = tick(hourly).getFirst();
    end(hourly, last, FlowRun.State.FAILED);
    now = now.plus(Duration.ofMinutes(30));
    assertThat(tick(hourly)).isEmpty();
    FlowRun over = store.flows().run(last.id()).orElseThrow();
    assertThat(over.state()).isEqualTo(FlowRun.State.FAILED);
    assertThat(over.attempts()).isEqualTo(4);
    assertThat(over.message()).contains("so it was");
  }

  @Test
  void aPausedFlowRunsWhenPeopleAskOnly() {
    Flow hourly = flow("0 * * * *", true, Flow.Concurrency.QUEUE);
    tick(hourly);
    store.flows().pause("dev", "nightly", true, now);
    now = now.plus(Duration.ofHours(3));
    assertThat(tick(hourly)).isEmpty();
    store
        .flows()
        .enqueue(
            FlowRun.queued(
                "by hand", "dev", "nightly", FlowRun.Cause.PERSON, now, Optional.empty(), now));
    FlowRun asked = tick(hourly).getFirst();
    assertThat(asked.id()).isEqualTo("by hand");
    end(hourly, asked, FlowRun.State.SUCCESS);
    store.flows().pause("dev", "nightly", false, now);
    tick(hourly);
    assertThat(store.flows().runs("dev", Optional.of("nightly"), 9)).hasSize(4); // it catches up
  }

  @Test
  void aRunWhoseProcessDiedIsStartedAgainAndTheDeadOneIsNotHeard() {
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.QUEUE);
    tick(hourly);
    now = now.plus(Duration.ofHours(1));
    FlowRun run = tick(hourly).getFirst();
    Scheduler dead = scheduler;
    SqlStore other = newStore();
    scheduler = scheduler(other);
    assertThat(tick(hourly)).isEmpty(); // its process lives
    store.abandon();
    assertThat(tick(hourly)).extracting(FlowRun::id).containsExactly(run.id());
    assertThat(other.flows().run(run.id()).orElseThrow().attempts()).isEqualTo(2);
    SqlStore sleeper = newStore(); // as one that was stopped and goes on
    assertThat(
            sleeper
                .flows()
                .finish(
                    run.id(),
                    new FlowRun.End(
                        FlowRun.State.FAILED, Optional.empty(), Optional.empty(), Optional.empty()),
                    now))
        .isFalse();
    end(hourly, run, FlowRun.State.SUCCESS);
    assertThat(other.flows().run(run.id()).orElseThrow().state()).isEqualTo(FlowRun.State.SUCCESS);
    assertThat(dead).isNotSameAs(scheduler);
  }

  @Test
  void aRunThatKillsItsProcessEachTimeIsGivenUp() {
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.QUEUE);
    tick(hourly);
    now = now.plus(Duration.ofHours(1));
    FlowRun run = tick(hourly).getFirst();
    for (int death = 1; death < 5; death++) {
      store.abandon();
      store = newStore();
      scheduler = scheduler(store);
      assertThat(tick(hourly)).extracting(FlowRun::id).containsExactly(run.id());
    }
    store.abandon();
    store = newStore();
    scheduler = scheduler(store);
    assertThat(tick(hourly)).isEmpty();
    FlowRun over = store.flows().run(run.id()).orElseThrow();
    assertThat(over.state()).isEqualTo(FlowRun.State.FAILED);
    assertThat(over.message().orElseThrow()).contains("died, 5 times");
  }

  /**
   * Servers tick, die and fail at random; in the end every interval ran to its end exactly once.
   */
  @Test
  void theLedgerBalancesWhateverHappens() {
    long seed = Long.getLong("towpath.seed", System.nanoTime());
    Random random = new Random(seed);
    Flow flow =
        flow(
            "*/10 * * * *",
            true,
            Flow.Concurrency.QUEUE,
            new Flow.Retries(1_000, Duration.ofSeconds(1), 1, Duration.ofSeconds(1), 0),
            Optional.of(LocalDateTime.of(2026, 3, 1, 0, 10)));
    List<SqlStore> servers = new ArrayList<>(List.of(store, newStore(), newStore()));
    List<Scheduler> schedulers = new ArrayList<>(servers.stream().map(this::scheduler).toList());
    Map<String, Integer> owner = new java.util.HashMap<>();
    Map<String, FlowRun> running = new java.util.HashMap<>();
    for (int step = 0; step < 600; step++) {
      int server = random.nextInt(3);
      switch (random.nextInt(8)) {
        case 0 -> now = now.plusSeconds(random.nextInt(900));
        case 1 -> {
          if (step < 500) {
            servers.get(server).abandon();
            owner.values().removeIf(o -> o == server);
            servers.set(server, newStore());
            schedulers.set(server, scheduler(servers.get(server)));
          }
        }
        case 2, 3, 4 -> {
          for (FlowRun run : schedulers.get(server).tick(List.of(flow), Set.of(), 1).started()) {
            owner.put(run.id(), server);
            running.put(run.id(), run);
          }
        }
        default -> {
          for (String id : new HashSet<>(owner.keySet())) {
            if (owner.get(id) == server) {
              boolean fails = random.nextInt(4) == 0;
              schedulers
                  .get(server)
                  .ended(
                      flow,
                      running.get(id),
                      new FlowRun.End(
                          fails ? FlowRun.State.FAILED : FlowRun.State.SUCCESS,
                          Optional.empty(),
                          Optional.empty(),
                          Optional.empty()),
                      0);
              owner.remove(id);
            }
          }
        }
      }
    }
    Instant last = now;
    for (int i = 0; i < 10_000 && (i == 0 || isBusy(servers)); i++) {
      now = now.plusSeconds(2);
      for (int server = 0; server < 3; server++) {
        for (FlowRun run : schedulers.get(server).tick(List.of(flow), Set.of(), 9).started()) {
          schedulers.get(server).ended(flow, run, success(), 0);
        }
        for (String id : new HashSet<>(owner.keySet())) {
          schedulers.get(owner.get(id)).ended(flow, running.get(id), success(), 0);
          owner.remove(id);
        }
      }
    }
    List<FlowRun> runs = store(servers).flows().runs("dev", Optional.empty(), 100_000);
    List<Instant> expected = new ArrayList<>();
    for (Instant at = Instant.parse("2026-03-01T00:10:00Z");
        !at.isAfter(last);
        at = at.plusSeconds(600)) {
      expected.add(at);
    }
    assertThat(runs).as("seed " + seed).extracting(FlowRun::due).containsAll(expected);
    assertThat(runs).as("seed " + seed).extracting(FlowRun::due).doesNotHaveDuplicates();
    assertThat(runs.stream().filter(r -> r.state() != FlowRun.State.SUCCESS))
        .as("seed " + seed)
        .allMatch(r -> r.message().orElse("").contains("died")); // given up after five deaths
  }

  private static boolean isBusy(List<SqlStore> servers) {
    return !store(servers).flows().open("dev").isEmpty();
  }

  private static SqlStore store(List<SqlStore> servers) {
    return servers.getFirst();
  }

  private static FlowRun.End success() {
    return new FlowRun.End(
        FlowRun.State.SUCCESS, Optional.empty(), Optional.empty(), Optional.empty());
  }
}
