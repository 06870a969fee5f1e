package dev.towpath.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoredTypeTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          integer | INTEGER
          utinyint | INTEGER
          uint32 | BIGINT
          ubigint | DECIMAL(20,0)
          hugeint | DECIMAL(38,0)
          timestamp_ns | TIMESTAMP
          timestamptz | TIMESTAMP WITH TIME ZONE
          json[] | VARCHAR[]
          smallint[3] | INTEGER[]
          struct(a tinyint, b map(uuid, bit)) | STRUCT("a" INTEGER, "b" MAP(UUID, VARCHAR))
          """)
  void storesTheNearestType(String type, String stored) {
    assertThat(StoredType.of(DataType.parse(type)).sql()).isEqualTo(stored);
  }

  @ParameterizedTest
  @ValueSource(strings = {"interval", "variant", "timetz", "bignum", "geometry", "interval[]"})
  void refusesWithTheColumnAndACast(String type) {
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> StoredType.of(Column.of("gap", type)))
        .withMessageStartingWith("column \"gap\" is of type ")
        .satisfies(e -> assertThat(e.hint().orElseThrow()).startsWith("cast it to "));
  }
}
