package dev.towpath.core.plan;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.interval.Grain;
import dev.towpath.core.interval.Interval;
import dev.towpath.core.interval.Intervals;
import dev.towpath.core.project.Model;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.TableName;
import java.time.Instant;
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
 * interval that was built before it had ended is built again once it has. In a model that calls
 * {@code now()} or the like, every row depends on the time of the run besides.
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
    Cut cut = Cut.of(definition, request.logicalTime());
    if (current.isEmpty()
        || Staleness.isAnew(asset, current.get(), request)
        || Staleness.timePassed(definition, current.get(), request)) {
      return new Window(true, cut.target());
    }
    TableState state = current.get();
    Intervals build = missing(state, cut, request.logicalTime()).union(asked(request, cut.grain()));
    for (TableName read : asset.reads()) {
      TableState input = inputs.get(read);
      if (input != null && !definition.model().ignoreChanges().contains(read)) {
        build = build.union(dirty(definition, state, input, cut));
      }
    }
    build = lookback(build, cut);
    return new Window(!build.isEmpty() && build.covers(cut.target()), build);
  }

  /** The intervals that a published model has to build whatever its inputs are. */
  Intervals due(Asset.FromModel definition, TableState current, Plan.Request request) {
    Cut cut = Cut.of(definition, request.logicalTime());
    return lookback(missing(current, cut, request.logicalTime()), cut);
  }

  /** The intervals of a model that a command asks for by {@code --from} and {@code --to}. */
  Intervals requested(Asset.FromModel definition, Plan.Request request) {
    Cut cut = Cut.of(definition, request.logicalTime());
    return lookback(asked(request, cut.grain()), cut);
  }

  /**
   * How a model's time is cut.
   *
   * @param target all intervals that it should have
   */
  private record Cut(Model.Time time, Grain grain, Intervals target) {
    static Cut of(Asset.FromModel definition, Instant now) {
      Model.Time time = definition.model().time().orElseThrow();
      Grain grain = new Grain(time.grain(), time.zone());
      return new Cut(time, grain, Windows.target(time, grain, now));
    }
  }

  /** The intervals that are not built, or were built before they had ended. */
  private static Intervals missing(TableState current, Cut cut, Instant now) {
    if (cut.time().start().isEmpty()) {
      return Intervals.NONE; // the first pass covered all time; new rows show as changed input
    }
    Instant open = cut.grain().floor(current.logicalTime());
    Intervals settled = current.built();
    if (cut.grain().floor(now).isAfter(open)) {
      settled = settled.minus(Intervals.of(open, Instant.MAX));
    }
    return cut.grain().widen(cut.target().minus(settled));
  }

  private static Intervals target(Model.Time time, Grain grain, Instant now) {
    if (time.start().isEmpty()) {
      return Intervals.ALL;
    }
    Instant start = grain.floor(time.start().get().toInstant());
    Instant end = grain.next(grain.floor(now));
    return start.isBefore(end) ? Intervals.of(start, end) : Intervals.NONE;
  }

  private Intervals dirty(
      Asset.FromModel definition, TableState current, TableState input, Cut cut) {
    String from = current.inputs().get(input.table());
    if (from != null && from.equals(input.version())) {
      return Intervals.NONE;
    }
    Set<String> columns = definition.drivers().getOrDefault(input.table(), Set.of());
    if (from == null || columns.size() != 1) {
      return Intervals.ALL;
    }
    return cut.grain()
        .widen(deltas.between(from, input, columns.iterator().next(), cut.time().zone()));
  }

  private static Intervals asked(Plan.Request request, Grain grain) {
    if (request.range().isEmpty()) {
      return Intervals.NONE;
    }
    Plan.Range range = request.range().get();
    Instant from = range.from().map(d -> d.atZone(grain.zone()).toInstant()).orElse(Instant.MIN);
    Instant to = range.to().map(d -> d.atZone(grain.zone()).toInstant()).orElse(Instant.MAX);
    return from.isBefore(to) ? grain.widen(Intervals.of(from, to)) : Intervals.NONE;
  }

  /** Those of the target, and the ones before each that are built again with it. */
  private static Intervals lookback(Intervals any, Cut cut) {
    Intervals build = any.intersect(cut.target());
    if (cut.time().lookback() == 0) {
      return build;
    }
    List<Interval> longer = new ArrayList<>();
    for (Interval range : build.ranges()) {
      longer.add(
          new Interval(cut.grain().plus(range.start(), -cut.time().lookback()), range.end()));
    }
    return Intervals.of(longer).intersect(cut.target());
  }
}
