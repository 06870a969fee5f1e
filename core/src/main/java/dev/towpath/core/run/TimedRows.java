package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.interval.Grain;
import dev.towpath.core.interval.Interval;
import dev.towpath.core.interval.Intervals;
import dev.towpath.core.interval.TimeValues;
import dev.towpath.core.plan.Deltas;
import dev.towpath.core.plan.Reason;
import dev.towpath.core.project.Model;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Field;
import dev.towpath.spi.Names;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Rows;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rows of an incremental model by the intervals that their time column puts them in. */
final class TimedRows {
  private final Asset asset;
  private final Model model;
  private final Model.Time time;
  private final Column column;
  private final Grain grain;

  TimedRows(Asset asset, Model model) {
    this.asset = asset;
    this.model = model;
    this.time = model.time().orElseThrow();
    this.column = asset.columns().column(time.column()).orElseThrow();
    this.grain = new Grain(time.grain(), time.zone());
  }

  /** Refuses rows outside of what was asked for: a later build would lose or double them. */
  void requireInside(List<Field> fields, List<DataFile> files, Intervals asked) {
    Field field = field(fields);
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
                + Reason.describe(asked));
      }
    }
  }

  private TowpathException wrong(String what) {
    return new TowpathException(
        List.of(
            Problem.error(
                model.at("time"),
                asset.name() + ": " + what,
                "every row's "
                    + column.name()
                    + (model.python().isPresent()
                        ? " must be from t.start (included) to t.end"
                        : " must be in $start (included) to $end"))));
  }

  private static String stats(DataFile.@Nullable Stats stats, boolean low) {
    return stats == null ? "?" : (low ? stats.min() : stats.max()).orElse("?");
  }

  /**
   * The intervals within a window in which the rows of two sets of files differ.
   *
   * <p>Rows are compared in groups about the size of an interval; where groups differ, what counts
   * is the span of their rows, so that it matters nothing how the engine cuts time.
   */
  Intervals differing(EngineSession session, TableFiles old, TableFiles fresh, Intervals window) {
    if (!old.fields().equals(fresh.fields())) {
      return window;
    }
    TableName left = Staging.expose(session, new Relation.Lake(old));
    TableName right = Staging.expose(session, new Relation.Lake(fresh));
    Rows rows =
        session.query(
            Statement.of(
                "SELECT least(l.low, r.low)::VARCHAR, greatest(l.high, r.high)::VARCHAR FROM ("
                    + bags(left, window)
                    + ") l FULL JOIN ("
                    + bags(right, window)
                    + ") r ON l.k = r.k WHERE l.b IS DISTINCT FROM r.b"),
            1_000_000);
    List<Interval> spans = new ArrayList<>();
    for (List<@Nullable Object> row : rows.rows()) {
      Optional<Interval> low = span(row.getFirst());
      Optional<Interval> high = span(row.getLast());
      if (low.isEmpty() || high.isEmpty()) {
        return window;
      }
      spans.add(new Interval(low.get().start(), high.get().end()));
    }
    return grain.widen(Intervals.of(spans)).intersect(window);
  }

  private Optional<Interval> span(@Nullable Object value) {
    return TimeValues.span(String.valueOf(value), column.type(), time.zone());
  }

  private String bags(TableName table, Intervals window) {
    String name = Names.quote(column.name());
    return "SELECT "
        + group(name)
        + " AS k, ROW("
        + SameRows.bag(asset.columns().columns())
        + ") AS b, min("
        + name
        + ") AS low, max("
        + name
        + ") AS high FROM "
        + table.quoted()
        + " WHERE "
        + inside(window)
        + " GROUP BY 1";
  }

  private String group(String name) {
    String unit =
        switch (time.grain()) {
          case HOURS -> "hour";
          case DAYS -> "day";
          case WEEKS -> "week";
          case MONTHS -> "month";
          default -> "year";
        };
    String clock =
        column.type().sql().equals("TIMESTAMP WITH TIME ZONE")
            ? "timezone(" + Names.literal(zone(time.zone())) + ", " + name + ")"
            : name;
    return "date_trunc(" + Names.literal(unit) + ", " + clock + ")";
  }

  /** A condition that rows in these intervals fulfil. */
  String inside(Intervals ranges) {
    String name = Names.quote(column.name());
    return ranges.ranges().stream()
        .map(r ->
            "(" + name + " >= " + bound(r.start()) + " AND " + name + " < " + bound(r.end()) + ")")
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
   * Sorts files: those that lie in a window or straddle its edge are removed, and the straddling
   * ones are returned.
   *
   * @param fields the columns as they are now; files know them by their ids
   */
  List<DataFile> split(
      List<Field> fields, List<DataFile> files, Intervals window, Set<String> removed) {
    Field field = field(fields);
    List<DataFile> straddling = new ArrayList<>();
    for (DataFile file : files) {
      Optional<Interval> span = Deltas.span(file, field, time.zone());
      if (span.isPresent() && window.ranges().stream().noneMatch(r -> r.overlaps(span.get()))) {
        continue;
      }
      removed.add(file.path());
      if (span.isEmpty() || window.ranges().stream().noneMatch(r -> covers(r, span.get()))) {
        straddling.add(file);
      }
    }
    return straddling;
  }

  /** Number of whole intervals, or {@code all} when there is no end to them. */
  String count(Intervals intervals) {
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

  private Field field(List<Field> fields) {
    return fields.stream()
        .filter(f -> Names.identity(f.name()).equals(Names.identity(column.name())))
        .findFirst()
        .orElseThrow();
  }

  private static boolean covers(Interval outer, Interval inner) {
    return !inner.start().isBefore(outer.start()) && !inner.end().isAfter(outer.end());
  }

  /** A zone by a name that ICU knows: Java says {@code Z} and {@code +02:00} for plain offsets. */
  private static String zone(ZoneId zone) {
    return switch (zone.normalized()) {
      case ZoneOffset offset when offset.getTotalSeconds() == 0 -> "UTC";
      case ZoneOffset offset -> "GMT" + offset.getId();
      default -> zone.getId();
    };
  }
}
