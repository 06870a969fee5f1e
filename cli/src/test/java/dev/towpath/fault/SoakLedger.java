package dev.towpath.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.core.store.Event;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.MetadataStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What must hold when everything is over, whatever happened on the way. */
final class SoakLedger {
  private static final int EVERYTHING = 1_000_000;

  private final MetadataStore store;
  private final SoakProject project;
  private final Map<String, Integer> starts = new HashMap<>();
  private final Map<String, Integer> ends = new HashMap<>();
  private final Map<String, Integer> begun = new HashMap<>();
  private final List<Event> events;
  private final List<FlowRun> runs;

  SoakLedger(MetadataStore store, SoakProject project, Path ledger) throws IOException {
    this.store = store;
    this.project = project;
    for (String line : Files.readAllLines(ledger)) {
      boolean start = line.startsWith("start ");
      assertThat(start || line.startsWith("end ")).as("\"%s\"", line).isTrue();
      (start ? starts : ends).merge(line.substring(start ? 6 : 4), 1, Integer::sum);
    }
    this.events = store.events().after("dev", 0, EVERYTHING);
    for (Event event : events) {
      if (event.type().equals("task.started")) {
        begun.merge(event.run().orElse("") + " " + event.task().orElse(""), 1, Integer::sum);
      }
    }
    this.runs = store.flows().runs("dev", Optional.empty(), EVERYTHING);
  }

  /** One line of figures. */
  String figures() {
    return "%d runs, %d events, %d starts and %d ends in the ledger"
        .formatted(
            runs.size(),
            events.size(),
            starts.values().stream().mapToInt(n -> n).sum(),
            ends.values().stream().mapToInt(n -> n).sum());
  }

  /** Everything that does not need the lake. */
  void balance(List<Long> followed) {
    for (String flow : project.scheduled()) {
      List<Instant> due =
          runs.stream()
              .filter(r -> r.flow().equals(flow) && r.cause() == FlowRun.Cause.SCHEDULE)
              .map(FlowRun::due)
              .toList();
      assertThat(due).as("runs of " + flow).doesNotHaveDuplicates();
      assertThat(new HashSet<>(due)).as("runs of " + flow).isEqualTo(project.due(flow));
    }
    assertThat(runs).allMatch(r -> r.state() == FlowRun.State.SUCCESS);
    assertThat(store.tasks().slots("dev")).as("slots that are taken").isEmpty();
    assertThat(store.tasks().open("dev")).as("tasks that are not over").isEmpty();
    events();
    for (FlowRun run : runs) {
      store.tasks().tasks(run.id()).forEach(task -> judge(run, task));
    }
    assertThat(followed).as("events as they came live").doesNotHaveDuplicates().isSorted();
    assertThat(followed).isEqualTo(events.stream().map(Event::id).toList());
  }

  /** Each run and task is told of from its start to its end, and what ended well stays so. */
  private void events() {
    Map<String, List<Event>> byTask = new HashMap<>();
    Map<String, List<String>> byRun = new HashMap<>();
    Set<String> well = new HashSet<>();
    for (Event event : events) {
      String run = event.run().orElse("");
      if (event.task().isEmpty()) {
        byRun.computeIfAbsent(run, _ -> new ArrayList<>()).add(event.type());
        if (event.type().equals("run.retried")) {
          well.removeIf(task -> task.startsWith(run + " "));
        }
        continue;
      }
      String task = run + " " + event.task().get();
      byTask.computeIfAbsent(task, _ -> new ArrayList<>()).add(event);
      assertThat(well).as("%s after it ended well", event).doesNotContain(task);
      if (event.type().equals("task.ended") && "SUCCESS".equals(event.detail().get("state"))) {
        well.add(task);
      }
    }
    for (FlowRun run : runs) {
      List<String> types = byRun.getOrDefault(run.id(), List.of());
      assertThat(types).as(run.id()).startsWith("run.created").endsWith("run.ended");
      assertThat(types.stream().filter("run.created"::equals)).hasSize(1);
      assertThat(types.stream().filter("run.started"::equals)).hasSize(run.attempts());
      for (FlowTask task : store.tasks().tasks(run.id())) {
        List<Event> told = byTask.getOrDefault(run.id() + " " + task.key(), List.of());
        assertThat(told).as("%s %s", run.id(), task).isNotEmpty();
        assertThat(told.getLast().detail()).containsEntry("state", task.state().name());
        assertThat(told.stream().filter(e -> e.type().equals("task.started")).count())
            .as("%s %s", run.id(), task)
            .isGreaterThanOrEqualTo(task.attempts());
      }
    }
  }

  private void judge(FlowRun run, FlowTask task) {
    assertThat(task.state()).as("%s %s", run.id(), task).isEqualTo(FlowTask.State.SUCCESS);
    boolean group = task.mapped() && task.key().index() == FlowTask.WHOLE;
    if (!task.type().equals("shell") || group) {
      return;
    }
    String line =
        "%s %s %d"
            .formatted(run.id(), task.key().name().substring("job:".length()), task.key().index());
    int started = begun.getOrDefault(run.id() + " " + task.key(), 0);
    assertThat(starts.getOrDefault(line, 0)).as(line).isBetween(1, started);
    assertThat(ends.getOrDefault(line, 0)).as(line).isBetween(1, starts.getOrDefault(line, 0));
  }

  /** Each run of {@code load} has brought its rows into each table, once. */
  void rows(Cli cli) {
    Map<String, Integer> expected =
        runs.stream()
            .filter(r -> r.flow().equals("load"))
            .collect(Collectors.toMap(FlowRun::id, _ -> SoakProject.ROWS));
    expected.put("first", 1);
    for (String sql :
        List.of(
            "SELECT run, n FROM marts.runs",
            "SELECT run, count(DISTINCT i) AS n FROM marts.days GROUP BY ALL",
            "SELECT run, count(*) AS n FROM marts.days GROUP BY ALL")) {
      Map<String, Integer> rows = new HashMap<>();
      String csv = cli.here().run("query", sql, "--format", "csv").good().out();
      csv.lines()
          .skip(1)
          .forEach(l -> rows.put(l.split(",")[0], Integer.parseInt(l.split(",")[1])));
      assertThat(rows).as(sql).isEqualTo(expected);
    }
    int all = expected.values().stream().mapToInt(n -> n).sum();
    assertThat(Small.number(cli, "SELECT n FROM copies.total")).isEqualTo(Integer.toString(all));
  }
}
