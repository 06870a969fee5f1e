package dev.towpath.spi;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;

/** The moments that local times mean, also in nights in which clocks change. */
public final class LocalMoment {
  private LocalMoment() {}

  /**
   * The moment that a local time means: the first one after a gap that it lies in, and the earlier
   * of two.
   */
  public static Instant of(LocalDateTime local, ZoneId zone) {
    ZoneOffsetTransition change = zone.getRules().getTransition(local);
    return change != null && change.isGap()
        ? change.getInstant()
        : local.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
  }
}
