package dev.towpath.core.interval;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;

/**
 * How time is cut: hours, days, weeks (from Monday), months or years of a time zone.
 *
 * <p>All of them are cut by the clock on the wall, hours too. So the hour that a zone's clocks show
 * twice in autumn is one interval, twice as long, and the one that they skip in spring is none:
 * that is what {@code date_trunc} in that zone makes of it, and what a TIMESTAMP can tell.
 *
 * @param unit HOURS, DAYS, WEEKS, MONTHS or YEARS
 */
public record Grain(ChronoUnit unit, ZoneId zone) {

  /** The last boundary that is not after an instant. Infinite instants stay as they are. */
  public Instant floor(Instant instant) {
    if (infinite(instant)) {
      return instant;
    }
    ZonedDateTime at = instant.atZone(zone);
    ZonedDateTime floor =
        switch (unit) {
          case HOURS -> hour(at).atZone(zone); // the earlier of two
          case DAYS -> at.toLocalDate().atStartOfDay(zone);
          case WEEKS ->
              at.toLocalDate()
                  .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
                  .atStartOfDay(zone);
          case MONTHS -> at.toLocalDate().withDayOfMonth(1).atStartOfDay(zone);
          case YEARS -> at.toLocalDate().withDayOfYear(1).atStartOfDay(zone);
          default -> throw new IllegalStateException("no grain " + unit);
        };
    return floor.toInstant();
  }

  /** The first boundary that is not before an instant. */
  public Instant ceil(Instant instant) {
    Instant floor = floor(instant);
    return floor.equals(instant) ? instant : next(floor);
  }

  /** The boundary after a boundary. */
  public Instant next(Instant boundary) {
    return plus(boundary, 1);
  }

  /** The boundary that many intervals later, or earlier when negative. */
  public Instant plus(Instant boundary, int count) {
    if (infinite(boundary)) {
      return boundary;
    }
    if (unit == ChronoUnit.HOURS) {
      Instant at = boundary;
      for (int i = 0; i < Math.abs(count); i++) {
        at =
            count < 0
                ? floor(at.minusNanos(1))
                : hour(at.atZone(zone)).plusHours(1).atZone(zone).toInstant();
      }
      return at;
    }
    return boundary.atZone(zone).toLocalDate().plus(count, unit).atStartOfDay(zone).toInstant();
  }

  private static LocalDateTime hour(ZonedDateTime at) {
    return at.toLocalDateTime().truncatedTo(ChronoUnit.HOURS);
  }

  /** The whole intervals that a set of times touches. */
  public Intervals widen(Intervals times) {
    List<Interval> whole = new ArrayList<>();
    for (Interval range : times.ranges()) {
      whole.add(new Interval(floor(range.start()), ceil(range.end())));
    }
    return Intervals.of(whole);
  }

  private static boolean infinite(Instant instant) {
    return instant.equals(Instant.MIN) || instant.equals(Instant.MAX);
  }
}
