package dev.towpath.core.project;

import dev.towpath.spi.Location;
import dev.towpath.spi.TableName;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A file of {@code flows/}: what runs together, and what sets it off.
 *
 * @param name the file's name without ending
 * @param select what it runs; several are united
 * @param last jobs that run when all others are over, however they ended
 * @param zone the timezone of its cron expression, its dates and its days
 * @param start the first moment at which it is due, itself included; empty for no bound
 * @param end the first moment at which it is no longer due; empty for no bound
 * @param catchup whether firings that were missed are made up for one by one; else only the last is
 * @param parameters that a person or another program gives with a run
 * @param concurrency what happens when it is due while it runs
 * @param retries of each of its tasks, unless a job says otherwise
 * @param timeout the longest that one run may take
 * @param deadline how long after it was due people are told when it has not ended
 * @param priority of its tasks, higher first
 * @param paused whether it starts out paused, in a store that does not know it yet
 */
public record Flow(
    String name,
    String file,
    Optional<String> description,
    List<String> tags,
    Trigger trigger,
    List<Choice> select,
    List<Choice> last,
    ZoneId zone,
    Optional<LocalDateTime> start,
    Optional<LocalDateTime> end,
    boolean catchup,
    List<Parameter> parameters,
    Concurrency concurrency,
    Retries retries,
    Optional<Duration> timeout,
    Optional<Duration> deadline,
    int priority,
    boolean paused,
    List<Notice> notices,
    Map<String, Location> keys) {
  public Flow {
    tags = List.copyOf(tags);
    select = List.copyOf(select);
    last = List.copyOf(last);
    parameters = List.copyOf(parameters);
    notices = List.copyOf(notices);
    keys = Map.copyOf(keys);
  }

  /** A selection of tables as it is written, and where. */
  public record Choice(String text, Location location) {}

  /** What sets it off, besides people. */
  public sealed interface Trigger {}

  /** At the times of a cron expression of five fields. */
  public record Cron(String expression) implements Trigger {}

  /** Every so often, counted from its start, or from 1970 in its timezone. */
  public record Every(Duration period) implements Trigger {}

  /**
   * When tables have a new release.
   *
   * @param all whether all of them must have one since it last ran; else any
   */
  public record After(List<TableName> tables, boolean all) implements Trigger {
    public After {
      tables = List.copyOf(tables);
    }
  }

  /**
   * When somebody calls {@code POST /api/v1/hooks/<name>}.
   *
   * @param secret signs the body; {@code ${NAME}} in it is not resolved yet
   */
  public record Webhook(String secret) implements Trigger {}

  /** By people only. */
  public record Manual() implements Trigger {}

  /** What happens when it is due while a run of it is not over. */
  public enum Concurrency {
    /** The new run waits. */
    QUEUE,
    /** The new run is not made. */
    SKIP,
    /** The run that is not over is cancelled. */
    CANCEL
  }

  /**
   * How often a failed task is tried again, and when.
   *
   * @param most further tries
   * @param delay before the first of them
   * @param backoff factor by which each delay is longer than the one before
   * @param longest no delay is longer
   * @param jitter the share of a delay by which it is shortened at random, 0 to 1, so that tasks
   *     that failed together are not tried together
   */
  public record Retries(int most, Duration delay, double backoff, Duration longest, double jitter) {
    /** No further try. */
    public static final Retries NONE =
        new Retries(0, Duration.ofSeconds(30), 2, Duration.ofHours(1), 0.25);
  }

  /** Of what people are told. */
  public enum Event {
    /** A run failed. */
    FAILURE,
    /** A run succeeded after one that had failed. */
    RECOVERY,
    /** A run was not over in time. */
    DEADLINE,
    /** A table of a source has had nothing new for too long. */
    FRESHNESS
  }

  /**
   * Somebody who is told.
   *
   * @param type {@code webhook}, {@code slack} or {@code email}
   * @param target a URL, or an address; {@code ${NAME}} in it is not resolved yet
   * @param secret of a webhook, to sign with; not resolved yet either
   */
  public record Notice(
      String type, String target, Optional<String> secret, List<Event> on, Location location) {
    public Notice {
      on = List.copyOf(on);
    }

    /** Somebody who is told without a signature. */
    public Notice(String type, String target, List<Event> on, Location location) {
      this(type, target, Optional.empty(), on, location);
    }
  }

  /** The place of a key, or the top of the file. */
  public Location at(String key) {
    return keys.getOrDefault(key, new Location(file, 1, 1));
  }
}
