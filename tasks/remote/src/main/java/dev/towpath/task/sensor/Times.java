package dev.towpath.task.sensor;

import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times in the keys of sensors, and the moment that they count from. */
final class Times {
  private static final Pattern PERIOD = Pattern.compile("([0-9]{1,9})\\s*([smhdw])");
  private static final Map<String, Long> SECONDS =
      Map.of("s", 1L, "m", 60L, "h", 3_600L, "d", 86_400L, "w", 604_800L);

  private Times() {}

  /** Such as {@code 30s}. */
  static Optional<Duration> period(String text) {
    Matcher matcher = PERIOD.matcher(text.strip().toLowerCase(java.util.Locale.ROOT));
    return matcher.matches()
        ? Optional.of(
            Duration.ofSeconds(
                Long.parseLong(matcher.group(1)) * SECONDS.getOrDefault(matcher.group(2), 1L)))
        : Optional.empty();
  }

  /** The period under a key, which has been checked. */
  static Optional<Duration> period(JobRunner.Job job, String key) {
    return job.text(key).flatMap(Times::period);
  }

  /** Notes a period that is none; nothing shorter than a second is one. */
  static void period(JobRunner.Job job, String key, List<Problem> problems) {
    Optional<String> text = job.text(key);
    if (text.isPresent() && period(text.get()).filter(p -> !p.isZero()).isEmpty()) {
      problems.add(
          Problem.error(
              job.at(key),
              "\"" + key + "\" cannot be \"" + text.get() + "\"",
              "write a whole number and s, m, h, d or w, such as 30s"));
    }
  }

  /** The same, where none at all ({@code 0s}) is one, too. */
  static void periodOrNone(JobRunner.Job job, String key, List<Problem> problems) {
    if (!job.text(key).orElse("").equals("0s")) {
      period(job, key, problems);
    }
  }

  /** The moment that things must be newer than, where a job says so; only flows have one. */
  static Optional<Instant> moment(JobRunner.Job job, JobRunner.Context context, String key) {
    return job.text(key)
        .map(_ -> since(job, context, key).orElseThrow(() -> outsideOfFlow(job, key)));
  }

  /**
   * The moment that a sensor counts from: when its run was due, or where its interval starts.
   *
   * @param key says {@code due} or {@code start}
   */
  static Optional<Instant> since(JobRunner.Job job, JobRunner.Context context, String key) {
    boolean start = job.text(key).filter(s -> s.equals("start")).isPresent();
    Optional<Instant> due = moment(context, "TOWPATH_DUE");
    return start ? moment(context, "TOWPATH_START").or(() -> due) : due;
  }

  /** Notes what is neither {@code due} nor {@code start}. */
  static void since(JobRunner.Job job, String key, List<Problem> problems) {
    job.text(key)
        .filter(s -> !s.equals("due") && !s.equals("start"))
        .ifPresent(s ->
            problems.add(
                Problem.error(
                    job.at(key),
                    "\"" + key + "\" cannot be \"" + s + "\"",
                    "write due (when the flow's run was due) or start (of its interval)")));
  }

  private static Optional<Instant> moment(JobRunner.Context context, String variable) {
    String text = context.variables().getOrDefault(variable, "");
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      throw new TowpathException(variable + " is no moment: " + text, null, e);
    }
  }

  /** A sensor that counts from when it was due, run where nothing is due. */
  static TowpathException outsideOfFlow(JobRunner.Job job, String key) {
    return new TowpathException(
        List.of(
            Problem.error(
                job.at(key),
                "\""
                    + key
                    + "\" counts from when a flow's run was due, and this is no run of a flow",
                "name the job in a flow, and run that: towpath trigger FLOW")));
  }
}
