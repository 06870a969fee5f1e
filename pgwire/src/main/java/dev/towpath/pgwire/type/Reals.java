package dev.towpath.pgwire.type;

import dev.towpath.pgwire.wire.Outbox;
import java.math.BigDecimal;

/** Floating point numbers as PostgreSQL prints them: the shortest text that gives them again. */
final class Reals {
  /** Below this, both write numbers without an exponent. */
  private static final double PLAIN = 1e6;

  /** Decimal digits that a number of the type always holds. */
  private static final int DIGITS = 15;

  private static final int FLOAT_DIGITS = 6;

  private Reals() {}

  static void write(Outbox out, double value) {
    if (!whole(out, value, DIGITS)) {
      out.chars(text(value));
    }
  }

  static void write(Outbox out, float value) {
    if (!whole(out, value, FLOAT_DIGITS)) {
      out.chars(text(value));
    }
  }

  /**
   * Writes a number that is whole and has no more digits than its type holds exactly, so that these
   * are the shortest text, too; false for others, minus zero among them.
   */
  private static boolean whole(Outbox out, double value, int most) {
    long whole = (long) value;
    boolean plain =
        (double) whole == value
            && Math.abs(value) < (double) Outbox.power(most)
            && (whole != 0 || 1 / value > 0);
    if (plain) {
      out.digits(whole);
    }
    return plain;
  }

  static String text(double value) {
    return text(Double.toString(value), value, DIGITS);
  }

  static String text(float value) {
    return text(Float.toString(value), value, FLOAT_DIGITS);
  }

  /** Java writes 1.0E20 where PostgreSQL writes 1e+20, and 1.0 where it writes 1. */
  private static String text(String java, double value, int most) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "Infinity" : "-Infinity";
    }
    if (java.indexOf('E') < 0 && Math.abs(value) < PLAIN) {
      return java.endsWith(".0") ? java.substring(0, java.length() - 2) : java;
    }
    BigDecimal exact = new BigDecimal(java).stripTrailingZeros();
    int exponent = exact.precision() - exact.scale() - 1;
    if (exponent >= -4 && exponent < most) {
      return exact.toPlainString();
    }
    String digits = exact.unscaledValue().abs().toString();
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    int magnitude = Math.abs(exponent);
    return (value < 0 ? "-" : "")
        + mantissa
        + (exponent < 0 ? "e-" : "e+")
        + (magnitude < 10 ? "0" : "")
        + magnitude;
  }
}
