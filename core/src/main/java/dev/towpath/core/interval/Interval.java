package dev.towpath.core.interval;

import java.time.Instant;

/**
 * A half-open span of UTC time.
 *
 * @param start included; {@link Instant#MIN} means since ever
 * @param end excluded, after start; {@link Instant#MAX} means for ever
 */
public record Interval(Instant start, Instant end) implements Comparable<Interval> {
  /** All of time. */
  public static final Interval ALL = new Interval(Instant.MIN, Instant.MAX);

  public Interval {
    if (!start.isBefore(end)) {
      throw new IllegalArgumentException("interval " + start + " to " + end + " is empty");
    }
  }

  /** Whether they share an instant. */
  public boolean overlaps(Interval other) {
    return start.isBefore(other.end) && other.start.isBefore(end);
  }

  @Override
  public int compareTo(Interval other) {
    int byStart = start.compareTo(other.start);
    return byStart != 0 ? byStart : end.compareTo(other.end);
  }

  @Override
  public String toString() {
    return (start.equals(Instant.MIN) ? "-infinity" : start)
        + "/"
        + (end.equals(Instant.MAX) ? "infinity" : end);
  }
}
