package dev.towpath.task.sensor;

import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Problem;
import dev.towpath.spi.S3Connection;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.http.Exchange;
import dev.towpath.task.objects.Bucket;
import dev.towpath.task.objects.ObjectUrl;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** An object in a store that speaks S3's protocol; such stores show none before it is whole. */
final class ObjectEye implements Eye {
  private final Exchange exchange;
  private final S3Connection.Finder connections;
  private final InstantSource clock;

  ObjectEye(Exchange exchange, S3Connection.Finder connections, InstantSource clock) {
    this.exchange = exchange;
    this.connections = connections;
    this.clock = clock;
  }

  @Override
  public String key() {
    return "object";
  }

  @Override
  public Set<String> more() {
    return Set.of("connection", "stable_for", "since");
  }

  @Override
  public List<Problem> check(JobRunner.Job job) {
    List<Problem> problems = new ArrayList<>();
    String text = job.text("object").orElse("");
    ObjectUrl.mistake(text, job.text("connection").isPresent())
        .ifPresent(e -> problems.add(problem(job, e)));
    Times.periodOrNone(job, "stable_for", problems);
    Times.since(job, "since", problems);
    return problems;
  }

  private static Problem problem(JobRunner.Job job, TowpathException mistake) {
    return Problem.error(
        job.at("object"), String.valueOf(mistake.getMessage()), mistake.hint().orElse(""));
  }

  @Override
  public boolean sees(JobRunner.Job job, JobRunner.Context context) {
    Bucket bucket = bucket(job);
    Duration stable = Times.period(job, "stable_for").orElse(Duration.ZERO);
    // stores date objects by whole seconds
    Optional<Instant> since =
        Times.moment(job, context, "since").map(moment -> moment.truncatedTo(ChronoUnit.SECONDS));
    List<String> found =
        bucket.look((changed, now) ->
            (stable.isZero() || !changed.isAfter(now.minus(stable)))
                && since.filter(changed::isBefore).isEmpty());
    if (found.isEmpty()) {
      return false;
    }
    context.outputs().put("object", bucket.url(found.getFirst()));
    context.outputs().put("key", found.getFirst());
    context.outputs().put("objects", (long) found.size());
    return true;
  }

  /** Asks as a look would, and says what answered. */
  String reach(JobRunner.Job job) {
    return bucket(job).reach();
  }

  private Bucket bucket(JobRunner.Job job) {
    try {
      ObjectUrl url = ObjectUrl.of(job.text("object").orElse(""));
      return new Bucket(exchange, connections.find(job.text("connection")), url, clock);
    } catch (TowpathException e) {
      throw new TowpathException(List.of(problem(job, e)));
    }
  }
}
