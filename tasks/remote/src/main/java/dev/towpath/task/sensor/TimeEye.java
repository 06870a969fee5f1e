package dev.towpath.task.sensor;

import dev.towpath.spi.JobRunner;
import dev.towpath.spi.LocalMoment;
import dev.towpath.spi.Problem;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A time of day after the run was due, or so long after it. */
final class TimeEye implements Eye {
  private static final String ZONE = "TOWPATH_TIMEZONE";

  private final InstantSource clock;

  TimeEye(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String key() {
    return "time";
  }

  @Override
  public Set<String> more() {
    return Set.of("timezone");
  }

  @Override
  public List<Problem> check(JobRunner.Job job) {
    String text = job.text("time").orElse("");
    if (Times.period(text).isEmpty() && timeOfDay(text).isEmpty()) {
      return List.of(
          Problem.error(
              job.at("time"),
              "\"time\" cannot be \"" + text + "\"",
              "write a time of day such as \"06:30\", or how long after the run was due, such as 2h"));
    }
    if (job.text("timezone").isPresent() && zone(job.text("timezone").get()).isEmpty()) {
      return List.of(
          Problem.error(
              job.at("timezone"),
              "unknown timezone \"" + job.text("timezone").get() + "\"",
              "write a name such as Europe/Amsterdam"));
    }
    return List.of();
  }

  private static Optional<LocalTime> timeOfDay(String text) {
    try {
      return Optional.of(LocalTime.parse(text.length() == 4 ? "0" + text : text));
    } catch (DateTimeException _) {
      return Optional.empty(); // told by who asked
    }
  }

  private static Optional<ZoneId> zone(String text) {
    try {
      return Optional.of(ZoneId.of(text));
    } catch (DateTimeException _) {
      return Optional.empty(); // told by who asked
    }
  }

  @Override
  public boolean sees(JobRunner.Job job, JobRunner.Context context) {
    Instant due =
        Times.since(job, context, "time").orElseThrow(() -> Times.outsideOfFlow(job, "time"));
    ZoneId zone =
        job.text("timezone")
            .or(() -> Optional.ofNullable(context.variables().get(ZONE)))
            .flatMap(TimeEye::zone)
            .orElse(ZoneOffset.UTC);
    return !clock.instant().isBefore(moment(job.text("time").orElseThrow(), due, zone));
  }

  /** The first moment at or after the due one; as clocks change, as cron expressions have it. */
  static Instant moment(String text, Instant due, ZoneId zone) {
    Optional<Duration> after = Times.period(text);
    if (after.isPresent()) {
      return due.plus(after.get());
    }
    LocalTime time = timeOfDay(text).orElseThrow();
    LocalDate there = due.atZone(zone).toLocalDate();
    Instant today = LocalMoment.of(there.atTime(time), zone);
    return today.isBefore(due) ? LocalMoment.of(there.plusDays(1).atTime(time), zone) : today;
  }
}
