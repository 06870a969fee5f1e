package dev.towpath.core.plan;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.interval.Grain;
import dev.towpath.core.interval.Interval;
import dev.towpath.core.interval.Intervals;
import dev.towpath.core.project.Model;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.TableName;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which intervals an incremental model builds.
 *
 * <p>Why this is right: a row of the result belongs to the interval of its time column and depends
 * on the rows of driving inputs inside that interval, and on all rows of the other inputs. So a
 * driving input dirties the intervals in which it changed, any other input dirties all, and an
 * interval that was built before it had ended is built again once it has.
 */
public final class Windows {
  private final Deltas deltas;

  /** Windows by these deltas. */
  public Windows(Deltas deltas) {
    this.deltas = deltas;
  }

  /**
   * The window of a model.
   *
   * @param current its published state
   * @param inputs the states of its inputs that it would read; an input that is missing here is not
   *     known yet and counts as unchanged
   */
  public Window window(
      Asset asset,
      Optional<TableState> current,
      Map<TableName, TableState> inputs,
      Plan.Request request) {
    Asset.FromModel definition = (Asset.FromModel) asset.definition();
    Model model = definition.model();
    Model.Time time = model.time().orElseThrow();
    Grain grain = new Grain(time.grain(), time.zone());
    Intervals target = target(time, grain, request.logicalTime());
    boolean changed = current.filter(c -> c.fingerprint().equals(asset.fingerprint())).isEmpty();
    boolean keep =
        model.changes().keep() && current.filter(c -> c.kind().equals(asset.kind())).isPresent();
    if (request.full() || (changed && !keep)) {
      return new Window(true, target);
    }
    Intervals build = missing(current.orElseThrow(), time, grain, target, request.logicalTime());
    for (TableName read : asset.reads()) {
      TableState input = inputs.get(read);
      if (input == null || model.ignoreChanges().contains(read)) {
        continue;
      }
      build = build.union(dirty(definition, current.orElseThrow(), input, grain, time.zone()));
    }
    build = build.union(requested(request, grain));
    build = lookback(build.intersect(target), time, grain, target);
    return new Window(!build.isEmpty() && build.covers(target), build);
  }

  /** The intervals that are not built, or were built before they had ended. */
  static Intervals missing(
      TableState current, Model.Time time, Grain grain, Intervals target, Instant now) {
    if (time.start().isEmpty()) {
      return Intervals.NONE; // the first pass covered all time; new rows show as changed input
    }
    Instant open = grain.floor(current.logicalTime());
    Intervals settled = current.built();
    if (grain.floor(now).isAfter(open)) {
      settled = settled.minus(Intervals.of(open, Instant.MAX));
    }
    return target.minus(settled);
  }

  static Intervals target(Model.Time time, Grain grain, Instant now) {
    if (time.start().isEmpty()) {
      return Intervals.ALL;
    }
    Instant start = grain.floor(time.start().get().toInstant());
    Instant end = grain.next(grain.floor(now));
    return start.isBefore(end) ? Intervals.of(start, end) : Intervals.NONE;
  }

  private Intervals dirty(
      Asset.FromModel definition, TableState current, TableState input, Grain grain, ZoneId zone) {
    String from = current.inputs().get(input.table());
    if (from != null && from.equals(input.version())) {
      return Intervals.NONE;
    }
    Set<String> columns = definition.drivers().getOrDefault(input.table(), Set.of());
    if (from == null || columns.size() != 1) {
      return Intervals.ALL;
    }
    return grain.widen(deltas.between(from, input, columns.iterator().next(), zone));
  }

  private static Intervals requested(Plan.Request request, Grain grain) {
    if (request.range().isEmpty()) {
      return Intervals.NONE;
    }
    Plan.Range range = request.range().get();
    Instant from = range.from().map(d -> d.atZone(grain.zone()).toInstant()).orElse(Instant.MIN);
    Instant to = range.to().map(d -> d.atZone(grain.zone()).toInstant()).orElse(Instant.MAX);
    return from.isBefore(to) ? grain.widen(Intervals.of(from, to)) : Intervals.NONE;
  }

  private static Intervals lookback(
      Intervals build, Model.Time time, Grain grain, Intervals target) {
    if (time.lookback() == 0) {
      return build;
    }
    List<Interval> longer = new ArrayList<>();
    for (Interval range : build.ranges()) {
      longer.add(new Interval(grain.plus(range.start(), -time.lookback()), range.end()));
    }
    return Intervals.of(longer).intersect(target);
  }
}
