package dev.towpath.core.interval;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A set of instants, as sorted, disjoint, non-touching half-open ranges.
 *
 * @param ranges sorted; normalised by {@link #of}
 */
public record Intervals(List<Interval> ranges) {
  /** No time at all. */
  public static final Intervals NONE = new Intervals(List.of());

  /** All of time. */
  public static final Intervals ALL = new Intervals(List.of(Interval.ALL));

  public Intervals {
    ranges = List.copyOf(ranges);
  }

  /** The union of any ranges, in any order. */
  public static Intervals of(Collection<Interval> any) {
    List<Interval> merged = new ArrayList<>();
    for (Interval next : any.stream().sorted().toList()) {
      if (!merged.isEmpty() && !merged.getLast().end().isBefore(next.start())) {
        Interval last = merged.removeLast();
        merged.add(new Interval(last.start(), max(last.end(), next.end())));
      } else {
        merged.add(next);
      }
    }
    return new Intervals(merged);
  }

  /** One range. */
  public static Intervals of(Instant start, Instant end) {
    return new Intervals(List.of(new Interval(start, end)));
  }

  /** Whether there is no time in it. */
  public boolean isEmpty() {
    return ranges.isEmpty();
  }

  /** What is in either. */
  public Intervals union(Intervals other) {
    List<Interval> all = new ArrayList<>(ranges);
    all.addAll(other.ranges);
    return of(all);
  }

  /** What is in this and not in the other. */
  public Intervals minus(Intervals other) {
    List<Interval> left = new ArrayList<>();
    for (Interval range : ranges) {
      Instant from = range.start();
      for (Interval hole : other.ranges) {
        if (!hole.end().isAfter(from) || !hole.start().isBefore(range.end())) {
          continue;
        }
        if (from.isBefore(hole.start())) {
          left.add(new Interval(from, hole.start()));
        }
        from = hole.end();
      }
      if (from.isBefore(range.end())) {
        left.add(new Interval(from, range.end()));
      }
    }
    return new Intervals(left);
  }

  /** What is in both. */
  public Intervals intersect(Intervals other) {
    return minus(minus(other));
  }

  /** Whether all of the other is in this. */
  public boolean covers(Intervals other) {
    return other.minus(this).isEmpty();
  }

  private static Instant max(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
