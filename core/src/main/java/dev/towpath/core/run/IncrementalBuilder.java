package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.interval.Interval;
import dev.towpath.core.interval.Intervals;
import dev.towpath.core.plan.Plan;
import dev.towpath.core.plan.Window;
import dev.towpath.core.project.Model;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.Extract;
import dev.towpath.spi.Lake;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TableName;
import dev.towpath.spi.WriteRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Builds incremental models: computes the intervals of a window and puts them in place of what was
 * there.
 *
 * <p>Files are never changed. A file whose rows all lie in the window is left out of the new state;
 * one that straddles the window's edge is written again without the rows inside; the others stay.
 */
final class IncrementalBuilder {
  private final RunContext context;
  private final Staging staging;

  IncrementalBuilder(RunContext context, Staging staging) {
    this.context = context;
    this.staging = staging;
  }

  Built build(Plan.Step step, Asset.FromModel definition, Plan.Request request, Monitor monitor) {
    Asset asset = step.asset();
    Map<TableName, TableState> inputs = new HashMap<>();
    asset.reads().forEach(r -> context.states().now(r).ifPresent(s -> inputs.put(r, s)));
    Window window = context.windows().window(asset, step.current(), inputs, request);
    Job job = new Job(step, definition, request, window, monitor);
    if (window.isEmpty()) {
      return job.nothingDirty();
    }
    return window.full() ? job.full() : job.partial();
  }

  /** One build. */
  private final class Job {
    private final Plan.Step step;
    private final Asset asset;
    private final Asset.FromModel definition;
    private final Model model;
    private final Model.Time time;
    private final TimedRows rows;
    private final Plan.Request request;
    private final Window window;
    private final Monitor monitor;

    Job(
        Plan.Step step,
        Asset.FromModel definition,
        Plan.Request request,
        Window window,
        Monitor monitor) {
      this.step = step;
      this.asset = step.asset();
      this.definition = definition;
      this.model = definition.model();
      this.time = model.time().orElseThrow();
      this.rows = new TimedRows(asset, model);
      this.request = request;
      this.window = window;
      this.monitor = monitor;
    }

    /**
     * Rows that depend on the time of the run are as old as the oldest of them, so a build of some
     * keeps the time of the others: else these would never be found out of date.
     */
    private Staging.Extra extra(Intervals built) {
      Instant now = request.logicalTime();
      return new Staging.Extra(
          staging.inputs(asset),
          built,
          Optional.empty(),
          definition.timeDependent() && !window.full()
              ? step.current().map(TableState::logicalTime).orElse(now)
              : now);
    }

    /** Inputs are newer, but not at any time that is built here. */
    Built nothingDirty() {
      TableState current = step.current().orElseThrow();
      Staging.Extra extra = extra(current.built());
      Lake.Draft draft = draft();
      TableState state =
          draft.fields().equals(current.fields())
              ? staging.unchanged(asset, current, extra)
              : staging.advance( // other columns over the same rows, by on_change: keep
                  asset,
                  current,
                  draft,
                  new Staging.Step(
                      context.lake().files(current.metadataFile().orElseThrow()),
                      List.of(),
                      Set.of(),
                      model.sortBy()),
                  extra,
                  TableState.Change.ALL);
      return new Built(
          Optional.of(state), List.of(), Optional.of(Intervals.NONE), "no interval is touched");
    }

    Built full() {
      Staging.Extra extra = extra(window.build());
      String key = key(extra, "full");
      Optional<TableState> reusable = reusable(key);
      if (reusable.isPresent()) {
        return Built.of(
            staging.adopt(reusable.get(), asset, step.current(), extra, false), "reused");
      }
      Lake.Draft draft = draft();
      List<DataFile> files = new ArrayList<>();
      try {
        for (Interval range : window.build().ranges()) {
          files.addAll(compute(draft, range));
        }
        rows.requireInside(draft.fields(), files, window.build());
        TableState state = staging.replace(asset, step.current(), draft, files, extra);
        context.store().stage(context.provenance().run(), key, state);
        boolean same = Builder.same(step, state);
        return Built.of(state, same ? "same rows as before" : "");
      } catch (RuntimeException e) {
        staging.drop(files);
        throw e;
      }
    }

    Built partial() {
      TableState current = step.current().orElseThrow();
      Staging.Extra extra = extra(current.built().union(window.build()));
      String key = key(extra, current.version());
      Optional<TableState> reusable = reusable(key);
      if (reusable.isPresent()) {
        return new Built(
            Optional.of(staging.adopt(reusable.get(), asset, step.current(), extra, true)),
            List.of(),
            Optional.of(window.build()),
            "reused");
      }
      TableFiles old = context.lake().files(current.metadataFile().orElseThrow());
      Lake.Draft draft = draft();
      List<DataFile> added = new ArrayList<>();
      try {
        for (Interval range : window.build().ranges()) {
          added.addAll(compute(draft, range));
        }
        rows.requireInside(draft.fields(), added, window.build());
        Intervals differing =
            rows.differing(
                context.session(), old, new TableFiles(draft.fields(), added), window.build());
        if (differing.isEmpty()) {
          staging.drop(added);
          return built(staging.unchanged(asset, current, extra), differing);
        }
        Set<String> removed = new HashSet<>();
        List<DataFile> straddling =
            rows.split(draft.fields(), old.files(), window.build(), removed);
        added.addAll(rest(draft, straddling));
        TableState state =
            staging.advance(
                asset,
                current,
                draft,
                new Staging.Step(old, added, removed, model.sortBy()),
                extra,
                TableState.Change.of(time.column(), differing, time.zone()));
        context.store().stage(context.provenance().run(), key, state);
        return built(state, differing);
      } catch (RuntimeException e) {
        staging.drop(added);
        throw e;
      }
    }

    private String key(Staging.Extra extra, String base) {
      return Builder.stageKey(
          asset, extra, definition.timeDependent() ? request : null, base + window.build());
    }

    private Optional<TableState> reusable(String key) {
      return model.isVolatile() || request.full()
          ? Optional.empty()
          : context.store().staged(context.provenance().run(), key);
    }

    private Built built(TableState state, Intervals differing) {
      String detail =
          Builder.same(step, state)
              ? "same rows as before"
              : rows.count(differing) + " of " + rows.count(window.build()) + " intervals differ";
      return new Built(Optional.of(state), List.of(), Optional.of(window.build()), detail);
    }

    private Lake.Draft draft() {
      return context
          .lake()
          .draft(
              asset.name(),
              step.current().flatMap(TableState::metadataFile),
              asset.columns(),
              model.partitionBy(),
              model.sortBy(),
              model.renames());
    }

    private List<DataFile> compute(Lake.Draft draft, Interval range) {
      return new ModelRows(context, staging)
          .of(asset, definition, Optional.of(range), Map.of())
          .write(rows -> write(draft, rows));
    }

    private List<DataFile> write(Lake.Draft draft, Extract rows) {
      return context
          .session()
          .write(
              new WriteRequest(
                  rows,
                  draft.fields(),
                  Staging.part(draft),
                  model.partitionBy(),
                  model.sortBy(),
                  Optional.empty()),
              monitor)
          .files();
    }

    /** The rows of straddling files that stay, under the names that their columns have now. */
    private List<DataFile> rest(Lake.Draft draft, List<DataFile> straddling) {
      if (straddling.isEmpty()) {
        return List.of();
      }
      TableName name =
          staging.expose(new Relation.Lake(new TableFiles(draft.fields(), straddling)));
      return write(
          draft,
          new Extract.Query(
              Statement.of(
                  "SELECT * FROM " + name.quoted() + " WHERE NOT " + rows.inside(window.build()))));
    }
  }
}
