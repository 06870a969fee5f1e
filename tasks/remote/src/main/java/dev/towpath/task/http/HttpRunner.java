package dev.towpath.task.http;

import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Asks a web server once; the answer is kept in the log, and what is picked out of it is handed on.
 * It is tried again only as the job's {@code retries:} say, since a question may do something.
 */
public final class HttpRunner implements JobRunner {
  /** However long the job may take: an answer that takes longer is given up. */
  private static final Duration PATIENCE = Duration.ofHours(1);

  private final Exchange exchange;

  public HttpRunner(Exchange exchange) {
    this.exchange = exchange;
  }

  @Override
  public String type() {
    return "http";
  }

  @Override
  public Set<String> keys() {
    Set<String> keys = new TreeSet<>(Call.KEYS);
    keys.add("outputs");
    return keys;
  }

  @Override
  public List<Problem> check(Job job) {
    List<Problem> problems = new ArrayList<>(Call.of(job).check(job.places()));
    problems.addAll(
        Picks.check(job.options().getOrDefault("outputs", Map.of()), job.at("outputs")));
    return problems;
  }

  @Override
  public void run(Job job, Context context) {
    Call call = Call.of(job);
    Request request = call.request();
    long start = System.nanoTime();
    Answer answer = exchange.ask(request, PATIENCE);
    context
        .log()
        .line(
            "%s answered %s after %d ms"
                .formatted(
                    answer.request().shown(),
                    answer.words(),
                    Duration.ofNanos(System.nanoTime() - start).toMillis()));
    answer.lines().forEach(context.log()::line);
    if (!call.expects(answer.status())) {
      throw answer.refused();
    }
    Picks.of(job.options().getOrDefault("outputs", Map.of())).from(answer, context.outputs());
  }
}
