package dev.towpath.source.http;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What requests need of the world: time, chance and the way out. All tables that ask one server
 * with one rate share its pace. Thread-safe.
 */
final class Web {
  private final Waiting waiting;
  private final RandomGenerator random;
  private final Map<String, String> environment;
  private final Map<String, Instant> turns = new HashMap<>();

  /** Time as a reading knows it. */
  interface Waiting {
    /** The present moment. */
    Instant now();

    /** Waits so long. */
    void sleep(Duration duration) throws InterruptedException;
  }

  Web(Waiting waiting, RandomGenerator random, Map<String, String> environment) {
    this.waiting = waiting;
    this.random = random;
    this.environment = environment;
  }

  /** The real world. */
  static Web real() {
    Waiting waiting =
        new Waiting() {
          @Override
          public Instant now() {
            return Instant.now();
          }

          @Override
          public void sleep(Duration duration) throws InterruptedException {
            Thread.sleep(duration);
          }
        };
    return new Web(waiting, RandomGenerator.of("L64X128MixRandom"), System.getenv());
  }

  Transport transport() {
    return new Transport(new Proxies(environment));
  }

  Instant now() {
    return waiting.now();
  }

  void sleep(Duration duration) throws InterruptedException {
    waiting.sleep(duration);
  }

  /** Waits for the next turn to ask a server that is asked once in each interval. */
  void take(URI server, Duration interval) throws InterruptedException {
    Duration wait;
    String key = server.getScheme() + "://" + server.getRawAuthority() + " " + interval;
    synchronized (turns) {
      Instant now = waiting.now();
      Instant turn = turns.getOrDefault(key, now);
      turn = turn.isBefore(now) ? now : turn;
      turns.put(key, turn.plus(interval));
      wait = Duration.between(now, turn);
    }
    if (wait.isPositive()) {
      waiting.sleep(wait);
    }
  }

  /**
   * The time before a try, the first being 0: doubled each time, at most a minute, and jittered.
   */
  Duration backoff(int attempt) {
    long millis = Math.min(60_000, 1_000L << Math.min(attempt, 10));
    synchronized (random) {
      return Duration.ofMillis(millis / 2 + random.nextLong(millis / 2 + 1));
    }
  }
}
