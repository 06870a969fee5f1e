package dev.towpath.core.access;

/**
 * Somebody who has come in.
 *
 * @param name of a user, as the audit log says it
 * @param grants what may be read
 */
public record Principal(String name, Role role, Grants grants) {
  /** Whoever owns the project's folder on this machine. */
  public static final Principal LOCAL = new Principal("admin", Role.ADMIN, Grants.ALL);
}
