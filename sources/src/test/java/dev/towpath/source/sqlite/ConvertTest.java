package dev.towpath.source.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.spi.DataType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConvertTest {
  private static Object convert(String type, Object stored) {
    return Convert.to(DataType.parse(type)).orElseThrow().apply(stored);
  }

  private static void refused(String type, Object... stored) {
    for (Object value : stored) {
      assertThat(convert(type, value)).as(value + " as " + type).isNull();
    }
  }

  @Test
  void wholeNumbers() {
    assertThat(convert("bigint", 7)).isEqualTo(7L);
    assertThat(convert("bigint", Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
    assertThat(convert("bigint", 3.0)).isEqualTo(3L);
    assertThat(convert("bigint", " 12 ")).isEqualTo(12L);
    assertThat(convert("tinyint", -128)).isEqualTo(-128L);
    assertThat(convert("ubigint", "18446744073709551615"))
        .isEqualTo(new BigInteger("18446744073709551615"));
    assertThat(convert("hugeint", "-170141183460469231731687303715884105728"))
        .isEqualTo(new BigInteger("-170141183460469231731687303715884105728"));
    refused("bigint", 3.5, 1e300, Double.NaN, 0x1p63, "x", "", "9223372036854775808", new byte[1]);
    refused("tinyint", 128, -129, "300");
    refused("utinyint", -1, 256);
    refused("hugeint", "170141183460469231731687303715884105728");
  }

  @Test
  void fractions() {
    assertThat(convert("double", 1)).isEqualTo(1.0);
    assertThat(convert("double", "1.5e3")).isEqualTo(1500.0);
    assertThat(convert("decimal(5,2)", 19.99)).isEqualTo(new BigDecimal("19.99"));
    assertThat(convert("decimal(5,2)", 3)).isEqualTo(new BigDecimal("3.00"));
    assertThat(convert("decimal(5,2)", "-999.990")).isEqualTo(new BigDecimal("-999.99"));
    refused("double", (1L << 53) + 1, "one", new byte[0]);
    refused("decimal(5,2)", 1000, 0.005, 0.1 + 0.2, "abc", Double.POSITIVE_INFINITY);
  }

  @Test
  void textsAndBytes() {
    assertThat(convert("varchar", 5)).isEqualTo("5");
    assertThat(convert("json", "{}")).isEqualTo("{}");
    assertThat(convert("blob", "ä")).isEqualTo(new byte[] {(byte) 0xC3, (byte) 0xA4});
    refused("varchar", new byte[] {1});
    refused("blob", 5);
  }

  @Test
  void truth() {
    assertThat(convert("boolean", 1)).isEqualTo(true);
    assertThat(convert("boolean", "FALSE")).isEqualTo(false);
    refused("boolean", 2, "yes", 1.0);
  }

  @Test
  void times() {
    assertThat(convert("date", "2024-02-29")).isEqualTo(LocalDate.of(2024, 2, 29));
    assertThat(convert("date", "2024-02-29 00:00:00.000")).isEqualTo(LocalDate.of(2024, 2, 29));
    assertThat(convert("time", "10:30")).isEqualTo(LocalTime.of(10, 30));
    LocalDateTime moment = LocalDateTime.of(2024, 2, 29, 10, 30, 1);
    for (String text :
        List.of("2024-02-29 10:30:01", "2024-02-29T10:30:01Z", "2024-02-29 10:30:01+00:00")) {
      assertThat(convert("timestamp", text)).isEqualTo(moment);
    }
    assertThat(convert("timestamp", "2024-02-29")).isEqualTo(LocalDateTime.of(2024, 2, 29, 0, 0));
    assertThat(convert("timestamptz", "2024-02-29 10:30:01+0200"))
        .isEqualTo(OffsetDateTime.parse("2024-02-29T10:30:01+02:00"));
    assertThat(convert("timestamptz", "2024-02-29 10:30:01"))
        .isEqualTo(OffsetDateTime.parse("2024-02-29T10:30:01Z"));
    refused("date", "2023-02-29", "2024-02-29 10:00:00", "29.2.2024", 20240229, "", "today");
    refused("timestamp", 1709200000, "2024-02-29 10:30:01+02:00", "2024-02-29 25:00:00");
  }

  @Test
  void typesThatSqliteHasNothingLike() {
    for (String type : List.of("int[]", "struct(a int)", "map(int, int)", "interval", "bit")) {
      assertThat(Convert.to(DataType.parse(type))).as(type).isEmpty();
    }
  }
}
