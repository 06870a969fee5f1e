package dev.towpath.source.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.spi.DataType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WideningTest {
  private static boolean fits(String from, String to) {
    return Widening.fits(DataType.parse(from), DataType.parse(to));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INTEGER|BIGINT",
        "TINYINT|HUGEINT",
        "UTINYINT|SMALLINT",
        "UINTEGER|BIGINT",
        "UINTEGER|UBIGINT",
        "INTEGER|DOUBLE",
        "SMALLINT|FLOAT",
        "FLOAT|DOUBLE",
        "INTEGER|DECIMAL(12,2)",
        "DECIMAL(10,2)|DECIMAL(12,2)",
        "DECIMAL(10,2)|DECIMAL(12,4)",
        "DATE|TIMESTAMP",
        "TIMESTAMP_S|TIMESTAMP",
        "TIMESTAMP_MS|TIMESTAMP",
        "INTEGER[]|BIGINT[]",
        "STRUCT(a INTEGER)|STRUCT(a BIGINT)",
        "MAP(VARCHAR, INTEGER)|MAP(VARCHAR, BIGINT)",
        "ENUM('a')|VARCHAR",
        "UUID|VARCHAR"
      })
  void holdsEveryValue(String from, String to) {
    assertThat(fits(from, to)).isTrue();
    assertThat(fits(to, from)).isFalse();
    assertThat(fits(from, from)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BIGINT|DOUBLE",
        "BIGINT|VARCHAR",
        "VARCHAR|BIGINT",
        "UBIGINT|BIGINT",
        "TINYINT|UTINYINT",
        "TINYINT|UBIGINT",
        "DOUBLE|DECIMAL(10,2)",
        "DECIMAL(10,2)|DECIMAL(10,4)",
        "BIGINT|DECIMAL(18,0)",
        "TIMESTAMP|TIMESTAMP WITH TIME ZONE",
        "TIMESTAMP_NS|TIMESTAMP",
        "STRUCT(a INTEGER)|STRUCT(b INTEGER)",
        "VARCHAR|VARCHAR[]",
        "BOOLEAN|INTEGER",
        "TIME|DATE"
      })
  void losesSomething(String from, String to) {
    assertThat(fits(from, to)).isFalse();
  }
}
