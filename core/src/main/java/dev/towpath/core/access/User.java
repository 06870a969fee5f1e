package dev.towpath.core.access;

import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Somebody who may come in.
 *
 * @param name in lower case
 * @param grants what this user may read besides what the role may
 * @param password what is kept of it; without one, only tokens let this user in
 */
public record User(
    String name, Role role, Grants grants, Optional<Password> password, Instant created) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9_][a-z0-9._@-]{0,62}");
  private static final Set<String> TAKEN = Set.of("admin", "token", "webhook", "unknown");

  /**
   * A password as it is kept.
   *
   * @param hash Argon2id, with its salt and cost
   * @param scram the verifier of SCRAM-SHA-256, as PostgreSQL writes it
   */
  public record Password(String hash, String scram) {
    /** Without either. */
    @Override
    public String toString() {
      return "Password[]";
    }
  }

  /** The name as it is kept, from one that somebody typed. */
  public static String known(String typed) {
    return typed.toLowerCase(Locale.ROOT);
  }

  /**
   * A name for a new user.
   *
   * @throws TowpathException when it cannot be one
   */
  public static String fresh(String typed) {
    String name = known(typed);
    if (!NAME.matcher(name).matches()) {
      throw new TowpathException(
          "this cannot name a user",
          "use up to 63 letters a to z, digits, \"_\", \"-\", \".\", \"@\"");
    }
    if (TAKEN.contains(name)) {
      throw new TowpathException(
          "\"" + name + "\" has a meaning of its own", "choose another name");
    }
    return name;
  }
}
