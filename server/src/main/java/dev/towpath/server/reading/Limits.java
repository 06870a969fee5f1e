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
 * @param files bytes of results that wait as files to be fetched
 */
public record Limits(
    Duration time, int atOnce, int waiting, Duration patience, int open, long files) {
  /** Bytes of all results that are files, of which one may be a quarter. */
  private static final long FILES = 16L << 30;

  /** Limits with as much for files as is usual. */
  public Limits(Duration time, int atOnce, int waiting, Duration patience, int open) {
    this(time, atOnce, waiting, patience, open, FILES);
  }

  /** Limits for so many queries at once. */
  public static Limits of(Duration time, int atOnce) {
    return new Limits(time, atOnce, 32 * atOnce, Duration.ofSeconds(5), 1_000);
  }
}
