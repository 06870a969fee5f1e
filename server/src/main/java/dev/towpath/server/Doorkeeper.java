package dev.towpath.server;

import dev.towpath.core.access.Principal;

/**
 * Says who has come, by what they show, and notes it in the audit log. Takes as long for somebody
 * unknown as for a wrong password, and makes those wait who try too often. Thread-safe.
 */
public interface Doorkeeper {
  /**
   * By an API token.
   *
   * @param door where they came in, as the audit log says it: {@code http} or {@code postgres}
   * @param from their address
   * @throws Refusal when it is none, has expired, or they have tried too often
   */
  Principal byToken(String token, String door, String from);

  /** By a password, likewise. */
  Principal byPassword(String user, String password, String door, String from);

  /** What SCRAM-SHA-256 needs; for somebody unknown, something that always fails. */
  Scram scram(String user);

  /**
   * After SCRAM: who they are, if they have proved it.
   *
   * @throws Refusal when they have not, or have tried too often
   */
  Principal byScram(String user, boolean proved, String door, String from);

  /** A SCRAM verifier (RFC 5802). Nobody compares two, and nobody changes one. */
  @SuppressWarnings("ArrayRecordComponent")
  record Scram(byte[] salt, int iterations, byte[] storedKey, byte[] serverKey) {}
}
