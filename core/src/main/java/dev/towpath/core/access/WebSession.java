package dev.towpath.core.access;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Somebody who has signed in with a browser.
 *
 * @param hash SHA-256 of what the cookie holds, in hexadecimal
 * @param user who signed in with a password; empty for who did with a token
 * @param proof of the password then, or the hash of the token: the session ends when it is another
 * @param seen when it was last used, to about a minute
 */
public record WebSession(
    String hash, Optional<String> user, String proof, Instant created, Instant seen) {
  /** How long one lasts at most. */
  public static final Duration LONGEST = Duration.ofDays(7);

  /** How long one lasts that nobody uses. */
  public static final Duration IDLE = Duration.ofHours(12);

  /** Whether it is over. */
  public boolean isExpired(Instant now) {
    return !now.isBefore(created.plus(LONGEST)) || !now.isBefore(seen.plus(IDLE));
  }
}
