package dev.towpath.core.plan;

import dev.towpath.core.interval.Interval;
import dev.towpath.core.interval.Intervals;
import dev.towpath.core.interval.TimeValues;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.Delta;
import dev.towpath.spi.Field;
import dev.towpath.spi.Lake;
import dev.towpath.spi.Names;
import dev.towpath.spi.TableFiles;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Tells which times of a table differ between two of its versions, without reading its rows.
 *
 * <p>First by what the states between them say they changed; where that line is broken (a rollback,
 * an expired state), by the files that only one of the two holds and the bounds of their columns.
 * The answer may be too wide, never too narrow.
 */
public final class Deltas {
  private static final int MAX_STEPS = 1000;

  /** Comparing files reads metadata, so a long line of states is compared end to end instead. */
  private static final int MAX_COMPARED = 50;

  private final Function<String, Optional<TableState>> states;
  private final Lake lake;

  /**
   * Deltas over these states.
   *
   * @param states finds a state by id, published or staged
   */
  public Deltas(Function<String, Optional<TableState>> states, Lake lake) {
    this.states = states;
    this.lake = lake;
  }

  /**
   * The times at which rows may differ.
   *
   * @param from the version that was read before
   * @param to the state as it is now
   * @param column the column that says a row's time
   * @param zone whose wall clock the column shows, unless it holds instants
   */
  public Intervals between(String from, TableState to, String column, ZoneId zone) {
    if (from.equals(to.version())) {
      return Intervals.NONE;
    }
    return recorded(from, to, column, zone)
        .or(() -> byFiles(from, to, column, zone))
        .orElse(Intervals.ALL);
  }

  /** State by state: by what each says it changed, else by the files that came and went in it. */
  private Optional<Intervals> recorded(String from, TableState to, String column, ZoneId zone) {
    Intervals changed = Intervals.NONE;
    TableState state = to;
    int compared = 0;
    for (int i = 0; i < MAX_STEPS; i++) {
      if (state.version().equals(from)) {
        return Optional.of(changed);
      }
      TableState.Change change = state.change();
      boolean known = change.ranges().isEmpty() || tells(state, column, zone);
      Optional<TableState> parent = state.parent().flatMap(states);
      if (parent.isEmpty() || (!known && ++compared > MAX_COMPARED)) {
        return Optional.empty();
      }
      Optional<Intervals> step =
          known
              ? Optional.of(change.ranges())
              : byFiles(parent.get(), state, change.moved(), column, zone);
      if (step.isEmpty()) {
        return Optional.empty();
      }
      changed = changed.union(step.get());
      state = parent.get();
    }
    return Optional.empty();
  }

  /** Whether what a state recorded is about these values, and reads them as they are read here. */
  private static boolean tells(TableState state, String column, ZoneId zone) {
    String wanted = Names.identity(column);
    return state.change().column().filter(c -> Names.identity(c).equals(wanted)).isPresent()
        && (state
                .change()
                .zone()
                .filter(z -> ZoneId.of(z).getRules().equals(zone.getRules()))
                .isPresent()
            || state.fields().stream()
                .filter(f -> Names.identity(f.name()).equals(wanted))
                .anyMatch(f -> f.type().sql().equals("TIMESTAMP WITH TIME ZONE")));
  }

  private Optional<Intervals> byFiles(String from, TableState to, String column, ZoneId zone) {
    return states.apply(from).flatMap(before -> byFiles(before, to, Set.of(), column, zone));
  }

  private Optional<Intervals> byFiles(
      TableState from, TableState to, Set<String> moved, String column, ZoneId zone) {
    Optional<String> before = from.metadataFile();
    Optional<String> after = to.metadataFile();
    if (before.isEmpty() || after.isEmpty()) {
      return Optional.empty();
    }
    TableFiles old = lake.files(before.get());
    TableFiles now = lake.files(after.get());
    Optional<Field> field = field(now, column);
    if (field.isEmpty() || !field.equals(field(old, column))) {
      return Optional.empty();
    }
    Delta delta = Delta.between(old, now);
    List<DataFile> differing = new ArrayList<>(delta.added());
    differing.addAll(delta.removed());
    differing.removeIf(f -> moved.contains(f.path()));
    List<Interval> spans = new ArrayList<>();
    for (DataFile file : differing) {
      Optional<Interval> span = span(file, field.get(), zone);
      if (span.isEmpty()) {
        return Optional.empty();
      }
      spans.add(span.get());
    }
    return Optional.of(Intervals.of(spans));
  }

  /** The time that a file's rows span; empty when that is unknown or some rows have no time. */
  public static Optional<Interval> span(DataFile file, Field field, ZoneId zone) {
    DataFile.Stats stats = file.stats().get(field.id());
    if (stats == null || stats.nulls() > 0 || stats.min().isEmpty() || stats.max().isEmpty()) {
      return Optional.empty();
    }
    Optional<Interval> low = TimeValues.span(stats.min().get(), field.type(), zone);
    Optional<Interval> high = TimeValues.span(stats.max().get(), field.type(), zone);
    if (low.isEmpty() || high.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Interval(low.get().start(), high.get().end()));
  }

  private static Optional<Field> field(TableFiles files, String column) {
    String wanted = Names.identity(column);
    return files.fields().stream().filter(f -> Names.identity(f.name()).equals(wanted)).findFirst();
  }
}
