package dev.towpath.pgwire.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.nio.ByteOrder;
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

  /** The digits of the numbers up to 99, two each: half as many divisions as one by one. */
  private static final short[] PAIRS = new short[100];

  static {
    POWERS[0] = 1;
    for (int i = 1; i < POWERS.length; i++) {
      POWERS[i] = POWERS[i - 1] * 10;
    }
    for (int i = 0; i < PAIRS.length; i++) {
      PAIRS[i] = (short) ((('0' + i / 10) << 8) + '0' + i % 10);
    }
  }

  private static final VarHandle SHORT = view(short[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle LONG = view(long[].class);

  private static VarHandle view(Class<?> as) {
    return MethodHandles.byteArrayViewVarHandle(as, ByteOrder.BIG_ENDIAN);
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
    SHORT.set(buffer, size, (short) value);
    size += 2;
    return this;
  }

  public Outbox int32(int value) {
    room(4);
    INT.set(buffer, size, value);
    size += 4;
    return this;
  }

  public Outbox int64(long value) {
    room(8);
    LONG.set(buffer, size, value);
    size += 8;
    return this;
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
    if (value < 0) {
      int8('-');
    }
    long magnitude = Math.abs(value);
    return decimal(magnitude, count(magnitude));
  }

  /** A number that is not negative in at least so many decimal digits. */
  public Outbox digits(long value, int least) {
    return decimal(value, Math.max(least, count(value)));
  }

  /** A number from 0 to 99 in two decimal digits. */
  public Outbox pair(int value) {
    room(2);
    SHORT.set(buffer, size, PAIRS[value]);
    size += 2;
    return this;
  }

  /** How many decimal digits a number has that is not negative. */
  private static int count(long value) {
    int bits = Long.SIZE - Long.numberOfLeadingZeros(value | 1);
    int power = (bits * 1233) >>> 12; // by the logarithm of 2; at most one digit too few
    return (value | 1) >= POWERS[power] ? power + 1 : power;
  }

  /** As many digits as said, which are enough, with zeros before. */
  private Outbox decimal(long value, int count) {
    room(count);
    int at = size + count;
    long rest = value;
    while (at - size > 1) {
      long next = rest / 100;
      at -= 2;
      SHORT.set(buffer, at, PAIRS[(int) (rest - next * 100)]);
      rest = next;
    }
    if (at > size) {
      buffer[size] = (byte) ('0' + rest);
    }
    size += count;
    return this;
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
    if (unscaled < 0) {
      int8('-');
    }
    long magnitude = Math.abs(unscaled);
    int count = Math.max(scale + 1, count(magnitude));
    int start = int8('.').size; // which then goes between them: dividing takes longer
    decimal(magnitude, count);
    int before = count - scale;
    System.arraycopy(buffer, start, buffer, start - 1, before);
    buffer[start - 1 + before] = '.';
    return this;
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
    INT.set(buffer, at, value);
  }

  private void room(int more) {
    if (buffer.length - size < more) {
      int wanted = Math.addExact(size, more);
      buffer = Arrays.copyOf(buffer, Math.max(wanted, (int) Math.min(2L * size, 1 << 30)));
    }
  }
}
