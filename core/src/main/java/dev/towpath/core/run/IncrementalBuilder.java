package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.interval.Grain;
import dev.towpath.core.interval.Interval;
import dev.towpath.core.interval.Intervals;
import dev.towpath.core.interval.TimeValues;
import dev.towpath.core.plan.Deltas;
import dev.towpath.core.plan.Plan;
import dev.towpath.core.plan.Window;
import dev.towpath.core.project.Model;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.Extract;
import dev.towpath.spi.Field;
import dev.towpath.spi.Lake;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.Names;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Rows;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import dev.towpath.spi.WriteRequest;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

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
    private final Column column;
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
      this.column = asset.columns().column(time.column()).orElseThrow();
      this.request = request;
      this.window = window;
      this.monitor = monitor;
    }

    private Staging.Extra extra(Intervals built) {
      return new Staging.Extra(
          staging.inputs(asset), built, Optional.empty(), request.logicalTime());
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
        requireInside(draft, files, window.build());
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
        requireInside(draft, added, window.build());
        Intervals differing = differing(old, new TableFiles(draft.fields(), added));
        if (differing.isEmpty()) {
          staging.drop(added);
          return built(staging.unchanged(asset, current, extra), differing);
        }
        Set<String> removed = new HashSet<>();
        List<DataFile> straddling = split(old, removed);
        added.addAll(rest(draft, old.fields(), straddling));
        TableState state =
            staging.advance(
                asset,
                current,
                draft,
                new Staging.Step(old, added, removed, model.sortBy()),
                extra,
                new TableState.Change(Optional.of(column.name()), differing));
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
      Grain grain = new Grain(time.grain(), time.zone());
      String detail =
          Builder.same(step, state)
              ? "same rows as before"
              : count(differing, grain)
                  + " of "
                  + count(window.build(), grain)
                  + " intervals differ";
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

    /** Rows outside of what was asked for would be lost or doubled by a later build. */
    private void requireInside(Lake.Draft draft, List<DataFile> files, Intervals asked) {
      Field field = field(draft.fields());
      for (DataFile file : files) {
        DataFile.Stats stats = file.stats().get(field.id());
        if (stats != null && stats.nulls() > 0) {
          throw wrong(stats.nulls() + " rows have no " + column.name());
        }
        Optional<Interval> span = Deltas.span(file, field, time.zone());
        if (span.isPresent() && asked.ranges().stream().noneMatch(r -> covers(r, span.get()))) {
          // One file may hold several ranges only when it was written in one pass over all of them.
          throw wrong(
              "rows from "
                  + stats(stats, true)
                  + " to "
                  + stats(stats, false)
                  + " lie outside of the interval that was built, "
                  + dev.towpath.core.plan.Reason.describe(asked));
        }
      }
    }

    private TowpathException wrong(String what) {
      return new TowpathException(
          List.of(
              dev.towpath.spi.Problem.error(
                  model.at("time"),
                  asset.name() + ": " + what,
                  "every row's " + column.name() + " must be in $start (included) to $end")));
    }

    /** The intervals, by grain, in which the old and the new rows differ. */
    private Intervals differing(TableFiles old, TableFiles fresh) {
      if (!old.fields().equals(fresh.fields())) {
        return window.build();
      }
      TableName left = staging.expose(new Relation.Lake(old));
      TableName right = staging.expose(new Relation.Lake(fresh));
      Rows rows =
          context
              .session()
              .query(
                  Statement.of(
                      "SELECT coalesce(l.k, r.k)::VARCHAR FROM ("
                          + bags(left)
                          + ") l FULL JOIN ("
                          + bags(right)
                          + ") r ON l.k = r.k WHERE l.b IS DISTINCT FROM r.b"),
                  1_000_000);
      Grain grain = new Grain(time.grain(), time.zone());
      List<Interval> ranges = new ArrayList<>();
      for (List<@org.jspecify.annotations.Nullable Object> row : rows.rows()) {
        TimeValues.span(String.valueOf(row.getFirst()), column.type(), time.zone())
            .ifPresent(s -> ranges.add(new Interval(s.start(), s.end())));
      }
      return grain.widen(Intervals.of(ranges)).intersect(window.build());
    }

    private String bags(TableName table) {
      List<String> columns = asset.columns().names();
      String key = key();
      return "SELECT "
          + key
          + " AS k, ROW("
          + Staging.bagColumns(columns)
          + ") AS b FROM "
          + table.quoted()
          + " WHERE "
          + inside(window.build())
          + " GROUP BY 1";
    }

    /** The start of the row's interval as a value of the column's type, in the model's zone. */
    private String key() {
      String name = Names.quote(column.name());
      String unit =
          Names.literal(
              switch (time.grain()) {
                case HOURS -> "hour";
                case DAYS -> "day";
                case WEEKS -> "week";
                case MONTHS -> "month";
                default -> "year";
              });
      if (column.type().sql().equals("TIMESTAMP WITH TIME ZONE")) {
        String zone = Names.literal(zone(time.zone()));
        return "timezone("
            + zone
            + ", date_trunc("
            + unit
            + ", timezone("
            + zone
            + ", "
            + name
            + ")))";
      }
      return "date_trunc(" + unit + ", " + name + ")::" + column.type().sql();
    }

    private String inside(Intervals ranges) {
      return ranges.ranges().stream()
          .map(r ->
              "("
                  + Names.quote(column.name())
                  + " >= "
                  + bound(r.start())
                  + " AND "
                  + Names.quote(column.name())
                  + " < "
                  + bound(r.end())
                  + ")")
          .collect(Collectors.joining(" OR ", "(", ")"));
    }

    private String bound(Instant instant) {
      return "CAST("
          + Names.literal(TimeValues.text(instant, column.type(), time.zone()))
          + " AS "
          + column.type().sql()
          + ")";
    }

    /**
     * Sorts the old files: those inside and straddling are removed, the straddling are returned.
     */
    private List<DataFile> split(TableFiles old, Set<String> removed) {
      Field field = field(old.fields());
      List<DataFile> straddling = new ArrayList<>();
      for (DataFile file : old.files()) {
        Optional<Interval> span = Deltas.span(file, field, time.zone());
        if (span.isPresent()
            && window.build().ranges().stream().noneMatch(r -> r.overlaps(span.get()))) {
          continue;
        }
        removed.add(file.path());
        if (span.isEmpty()
            || window.build().ranges().stream().noneMatch(r -> covers(r, span.get()))) {
          straddling.add(file);
        }
      }
      return straddling;
    }

    /** The rows of straddling files that stay. */
    private List<DataFile> rest(Lake.Draft draft, List<Field> fields, List<DataFile> straddling) {
      if (straddling.isEmpty()) {
        return List.of();
      }
      TableName name = staging.expose(new Relation.Lake(new TableFiles(fields, straddling)));
      return write(
          draft,
          new Extract.Query(
              Statement.of(
                  "SELECT * FROM " + name.quoted() + " WHERE NOT " + inside(window.build()))));
    }

    private Field field(List<Field> fields) {
      return fields.stream()
          .filter(f -> Names.identity(f.name()).equals(Names.identity(column.name())))
          .findFirst()
          .orElseThrow();
    }
  }

  /** A zone by a name that ICU knows: Java says {@code Z} and {@code +02:00} for plain offsets. */
  private static String zone(ZoneId zone) {
    return switch (zone.normalized()) {
      case ZoneOffset offset when offset.getTotalSeconds() == 0 -> "UTC";
      case ZoneOffset offset -> "GMT" + offset.getId();
      default -> zone.getId();
    };
  }

  private static boolean covers(Interval outer, Interval inner) {
    return !inner.start().isBefore(outer.start()) && !inner.end().isAfter(outer.end());
  }

  private static String stats(
      DataFile.@org.jspecify.annotations.Nullable Stats stats, boolean low) {
    return stats == null ? "?" : (low ? stats.min() : stats.max()).orElse("?");
  }

  /** Number of whole intervals, or {@code all} when there is no end to them. */
  static String count(Intervals intervals, Grain grain) {
    long count = 0;
    for (Interval range : intervals.ranges()) {
      if (range.start().equals(Instant.MIN) || range.end().equals(Instant.MAX)) {
        return "all";
      }
      for (Instant at = range.start(); at.isBefore(range.end()); at = grain.next(at)) {
        count++;
      }
    }
    return Long.toString(count);
  }
}
