package dev.towpath.server;

import dev.towpath.core.access.Principal;
import java.util.Optional;
import java.util.function.Supplier;

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
  Admitted byToken(String token, String door, String from);

  /** By a password, likewise. */
  Admitted byPassword(String user, String password, String door, String from);

  /** What SCRAM-SHA-256 needs; for somebody unknown, something that always fails. */
  Scram scram(String user);

  /**
   * After SCRAM: who they are, if they have proved it.
   *
   * @throws Refusal when they have not, or have tried too often
   */
  Admitted byScram(String user, boolean proved, String door, String from);

  /** Notes that somebody was sent away before they could show who they are. */
  void turnedAway(String why, String door, String from);

  /**
   * Somebody who has come in.
   *
   * @param now who they are at the moment that it is asked, as of a second ago; empty once what
   *     they showed does not let them in any more
   */
  record Admitted(Principal who, Supplier<Optional<Principal>> now) {
    /** Somebody who stays who they are. */
    public static Admitted forGood(Principal who) {
      return new Admitted(who, () -> Optional.of(who));
    }
  }

  /** A SCRAM verifier (RFC 5802). Nobody compares two, and nobody changes one. */
  @SuppressWarnings("ArrayRecordComponent")
  record Scram(byte[] salt, int iterations, byte[] storedKey, byte[] serverKey) {}
}
