package dev.towpath.pgwire.wire;

/**
 * A message of a client.
 *
 * @param type its letter
 * @param body what follows its length
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares two
public record Message(char type, byte[] body) {
  /** Every letter that a client may send once it is in. */
  private static final String TYPES = "BCDEFHPQSXcdfp";

  /** Whether clients send such messages. */
  public static boolean isType(int type) {
    return TYPES.indexOf(type) >= 0;
  }

  /** Its parts. */
  public Payload payload() {
    return new Payload(body);
  }
}
