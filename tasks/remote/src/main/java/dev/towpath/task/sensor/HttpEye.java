package dev.towpath.task.sensor;

import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Problem;
import dev.towpath.task.http.Answer;
import dev.towpath.task.http.Call;
import dev.towpath.task.http.Exchange;
import dev.towpath.task.http.Picks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A URL that answers as expected. Other answers mean that it is not there yet, but for those that
 * say that nobody can tell: refused credentials, too many questions, a server in trouble.
 */
final class HttpEye implements Eye {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Exchange exchange;

  HttpEye(Exchange exchange) {
    this.exchange = exchange;
  }

  @Override
  public String key() {
    return "http";
  }

  @Override
  public Set<String> more() {
    return Set.of("method", "headers", "body", "status", "outputs");
  }

  private Call call(JobRunner.Job job) {
    Map<String, Object> keys = new TreeMap<>();
    job.options()
        .forEach((key, value) -> {
          if (more().contains(key) && !key.equals("outputs")) {
            keys.put(key, value);
          }
        });
    job.text("http").ifPresent(url -> keys.put("url", url));
    return new Call(keys, "http", job.at("http"));
  }

  @Override
  public List<Problem> check(JobRunner.Job job) {
    Map<String, dev.towpath.spi.Location> places = new HashMap<>(job.places());
    places.put("url", job.at("http"));
    List<Problem> problems = new ArrayList<>(call(job).check(places));
    problems.addAll(
        Picks.check(job.options().getOrDefault("outputs", Map.of()), job.at("outputs")));
    return problems;
  }

  @Override
  public boolean sees(JobRunner.Job job, JobRunner.Context context) {
    Call call = call(job);
    Answer answer = exchange.ask(call.request(), PATIENCE);
    int status = answer.status();
    if (call.expects(status)) {
      Picks.of(job.options().getOrDefault("outputs", Map.of())).from(answer, context.outputs());
      return true;
    }
    if (status >= 500 || status == 401 || status == 403 || status == 407 || status == 429) {
      throw answer.refused();
    }
    return false;
  }
}
