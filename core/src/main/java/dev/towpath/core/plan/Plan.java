package dev.towpath.core.plan;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TableName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a run would do.
 *
 * @param base the release that it was made against
 * @param steps in graph order; empty when nothing is stale
 * @param drops tables whose files are gone from the project
 * @param refusals why a run of it would fail: history that it would lose unasked
 */
public record Plan(
    String environment,
    LakeView base,
    Request request,
    List<Step> steps,
    List<TableName> drops,
    List<Problem> refusals) {
  public Plan {
    refusals = List.copyOf(refusals);
    steps = List.copyOf(steps);
    drops = List.copyOf(drops);
  }

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return steps.isEmpty() && drops.isEmpty();
  }

  /**
   * What was asked for.
   *
   * @param selection the selected assets
   * @param all whether these are all assets of the project, so that gone ones are dropped
   * @param full {@code --full}: build the selected assets from scratch
   * @param range {@code --from} and {@code --to}: intervals to build again
   * @param logicalTime what {@code now()} says
   */
  public record Request(
      List<TableName> selection,
      boolean all,
      boolean full,
      Optional<Range> range,
      Instant logicalTime) {
    public Request {
      selection = List.copyOf(selection);
    }
  }

  /**
   * Dates as typed, cut by each model's own zone: from included, to excluded; either may be open.
   */
  public record Range(
      Optional<java.time.LocalDateTime> from, Optional<java.time.LocalDateTime> to) {}

  /**
   * One asset to be built.
   *
   * @param current its published state
   * @param window which intervals, as far as can be told now; for incremental models
   * @param changes of its columns against the published state
   * @param downstream what reads it, directly or not
   */
  public record Step(
      Asset asset,
      Optional<TableState> current,
      List<Reason> reasons,
      Optional<Window> window,
      List<ColumnChange> changes,
      List<TableName> downstream) {
    public Step {
      reasons = List.copyOf(reasons);
      changes = List.copyOf(changes);
      downstream = List.copyOf(downstream);
    }

    /**
     * Whether it is built from nothing, whatever is published: it is new, asked for by {@code
     * --full}, or its definition is another one and its file does not say {@code on_change: keep}.
     */
    public boolean anew(Request request) {
      return current.isEmpty() || Staleness.isAnew(asset, current.get(), request);
    }

    /** Whether it is built for sure; otherwise only if something before it comes out different. */
    public boolean certain() {
      return reasons.stream().anyMatch(r -> Staleness.settles(r, asset));
    }
  }

  /**
   * How a column differs from the published one.
   *
   * @param before its type in the published state; empty when it is new
   * @param after its type by the files; empty when it is gone
   * @param renamedFrom the published column that it is under another name
   */
  public record ColumnChange(
      String name, Optional<String> before, Optional<String> after, Optional<String> renamedFrom) {
    @Override
    public String toString() {
      if (renamedFrom.isPresent()) {
        return "~ "
            + renamedFrom.get()
            + " -> "
            + name
            + " (renamed"
            + (before.equals(after) ? "" : ", " + before.orElse("") + " -> " + after.orElse(""))
            + ")";
      }
      if (before.isEmpty()) {
        return "+ " + name + " " + after.orElse("");
      }
      return after
          .map(a -> "~ " + name + " " + before.get() + " -> " + a)
          .orElse("- " + name + " " + before.get());
    }
  }
}
