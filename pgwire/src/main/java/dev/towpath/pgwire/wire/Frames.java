package dev.towpath.pgwire.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads messages from a connection. A length that is announced takes no memory before its bytes
 * come. Used by one thread.
 */
public final class Frames {
  /** The most that a client may send before it has come in. */
  static final int MOST_BEFORE = 10_000;

  private static final int STEP = 64 << 10;

  private final InputStream in;
  private final int most;
  private volatile long begun;

  /**
   * Reads from a stream.
   *
   * @param most bytes in a message of a client that has come in
   */
  public Frames(InputStream in, int most) {
    this.in = in;
    this.most = most;
  }

  /**
   * When the message that is being read began, by System.nanoTime; 0 between messages. Any thread
   * may ask.
   */
  public long begun() {
    return begun;
  }

  /** A startup packet: a length and what it counts. */
  public Payload startup() throws IOException {
    byte[] length = read(4);
    begun = System.nanoTime() | 1;
    int size = new Payload(length).int32() - 4;
    if (size < 4 || size > MOST_BEFORE) {
      throw PgError.fatal(
          SqlState.PROTOCOL_VIOLATION,
          "this is not how a PostgreSQL client begins",
          "HTTP has a port of its own");
    }
    Payload payload = new Payload(read(size));
    begun = 0;
    return payload;
  }

  /** A message of somebody who proves who they are. */
  public Message credentials() throws IOException {
    return next(MOST_BEFORE);
  }

  /** The next message. */
  public Message next() throws IOException {
    return next(most);
  }

  private Message next(int limit) throws IOException {
    int type = in.read();
    if (type < 0) {
      throw new EOFException();
    }
    begun = System.nanoTime() | 1;
    if (!Message.isType(type)) {
      throw PgError.fatal(
          SqlState.PROTOCOL_VIOLATION, "invalid frontend message type " + type, null);
    }
    int size = new Payload(read(4)).int32() - 4;
    if (size < 0) {
      throw PgError.fatal(SqlState.PROTOCOL_VIOLATION, "invalid message length", null);
    }
    if (size > limit) {
      throw PgError.fatal(
          SqlState.PROGRAM_LIMIT,
          "a message of " + size + " bytes is too long",
          "at most " + limit + " bytes are taken");
    }
    Message message = new Message((char) type, read(size));
    begun = 0;
    return message;
  }

  private byte[] read(int size) throws IOException {
    byte[] bytes = size <= STEP ? exactly(size) : in.readNBytes(size);
    if (bytes.length < size) {
      throw new EOFException();
    }
    return bytes;
  }

  private byte[] exactly(int size) throws IOException {
    byte[] bytes = new byte[size];
    if (in.readNBytes(bytes, 0, size) < size) {
      throw new EOFException();
    }
    return bytes;
  }
}
