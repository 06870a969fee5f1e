package dev.towpath.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.core.flow.Waits;
import dev.towpath.core.project.Flow;
import dev.towpath.core.project.TriggerRule;
import dev.towpath.core.schedule.Beginning;
import dev.towpath.core.schedule.Scheduler;
import dev.towpath.core.store.AuditLog;
import dev.towpath.core.store.Backfill;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowState;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.Publication;
import dev.towpath.spi.Location;
import dev.towpath.spi.TableName;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The scheduler over a real store, under a clock that the tests set. */
abstract class SchedulerContract {
  private static final Instant MIDNIGHT = Instant.parse("2026-03-01T00:00:00Z");

  private Backend backend;
  private Instant now = MIDNIGHT;
  private final AtomicInteger ids = new AtomicInteger();
  private final List<SqlStore> opened = new ArrayList<>();
  private SqlStore store;
  private Scheduler scheduler;
  private final Map<String, FlowTask> held = new HashMap<>();

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
    return new Scheduler(
        "dev", over, () -> now, () -> "r%05d".formatted(ids.incrementAndGet()), new OneTask());
  }

  /** Runs of one task. */
  private static final class OneTask implements Scheduler.Starter {
    @Override
    public List<FlowTask> tasks(Flow flow, FlowRun run) {
      return List.of(
          FlowTask.waiting(run, "job:only", "empty", "default", 0, TriggerRule.ALL_SUCCESS));
    }

    @Override
    public void again(FlowRun run) {
      // nothing is kept
    }
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
    return flow(cron, catchup, concurrency, retries, start, ZoneId.of("UTC"));
  }

  private static Flow flow(
      String cron,
      boolean catchup,
      Flow.Concurrency concurrency,
      Flow.Retries retries,
      Optional<LocalDateTime> start,
      ZoneId zone) {
    return flow(new Flow.Cron(cron), catchup, concurrency, retries, start, zone);
  }

  private static Flow flow(
      Flow.Trigger trigger,
      boolean catchup,
      Flow.Concurrency concurrency,
      Flow.Retries retries,
      Optional<LocalDateTime> start,
      ZoneId zone) {
    return new Flow(
        "nightly",
        "flows/nightly.yml",
        Optional.empty(),
        List.of(),
        trigger,
        List.of(),
        List.of(),
        zone,
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

  /** A flow that new rows of a table set off. */
  private static Flow following(TableName table, Flow.Concurrency concurrency) {
    return flow(
        new Flow.After(List.of(table), true),
        false,
        concurrency,
        Flow.Retries.NONE,
        Optional.empty(),
        ZoneId.of("UTC"));
  }

  private List<FlowRun> tick(Flow flow) {
    return tick(scheduler, store, flow);
  }

  /** Ticks, and takes the tasks of the runs that started. */
  private List<FlowRun> tick(Scheduler on, SqlStore over, Flow flow) {
    List<FlowRun> started = on.tick(List.of(flow)).started();
    take(over);
    return started;
  }

  private List<FlowTask> take(SqlStore over) {
    List<FlowTask> taken = over.tasks().claim("dev", Map.of(), 100, 100, now);
    taken.forEach(task -> held.put(task.key().run(), task));
    return taken;
  }

  private boolean end(SqlStore over, String run, FlowTask.State state) {
    return over.tasks().end(held.get(run), FlowTask.End.of(state, "so it was"), now);
  }

  private void end(FlowRun run, FlowTask.State state) {
    assertThat(end(store, run.id(), state)).isTrue();
  }

  private FlowState beginning(Flow flow) {
    return new Beginning("dev", store).of(flow, now);
  }

  private FlowRun asked(String id) {
    FlowRun run =
        FlowRun.queued(id, "dev", "nightly", FlowRun.Cause.PERSON, now, Optional.empty(), now);
    store.flows().enqueue(run, Optional.empty());
    return run;
  }

  private static AuditLog.Act somebody() {
    return new AuditLog.Act("ada", "pause", "nightly", "");
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
    assertThat(scheduler.tick(List.of(hourly)).next()).contains(now);
    assertThat(scheduler.tick(List.of(hourly)).next()).contains(MIDNIGHT.plus(Duration.ofHours(1)));
  }

  @ParameterizedTest
  @EnumSource(Flow.Concurrency.class)
  void newRowsDuringARunAreSeenToAsTheFlowSays(Flow.Concurrency concurrency) {
    Flow flow = following(TableName.parse("raw.flights"), concurrency);
    tick(flow);
    publish(store, 0, "first");
    assertThat(tick(flow)).hasSize(1);
    publish(store, 1, "second");
    tick(flow);
    publish(store, 2, "third");
    tick(flow);
    List<FlowRun> runs = store.flows().runs("dev", Optional.empty(), 10).reversed();
    List<FlowRun.State> states = runs.stream().map(FlowRun::state).toList();
    switch (concurrency) {
      case SKIP -> assertThat(states).containsExactly(FlowRun.State.RUNNING);
      case QUEUE -> // the one that waits will see the third rows, too
          assertThat(states).containsExactly(FlowRun.State.RUNNING, FlowRun.State.QUEUED);
      case CANCEL -> // the second rows' run never started; the third rows' run takes its place
          assertThat(states)
              .containsExactly(
                  FlowRun.State.RUNNING, FlowRun.State.CANCELLED, FlowRun.State.QUEUED);
    }
    assertThat(store.flows().cancelling("dev").keySet())
        .containsExactlyElementsOf(
            concurrency == Flow.Concurrency.CANCEL ? List.of(runs.getFirst().id()) : List.of());
  }

  @Test
  void cancellingLeavesWhatSomebodyAskedForAndIntervalsToMakeUpFor() {
    Flow hourly = flow("0 * * * *", true, Flow.Concurrency.CANCEL);
    tick(hourly);
    now = MIDNIGHT.plus(Duration.ofHours(1));
    FlowRun first = tick(hourly).getFirst();
    asked("mine");
    now = MIDNIGHT.plus(Duration.ofHours(2));
    tick(hourly);
    now = MIDNIGHT.plus(Duration.ofHours(3));
    tick(hourly);
    assertThat(store.flows().cancelling("dev").keySet()).containsExactly(first.id());
    assertThat(store.flows().runs("dev", Optional.empty(), 10))
        .extracting(FlowRun::state)
        .containsExactlyInAnyOrder(
            FlowRun.State.RUNNING,
            FlowRun.State.QUEUED,
            FlowRun.State.QUEUED,
            FlowRun.State.QUEUED);
  }

  private static void publish(SqlStore over, long base, String id) {
    assertThat(
            over.publish(Fixtures.publication("dev", base, Fixtures.state(id, "raw.flights", id))))
        .isInstanceOf(Publication.Published.class);
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
        end(run, FlowTask.State.SUCCESS);
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
    end(first, FlowTask.State.SUCCESS);
    assertThat(tick(hourly)).extracting(FlowRun::due).containsExactly(now);
  }

  @Test
  void serversWithOldNewsStartOneRunOfAFlowAtATime() {
    FlowRun.Start start = new FlowRun.Start(List.of(), Optional.empty(), List.of());
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.QUEUE);
    tick(hourly);
    asked("first");
    asked("second");
    FlowRun first = tick(hourly).getFirst();
    assertThat(first.id()).isEqualTo("first");
    assertThat(newStore().flows().start("second", start, now))
        .as("by a server that saw both waiting")
        .isFalse();
    end(first, FlowTask.State.SUCCESS);
    assertThat(newStore().flows().start("second", start, now)).isTrue();
  }

  @Test
  void aFlowThatIsPausedBeforeAnybodySawItCatchesUpLater() {
    Flow daily =
        flow(
            "0 0 * * *",
            true,
            Flow.Concurrency.QUEUE,
            Flow.Retries.NONE,
            Optional.of(LocalDateTime.of(2026, 2, 27, 0, 0)));
    store.flows().pause(beginning(daily), true, somebody(), now);
    assertThat(tick(daily)).isEmpty();
    store.flows().pause(beginning(daily), false, somebody(), now);
    tick(daily);
    assertThat(store.flows().runs("dev", Optional.of("nightly"), 9)).hasSize(3);
  }

  /** What its file says is of the first time that a store meets it. */
  @Test
  void aFlowThatStartsOutPausedWaitsForPeople() {
    Flow hourly = paused(flow("0 * * * *", true, Flow.Concurrency.QUEUE));
    tick(hourly);
    now = now.plus(Duration.ofHours(2));
    assertThat(tick(hourly)).isEmpty();
    assertThat(store.flows().runs("dev", Optional.of("nightly"), 9)).isEmpty();
    store.flows().pause(beginning(hourly), false, somebody(), now);
    assertThat(tick(hourly)).hasSize(1);
    assertThat(store.flows().runs("dev", Optional.of("nightly"), 9)).hasSize(2);
  }

  private static Flow paused(Flow flow) {
    return new Flow(
        flow.name(),
        flow.file(),
        flow.description(),
        flow.tags(),
        flow.trigger(),
        flow.select(),
        flow.last(),
        flow.zone(),
        flow.start(),
        flow.end(),
        flow.catchup(),
        flow.parameters(),
        flow.concurrency(),
        flow.retries(),
        flow.timeout(),
        flow.deadline(),
        flow.priority(),
        true,
        flow.notices(),
        flow.keys());
  }

  @Test
  void skipMakesNoRunWhileOneIsOpen() {
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.SKIP);
    tick(hourly);
    now = now.plus(Duration.ofHours(1));
    FlowRun first = tick(hourly).getFirst();
    now = now.plus(Duration.ofHours(1));
    tick(hourly);
    end(first, FlowTask.State.SUCCESS);
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
    assertThat(tick(hourly)).isEmpty();
    assertThat(store.flows().cancelling("dev")).containsOnlyKeys(first.id());
    end(first, FlowTask.State.CANCELLED);
    assertThat(tick(hourly)).extracting(FlowRun::due).containsExactly(now);
  }

  @Test
  void aPausedFlowRunsWhenPeopleAskOnly() {
    Flow hourly = flow("0 * * * *", true, Flow.Concurrency.QUEUE);
    tick(hourly);
    store.flows().pause(beginning(hourly), true, somebody(), now);
    now = now.plus(Duration.ofHours(3));
    assertThat(tick(hourly)).isEmpty();
    store
        .flows()
        .enqueue(
            FlowRun.queued(
                "by hand", "dev", "nightly", FlowRun.Cause.PERSON, now, Optional.empty(), now),
            Optional.empty());
    FlowRun asked = tick(hourly).getFirst();
    assertThat(asked.id()).isEqualTo("by hand");
    end(asked, FlowTask.State.SUCCESS);
    store.flows().pause(beginning(hourly), false, somebody(), now);
    tick(hourly);
    assertThat(store.flows().runs("dev", Optional.of("nightly"), 9)).hasSize(4); // it catches up
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aClockThatJumpsMakesNoFiringTwiceAndLosesNone(boolean catchup) {
    Flow hourly = flow("0 * * * *", catchup, Flow.Concurrency.QUEUE);
    tick(hourly);
    now = Instant.parse("2026-03-01T03:10:00Z");
    tick(hourly);
    drain(hourly);
    int before = catchup ? 3 : 1;
    assertThat(dues()).hasSize(before);
    for (String back :
        List.of("2026-03-01T00:59:59Z", "2026-03-01T02:00:00Z", "1970-01-01T00:00:00Z")) {
      now = Instant.parse(back);
      assertThat(tick(hourly)).as(back).isEmpty();
    }
    now = Instant.parse("2026-03-01T03:59:59Z");
    assertThat(tick(hourly)).isEmpty(); // it is as late as before the jump
    assertThat(dues()).hasSize(before);
    now = Instant.parse("2026-03-03T03:00:00Z"); // two days at once
    tick(hourly);
    drain(hourly);
    assertThat(dues()).hasSize(before + (catchup ? 48 : 1)).doesNotHaveDuplicates();
    assertThat(dues()).contains(now);
  }

  /**
   * Nights in which clocks change, lived through ten minutes at a time, with a server that dies.
   */
  @ParameterizedTest
  @CsvSource({
    "Europe/Amsterdam, 2026-03-28T12:00:00Z, 2026-03-29T01:00:00Z 2026-03-30T00:30:00Z",
    "Europe/Amsterdam, 2026-10-24T12:00:00Z, 2026-10-25T00:30:00Z 2026-10-26T01:30:00Z",
    "America/New_York, 2026-03-07T12:00:00Z, 2026-03-08T07:00:00Z 2026-03-09T06:30:00Z",
    "America/New_York, 2026-10-31T12:00:00Z, 2026-11-01T07:30:00Z 2026-11-02T07:30:00Z",
    "Australia/Lord_Howe, 2026-10-03T00:00:00Z, 2026-10-03T15:30:00Z 2026-10-04T15:30:00Z",
    "Australia/Lord_Howe, 2026-04-04T00:00:00Z, 2026-04-04T16:00:00Z 2026-04-05T16:00:00Z",
  })
  void aNightInWhichClocksChangeHasOneRun(String zone, Instant from, String expected) {
    Flow nightly =
        flow(
            "30 2 * * *",
            false,
            Flow.Concurrency.QUEUE,
            Flow.Retries.NONE,
            Optional.empty(),
            ZoneId.of(zone));
    now = from;
    for (int minutes = 0; minutes <= 44 * 60; minutes += 10) {
      if (minutes % 500 == 0) {
        store.abandon();
        store = newStore();
        scheduler = scheduler(store);
      }
      tick(nightly);
      drain(nightly);
      now = now.plusSeconds(600);
    }
    assertThat(dues().stream().sorted().map(Instant::toString))
        .isEqualTo(List.of(expected.split(" ")));
  }

  private List<Instant> dues() {
    return store.flows().runs("dev", Optional.empty(), 1_000).stream().map(FlowRun::due).toList();
  }

  /** Ends what runs, and what starts then. */
  private void drain(Flow flow) {
    for (FlowRun run = running(); run != null; run = running()) {
      end(run, FlowTask.State.SUCCESS);
      tick(flow);
    }
  }

  private @Nullable FlowRun running() {
    return store.flows().open("dev").stream()
        .filter(r -> r.state() == FlowRun.State.RUNNING)
        .findFirst()
        .orElse(null);
  }

  @Test
  void aRunThatWasCancelledWhileItWaitedCanRunAfterAll() {
    Flow hourly = flow("0 * * * *", true, Flow.Concurrency.QUEUE);
    tick(hourly);
    now = now.plus(Duration.ofHours(2));
    FlowRun first = tick(hourly).getFirst();
    FlowRun waiting = store.flows().open("dev").getLast();
    assertThat(waiting.state()).isEqualTo(FlowRun.State.QUEUED);
    assertThat(store.flows().requeue(waiting.id(), somebody(), now)).as("it waits").isFalse();
    store.flows().cancel(waiting.id(), "enough", Optional.of(somebody()), now);
    assertThat(store.flows().requeue(waiting.id(), somebody(), now)).isTrue();
    end(first, FlowTask.State.SUCCESS);
    assertThat(store.flows().requeue(first.id(), somebody(), now)).as("it has tasks").isFalse();
    FlowRun again = tick(hourly).getFirst();
    assertThat(again.id()).isEqualTo(waiting.id());
    assertThat(again.due()).isEqualTo(waiting.due());
    end(again, FlowTask.State.SUCCESS);
    FlowRun over = store.flows().run(again.id()).orElseThrow();
    assertThat(over.state()).isEqualTo(FlowRun.State.SUCCESS);
    assertThat(over.message()).isEmpty();
    assertThat(store.audit().list("dev", 10)).hasSize(2);
  }

  @Test
  void aTaskWhoseProcessDiedIsTakenAgainAndTheDeadOneIsNotHeard() {
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.QUEUE);
    tick(hourly);
    now = now.plus(Duration.ofHours(1));
    FlowRun run = tick(hourly).getFirst();
    FlowTask first = held.get(run.id());
    SqlStore other = newStore();
    Scheduler others = scheduler(other);
    others.tick(List.of(hourly));
    assertThat(take(other)).isEmpty(); // its process lives
    store.abandon();
    others.tick(List.of(hourly));
    assertThat(take(other)).extracting(FlowTask::attempts).containsExactly(2);
    SqlStore sleeper = newStore(); // as one that was stopped and goes on
    assertThat(sleeper.tasks().end(first, FlowTask.End.success(), now)).isFalse();
    assertThat(other.tasks().end(first, FlowTask.End.success(), now)).as("an old fence").isFalse();
    assertThat(end(other, run.id(), FlowTask.State.SUCCESS)).isTrue();
    assertThat(other.flows().run(run.id()).orElseThrow().state()).isEqualTo(FlowRun.State.SUCCESS);
  }

  @Test
  void aTaskThatKillsItsProcessEachTimeIsGivenUp() {
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.QUEUE);
    tick(hourly);
    now = now.plus(Duration.ofHours(1));
    FlowRun run = tick(hourly).getFirst();
    for (int death = 1; death < 5; death++) {
      store.abandon();
      store = newStore();
      scheduler = scheduler(store);
      scheduler.tick(List.of(hourly));
      assertThat(take(store)).hasSize(1);
    }
    store.abandon();
    store = newStore();
    scheduler = scheduler(store);
    scheduler.tick(List.of(hourly));
    assertThat(take(store)).isEmpty();
    FlowRun over = store.flows().run(run.id()).orElseThrow();
    assertThat(over.state()).isEqualTo(FlowRun.State.FAILED);
    assertThat(over.message().orElseThrow()).contains("died 5 times", "dead-lettered");
  }

  @Test
  void aRunThatTakesTooLongIsCancelledAndFails() {
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.QUEUE);
    tick(hourly);
    now = now.plus(Duration.ofHours(1));
    FlowRun run = tick(timed(hourly)).getFirst();
    now = now.plusSeconds(59);
    tick(timed(hourly));
    assertThat(store.flows().cancelling("dev")).isEmpty();
    now = now.plusSeconds(1);
    tick(timed(hourly));
    assertThat(store.flows().cancelling("dev")).containsOnlyKeys(run.id());
    end(run, FlowTask.State.CANCELLED);
    FlowRun over = store.flows().run(run.id()).orElseThrow();
    assertThat(over.state()).isEqualTo(FlowRun.State.FAILED);
    assertThat(over.message()).contains("took longer than its timeout");
  }

  @Test
  void peopleAreToldOnceOfALateRunOfAFailureAndOfARecovery() {
    Flow hourly = timed(flow("0 * * * *", false, Flow.Concurrency.QUEUE));
    tick(hourly);
    now = now.plus(Duration.ofHours(1));
    FlowRun run = tick(hourly).getFirst();
    now = now.plusSeconds(31); // the deadline is 30 s, the timeout 60 s
    tick(hourly);
    scheduler(newStore()).tick(List.of(hourly));
    assertThat(told()).containsExactly("deadline " + run.id());
    end(run, FlowTask.State.FAILED);
    assertThat(told()).containsExactly("failure " + run.id(), "deadline " + run.id());
    now = now.minusSeconds(31);
    for (int i = 0; i < 2; i++) {
      now = now.plus(Duration.ofHours(1));
      end(tick(hourly).getFirst(), FlowTask.State.SUCCESS);
    }
    assertThat(told()).hasSize(3).first().asString().startsWith("recovery ");
  }

  @Test
  void aRunThatSucceedsWhenItIsRetriedIsARecoveryAndOneOfABackfillIsNone() {
    Flow hourly = timed(flow("0 * * * *", false, Flow.Concurrency.QUEUE));
    tick(hourly);
    asked("run");
    FlowRun run = tick(hourly).getFirst();
    end(run, FlowTask.State.FAILED);
    store
        .backfills()
        .add(
            new Backfill(
                "fill",
                "dev",
                "nightly",
                now,
                now.plusSeconds(1),
                1,
                false,
                Backfill.State.ACTIVE,
                1,
                "ada",
                now),
            List.of(
                FlowRun.queued(
                        "past",
                        "dev",
                        "nightly",
                        FlowRun.Cause.BACKFILL,
                        now,
                        Optional.empty(),
                        now)
                    .of("fill")),
            somebody());
    end(tick(hourly).getFirst(), FlowTask.State.SUCCESS);
    assertThat(told()).as("of the backfill nothing").containsExactly("failure run");
    store.tasks().reset("run", List.of("job:only"), true, somebody(), now);
    end(tick(hourly).getFirst(), FlowTask.State.SUCCESS);
    assertThat(told()).containsExactly("recovery run", "failure run");
  }

  @Test
  void cancellingABackfillEndsAllItsRunsAndTellsOfEach() {
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.QUEUE);
    tick(hourly);
    List<FlowRun> runs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Instant due = MIDNIGHT.minus(Duration.ofHours(i));
      runs.add(
          FlowRun.queued(
                  "b" + i, "dev", "nightly", FlowRun.Cause.BACKFILL, due, Optional.empty(), now)
              .of("fill"));
    }
    store
        .backfills()
        .add(
            new Backfill(
                "fill",
                "dev",
                "nightly",
                MIDNIGHT.minus(Duration.ofHours(3)),
                MIDNIGHT,
                1,
                false,
                Backfill.State.ACTIVE,
                3,
                "ada",
                now),
            runs,
            somebody());
    FlowRun running = tick(hourly).getFirst();
    assertThat(store.backfills().change("fill", Backfill.State.CANCELLED, somebody(), now))
        .isTrue();
    assertThat(store.flows().cancelling("dev")).containsOnlyKeys(running.id());
    end(running, FlowTask.State.CANCELLED);
    assertThat(
            store.events().after("dev", 0, 100).stream()
                .filter(e -> e.type().equals("run.ended"))
                .map(e -> e.run().orElseThrow()))
        .containsExactlyInAnyOrder("b0", "b1", "b2");
  }

  /** One that is paused waits with all that it has, but for what people want. */
  @Test
  void aRunThatBeganSinceItWasReadWaitsForNoOther() {
    FlowRun first = asked("first");
    FlowRun second = asked("second");
    FlowTask task =
        FlowTask.waiting(first, "job:only", "shell", "default", 0, TriggerRule.ALL_SUCCESS);
    FlowRun.Start start = new FlowRun.Start(List.of(task), Optional.empty(), List.of());
    assertThat(store.flows().start("first", start, now)).isTrue();
    Waits waits = new Waits("dev", store, _ -> true, now);
    assertThat(waits.why(first).map(Waits.Reason::text)).contains("for its start");
    assertThat(waits.why(second).map(Waits.Reason::text))
        .contains("for run first: one run of a flow goes at a time");
    Waits before = new Waits("dev", store, _ -> true, now.minusSeconds(30));
    assertThat(before.why(second)).contains(new Waits.Reason("for its next try", Optional.of(now)));
  }

  @Test
  void aPauseHoldsBackWhatIsQueuedAlready() {
    Flow hourly = flow("0 * * * *", true, Flow.Concurrency.QUEUE);
    tick(hourly);
    now = now.plus(Duration.ofHours(3));
    FlowRun first = tick(hourly).getFirst();
    FlowRun hook =
        FlowRun.queued("hook", "dev", "nightly", FlowRun.Cause.WEBHOOK, now, Optional.empty(), now);
    store.flows().enqueue(hook, Optional.empty());
    store.flows().pause(beginning(hourly), true, somebody(), now);
    end(first, FlowTask.State.FAILED);
    assertThat(tick(hourly)).isEmpty();
    assertThat(store.flows().held("dev")).hasSize(3).contains("hook");
    FlowRun.Start start = new FlowRun.Start(List.of(), Optional.empty(), List.of());
    assertThat(newStore().flows().start("hook", start, now)).as("with old news").isFalse();
    store.tasks().reset(first.id(), List.of("job:only"), true, somebody(), now);
    FlowRun again = tick(hourly).getFirst();
    assertThat(again.id()).as("somebody retried it").isEqualTo(first.id());
    end(again, FlowTask.State.SUCCESS);
    asked("mine");
    FlowRun mine = tick(hourly).getFirst();
    assertThat(mine.id()).isEqualTo("mine");
    end(mine, FlowTask.State.SUCCESS);
    assertThat(tick(hourly)).isEmpty();
    store.flows().cancel("hook", "enough", Optional.empty(), now);
    assertThat(store.flows().requeue("hook", somebody(), now)).isTrue();
    FlowRun after = tick(hourly).getFirst();
    assertThat(after.id()).as("cancelled while it waited, and retried").isEqualTo("hook");
    end(after, FlowTask.State.SUCCESS);
    store.flows().pause(beginning(hourly), false, somebody(), now);
    assertThat(tick(hourly)).hasSize(1);
    drain(hourly);
    assertThat(store.flows().open("dev")).isEmpty();
  }

  /** A run that is retried does not build its tables again, so new rows need one of their own. */
  @Test
  void newRowsAreNotSwallowedByARetry() {
    Flow flow = following(TableName.parse("raw.flights"), Flow.Concurrency.QUEUE);
    tick(flow);
    publish(store, 0, "first");
    FlowRun first = tick(flow).getFirst();
    end(first, FlowTask.State.FAILED);
    asked("other");
    FlowRun other = tick(flow).getFirst();
    store.tasks().reset(first.id(), List.of("job:only"), false, somebody(), now);
    asked("dry");
    publish(store, 1, "second");
    tick(flow);
    end(other, FlowTask.State.SUCCESS);
    List<FlowRun> waiting = store.flows().open("dev");
    assertThat(waiting).extracting(FlowRun::id).contains(first.id(), "dry").hasSize(3);
    assertThat(waiting.stream().filter(r -> r.attempts() == 0).map(FlowRun::cause))
        .containsExactlyInAnyOrder(FlowRun.Cause.PERSON, FlowRun.Cause.TABLE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void severalTablesSetAFlowOffEachOrTogether(boolean all) {
    Flow flow =
        flow(
            new Flow.After(
                List.of(TableName.parse("raw.flights"), TableName.parse("raw.planes")), all),
            false,
            Flow.Concurrency.QUEUE,
            Flow.Retries.NONE,
            Optional.empty(),
            ZoneId.of("UTC"));
    tick(flow);
    publish(store, 0, "first");
    assertThat(tick(flow)).hasSize(all ? 0 : 1);
    drain(flow);
    publish(store, 1, "second");
    assertThat(tick(flow)).as("the same table again").hasSize(all ? 0 : 1);
    drain(flow);
    assertThat(
            store.publish(Fixtures.publication("dev", 2, Fixtures.state("p", "raw.planes", "p"))))
        .isInstanceOf(Publication.Published.class);
    assertThat(tick(flow)).hasSize(1);
    drain(flow);
    assertThat(tick(flow)).isEmpty();
  }

  /** Its tasks were readied to run again; they are cancelled with it, and can be retried. */
  @Test
  void aRunThatWaitsToBeDoneAgainIsCancelledWithItsTasks() {
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.QUEUE);
    tick(hourly);
    asked("run");
    FlowRun run = tick(hourly).getFirst();
    end(run, FlowTask.State.FAILED);
    assertThat(store.tasks().reset("run", List.of("job:only"), true, somebody(), now)).hasSize(1);
    assertThat(store.flows().cancel("run", "enough", Optional.of(somebody()), now)).isTrue();
    FlowRun over = store.flows().run("run").orElseThrow();
    assertThat(over.state()).isEqualTo(FlowRun.State.CANCELLED);
    assertThat(over.message()).contains("enough");
    assertThat(store.tasks().tasks("run"))
        .extracting(FlowTask::state)
        .containsExactly(FlowTask.State.CANCELLED);
    assertThat(store.tasks().reset("run", List.of("job:only"), true, somebody(), now)).hasSize(1);
    end(tick(hourly).getFirst(), FlowTask.State.SUCCESS);
    assertThat(store.flows().run("run").orElseThrow().state()).isEqualTo(FlowRun.State.SUCCESS);
  }

  private void backfill(int runs, int parallel, boolean backwards) {
    List<FlowRun> made = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      Instant due = MIDNIGHT.minus(Duration.ofHours(runs - i));
      made.add(
          FlowRun.queued(
                  "b" + i, "dev", "nightly", FlowRun.Cause.BACKFILL, due, Optional.empty(), now)
              .of("fill"));
    }
    store
        .backfills()
        .add(
            new Backfill(
                "fill",
                "dev",
                "nightly",
                MIDNIGHT.minus(Duration.ofHours(runs)),
                MIDNIGHT,
                parallel,
                backwards,
                Backfill.State.ACTIVE,
                runs,
                "ada",
                now),
            made,
            somebody());
  }

  @ParameterizedTest
  @CsvSource({"1, false", "1, true", "3, false", "3, true"})
  void aBackfillRunsSoManyAtATimeInItsOrder(int parallel, boolean backwards) {
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.QUEUE);
    tick(hourly);
    backfill(7, parallel, backwards);
    FlowRun.Start start = new FlowRun.Start(List.of(), Optional.empty(), List.of());
    List<String> order = new ArrayList<>();
    List<FlowRun> running = new ArrayList<>(tick(hourly));
    while (!running.isEmpty()) {
      assertThat(running).hasSize(Math.min(parallel, 7 - order.size()));
      assertThat(tick(hourly)).isEmpty();
      if (order.size() + running.size() < 7) {
        assertThat(newStore().flows().start(backwards ? "b0" : "b6", start, now))
            .as("by a server that saw room")
            .isFalse();
      }
      FlowRun first = running.removeFirst();
      order.add(first.id());
      end(first, FlowTask.State.SUCCESS);
      running.addAll(tick(hourly));
    }
    List<String> expected = List.of("b0", "b1", "b2", "b3", "b4", "b5", "b6");
    assertThat(order).isEqualTo(backwards ? expected.reversed() : expected);
    assertThat(store.backfills().backfill("fill").orElseThrow().state())
        .isEqualTo(Backfill.State.DONE);
  }

  @Test
  void aPausedBackfillStartsNothingEvenWhenARunIsRetried() {
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.QUEUE);
    tick(hourly);
    backfill(3, 1, false);
    FlowRun first = tick(hourly).getFirst();
    assertThat(store.backfills().change("fill", Backfill.State.PAUSED, somebody(), now)).isTrue();
    assertThat(store.backfills().change("fill", Backfill.State.PAUSED, somebody(), now)).isFalse();
    end(first, FlowTask.State.FAILED);
    assertThat(tick(hourly)).isEmpty();
    store.tasks().reset(first.id(), List.of("job:only"), true, somebody(), now);
    assertThat(store.backfills().backfill("fill").orElseThrow().state())
        .isEqualTo(Backfill.State.PAUSED);
    assertThat(tick(hourly)).isEmpty();
    FlowRun.Start start = new FlowRun.Start(List.of(), Optional.empty(), List.of());
    assertThat(newStore().flows().start("b1", start, now)).as("with old news").isFalse();
    assertThat(store.backfills().change("fill", Backfill.State.ACTIVE, somebody(), now)).isTrue();
    for (int i = 0; i < 3; i++) {
      end(tick(hourly).getFirst(), FlowTask.State.SUCCESS);
    }
    assertThat(store.backfills().backfill("fill").orElseThrow().state())
        .isEqualTo(Backfill.State.DONE);
    store.tasks().reset("b1", List.of("job:only"), true, somebody(), now);
    assertThat(tick(hourly)).as("one that was over goes on").hasSize(1);
  }

  @Test
  void openRunsAreCountedThoseOfBackfillsToo() {
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.QUEUE);
    tick(hourly);
    backfill(3, 2, false);
    asked("mine");
    tick(hourly);
    assertThat(store.flows().openCounts("dev"))
        .isEqualTo(Map.of("nightly", Map.of(FlowRun.State.QUEUED, 1, FlowRun.State.RUNNING, 3)));
  }

  @Test
  void howLongATaskRanIsToldWithItsEnd() {
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.QUEUE);
    tick(hourly);
    asked("run");
    FlowRun run = tick(hourly).getFirst();
    now = now.plusMillis(1_500);
    end(run, FlowTask.State.SUCCESS);
    assertThat(
            store.events().after("dev", 0, 100).stream()
                .filter(e -> e.type().equals("task.ended"))
                .map(e -> e.detail().get("seconds")))
        .containsExactly("1.5");
  }

  /** A look may take its process down, as a task may. */
  @Test
  void aLookThatKillsItsProcessEachTimeIsGivenUp() {
    FlowRun run = asked("run");
    FlowTask sensor =
        FlowTask.waiting(run, "job:s", "sensor", "default", 0, TriggerRule.ALL_SUCCESS)
            .of(true, false);
    assertThat(
            store
                .flows()
                .start("run", new FlowRun.Start(List.of(sensor), Optional.empty(), List.of()), now))
        .isTrue();
    Duration lease = Duration.ofMinutes(2);
    List<FlowTask> first = store.tasks().look("dev", 9, 5, now, now.plus(lease));
    store.tasks().defer(Map.of(first.getFirst(), now.plusSeconds(1)), now); // it ends well
    for (int death = 1; death <= 5; death++) {
      now = now.plus(lease);
      assertThat(store.tasks().look("dev", 9, 5, now, now.plus(lease))).hasSize(1);
      store.abandon();
      store = newStore();
    }
    now = now.plus(lease);
    assertThat(store.tasks().look("dev", 9, 5, now, now.plus(lease))).isEmpty();
    FlowRun over = store.flows().run("run").orElseThrow();
    assertThat(over.state()).isEqualTo(FlowRun.State.FAILED);
    assertThat(over.message().orElseThrow()).contains("died 5 times", "dead-lettered");
  }

  @Test
  void whatADeadProcessLookedAtIsLookedAtAgainAtOnce() {
    FlowRun run = asked("run");
    FlowTask sensor =
        FlowTask.waiting(run, "job:s", "sensor", "default", 0, TriggerRule.ALL_SUCCESS)
            .of(true, false);
    assertThat(
            store
                .flows()
                .start("run", new FlowRun.Start(List.of(sensor), Optional.empty(), List.of()), now))
        .isTrue();
    Instant until = now.plus(Duration.ofMinutes(2));
    assertThat(store.tasks().look("dev", 9, 5, now, until)).hasSize(1);
    store.tasks().recover("dev", 5, now);
    assertThat(store.tasks().look("dev", 9, 5, now, until)).as("its process lives").isEmpty();
    store.abandon();
    store = newStore();
    assertThat(store.tasks().look("dev", 9, 5, now, until)).isEmpty();
    store.tasks().recover("dev", 5, now);
    assertThat(store.tasks().look("dev", 9, 5, now, until))
        .singleElement()
        .satisfies(task -> assertThat(task.deaths()).isEqualTo(1));
  }

  /** What its process published is the run's, also when it died before it could say so. */
  @Test
  void aRunKnowsItsReleaseFromTheMomentItIsPublished() {
    Flow hourly = flow("0 * * * *", false, Flow.Concurrency.QUEUE);
    tick(hourly);
    asked("run");
    FlowRun run = tick(hourly).getFirst();
    FlowTask task = held.get(run.id());
    Publication publication =
        Fixtures.publication("dev", 0, Fixtures.state("a", "raw.flights", "a"));
    store.publish(publication.by(new Publication.Owner(task.key(), task.fence())));
    assertThat(store.flows().run("run").orElseThrow().release()).contains(1L);
    store.abandon();
    store = newStore();
    scheduler = scheduler(store);
    scheduler.tick(List.of(hourly));
    take(store);
    Publication late = Fixtures.publication("dev", 1, Fixtures.state("b", "raw.flights", "b"));
    assertThatThrownBy(
            () -> store.publish(late.by(new Publication.Owner(task.key(), task.fence()))))
        .as("by who has lost the task")
        .hasMessageContaining("cannot publish: it is another process's now");
    assertThat(store.head("dev").number()).isEqualTo(1);
    assertThat(
            store
                .tasks()
                .end(
                    held.get("run"),
                    new FlowTask.End(
                        FlowTask.State.SUCCESS,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new FlowTask.Tables("again", Optional.empty()))),
                    now))
        .isTrue();
    assertThat(store.flows().run("run").orElseThrow().release())
        .as("the second try had nothing to publish")
        .contains(1L);
  }

  private List<String> told() {
    return store.outbox().list("dev", 10).stream()
        .map(m -> m.payload().get("event") + " " + m.run())
        .toList();
  }

  /** The flow with a timeout, a deadline, and somebody who wants to know everything. */
  private static Flow timed(Flow flow) {
    return new Flow(
        flow.name(),
        flow.file(),
        flow.description(),
        flow.tags(),
        flow.trigger(),
        flow.select(),
        flow.last(),
        flow.zone(),
        flow.start(),
        flow.end(),
        flow.catchup(),
        flow.parameters(),
        flow.concurrency(),
        flow.retries(),
        Optional.of(Duration.ofSeconds(60)),
        Optional.of(Duration.ofSeconds(30)),
        flow.priority(),
        flow.paused(),
        List.of(
            new Flow.Notice(
                "webhook",
                "${HOOK}",
                List.of(Flow.Event.values()),
                new Location("flows/nightly.yml", 1, 1))),
        flow.keys());
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
    Map<String, Integer> owner = new HashMap<>();
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
          schedulers.get(server).tick(List.of(flow));
          take(servers.get(server)).forEach(task -> owner.put(task.key().run(), server));
        }
        default -> {
          for (String id : new HashSet<>(owner.keySet())) {
            if (owner.get(id) == server) {
              if (random.nextInt(4) == 0) {
                servers.get(server).tasks().retry(held.get(id), now.plusSeconds(1), "again", now);
              } else {
                end(servers.get(server), id, FlowTask.State.SUCCESS);
              }
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
        for (Map.Entry<String, Integer> one : owner.entrySet()) {
          end(servers.get(one.getValue()), one.getKey(), FlowTask.State.SUCCESS);
        }
        owner.clear();
        schedulers.get(server).tick(List.of(flow));
        for (FlowTask task : take(servers.get(server))) {
          end(servers.get(server), task.key().run(), FlowTask.State.SUCCESS);
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
}
