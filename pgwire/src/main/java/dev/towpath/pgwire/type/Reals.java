package dev.towpath.pgwire.type;

import java.math.BigDecimal;

/** Floating point numbers as PostgreSQL prints them: the shortest text that gives them again. */
final class Reals {
  /** Below this, both write numbers without an exponent. */
  private static final double PLAIN = 1e6;

  private Reals() {}

  static String text(double value) {
    return text(Double.toString(value), value, 15);
  }

  static String text(float value) {
    return text(Float.toString(value), value, 6);
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
