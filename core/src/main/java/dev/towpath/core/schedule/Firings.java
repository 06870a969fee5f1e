package dev.towpath.core.schedule;

import dev.towpath.core.interval.CronExpression;
import dev.towpath.core.project.Flow;
import dev.towpath.spi.LocalMoment;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The moments at which a flow is due by its cron expression or period. A flow without either has
 * none.
 *
 * <p>Why clock changes are handled here: a cron expression gives local times, and the step from
 * there to moments is where schedulers differ. A local time that does not exist becomes the first
 * moment after the gap; several of them become one firing, and so does one that stands right behind
 * the gap. A local time that occurs twice is taken the first time. That makes moments grow with
 * local times, so that walking along the local times and skipping moments already seen is enough.
 */
public final class Firings {
  private final Timeline timeline;
  private final Optional<Instant> from;
  private final Optional<Instant> to;

  private Firings(Timeline timeline, Optional<Instant> from, Optional<Instant> to) {
    this.timeline = timeline;
    this.from = from;
    this.to = to;
  }

  /** The firings of a flow. */
  public static Firings of(Flow flow) {
    Optional<Instant> from = flow.start().map(local -> moment(local, flow.zone()));
    Optional<Instant> to = flow.end().map(local -> moment(local, flow.zone()));
    Timeline timeline =
        switch (flow.trigger()) {
          case Flow.Cron cron -> new Calendar(CronExpression.parse(cron.expression()), flow.zone());
          case Flow.Every every ->
              new Steps(
                  from.orElseGet(() -> moment(LocalDateTime.of(1970, 1, 1, 0, 0), flow.zone())),
                  every.period());
          case Flow.After _, Flow.Webhook _, Flow.Manual _ -> new Never();
        };
    return new Firings(timeline, from, to);
  }

  /**
   * How a flow that no clock starts comes to run, in words such as {@code it runs when its webhook
   * is called}; empty for one that has a schedule.
   */
  public static Optional<String> without(Flow flow) {
    return switch (flow.trigger()) {
      case Flow.Cron _, Flow.Every _ -> Optional.empty();
      case Flow.After after ->
          Optional.of(
              "it runs after "
                  + String.join(", ", after.tables().stream().map(Object::toString).toList()));
      case Flow.Webhook _ -> Optional.of("it runs when its webhook is called");
      case Flow.Manual _ -> Optional.of("it runs when somebody triggers it");
    };
  }

  /** The first firing after a moment. */
  public Optional<Firing> next(Instant after) {
    Instant floor = from.filter(f -> f.isAfter(after)).map(f -> f.minusNanos(1)).orElse(after);
    return timeline.next(floor).filter(at -> to.map(at::isBefore).orElse(true)).map(this::firing);
  }

  /** The last firing at or before a moment. */
  public Optional<Firing> last(Instant until) {
    Instant ceiling = until.plusNanos(1);
    Instant before = to.filter(t -> t.isBefore(ceiling)).orElse(ceiling);
    return timeline
        .previous(before)
        .filter(at -> from.map(f -> !at.isBefore(f)).orElse(true))
        .map(this::firing);
  }

  /**
   * The firings of a span, in order.
   *
   * @param start itself included
   * @param end itself not included
   * @param most no more than so many are returned
   */
  public List<Firing> between(Instant start, Instant end, int most) {
    List<Firing> firings = new ArrayList<>();
    Optional<Firing> next = next(start.minusNanos(1));
    while (next.isPresent() && next.get().at().isBefore(end) && firings.size() < most) {
      firings.add(next.get());
      next = next(next.get().at());
    }
    return firings;
  }

  private Firing firing(Instant at) {
    return new Firing(at, timeline.previous(at).orElse(at));
  }

  /**
   * The moment that a local time means: the first one after a gap that it lies in, and the earlier
   * of two.
   */
  public static Instant moment(LocalDateTime local, ZoneId zone) {
    return LocalMoment.of(local, zone);
  }

  /** Moments without bounds. */
  private sealed interface Timeline {
    /** The first one after a moment. */
    Optional<Instant> next(Instant after);

    /** The last one before a moment. */
    Optional<Instant> previous(Instant before);
  }

  private record Never() implements Timeline {
    @Override
    public Optional<Instant> next(Instant after) {
      return Optional.empty();
    }

    @Override
    public Optional<Instant> previous(Instant before) {
      return Optional.empty();
    }
  }

  private record Steps(Instant anchor, Duration period) implements Timeline {
    @Override
    public Optional<Instant> next(Instant after) {
      return Optional.of(step(Math.floorDiv(since(after), period.toSeconds()) + 1));
    }

    @Override
    public Optional<Instant> previous(Instant before) {
      return Optional.of(step(Math.floorDiv(since(before.minusNanos(1)), period.toSeconds())));
    }

    /** Whole seconds, rounded down; periods and anchors have no fractions. */
    private long since(Instant moment) {
      return Duration.between(anchor, moment).toSeconds();
    }

    private Instant step(long number) {
      return anchor.plusSeconds(Math.multiplyExact(number, period.toSeconds()));
    }
  }

  private record Calendar(CronExpression cron, ZoneId zone) implements Timeline {
    @Override
    public Optional<Instant> next(Instant after) {
      Optional<LocalDateTime> local = cron.next(LocalDateTime.ofInstant(after, zone));
      while (local.isPresent() && !moment(local.get(), zone).isAfter(after)) {
        local = cron.next(local.get());
      }
      return local.map(l -> moment(l, zone));
    }

    @Override
    public Optional<Instant> previous(Instant before) {
      Optional<LocalDateTime> local = cron.previous(latest(before));
      while (local.isPresent() && !moment(local.get(), zone).isBefore(before)) {
        local = cron.previous(local.get());
      }
      return local.map(l -> moment(l, zone));
    }

    /**
     * The end of the local times that have been; while they are repeated, that of the first time.
     */
    private LocalDateTime latest(Instant moment) {
      LocalDateTime local = LocalDateTime.ofInstant(moment, zone);
      ZoneOffsetTransition change = zone.getRules().previousTransition(moment);
      return change != null && change.isOverlap() && change.getDateTimeBefore().isAfter(local)
          ? change.getDateTimeBefore()
          : local;
    }
  }
}
