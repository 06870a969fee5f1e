package dev.towpath.core.plan;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.interval.Intervals;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.TableName;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Decides whether an asset is out of date, and why. The planner asks it with what is published, the
 * runner again once the inputs are there; nobody else decides it.
 *
 * <p>All reasons are told, since a later one may settle what an earlier one leaves open: a newer
 * input may come out the same, but an interval that is due is built all the same.
 */
public final class Staleness {
  private final Windows windows;

  Staleness(Windows windows) {
    this.windows = windows;
  }

  /** What becomes of a step of a plan. */
  public enum Verdict {
    /** It is built. */
    BUILD,
    /** It is built unless its inputs are the same in the columns that it reads. */
    COMPARE,
    /** It is as it should be. */
    SKIP
  }

  /**
   * What speaks for building an asset that is published, but for what only its source can tell.
   *
   * @param planned what the same plan builds before it
   */
  List<Reason> reasons(
      Asset asset, TableState state, LakeView base, Set<TableName> planned, Plan.Request request) {
    List<Reason> reasons = new ArrayList<>();
    if (asset.definition() instanceof Asset.FromSeed seed
        && state.kind().equals(asset.kind())
        && !state.definition().equals(asset.text())) {
      reasons.add(new Reason.SourceChanged(seed.seed().file() + " changed"));
    } else if (!isDefinedBy(asset, state)) {
      reasons.add(new Reason.DefinitionChanged());
    }
    if (request.full()) {
      reasons.add(
          new Reason.Requested(
              isHistory(asset)
                  ? "--full, which forgets its " + Reason.rows(state.rows()) + " of history"
                  : "--full"));
    }
    for (TableName read : watched(asset)) {
      if (planned.contains(read)) {
        reasons.add(new Reason.InputRebuilt(read));
      } else if (isNewer(read, state, base::table)) {
        reasons.add(new Reason.InputChanged(read));
      }
    }
    if (asset.definition() instanceof Asset.FromModel definition) {
      boolean passed = timePassed(definition, state, request);
      if (passed) {
        reasons.add(new Reason.TimePassed());
      }
      if (definition.model().time().isPresent() && !isAnew(asset, state, request)) {
        Intervals due = windows.due(definition, state, request);
        if (!passed && !due.isEmpty()) {
          reasons.add(new Reason.Missing(due));
        }
        if (!windows.requested(definition, request).isEmpty()) {
          reasons.add(new Reason.Requested("--from/--to"));
        }
      }
    }
    return reasons;
  }

  /**
   * What becomes of a step, once all that it reads is there.
   *
   * @param now the state that a reader sees of a table
   */
  public static Verdict decide(Plan.Step step, Function<TableName, Optional<TableState>> now) {
    if (step.certain() || step.reasons().stream().anyMatch(r -> r instanceof Reason.ToBeChecked)) {
      return Verdict.BUILD;
    }
    TableState state = step.current().orElseThrow();
    return watched(step.asset()).stream().anyMatch(read -> isNewer(read, state, now))
        ? Verdict.COMPARE
        : Verdict.SKIP;
  }

  /** Whether a reason is enough to build an asset, whatever comes out of its inputs. */
  static boolean settles(Reason reason, Asset asset) {
    return switch (reason) {
      case Reason.InputRebuilt _, Reason.ToBeChecked _ -> false;
      case Reason.InputChanged _ -> // it may be the same in the columns that the query reads
          !asset.kind().equals("table") && !asset.kind().equals("incremental");
      case Reason.New _,
          Reason.DefinitionChanged _,
          Reason.SourceChanged _,
          Reason.Missing _,
          Reason.TimePassed _,
          Reason.Requested _ ->
          true;
    };
  }

  /** Whether a state was made by the definition as it is. */
  static boolean isDefinedBy(Asset asset, TableState state) {
    return state.fingerprint().equals(asset.fingerprint()) && state.kind().equals(asset.kind());
  }

  /**
   * Whether an asset is built from nothing though a state of it is published: by {@code --full}, or
   * because its definition is another one and its file does not say {@code on_change: keep}.
   */
  static boolean isAnew(Asset asset, TableState state, Plan.Request request) {
    boolean keep =
        asset.definition() instanceof Asset.FromModel definition
            && definition.model().changes().keep()
            && state.kind().equals(asset.kind());
    return request.full() || (!isDefinedBy(asset, state) && !keep);
  }

  /**
   * Whether what a state says of the present is past: after {@code refresh:}, or on another day.
   */
  static boolean timePassed(Asset.FromModel definition, TableState state, Plan.Request request) {
    if (!definition.timeDependent()) {
      return false;
    }
    Optional<Duration> refresh = definition.model().refresh();
    if (refresh.isPresent()) {
      return !state.logicalTime().plus(refresh.get()).isAfter(request.logicalTime());
    }
    return !state
        .logicalTime()
        .atOffset(ZoneOffset.UTC)
        .toLocalDate()
        .equals(request.logicalTime().atOffset(ZoneOffset.UTC).toLocalDate());
  }

  /** Whether it holds what its inputs may no longer tell. */
  static boolean isHistory(Asset asset) {
    return switch (asset.definition()) {
      case Asset.FromModel m -> m.model().kind().isHistory();
      case Asset.FromSource s -> !s.table().replayable();
      case Asset.FromSeed _ -> false;
    };
  }

  /** The inputs whose changes count. */
  private static List<TableName> watched(Asset asset) {
    return switch (asset.definition()) {
      case Asset.FromModel m ->
          asset.reads().stream().filter(r -> !m.model().ignoreChanges().contains(r)).toList();
      case Asset.FromSource _, Asset.FromSeed _ -> List.of();
    };
  }

  private static boolean isNewer(
      TableName read, TableState state, Function<TableName, Optional<TableState>> now) {
    return !now.apply(read)
        .map(TableState::version)
        .equals(Optional.ofNullable(state.inputs().get(read)));
  }
}
