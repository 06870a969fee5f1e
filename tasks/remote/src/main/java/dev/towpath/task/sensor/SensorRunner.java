package dev.towpath.task.sensor;

import dev.towpath.spi.Problem;
import dev.towpath.spi.S3Connection;
import dev.towpath.spi.Sensor;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.http.Exchange;
import dev.towpath.task.sql.Places;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Waits for a file, an object, an answer of a web server, a row, a table's news or a time of day.
 */
public final class SensorRunner implements Sensor {
  private static final Duration EVERY = Duration.ofSeconds(30);

  private final List<Eye> eyes;
  private final ObjectEye objects;

  /**
   * A sensor.
   *
   * @param connections how stores of objects are reached
   * @param news what the lake says of its tables
   */
  public SensorRunner(
      Exchange exchange,
      Places places,
      S3Connection.Finder connections,
      TableNews news,
      InstantSource clock) {
    ObjectEye objects = new ObjectEye(exchange, connections, clock);
    this.objects = objects;
    eyes =
        List.of(
            new FileEye(clock),
            new HttpEye(exchange),
            objects,
            new SqlEye(places),
            new TableEye(news),
            new TimeEye(clock));
  }

  @Override
  public String type() {
    return "sensor";
  }

  @Override
  public Set<String> keys() {
    Set<String> keys = new TreeSet<>(Set.of("every"));
    eyes.forEach(eye -> {
      keys.add(eye.key());
      keys.addAll(eye.more());
    });
    return keys;
  }

  @Override
  public Set<String> verbatim() {
    return Set.of("sql");
  }

  private List<Eye> wanted(Job job) {
    return eyes.stream().filter(eye -> job.options().containsKey(eye.key())).toList();
  }

  @Override
  public List<Problem> check(Job job) {
    List<Problem> problems = new ArrayList<>();
    Times.period(job, "every", problems);
    List<Eye> wanted = wanted(job);
    if (wanted.size() != 1) {
      String names = eyes.stream().map(Eye::key).collect(Collectors.joining(", "));
      problems.add(
          Problem.error(
              job.at(wanted.isEmpty() ? "type" : wanted.get(1).key()),
              wanted.isEmpty()
                  ? "a sensor waits for one of " + names
                  : "a sensor waits for one thing, not both \""
                      + wanted.get(0).key()
                      + "\" and \""
                      + wanted.get(1).key()
                      + "\"",
              wanted.isEmpty()
                  ? "write file: data/*.csv"
                  : "make it two sensors; needs: takes both"));
      return problems;
    }
    Eye eye = wanted.getFirst();
    Function<String, Optional<String>> owner =
        key ->
            eyes.stream()
                .filter(e -> e.more().contains(key))
                .map(Eye::key)
                .reduce((a, b) -> a + " or " + b);
    job.options().keySet().stream()
        .filter(key -> !key.equals("every") && !key.equals(eye.key()) && !eye.more().contains(key))
        .sorted()
        .forEach(key ->
            owner
                .apply(key)
                .ifPresent(whose ->
                    problems.add(
                        Problem.error(
                            job.at(key),
                            "\"" + key + "\" means nothing with \"" + eye.key() + "\"",
                            "it belongs to " + whose))));
    problems.addAll(eye.check(job));
    return problems;
  }

  @Override
  public boolean isMet(Job job, Context context) {
    return wanted(job).getFirst().sees(job, context);
  }

  /**
   * Asks the store whose object a job waits for, whether it is there or not.
   *
   * @return what was reached, for people; empty when the job waits for something else
   * @throws TowpathException when the store does not answer as it does when a sensor looks
   */
  public Optional<String> reach(Job job) {
    return wanted(job).equals(List.of(objects))
        ? Optional.of(objects.reach(job))
        : Optional.empty();
  }

  @Override
  public Duration interval(Job job) {
    return Times.period(job, "every").orElse(EVERY);
  }
}
