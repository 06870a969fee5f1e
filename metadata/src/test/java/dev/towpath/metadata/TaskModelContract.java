package dev.towpath.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.core.project.TriggerRule;
import dev.towpath.core.store.AuditLog;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Random graphs of tasks, with random rules, ends, retries, mapped tasks, crashes between
 * transactions, cancels and retries by people, against a model that works everything out from the
 * states of all tasks: none is stuck, none runs that must not, none runs after it ended well, and
 * the run ends as its tasks did. {@code -Dtowpath.seed=N} repeats a failure.
 */
abstract class TaskModelContract {
  private static final List<TriggerRule> RULES = List.of(TriggerRule.values());
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final AuditLog.Act SOMEBODY = new AuditLog.Act("ada", "retry", "r", "");

  private Backend backend;
  private Instant now = START;
  private SqlStore store;
  private Random random;
  private List<String> story = new ArrayList<>();

  /** What is planned for a task, whoever tries it: how often it fails before it ends so. */
  private record Fate(FlowTask.State end, int failures, int rows) {}

  /** A place with nothing in it. */
  abstract Backend backend();

  /** Number of graphs. */
  abstract int graphs();

  @Test
  void noTaskIsStuckOrDoneTwice() {
    long seed = Long.getLong("towpath.seed", System.nanoTime());
    random = new Random(seed);
    backend = backend();
    store = open();
    for (int graph = 0; graph < graphs(); graph++) {
      story = new ArrayList<>();
      try {
        graph("run" + graph);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ", graph " + graph + ":\n" + lines(), e);
      }
    }
    store.close();
    backend.close();
  }

  private String lines() {
    return String.join("\n", story);
  }

  private SqlStore open() {
    return backend.open(new MemoryObjects(() -> now), () -> now);
  }

  private void graph(String id) {
    FlowRun run = FlowRun.queued(id, "dev", "f", FlowRun.Cause.PERSON, now, Optional.empty(), now);
    List<FlowTask> tasks = tasks(run);
    Map<String, Fate> fates = new HashMap<>();
    tasks.forEach(task -> fates.put(task.key().name(), fate(task)));
    tasks.forEach(t ->
        story.add(
            t.key()
                + " "
                + t.rule()
                + " needs "
                + t.needs()
                + (t.last() ? " last" : "")
                + " "
                + fates.get(t.key().name())));
    store.flows().enqueue(run, Optional.empty());
    assertThat(store.flows().start(id, new FlowRun.Start(tasks, Optional.empty(), List.of()), now))
        .isTrue();
    boolean cancels = random.nextInt(5) == 0;
    work(id, fates, cancels);
    judge(id, fates);
    if (random.nextInt(2) == 0) {
      again(id, fates);
    }
  }

  private List<FlowTask> tasks(FlowRun run) {
    int count = 1 + random.nextInt(12);
    int last = random.nextInt(3);
    Map<String, List<String>> successors = new HashMap<>();
    Map<String, List<String>> needs = new HashMap<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count + last; i++) {
      String name = "job:t" + i;
      boolean isLast = i >= count;
      List<String> of = new ArrayList<>();
      for (int other = isLast ? count : 0; other < i; other++) {
        if (random.nextInt(3) == 0) {
          of.add("job:t" + other);
          successors.computeIfAbsent("job:t" + other, _ -> new ArrayList<>()).add(name);
        }
      }
      names.add(name);
      needs.put(name, of);
    }
    List<FlowTask> tasks = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      boolean isLast = i >= count;
      TriggerRule rule =
          isLast
              ? TriggerRule.ALL_DONE
              : random.nextInt(2) == 0
                  ? TriggerRule.ALL_SUCCESS
                  : RULES.get(random.nextInt(RULES.size()));
      boolean nothing = random.nextInt(5) == 0;
      String pool = nothing ? FlowTask.NO_POOL : "p" + random.nextInt(2);
      tasks.add(
          FlowTask.waiting(run, names.get(i), "empty", pool, 0, rule)
              .of(false, !nothing && random.nextInt(6) == 0)
              .linked(
                  isLast,
                  needs.get(names.get(i)),
                  successors.getOrDefault(names.get(i), List.of())));
    }
    return tasks;
  }

  private Fate fate(FlowTask task) {
    if (task.pool().equals(FlowTask.NO_POOL)) {
      return new Fate(FlowTask.State.SUCCESS, 0, 0);
    }
    FlowTask.State end =
        switch (random.nextInt(6)) {
          case 0 -> FlowTask.State.FAILED;
          case 1 -> FlowTask.State.SKIPPED;
          default -> FlowTask.State.SUCCESS;
        };
    if (task.mapped() && end == FlowTask.State.SKIPPED) {
      end = FlowTask.State.SUCCESS;
    }
    return new Fate(end, random.nextInt(2), random.nextInt(4));
  }

  /** Takes and ends tasks until the run is over; processes die in between. */
  private void work(String id, Map<String, Fate> fates, boolean cancels) {
    Map<FlowTask.Key, FlowTask> held = new HashMap<>();
    Set<FlowTask.Key> done = new HashSet<>();
    for (int step = 0; !isOver(id); step++) {
      assertThat(step).as("a task is stuck: " + store.tasks().tasks(id)).isLessThan(2_000);
      now = now.plusSeconds(1);
      switch (random.nextInt(10)) {
        case 0 -> {
          if (step < 30) {
            story.add("the process dies");
            store.abandon();
            store = open();
            store.tasks().recover("dev", 1_000, now);
            held.clear();
          }
        }
        case 1 -> {
          if (cancels && step > 3) {
            story.add("cancel");
            store.flows().cancel(id, "enough", Optional.empty(), now);
          }
        }
        case 2, 3, 4 -> take(id, held, done);
        default -> {
          if (!held.isEmpty()) {
            FlowTask task = new ArrayList<>(held.values()).get(random.nextInt(held.size()));
            held.remove(task.key());
            end(task, fates.get(task.key().name()), done);
          }
        }
      }
      slots(held);
    }
    assertThat(held).as("taken when the run was over").isEmpty();
  }

  private void take(String id, Map<FlowTask.Key, FlowTask> held, Set<FlowTask.Key> done) {
    for (FlowTask task : store.tasks().claim("dev", Map.of("p0", 2), 1, 10, now)) {
      story.add("take " + task.key());
      assertThat(done).as("taken after it ended").doesNotContain(task.key());
      assertThat(held.put(task.key(), task)).as("taken twice").isNull();
      assertThat(task.key().run()).isEqualTo(id);
    }
  }

  private void slots(Map<FlowTask.Key, FlowTask> held) {
    Map<String, Integer> slots = new HashMap<>();
    held.values().forEach(task -> slots.merge(task.pool(), 1, Integer::sum));
    assertThat(store.tasks().slots("dev")).isEqualTo(slots);
    assertThat(slots.getOrDefault("p0", 0)).isLessThanOrEqualTo(2);
    assertThat(slots.getOrDefault("p1", 0)).isLessThanOrEqualTo(1);
  }

  private void end(FlowTask task, Fate fate, Set<FlowTask.Key> done) {
    if (task.mapped() && task.key().index() == FlowTask.WHOLE) {
      story.add(task.key() + " has " + fate.rows() + " rows");
      List<String> items = new ArrayList<>();
      for (int i = 0; i < fate.rows(); i++) {
        items.add("{\"i\":" + i + "}");
      }
      assertThat(store.tasks().expand(task, items, now)).isTrue();
      return;
    }
    if (task.failures() < fate.failures()) {
      story.add(task.key() + " fails");
      assertThat(store.tasks().retry(task, now.plusSeconds(random.nextInt(5)), "again", now))
          .isTrue();
      return;
    }
    story.add(task.key() + " ends: " + fate.end());
    assertThat(store.tasks().end(task, FlowTask.End.of(fate.end(), "so it was"), now)).isTrue();
    assertThat(store.tasks().end(task, FlowTask.End.of(fate.end(), "twice"), now)).isFalse();
    done.add(task.key());
  }

  private boolean isOver(String id) {
    return store.flows().run(id).orElseThrow().state().isOver();
  }

  /** Works out from the ends of all tasks what must have happened to each. */
  private void judge(String id, Map<String, Fate> fates) {
    Map<String, FlowTask> whole = new HashMap<>();
    List<FlowTask> all = store.tasks().tasks(id);
    for (FlowTask task : all) {
      assertThat(task.state().isOver()).as(task.toString()).isTrue();
      if (task.key().index() == FlowTask.WHOLE) {
        whole.put(task.key().name(), task);
      }
    }
    long asked = story.stream().filter("cancel"::equals).count();
    boolean cancelled = all.stream().anyMatch(t -> t.state() == FlowTask.State.CANCELLED);
    assertThat(cancelled).isIn(asked > 0, false);
    for (FlowTask task : whole.values()) {
      if (cancelled && (!task.last() || asked > 1)) {
        continue;
      }
      List<FlowTask.State> ends = task.needs().stream().map(n -> whole.get(n).state()).toList();
      assertThat(task.state())
          .as(task.key() + " after " + ends)
          .isIn(possible(task, ends, fates.get(task.key().name())));
    }
    boolean good = whole.values().stream().noneMatch(t -> t.state().isFailure());
    FlowRun run = store.flows().run(id).orElseThrow();
    assertThat(run.state())
        .isEqualTo(
            good
                ? FlowRun.State.SUCCESS
                : asked > 0 ? FlowRun.State.CANCELLED : FlowRun.State.FAILED);
  }

  /** The states that a task may end in, given how those that it needs ended. */
  private static List<FlowTask.State> possible(
      FlowTask task, List<FlowTask.State> ends, Fate fate) {
    int succeeded = (int) ends.stream().filter(e -> e == FlowTask.State.SUCCESS).count();
    int skipped = (int) ends.stream().filter(e -> e == FlowTask.State.SKIPPED).count();
    int failed = ends.size() - succeeded - skipped;
    FlowTask.State ran = task.mapped() && fate.rows() == 0 ? FlowTask.State.SUCCESS : fate.end();
    return switch (task.rule()) {
      case ALL_SUCCESS ->
          List.of(
              failed > 0
                  ? FlowTask.State.UPSTREAM_FAILED
                  : skipped > 0 ? FlowTask.State.SKIPPED : ran);
      case ALL_DONE, ALWAYS -> List.of(ran);
      case ALL_FAILED -> List.of(failed == ends.size() ? ran : FlowTask.State.SKIPPED);
      case ONE_SUCCESS ->
          List.of(
              succeeded > 0 || ends.isEmpty()
                  ? ran
                  : failed > 0 ? FlowTask.State.UPSTREAM_FAILED : FlowTask.State.SKIPPED);
      case ONE_FAILED -> List.of(failed > 0 ? ran : FlowTask.State.SKIPPED);
      case NONE_FAILED -> List.of(failed > 0 ? FlowTask.State.UPSTREAM_FAILED : ran);
    };
  }

  /** Somebody lets what failed run again, and this time it ends well. */
  private void again(String id, Map<String, Fate> fates) {
    List<FlowTask> before = store.tasks().tasks(id);
    List<String> failed =
        before.stream()
            .filter(t -> t.state().isFailure())
            .map(t -> t.key().name())
            .distinct()
            .toList();
    Set<FlowTask.Key> reset = store.tasks().reset(id, failed, false, SOMEBODY, now);
    assertThat(reset.isEmpty()).isEqualTo(failed.isEmpty());
    if (reset.isEmpty()) {
      return;
    }
    story.add("again: " + reset);
    for (FlowTask task : before) {
      if (task.key().index() != FlowTask.WHOLE
          && task.state() == FlowTask.State.SUCCESS
          && store.tasks().task(task.key()).isPresent()) {
        assertThat(reset).as("a row that ended well").doesNotContain(task.key());
      }
    }
    fates.replaceAll((_, fate) ->
        new Fate(
            fate.end() == FlowTask.State.FAILED ? FlowTask.State.SUCCESS : fate.end(),
            0,
            fate.rows()));
    assertThat(
            store.flows().start(id, new FlowRun.Start(List.of(), Optional.empty(), List.of()), now))
        .isTrue();
    story.removeIf("cancel"::equals);
    work(id, fates, false);
    FlowRun over = store.flows().run(id).orElseThrow();
    assertThat(over.attempts()).isEqualTo(2);
    assertThat(store.tasks().tasks(id)).allMatch(t -> t.state().isOver());
  }
}
