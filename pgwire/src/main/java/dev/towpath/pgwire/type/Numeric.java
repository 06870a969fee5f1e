package dev.towpath.pgwire.type;

import dev.towpath.pgwire.wire.Outbox;
import dev.towpath.pgwire.wire.Payload;
import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import dev.towpath.spi.DataType;
import java.math.BigDecimal;
import java.math.BigInteger;

/** Exact numbers in binary: groups of four decimal digits, a weight, a sign and a scale. */
final class Numeric {
  private static final int NEGATIVE = 0x4000;
  private static final int NAN = 0xC000;
  private static final int INFINITY = 0xD000;
  private static final int MINUS_INFINITY = 0xF000;
  private static final int GROUP = 4;
  private static final BigInteger BASE = BigInteger.valueOf(10_000);
  private static final int MOST_GROUPS = 1_000;

  private Numeric() {}

  /** Whether all values of a type fit in 64 bits. */
  static boolean isShort(DataType type) {
    return type instanceof DataType.Decimal decimal && decimal.precision() <= 18;
  }

  /** A number of a short type, without its point. */
  static void write(Outbox out, long unscaled, int scale) {
    long magnitude = Math.abs(unscaled);
    long power = Outbox.power(scale);
    int fraction = fraction(scale);
    int[] groups = new int[fraction + 5]; // 18 digits before the point are five groups
    long below = magnitude % power;
    if (fraction > 0) {
      int digits = scale - (fraction - 1) * GROUP; // of the last group, which is filled up
      groups[0] = (int) (below % Outbox.power(digits) * Outbox.power(GROUP - digits));
      below /= Outbox.power(digits);
    }
    for (int i = 1; i < fraction; i++, below /= 10_000) {
      groups[i] = (int) (below % 10_000);
    }
    int count = fraction;
    for (long rest = magnitude / power; rest != 0; rest /= 10_000) {
      groups[count++] = (int) (rest % 10_000);
    }
    while (count > 0 && groups[count - 1] == 0) {
      count--;
    }
    write(out, groups, count, unscaled < 0, scale);
  }

  static void write(Outbox out, BigDecimal value) {
    int scale = Math.max(0, value.scale());
    BigInteger digits = value.setScale(fraction(scale) * GROUP).unscaledValue().abs();
    int[] groups = groups(digits);
    write(out, groups, groups.length, value.signum() < 0, scale);
  }

  /** Groups are counted from the point, so the fraction is filled up to whole groups. */
  private static int fraction(int scale) {
    return (scale + GROUP - 1) / GROUP;
  }

  /** The lowest of {@code count} groups first; the highest is not zero. */
  private static void write(Outbox out, int[] groups, int count, boolean negative, int scale) {
    int last = 0;
    while (last < count && groups[last] == 0) {
      last++;
    }
    out.int16(count - last).int16(count == last ? 0 : count - 1 - fraction(scale));
    out.int16(negative ? NEGATIVE : 0).int16(scale);
    for (int i = count - 1; i >= last; i--) {
      out.int16(groups[i]);
    }
  }

  /** The lowest group first; the highest is not zero. */
  private static int[] groups(BigInteger digits) {
    int[] groups = new int[(digits.bitLength() + 12) / 13 + 1];
    int count = 0;
    if (digits.bitLength() < 64) {
      for (long rest = digits.longValue(); rest != 0; rest /= 10_000) {
        groups[count++] = (int) (rest % 10_000);
      }
    } else {
      for (BigInteger rest = digits; rest.signum() != 0; ) {
        BigInteger[] parts = rest.divideAndRemainder(BASE);
        groups[count++] = parts[1].intValue();
        rest = parts[0];
      }
    }
    return java.util.Arrays.copyOf(groups, count);
  }

  /** As text. */
  static String read(Payload in) {
    int count = in.int16();
    int weight = in.int16();
    int sign = in.int16() & 0xffff;
    int scale = in.int16();
    if (sign == NAN || sign == INFINITY || sign == MINUS_INFINITY) {
      throw PgError.of(SqlState.OUT_OF_RANGE, "a number must not be NaN or infinite");
    }
    if (count < 0 || count > MOST_GROUPS || Math.abs(weight) > MOST_GROUPS || scale < 0) {
      throw PgError.of(SqlState.INVALID_BINARY, "invalid binary numeric");
    }
    BigInteger digits = BigInteger.ZERO;
    for (int i = 0; i < count; i++) {
      int group = in.int16();
      if (group < 0 || group >= 10_000) {
        throw PgError.of(SqlState.INVALID_BINARY, "invalid binary numeric");
      }
      digits = digits.multiply(BASE).add(BigInteger.valueOf(group));
    }
    BigDecimal value = new BigDecimal(digits).scaleByPowerOfTen(GROUP * (weight - count + 1));
    BigDecimal scaled =
        value.setScale(Math.min(scale, 4 * MOST_GROUPS), java.math.RoundingMode.DOWN);
    return (sign == NEGATIVE ? scaled.negate() : scaled).toPlainString();
  }
}
