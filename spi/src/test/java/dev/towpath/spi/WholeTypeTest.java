package dev.towpath.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class WholeTypeTest {
  /** The bounds that DuckDB documents. */
  @ParameterizedTest
  @CsvSource({
    "TINYINT, -128, 127",
    "SMALLINT, -32768, 32767",
    "INTEGER, -2147483648, 2147483647",
    "BIGINT, -9223372036854775808, 9223372036854775807",
    "HUGEINT, -170141183460469231731687303715884105728, 170141183460469231731687303715884105727",
    "UTINYINT, 0, 255",
    "USMALLINT, 0, 65535",
    "UINTEGER, 0, 4294967295",
    "UBIGINT, 0, 18446744073709551615",
    "UHUGEINT, 0, 340282366920938463463374607431768211455"
  })
  void itHoldsWhatIsWithinItsBounds(String name, BigInteger least, BigInteger most) {
    WholeType type = WholeType.of(DataType.parse(name)).orElseThrow();
    for (BigInteger number : new BigInteger[] {least, most, BigInteger.ZERO, BigInteger.ONE}) {
      assertThat(type.holds(number)).as("%s in %s", number, name).isTrue();
    }
    for (BigInteger number :
        new BigInteger[] {least.subtract(BigInteger.ONE), most.add(BigInteger.ONE)}) {
      assertThat(type.holds(number)).as("%s in %s", number, name).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void longsAreHeldAsLargeNumbersAre(WholeType type) {
    for (int bit = 0; bit < Long.SIZE; bit++) {
      for (long number : new long[] {1L << bit, (1L << bit) - 1, -(1L << bit), -(1L << bit) - 1}) {
        assertThat(type.holds(number))
            .as("%s in %s", number, type)
            .isEqualTo(type.holds(BigInteger.valueOf(number)));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "INTEGER, true",
    "UHUGEINT, true",
    "'DECIMAL(4,1)', true",
    "FLOAT, true",
    "DOUBLE, true",
    "VARCHAR, false",
    "DATE, false",
    "BOOLEAN, false",
    "INTEGER[], false"
  })
  void whatIsANumber(String type, boolean number) {
    assertThat(DataType.parse(type).isNumber()).isEqualTo(number);
  }
}
