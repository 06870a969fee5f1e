package dev.towpath.spi;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** DuckDB's types of whole numbers, called as SQL calls them. */
public enum WholeType {
  TINYINT(8, true),
  SMALLINT(16, true),
  INTEGER(32, true),
  BIGINT(64, true),
  HUGEINT(128, true),
  UTINYINT(8, false),
  USMALLINT(16, false),
  UINTEGER(32, false),
  UBIGINT(64, false),
  UHUGEINT(128, false);

  private static final Map<String, WholeType> BY_NAME =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(Enum::name, Function.identity()));

  private final int bits;
  private final boolean signed;

  WholeType(int bits, boolean signed) {
    this.bits = bits;
    this.signed = signed;
  }

  /** The type of whole numbers that a type is; empty for all others. */
  public static Optional<WholeType> of(DataType type) {
    return type instanceof DataType.Simple simple ? named(simple.name()) : Optional.empty();
  }

  /** The same by the type's canonical text. */
  public static Optional<WholeType> named(String sql) {
    return Optional.ofNullable(BY_NAME.get(sql));
  }

  /** Bits of a value, with that of the sign. */
  public int bits() {
    return bits;
  }

  /** Whether it holds numbers below zero. */
  public boolean isSigned() {
    return signed;
  }

  /** Whether a number is one of its values. */
  public boolean holds(BigInteger number) {
    return signed ? number.bitLength() < bits : number.signum() >= 0 && number.bitLength() <= bits;
  }

  /** Whether a number is one of its values. */
  public boolean holds(long number) {
    if (signed) {
      return bits >= Long.SIZE || number >> (bits - 1) == (number < 0 ? -1 : 0);
    }
    return number >= 0 && (bits >= Long.SIZE || number >> bits == 0);
  }
}
