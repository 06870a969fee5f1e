package dev.towpath.core.access;

import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A token of a user, for programs. Its text is told once, when it is made; kept is its hash.
 *
 * @param name unique in the store
 * @param user whose it is
 * @param hash SHA-256 of its text, in hexadecimal
 * @param shown the first characters of its text, by which people tell it
 * @param role no more than this, whatever the user may do
 * @param grants no more than these, whatever the user may read
 * @param used when it was last used, to about a minute
 */
public record ApiToken(
    String name,
    String user,
    String hash,
    String shown,
    Role role,
    Grants grants,
    Instant created,
    Optional<Instant> expires,
    Optional<Instant> used) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,62}");

  /** Whether it is over. */
  public boolean isExpired(Instant now) {
    return expires.filter(end -> !now.isBefore(end)).isPresent();
  }

  /**
   * A name for a new token.
   *
   * @throws TowpathException when it cannot be one
   */
  public static String fresh(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new TowpathException(
          "this cannot name a token", "use up to 63 letters, digits, \"_\", \"-\" and \".\"");
    }
    return name;
  }
}
