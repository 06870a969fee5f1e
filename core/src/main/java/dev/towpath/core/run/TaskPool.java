package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.plan.Plan;
import dev.towpath.core.plan.Reason;
import dev.towpath.core.plan.Staleness;
import dev.towpath.core.project.Check;
import dev.towpath.core.store.RunRecord;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Runs the steps of a plan, each on a virtual thread once its inputs are done. */
final class TaskPool {
  private final RunContext context;
  private final Plan plan;
  private final Builder builder;
  private final CheckRunner checkRunner;
  private final SameColumns sameColumns;
  private final Semaphore permits;
  private final Map<TableName, Slot> slots = new HashMap<>();
  private final Queue<CheckOutcome> checks = new ConcurrentLinkedQueue<>();

  /** A step, and the latch that opens when it has ended. */
  private static final class Slot {
    final Plan.Step step;
    final CountDownLatch done = new CountDownLatch(1);
    volatile @Nullable TaskOutcome outcome;

    Slot(Plan.Step step) {
      this.step = step;
    }

    TaskOutcome ended() {
      return Objects.requireNonNull(outcome);
    }
  }

  TaskPool(RunContext context, Plan plan) {
    this.context = context;
    this.plan = plan;
    Staging staging = new Staging(context, plan.request().full());
    this.builder = new Builder(context, staging);
    this.checkRunner = new CheckRunner(context.session(), plan.request().logicalTime());
    this.sameColumns = new SameColumns(context, staging);
    this.permits = new Semaphore(context.parallelism(), true);
    plan.steps().forEach(s -> slots.put(s.asset().name(), new Slot(s)));
  }

  /** Outcomes in plan order. An interrupt cancels every task and waits for it to end. */
  List<TaskOutcome> run() {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Plan.Step step : plan.steps()) {
        var _ = executor.submit(() -> execute(slot(step.asset().name())));
      }
      try {
        for (Plan.Step step : plan.steps()) {
          slot(step.asset().name()).done.await();
        }
      } catch (InterruptedException e) {
        // Here, since what follows the block comes after the wait for all tasks.
        executor.shutdownNow();
        Thread.currentThread().interrupt();
        throw new CancelledException();
      }
    }
    return plan.steps().stream().map(s -> slot(s.asset().name()).ended()).toList();
  }

  /** Outcomes of the checks that tasks ran. */
  List<CheckOutcome> checks() {
    return List.copyOf(checks);
  }

  private Slot slot(TableName name) {
    return Objects.requireNonNull(slots.get(name));
  }

  private void execute(Slot slot) {
    Instant started = context.clock().instant();
    TaskOutcome outcome = null;
    try {
      List<Slot> inputs =
          slot.step.asset().reads().stream().map(slots::get).filter(Objects::nonNull).toList();
      for (Slot input : inputs) {
        input.done.await();
      }
      List<Slot> failed =
          inputs.stream()
              .filter(i ->
                  i.ended().status() != RunRecord.State.SUCCESS
                      && i.ended().status() != RunRecord.State.SKIPPED)
              .toList();
      if (!failed.isEmpty()) {
        String names =
            String.join(", ", failed.stream().map(f -> f.step.asset().name().toString()).toList());
        outcome = ended(slot, RunRecord.State.UPSTREAM_FAILED, names + " failed", started);
      } else {
        outcome =
            switch (Staleness.decide(slot.step, context.states()::now)) {
              case BUILD -> build(slot.step);
              case COMPARE -> {
                Optional<TableState> kept = kept(slot.step);
                yield kept.isPresent() ? kept(slot, kept.get(), started) : build(slot.step);
              }
              case SKIP -> {
                slot.step.current().ifPresent(builder::expose);
                yield ended(slot, RunRecord.State.SKIPPED, "inputs came out the same", started);
              }
            };
      }
    } catch (InterruptedException | CancelledException e) {
      outcome = ended(slot, RunRecord.State.CANCELLED, "cancelled", started);
    } catch (TowpathException e) {
      outcome = failed(slot, e, started);
    } catch (RuntimeException | Error e) {
      outcome = failed(slot, new TowpathException("unexpected failure: " + e, null, e), started);
      if (e instanceof VirtualMachineError error) {
        throw error;
      }
    } finally {
      try {
        finish(slot, outcome == null ? ended(slot, RunRecord.State.FAILED, "", started) : outcome);
      } finally {
        slot.done.countDown(); // whatever fails: others wait for it
      }
    }
  }

  /** Writes the outcome down; one that cannot be written down is a failure. */
  private void finish(Slot slot, TaskOutcome outcome) {
    slot.outcome = outcome;
    try {
      record(outcome, slot.step);
    } catch (TowpathException e) {
      slot.outcome = outcome.problems().isEmpty() ? failed(slot, e, outcome.started()) : outcome;
    }
    context.listener().finished(slot.ended());
  }

  /** The published state, when the inputs differ in columns only that the step does not read. */
  private Optional<TableState> kept(Plan.Step step) throws InterruptedException {
    permits.acquire();
    try {
      return sameColumns.kept(step);
    } finally {
      permits.release();
    }
  }

  private TaskOutcome kept(Slot slot, TableState state, Instant started) {
    builder.expose(state);
    return new TaskOutcome(
        slot.step.asset(),
        RunRecord.State.SKIPPED,
        Optional.of(state),
        List.of(),
        false,
        "inputs came out the same in the columns that it reads",
        List.of(),
        started,
        context.clock().instant());
  }

  private TaskOutcome build(Plan.Step step) throws InterruptedException {
    permits.acquire();
    try {
      Instant started = context.clock().instant();
      Asset asset = step.asset();
      context.listener().started(asset);
      Built built =
          builder.build(
              step,
              plan.request(),
              (fraction, rows) -> context.listener().progress(asset.name(), fraction, rows));
      List<Check> own =
          asset.checks().stream()
              .filter(c -> c.reads().isEmpty())
              .map(Asset.BoundCheck::check)
              .toList();
      List<CheckOutcome> outcomes = checkRunner.run(asset, own, built.touched());
      outcomes.forEach(context.listener()::checked);
      checks.addAll(outcomes);
      List<CheckOutcome> stopping = outcomes.stream().filter(CheckOutcome::stops).toList();
      if (!stopping.isEmpty()) {
        throw CheckRunner.failure(stopping);
      }
      boolean changed =
          built
              .state()
              .filter(s -> step.current().filter(c -> c.version().equals(s.version())).isEmpty())
              .isPresent();
      return new TaskOutcome(
          asset,
          RunRecord.State.SUCCESS,
          built.state(),
          built.companions(),
          changed,
          built.detail(),
          List.of(),
          started,
          context.clock().instant());
    } finally {
      permits.release();
    }
  }

  private TaskOutcome ended(Slot slot, RunRecord.State status, String detail, Instant started) {
    return new TaskOutcome(
        slot.step.asset(),
        status,
        Optional.empty(),
        List.of(),
        false,
        detail,
        List.of(),
        started,
        context.clock().instant());
  }

  private TaskOutcome failed(Slot slot, TowpathException e, Instant started) {
    List<Problem> told =
        e.problems().isEmpty() ? List.of(problem(slot.step.asset(), e)) : e.problems();
    List<Problem> problems = told.stream().map(this::masked).toList();
    return new TaskOutcome(
        slot.step.asset(),
        RunRecord.State.FAILED,
        Optional.empty(),
        List.of(),
        false,
        problems.getFirst().message(),
        problems,
        started,
        context.clock().instant());
  }

  /** Without secrets: whoever failed may have said one. */
  private Problem masked(Problem problem) {
    return new Problem(
        problem.severity(),
        problem.location(),
        context.project().redaction().apply(problem.message()),
        problem.hint().map(context.project().redaction()));
  }

  /** A failure at its place in the asset's file, as far as that is known. */
  static Problem problem(Asset asset, TowpathException e) {
    Location at = new Location(asset.file(), 1, 1);
    if (e instanceof dev.towpath.spi.SqlException sql
        && sql.offset() >= 0
        && asset.definition() instanceof Asset.FromModel model
        && !model.isPython()) {
      at = Location.at(asset.file(), model.model().text(), sql.offset());
    } else if (asset.definition() instanceof Asset.FromSource source) {
      at = source.table().declaration().location();
    } else if (asset.definition() instanceof Asset.FromSeed) {
      at = Location.of(asset.file());
    }
    return new Problem(
        Problem.Severity.ERROR, at, Objects.requireNonNull(e.getMessage()), e.hint());
  }

  private void record(TaskOutcome outcome, Plan.Step step) {
    context
        .store()
        .tasks(
            List.of(
                new RunRecord.Task(
                    context.provenance().run(),
                    outcome.asset().name().toString(),
                    outcome.status(),
                    outcome.started(),
                    Optional.of(outcome.finished()),
                    outcome.rows(),
                    String.join("; ", step.reasons().stream().map(Reason::text).toList()),
                    outcome.detail().isEmpty() ? Optional.empty() : Optional.of(outcome.detail()))),
            List.of());
  }
}
