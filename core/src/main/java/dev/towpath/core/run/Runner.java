package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.plan.Plan;
import dev.towpath.core.project.Check;
import dev.towpath.core.project.Export;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.Publication;
import dev.towpath.core.store.Release;
import dev.towpath.core.store.RunRecord;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Executes one plan: all tasks, then the checks that read several tables, then one publication. A
 * run that fails anywhere publishes nothing; what it staged is kept for the next try.
 */
public final class Runner {
  private final RunContext context;
  private final Plan plan;

  /** A run of a plan. */
  public Runner(RunContext context, Plan plan) {
    this.context = context;
    this.plan = plan;
  }

  /** Another run published a table that this one writes; plan anew and run again. */
  public static final class ConflictException extends dev.towpath.spi.TowpathException {
    private static final long serialVersionUID = 1L;

    ConflictException(Set<TableName> tables, long head) {
      super(
          "another run published "
              + String.join(", ", tables.stream().sorted().map(TableName::toString).toList())
              + " in release "
              + head
              + " meanwhile",
          "run again; what was computed is reused where it still fits");
    }
  }

  /**
   * Runs to the end.
   *
   * @throws ConflictException when a table was published by somebody else meanwhile
   * @throws CancelledException when the calling thread was interrupted
   */
  public RunResult run() {
    exposeBase();
    TaskPool pool = new TaskPool(context, plan);
    List<TaskOutcome> tasks = pool.run();
    List<CheckOutcome> checks = new ArrayList<>(pool.checks());
    boolean good = tasks.stream().allMatch(Runner::succeeded);
    if (good) {
      checks.addAll(crossChecks(changedTables(tasks)));
      good = checks.stream().noneMatch(CheckOutcome::stops);
    }
    record(checks);
    if (!good) {
      return new RunResult(runId(), plan, false, Optional.empty(), tasks, checks);
    }
    Optional<Release> release = publish(tasks);
    return new RunResult(runId(), plan, true, release, tasks, checks);
  }

  private static boolean succeeded(TaskOutcome outcome) {
    return outcome.status() == RunRecord.State.SUCCESS
        || outcome.status() == RunRecord.State.SKIPPED;
  }

  /** Everything that tasks or checks read and that no task makes. */
  private void exposeBase() {
    Set<TableName> made = new HashSet<>();
    plan.steps().forEach(s -> made.add(s.asset().name()));
    Set<TableName> needed = new HashSet<>();
    for (Plan.Step step : plan.steps()) {
      needed.addAll(step.asset().reads());
    }
    for (Asset asset : context.graph().assets()) {
      for (Asset.BoundCheck check : asset.checks()) {
        if (made.contains(asset.name()) || check.reads().stream().anyMatch(made::contains)) {
          needed.addAll(check.reads());
          needed.add(asset.name());
        }
      }
    }
    expose(plan.base(), needed, made);
  }

  /** Views last, and each after what it reads, since an engine may bind them at once. */
  private void expose(LakeView view, Set<TableName> needed, Set<TableName> made) {
    Set<TableName> all = new HashSet<>(needed);
    List<TableName> open = new ArrayList<>(needed);
    while (!open.isEmpty()) {
      view.table(open.removeLast())
          .filter(s -> s.metadataFile().isEmpty())
          .ifPresent(s ->
              s.inputs()
                  .keySet()
                  .forEach(input -> {
                    if (all.add(input)) {
                      open.add(input);
                    }
                  }));
    }
    List<TableState> states =
        all.stream()
            .filter(n -> !made.contains(n))
            .map(view::table)
            .flatMap(Optional::stream)
            .toList();
    states.stream().filter(s -> s.metadataFile().isPresent()).forEach(s -> show(s));
    context.graph().assets().stream()
        .map(Asset::name)
        .filter(n -> all.contains(n) && !made.contains(n))
        .map(view::table)
        .flatMap(Optional::stream)
        .filter(s -> s.metadataFile().isEmpty())
        .filter(s -> s.inputs().keySet().stream().noneMatch(made::contains))
        .forEach(s -> show(s));
  }

  private void show(TableState state) {
    context.session().expose(state.table(), Builder.relation(context.lake(), state));
  }

  private static Set<TableName> changedTables(List<TaskOutcome> tasks) {
    Set<TableName> changed = new HashSet<>();
    for (TaskOutcome task : tasks) {
      if (task.result().isPresent()) {
        changed.add(task.asset().name());
      }
    }
    return changed;
  }

  /** Checks that read several tables, one of which is among those given. */
  private List<CheckOutcome> crossChecks(Set<TableName> tables) {
    List<CheckOutcome> outcomes = new ArrayList<>();
    CheckRunner runner = new CheckRunner(context.session(), plan.request().logicalTime());
    for (Asset asset : context.graph().assets()) {
      List<Check> due = new ArrayList<>();
      for (Asset.BoundCheck check : asset.checks()) {
        boolean touches =
            tables.contains(asset.name()) || check.reads().stream().anyMatch(tables::contains);
        if (check.reads().isEmpty() || !touches || context.states().now(asset.name()).isEmpty()) {
          continue;
        }
        Optional<TableName> lacking =
            check.reads().stream().filter(r -> context.states().now(r).isEmpty()).findFirst();
        if (lacking.isEmpty()) {
          due.add(check.check());
        } else {
          context
              .listener()
              .note(
                  "not checked: %s of %s, until %s has been built"
                      .formatted(check.check().name(), asset.name(), lacking.get()));
        }
      }
      if (!due.isEmpty()) {
        List<CheckOutcome> done = runner.run(asset, due, Optional.empty());
        done.forEach(context.listener()::checked);
        outcomes.addAll(done);
      }
    }
    return outcomes;
  }

  private void record(List<CheckOutcome> checks) {
    List<RunRecord.CheckResult> results =
        checks.stream()
            .map(o ->
                new RunRecord.CheckResult(
                    runId(),
                    o.table().identity(),
                    o.check().name(),
                    o.passed(),
                    !o.stops() && !o.passed(),
                    o.failures(),
                    SampleJson.write(o.sample())))
            .toList();
    context.store().tasks(List.of(), results);
  }

  private Optional<Release> publish(List<TaskOutcome> tasks) {
    List<TableState> writes = new ArrayList<>();
    for (TaskOutcome task : tasks) {
      task.result().ifPresent(writes::add);
      writes.addAll(task.companions());
    }
    if (plan.drops().isEmpty() && isNoNews(tasks)) {
      tasks.forEach(t -> t.result().ifPresent(this::remember));
      return Optional.empty();
    }
    LakeView base = plan.base();
    while (true) {
      if (Thread.interrupted()) {
        throw new CancelledException();
      }
      Publication publication =
          new Publication(
              plan.environment(),
              base.release().number(),
              Release.Kind.RUN,
              writes,
              exports(writes),
              Set.copyOf(plan.drops()),
              OptionalLong.empty(),
              Optional.empty(),
              Optional.of(runId()),
              "",
              context.clock().instant(),
              Optional.empty(),
              context.owner());
      switch (context.store().publish(publication)) {
        case Publication.Published published -> {
          return Optional.of(published.release());
        }
        case Publication.HeadMoved moved -> base = rebase(base, moved.head(), writes);
      }
    }
  }

  /** Whether all that was read or built is as it is published. */
  private boolean isNoNews(List<TaskOutcome> tasks) {
    return tasks.stream()
        .allMatch(t ->
            t.companions().isEmpty()
                && t.result()
                    .map(s -> Rereads.isNoNews(t.asset(), s, plan.base().table(s.table())))
                    .orElse(true));
  }

  /** Where a source stands now, so that the next run does not read the same again. */
  private void remember(TableState state) {
    TableState published = plan.base().table(state.table()).orElseThrow();
    if (!state.source().equals(published.source())) {
      context.store().reread(runId(), published.id(), state);
    }
  }

  /** What the written tables are owed to, by the files as they are. */
  private Map<TableName, List<String>> exports(List<TableState> writes) {
    Map<TableName, List<String>> exports = new HashMap<>();
    for (TableState state : writes) {
      List<String> targets =
          Exporter.declared(context.graph(), state.table(), plan.environment()).stream()
              .map(Export::id)
              .toList();
      if (!targets.isEmpty()) {
        exports.put(state.table(), targets);
      }
    }
    return exports;
  }

  /**
   * The new head, when this run's release may stand on it. A table that both wrote is a conflict; a
   * newer input is not: the release keeps its pinned inputs, and only the checks that read such a
   * table run again.
   */
  private LakeView rebase(LakeView old, long head, List<TableState> writes) {
    LakeView now = context.store().view(plan.environment(), head);
    Map<TableName, Optional<String>> before = new HashMap<>();
    Set<TableName> written = new HashSet<>(plan.drops());
    writes.forEach(w -> written.add(w.table()));
    Set<TableName> moved = new HashSet<>();
    for (TableName table : union(old, now)) {
      before.put(table, old.table(table).map(TableState::id));
      if (!now.table(table).map(TableState::id).equals(before.get(table))) {
        moved.add(table);
      }
    }
    Set<TableName> conflicts = new HashSet<>(written);
    conflicts.retainAll(moved);
    moved.stream()
        .filter(t -> now.table(t).isEmpty() && isChecked(t, written))
        .forEach(conflicts::add); // what a check reads is gone: only a new plan can tell
    if (!conflicts.isEmpty()) {
      throw new ConflictException(conflicts, head);
    }
    context.listener().note("release " + head + " was published meanwhile; checking against it");
    moved.forEach(t -> now.table(t).ifPresent(this::show));
    List<CheckOutcome> again = crossChecks(moved);
    record(again);
    List<CheckOutcome> stopping = again.stream().filter(CheckOutcome::stops).toList();
    if (!stopping.isEmpty()) {
      throw CheckRunner.failure(stopping);
    }
    return now;
  }

  private boolean isChecked(TableName table, Set<TableName> written) {
    return written.stream()
        .flatMap(w -> context.graph().asset(w).stream())
        .flatMap(asset -> asset.checks().stream())
        .anyMatch(check -> check.reads().contains(table));
  }

  private static Set<TableName> union(LakeView a, LakeView b) {
    Set<TableName> all = new HashSet<>(a.tables().keySet());
    all.addAll(b.tables().keySet());
    return all;
  }

  private String runId() {
    return context.provenance().run();
  }
}
