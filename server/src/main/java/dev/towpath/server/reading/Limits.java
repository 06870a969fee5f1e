package dev.towpath.server.reading;

import java.time.Duration;

/**
 * What all queries together may take.
 *
 * @param time of computing for one query that has no limit of its own
 * @param atOnce queries that compute at a time
 * @param waiting queries that wait for their turn; more are refused
 * @param patience how long one waits
 * @param open results that are open at a time, read or not
 */
public record Limits(Duration time, int atOnce, int waiting, Duration patience, int open) {
  /** Limits for so many queries at once. */
  public static Limits of(Duration time, int atOnce) {
    return new Limits(time, atOnce, 32 * atOnce, Duration.ofSeconds(5), 1_000);
  }
}
