package dev.towpath.cli;

import dev.towpath.core.flow.Waits;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.JsonText;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A run of a flow with its tasks, for people and as JSON. */
final class FlowRunText {
  /** Rows of a mapped task that are shown one by one. */
  private static final int MOST_ROWS = 20;

  private final FlowRun run;
  private final List<FlowTask> tasks;
  private final Waits waits;

  FlowRunText(FlowRun run, List<FlowTask> tasks, Waits waits) {
    this.run = run;
    this.tasks = tasks;
    this.waits = waits;
  }

  /** Prints it as of a moment. */
  void print(PrintStream out, Instant now) {
    out.println(
        "run "
            + run.id()
            + " of "
            + run.flow()
            + ": "
            + word(run.state())
            + run.message().map(m -> ", " + m).orElse(""));
    out.println(
        "  due "
            + time(run.due())
            + run.start().map(s -> ", from " + time(s)).orElse("")
            + ", set off by "
            + word(run.cause())
            + run.backfill().map(b -> " " + b).orElse("")
            + run.release().map(r -> ", release " + r).orElse(""));
    if (!run.params().equals("{}")) {
      out.println("  params " + run.params());
    }
    run.version()
        .ifPresent(
            v -> out.println("  project version " + v.substring(0, Math.min(12, v.length()))));
    if (tasks.isEmpty()) {
      out.println(waits.why(run).map(why -> "  it waits " + why.text() + unpausing()).orElse(""));
      return;
    }
    out.println();
    TextTable.lines(
            List.of("task", "state", "tries", "started", "took", "why"),
            List.of(false, false, true, false, true, false),
            rows(now))
        .forEach(out::println);
    tasks.stream()
        .filter(t -> t.state() == FlowTask.State.FAILED || t.state() == FlowTask.State.RETRY_WAIT)
        .filter(
            t -> t.message().map(String::length).orElse(0) > TextTable.WIDEST - "until ".length())
        .limit(MOST_ROWS)
        .forEach(t -> out.println("\n" + t.key() + ": " + t.message().orElse("")));
    if (run.state() == FlowRun.State.FAILED || run.state() == FlowRun.State.CANCELLED) {
      out.println();
      out.println("  what they printed   towpath logs " + run.id());
      out.println("  to run it again     towpath retry " + run.id());
    }
  }

  private String unpausing() {
    return waits.isHeld(run) ? ": towpath pause " + run.flow() + " --off" : "";
  }

  /** Each task, but of a mapped one with many rows only those that somebody may have to look at. */
  private List<List<String>> rows(Instant now) {
    List<List<String>> rows = new ArrayList<>();
    Map<String, List<FlowTask>> left = new LinkedHashMap<>();
    Map<String, Integer> shown = new HashMap<>();
    Map<String, Long> all =
        tasks.stream()
            .filter(t -> t.key().index() != FlowTask.WHOLE)
            .collect(Collectors.groupingBy(t -> t.key().name(), Collectors.counting()));
    for (FlowTask task : tasks) {
      String name = task.key().name();
      boolean plain =
          task.key().index() == FlowTask.WHOLE || all.getOrDefault(name, 0L) <= MOST_ROWS;
      boolean telling = task.state() == FlowTask.State.FAILED || !task.state().isOver();
      if (plain || (telling && shown.merge(name, 1, Integer::sum) <= MOST_ROWS)) {
        rows.add(row(task, now));
      } else {
        left.computeIfAbsent(name, _ -> new ArrayList<>()).add(task);
      }
    }
    left.forEach((name, others) -> rows.add(more(name, others)));
    return rows;
  }

  /** One line for many rows of a mapped task. */
  private static List<String> more(String name, List<FlowTask> others) {
    Map<FlowTask.State, Long> states =
        others.stream()
            .collect(
                Collectors.groupingBy(
                    FlowTask::state,
                    () -> new EnumMap<>(FlowTask.State.class),
                    Collectors.counting()));
    return List.of(
        name + "[...]",
        states.entrySet().stream()
            .map(s -> s.getValue() + " " + word(s.getKey()))
            .collect(Collectors.joining(", ")),
        "",
        "",
        "",
        "--json has all of them");
  }

  private List<String> row(FlowTask task, Instant now) {
    String item = task.item().map(i -> " " + i).orElse("");
    return List.of(
        task.key() + item + (task.last() ? " (finally)" : ""),
        word(task.state()),
        Integer.toString(task.attempts()),
        task.started().map(FlowRunText::time).orElse(""),
        took(task, now).map(RunProgress::seconds).orElse(""),
        why(task));
  }

  private static Optional<Duration> took(FlowTask task, Instant now) {
    boolean open =
        task.state() == FlowTask.State.RUNNING || task.state() == FlowTask.State.DEFERRED;
    Optional<Instant> end = task.finished().or(() -> open ? Optional.of(now) : Optional.empty());
    return task.started().flatMap(s -> end.map(e -> Duration.between(s, e)));
  }

  /** Why it stands where it does. */
  private String why(FlowTask task) {
    String message = task.message().orElse("");
    return task.state() == FlowTask.State.RETRY_WAIT
        ? "until " + time(task.ready()) + ": " + message
        : Waits.why(task, run, tasks).map(Waits.Reason::text).orElse(message);
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** It as a JSON object. */
  Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> json = RunsCommand.json(run);
    json.put("tasks", tasks.stream().map(this::json).toList());
    return json;
  }

  private Map<String, @Nullable Object> json(FlowTask task) {
    return Json.object(
        "name",
        task.key().name(),
        "index",
        task.key().index() == FlowTask.WHOLE ? null : task.key().index(),
        "type",
        task.type(),
        "state",
        task.state().name(),
        "finally",
        task.last(),
        "pool",
        task.pool(),
        "priority",
        task.priority(),
        "rule",
        word(task.rule()).replace(' ', '_'),
        "needs",
        task.needs(),
        "attempts",
        task.attempts(),
        "failures",
        task.failures(),
        "deaths",
        task.deaths(),
        "ready",
        task.ready().toString(),
        "started",
        task.started().map(Instant::toString).orElse(null),
        "finished",
        task.finished().map(Instant::toString).orElse(null),
        "why",
        why(task),
        "outputs",
        task.outputs().map(JsonText::object).orElse(null),
        "item",
        task.item().map(JsonText::object).orElse(null));
  }
}
