package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.graph.Asset;
import dev.towpath.core.lineage.Lineages;
import dev.towpath.core.plan.Deltas;
import dev.towpath.core.plan.Freshness;
import dev.towpath.core.plan.Plan;
import dev.towpath.core.plan.Planner;
import dev.towpath.core.plan.Probes;
import dev.towpath.core.plan.Windows;
import dev.towpath.core.project.Macro;
import dev.towpath.core.run.Rereads;
import dev.towpath.core.run.RunContext;
import dev.towpath.core.run.RunListener;
import dev.towpath.core.run.RunResult;
import dev.towpath.core.run.Runner;
import dev.towpath.core.run.States;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.Publication;
import dev.towpath.core.store.RunRecord;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Shared;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Plans and runs for commands: one try, and again when another run came first. */
final class RunWork {
  private static final int TRIES = 3;

  private final Platform platform;
  private final Checked checked;
  private final RunListener listener;
  private final Optional<Publication.Owner> owner;

  RunWork(Platform platform, Checked checked, RunListener listener) {
    this(platform, checked, listener, Optional.empty());
  }

  /** Work of a task of a flow's run, which alone may publish it. */
  RunWork(
      Platform platform, Checked checked, RunListener listener, Optional<Publication.Owner> owner) {
    this.platform = platform;
    this.checked = checked;
    this.listener = listener;
    this.owner = owner;
  }

  /** What a run would do now. */
  Plan plan(Plan.Request request) {
    return plan(request, new Probes(platform.contacts(), platform.lake()));
  }

  private Plan plan(Plan.Request request, Probes probes) {
    LakeView base = Rereads.continued(head(), platform.store()::staged);
    States states = new States(platform.store(), base, "plan");
    return planner(states, probes).plan(base, request);
  }

  /** Plans and runs. A plan without steps is a result without a release. */
  RunResult run(Plan.Request request, List<String> words) {
    for (int attempt = 1; ; attempt++) {
      try {
        return once(request, words);
      } catch (Runner.ConflictException e) {
        if (attempt == TRIES) {
          throw e;
        }
        listener.note(e.getMessage() + "; planning again");
      }
    }
  }

  private RunResult once(Plan.Request request, List<String> words) {
    warmUp(request);
    Probes probes = new Probes(platform.contacts(), platform.lake());
    Plan first = plan(request, probes);
    if (!first.refusals().isEmpty()) {
      throw new TowpathException(first.refusals());
    }
    if (first.isEmpty()) {
      return new RunResult("", first, true, Optional.empty(), List.of(), List.of());
    }
    platform.claimLake();
    MetadataStore store = platform.store();
    String run = Ids.next(platform.clock().instant());
    RunRecord record =
        new RunRecord(
            run,
            first.environment(),
            RunRecord.State.RUNNING,
            platform.clock().instant(),
            Optional.empty(),
            request.logicalTime(),
            words,
            Optional.empty(),
            Optional.empty());
    try (MetadataStore.Hold _ = store.begin(record)) {
      // From here on gc keeps what this run reads, so the plan that counts is made now.
      LakeView base = Rereads.continued(head(), key -> store.staged(run, key));
      States states = new States(store, base, run);
      Windows windows = new Windows(new Deltas(states::byId, platform.lake()));
      Plan plan = planner(states, probes).plan(base, request);
      listener.planned(plan);
      return execute(run, plan, states, windows);
    }
  }

  /** Starts interpreters while the plan is made, when there is Python among what was selected. */
  private void warmUp(Plan.Request request) {
    Set<String> modules = new HashSet<>();
    int models = 0;
    for (TableName name : request.selection()) {
      if (checked.graph().get(name).definition() instanceof Asset.FromModel model
          && model.isPython()) {
        models++;
        modules.addAll(model.modules());
      }
    }
    if (models > 0) {
      platform.tell(listener::note);
      platform.python().prepare(models, modules);
    }
  }

  private RunResult execute(String run, Plan plan, States states, Windows windows) {
    try (EngineSession session = platform.session(plan.request().logicalTime());
        Lineages lineages = platform.lineages(checked);
        Shared shared = new Shared()) {
      for (Macro macro : platform.project().macros()) {
        dev.towpath.core.check.Macros.statements(macro).forEach(session::macro);
      }
      RunContext context =
          new RunContext(
              platform.project(),
              checked.graph(),
              lineages,
              platform.contacts(),
              session,
              platform.pythonModels(checked.graph(), session, plan.request().logicalTime(), run),
              shared,
              platform.lake(),
              platform.store(),
              windows,
              states,
              provenance(run),
              parallelism(),
              platform.clock(),
              listener,
              owner);
      RunResult result = new Runner(context, plan).run();
      if (!result.success() || result.release().isEmpty()) {
        platform
            .store()
            .finish(
                run,
                result.success() ? RunRecord.State.SUCCESS : RunRecord.State.FAILED,
                Optional.empty(),
                platform.clock().instant());
      }
      return result;
    } catch (CancelledException e) {
      end(run, RunRecord.State.CANCELLED, "cancelled");
      throw e;
    } catch (TowpathException e) {
      end(run, RunRecord.State.FAILED, String.valueOf(e.getMessage()));
      throw e;
    }
  }

  private void end(String run, RunRecord.State state, String message) {
    boolean interrupted = Thread.interrupted();
    try {
      platform.store().finish(run, state, Optional.of(message), platform.clock().instant());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** What is older than its source allows, by the newest release. */
  List<Problem> late(Instant now) {
    boolean any = platform.project().sources().stream().anyMatch(s -> s.freshness().isPresent());
    return any ? Freshness.late(platform.project(), platform.store(), head(), now) : List.of();
  }

  private LakeView head() {
    String environment = platform.environment().name();
    return platform.store().view(environment, platform.store().head(environment).number());
  }

  private Planner planner(States states, Probes probes) {
    return new Planner(
        checked.graph(), probes, new Windows(new Deltas(states::byId, platform.lake())));
  }

  /** Small tables wait for the disk rather than for a processor, so more run than there are. */
  private int parallelism() {
    int threads =
        platform.environment().threads().orElse(Runtime.getRuntime().availableProcessors());
    return Math.max(4, threads * 2);
  }

  private TableState.Provenance provenance(String run) {
    return new TableState.Provenance(
        run,
        Git.commit(platform.project().root()),
        ProjectHash.of(checked.graph()),
        platform.engine().name() + " " + platform.engine().version(),
        Version.text());
  }

  /** The logical time of a run that starts now. */
  static Instant logicalTime(Platform platform) {
    return platform.clock().instant().truncatedTo(java.time.temporal.ChronoUnit.MICROS);
  }
}
