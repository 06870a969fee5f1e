package dev.towpath.pgwire.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes messages to a connection. They are gathered, and sent when there are many or on {@link
 * #flush}; what has been gathered is given back then, so that an idle connection holds little. Used
 * by one thread, except {@link #sending} and {@link #probe}.
 */
public final class Outbox {
  private static final int SMALL = 1 << 10;

  /** The first of an answer are sent early, so that the client has something to do. */
  private static final int FIRST = 8 << 10;

  private static final int MUCH = 64 << 10;
  private static final long[] POWERS = new long[19];

  static {
    POWERS[0] = 1;
    for (int i = 1; i < POWERS.length; i++) {
      POWERS[i] = POWERS[i - 1] * 10;
    }
  }

  /** A setting that never changes, told again. */
  private static final byte[] PROBE = probing();

  private final OutputStream out;

  /** Held while bytes are sent, before and after which all that was sent are whole messages. */
  private final ReentrantLock line = new ReentrantLock();

  private byte[] buffer = new byte[SMALL];
  private int size;
  private int message = -1;
  private int enough = FIRST;
  private volatile long sending;

  public Outbox(OutputStream out) {
    this.out = out;
  }

  /** Keeps what is written until it is taken away. */
  public static Outbox scratch() {
    return new Outbox(OutputStream.nullOutputStream());
  }

  /**
   * When the bytes that are being sent were first offered, by System.nanoTime; 0 when nothing is
   * being sent. Any thread may ask.
   */
  public long sending() {
    return sending;
  }

  /** Begins a message. */
  public Outbox begin(char type) {
    int8(type);
    message = size;
    return int32(0);
  }

  /** Ends the message, which then may be sent. */
  public void end() {
    patch(message, size - message);
    message = -1;
    if (size >= enough) {
      send();
      enough = Math.min(enough * 2, MUCH);
    }
  }

  /** A message without content. */
  public void empty(char type) {
    begin(type).end();
  }

  /** Takes back a message that has begun and not ended, if there is one. */
  public void retract() {
    if (message >= 0) {
      size = message - 1;
      message = -1;
    }
  }

  /** Sends all that is gathered. */
  public void flush() {
    send();
    enough = FIRST;
    if (buffer.length > SMALL) {
      buffer = new byte[SMALL];
    }
  }

  private void send() {
    if (size == 0) {
      return;
    }
    try {
      write(buffer, size);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      size = 0;
    }
  }

  private void write(byte[] bytes, int length) throws IOException {
    line.lock();
    sending = System.nanoTime() | 1;
    try {
      out.write(bytes, 0, length);
      out.flush();
    } finally {
      sending = 0;
      line.unlock();
    }
  }

  /**
   * Sends what every client takes at any time and what says nothing, to see whether it can be sent:
   * nothing else tells that a client has gone of which more has come than is read. The first after
   * it went still goes well. From any thread.
   */
  public void probe() throws IOException {
    write(PROBE, PROBE.length);
  }

  private static byte[] probing() {
    Outbox out = scratch();
    new Answers(out).parameter("in_hot_standby", "off");
    return out.take();
  }

  public Outbox int8(int value) {
    room(1);
    buffer[size++] = (byte) value;
    return this;
  }

  public Outbox int16(int value) {
    room(2);
    buffer[size++] = (byte) (value >> 8);
    buffer[size++] = (byte) value;
    return this;
  }

  public Outbox int32(int value) {
    room(4);
    size += 4;
    patch(size - 4, value);
    return this;
  }

  public Outbox int64(long value) {
    return int32((int) (value >> 32)).int32((int) value);
  }

  public Outbox bytes(byte[] value) {
    room(value.length);
    System.arraycopy(value, 0, buffer, size, value.length);
    size += value.length;
    return this;
  }

  /** Text and a zero byte. */
  public Outbox text(String value) {
    return chars(value).int8(0);
  }

  /** Text alone. */
  public Outbox chars(String value) {
    return bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /** A number in decimal digits. */
  public Outbox digits(long value) {
    if (value == Long.MIN_VALUE) {
      return chars(Long.toString(value));
    }
    room(20);
    long rest = value;
    if (rest < 0) {
      buffer[size++] = '-';
      rest = -rest;
    }
    int count = 1;
    for (long power = 10; count < 19 && rest >= power; power *= 10) {
      count++;
    }
    for (int i = size + count - 1; i >= size; i--) {
      buffer[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    size += count;
    return this;
  }

  /** A number in at least so many decimal digits. */
  public Outbox digits(long value, int least) {
    long power = 10;
    for (int i = 1; i < least; i++) {
      if (value < power) {
        int8('0');
      }
      power *= 10;
    }
    return digits(value);
  }

  /** A number in decimal digits with as many after the point as it has. */
  public Outbox digits(BigDecimal value) {
    if (value.scale() <= 0 || value.scale() > 18 || value.precision() > 18) {
      return chars(value.toPlainString());
    }
    return scaled(value.unscaledValue().longValue(), value.scale());
  }

  /**
   * A number of at most 18 decimal digits.
   *
   * @param unscaled without its point
   * @param scale how many digits are after the point, at most 18
   */
  public Outbox scaled(long unscaled, int scale) {
    if (scale == 0) {
      return digits(unscaled);
    }
    long power = POWERS[scale];
    if (unscaled < 0) {
      int8('-');
    }
    long magnitude = Math.abs(unscaled);
    return digits(magnitude / power).int8('.').digits(magnitude % power, scale);
  }

  /** Ten to the power of at most 18. */
  public static long power(int exponent) {
    return POWERS[exponent];
  }

  /** Leaves room for a length, which {@link #length} fills in. */
  public int mark() {
    int32(0);
    return size;
  }

  /** Says how much was written since the mark. */
  public void length(int mark) {
    patch(mark - 4, size - mark);
  }

  /** What was written since the last time. */
  public byte[] take() {
    byte[] taken = Arrays.copyOf(buffer, size);
    size = 0;
    return taken;
  }

  /** How much is gathered. */
  public int size() {
    return size;
  }

  private void patch(int at, int value) {
    buffer[at] = (byte) (value >> 24);
    buffer[at + 1] = (byte) (value >> 16);
    buffer[at + 2] = (byte) (value >> 8);
    buffer[at + 3] = (byte) value;
  }

  private void room(int more) {
    if (buffer.length - size < more) {
      int wanted = Math.addExact(size, more);
      buffer = Arrays.copyOf(buffer, Math.max(wanted, (int) Math.min(2L * size, 1 << 30)));
    }
  }
}
