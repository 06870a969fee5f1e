package dev.towpath.pgwire;

import dev.towpath.pgwire.wire.Frames;
import dev.towpath.pgwire.wire.Message;
import dev.towpath.pgwire.wire.Outbox;
import dev.towpath.pgwire.wire.Payload;
import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import dev.towpath.server.Doorkeeper;
import dev.towpath.server.Refusal;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;

/** Finds out who a client is. */
final class Login {
  /** Whoever shows an API token needs no name: the token says it. */
  static final String TOKEN_USER = "token";

  static final String DOOR = "postgres";
  private static final int OK = 0;
  private static final int CLEARTEXT = 3;
  private static final int SASL = 10;
  private static final int SASL_CONTINUE = 11;
  private static final int SASL_FINAL = 12;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Doorkeeper doorkeeper;
  private final Frames in;
  private final Outbox out;
  private final String from;

  Login(Doorkeeper doorkeeper, Frames in, Outbox out, String from) {
    this.doorkeeper = doorkeeper;
    this.in = in;
    this.out = out;
    this.from = from;
  }

  /**
   * Asks and says who it is.
   *
   * @throws PgError when that is not proved
   */
  Doorkeeper.Admitted admit(String user) throws IOException {
    Doorkeeper.Admitted admitted;
    try {
      admitted = user.equals(TOKEN_USER) ? byToken() : byScram(user);
    } catch (Refusal e) {
      throw refused(user, e);
    } catch (PgError e) { // what the doorkeeper has not heard of
      doorkeeper.turnedAway(String.valueOf(e.getMessage()), DOOR, from);
      throw e;
    }
    out.begin('R').int32(OK).end();
    return admitted;
  }

  private static PgError refused(String user, TowpathException e) {
    boolean often = e instanceof Refusal refusal && refusal.status() == 429;
    return often
        ? PgError.fatal(
            SqlState.CONFIGURATION_LIMIT, String.valueOf(e.getMessage()), e.hint().orElse(null))
        : PgError.fatal(
            SqlState.INVALID_PASSWORD,
            "password authentication failed for user \"" + user + "\"",
            "user \"admin\" has the token that \"towpath token\" prints; user \"token\" any API"
                + " token");
  }

  private Doorkeeper.Admitted byToken() throws IOException {
    out.begin('R').int32(CLEARTEXT).end();
    out.flush();
    Payload answer = answer();
    String token = answer.text();
    answer.end();
    return doorkeeper.byToken(token, DOOR, from);
  }

  private Doorkeeper.Admitted byScram(String user) throws IOException {
    out.begin('R').int32(SASL).text(Scram.MECHANISM).int8(0).end();
    out.flush();
    Payload initial = answer();
    String mechanism = initial.text();
    if (!mechanism.equals(Scram.MECHANISM)) {
      throw PgError.fatal(
          SqlState.PROTOCOL_VIOLATION,
          "client selected an invalid SASL authentication mechanism",
          null);
    }
    String first = Payload.utf8(initial.bytes(initial.int32()));
    Scram scram = new Scram(doorkeeper.scram(user), first, nonce());
    challenge(SASL_CONTINUE, scram.challenge());
    Payload answer = answer();
    String last = Payload.utf8(answer.bytes(answer.remaining()));
    boolean proved = scram.isProved(last);
    Doorkeeper.Admitted admitted = doorkeeper.byScram(user, proved, DOOR, from);
    challenge(SASL_FINAL, scram.signature(last));
    return admitted;
  }

  private void challenge(int code, String text) {
    out.begin('R').int32(code).bytes(text.getBytes(StandardCharsets.UTF_8)).end();
    if (code == SASL_CONTINUE) {
      out.flush();
    }
  }

  private Payload answer() throws IOException {
    Message message = in.credentials();
    if (message.type() != 'p') {
      throw PgError.fatal(
          SqlState.PROTOCOL_VIOLATION,
          "expected a password, got message \"" + message.type() + "\"",
          null);
    }
    return message.payload();
  }

  private static String nonce() {
    byte[] random = new byte[18];
    RANDOM.nextBytes(random);
    return Base64.getEncoder().withoutPadding().encodeToString(random);
  }
}
