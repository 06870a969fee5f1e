package dev.towpath.spi;

import java.util.Optional;

/**
 * A server that takes mail for others.
 *
 * @param from the sender's address
 * @param user without one, it is not asked to let us in
 */
public record MailServer(
    String host,
    int port,
    String from,
    Optional<String> user,
    Optional<String> password,
    Encryption tls) {

  /** How the connection is encrypted. */
  public enum Encryption {
    /** After STARTTLS; a server that does not know it gets no mail. */
    STARTTLS,
    /** From the first byte on. */
    IMPLICIT,
    /** Not at all. */
    NONE
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "MailServer[" + host + ":" + port + "]";
  }
}
