package dev.towpath.pgwire.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.pgwire.wire.Outbox;
import dev.towpath.pgwire.wire.PgError;
import dev.towpath.spi.DataType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values as PostgreSQL writes them. */
class FormatsTest {
  private static byte[] written(String type, Object value, boolean binary, ZoneId zone) {
    Outbox out = Outbox.scratch();
    List<Object> one = new ArrayList<>();
    one.add(value);
    Encoder.of(DataType.parse(type), binary, zone).write(out, new ObjectVector(one), 0);
    return out.take();
  }

  private static String text(String type, Object value) {
    return new String(written(type, value, false, ZoneOffset.UTC), StandardCharsets.UTF_8);
  }

  private static String hex(String type, Object value) {
    return HexFormat.of().formatHex(written(type, value, true, ZoneOffset.UTC));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, -0",
    "1, 1",
    "0.1, 0.1",
    "100000, 100000",
    "12345678.9, 12345678.9",
    "1e14, 100000000000000",
    "1e15, 1e+15",
    "1.5e20, 1.5e+20",
    "1e-4, 0.0001",
    "1e-5, 1e-05",
    "-2.5e-300, -2.5e-300",
    "-9223372036854775808, -9.223372036854776e+18",
    "9223372036854775807, 9.223372036854776e+18",
    "999999999999999, 999999999999999",
    "NaN, NaN",
    "-Infinity, -Infinity"
  })
  void doubles(double value, String text) {
    assertThat(text("DOUBLE", value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1.1, 1.1", "123456, 123456", "1234567, 1.234567e+06", "1e-5, 1e-05"})
  void floats(float value, String text) {
    assertThat(text("FLOAT", value)).isEqualTo(text);
  }

  @Test
  void datesAndTimes() {
    assertThat(text("DATE", LocalDate.of(2024, 2, 29))).isEqualTo("2024-02-29");
    assertThat(text("DATE", LocalDate.of(0, 12, 31))).isEqualTo("0001-12-31 BC");
    assertThat(text("DATE", LocalDate.of(12345, 1, 2))).isEqualTo("12345-01-02");
    assertThat(text("DATE", "-infinity")).isEqualTo("-infinity");
    assertThat(hex("DATE", "infinity")).isEqualTo("7fffffff");
    assertThat(hex("DATE", LocalDate.of(1999, 12, 31))).isEqualTo("ffffffff");
    assertThat(text("TIMESTAMP", LocalDateTime.parse("1969-12-31T23:59:59.000001")))
        .isEqualTo("1969-12-31 23:59:59.000001");
    assertThat(text("TIMESTAMP", "infinity")).isEqualTo("infinity");
    assertThat(hex("TIMESTAMP", "-infinity")).isEqualTo("8000000000000000");
    assertThat(text("TIME", LocalTime.of(1, 2, 3, 450_000_000))).isEqualTo("01:02:03.45");
    assertThat(text("TIME", "24:00:00")).isEqualTo("24:00:00");
    OffsetDateTime noon = OffsetDateTime.parse("2024-07-01T12:00:00Z");
    String zoned = "TIMESTAMP WITH TIME ZONE";
    assertThat(
            new String(
                written(zoned, noon, false, ZoneId.of("Asia/Kolkata")), StandardCharsets.UTF_8))
        .isEqualTo("2024-07-01 17:30:00+05:30");
    assertThat(
            new String(
                written(zoned, noon, false, ZoneId.of("America/New_York")), StandardCharsets.UTF_8))
        .isEqualTo("2024-07-01 08:00:00-04");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1 year 2 months 3 days 04:05:06.7 | 1 year 2 mons 3 days 04:05:06.7
          00:00:00                          | 00:00:00
          -1 year                           | -1 years
          1 month -3 days                   | 1 mon -3 days
          -2 days 00:00:01                  | -2 days +00:00:01
          -00:00:01.5                       | -00:00:01.5
          1 day                             | 1 day
          100:00:00                         | 100:00:00
          -2562047788:00:54.775808          | -2562047788:00:54.775808
          """)
  void intervals(String duckdb, String postgres) {
    assertThat(text("INTERVAL", duckdb)).isEqualTo(postgres);
  }

  @Test
  void intervalsInBinary() {
    assertThat(hex("INTERVAL", "14 months 3 days 00:00:01"))
        .isEqualTo("00000000000f4240" + "00000003" + "0000000e");
  }

  @Test
  void arraysAndBytes() {
    assertThat(
            text("VARCHAR[]", java.util.Arrays.asList("a", null, "b,c", "d\"\\", "", "NULL", "{")))
        .isEqualTo("{a,NULL,\"b,c\",\"d\\\"\\\\\",\"\",\"NULL\",\"{\"}");
    assertThat(text("BLOB", new byte[] {0, (byte) 0xff, 'a'})).isEqualTo("\\x00ff61");
    assertThat(hex("INTEGER[]", java.util.Arrays.asList(1L, null)))
        .isEqualTo(
            "00000001"
                + "00000001"
                + "00000017"
                + "00000002"
                + "00000001"
                + "0000000400000001"
                + "ffffffff");
    assertThat(hex("INTEGER[]", List.of())).isEqualTo("00000000" + "00000000" + "00000017");
    assertThat(text("INTEGER[][]", List.of(List.of(1L), List.of()))).isEqualTo("[[1],[]]");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0000000000000000",
    "1, 00010000000000000001",
    "-1.5, 00020000400000010001" + "1388",
    "10000, 00010001000000000001",
    "0.0001, 0001ffff00000004" + "0001",
    "12345678.9, 000300010000000104d2162e2328"
  })
  void numericsInBinary(BigDecimal value, String hex) {
    assertThat(hex("DECIMAL(38,10)", value)).isEqualTo(hex);
  }

  @Test
  void numericsComeBackFromBinary() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      BigDecimal value =
          new BigDecimal(new BigInteger(random.nextInt(126), random), random.nextInt(38));
      BigDecimal signed = random.nextBoolean() ? value.negate() : value;
      byte[] bytes = written("DECIMAL(38,10)", signed, true, ZoneOffset.UTC);
      String back = Decoder.decode(WireType.plain(PgType.NUMERIC), bytes, true);
      assertThat(new BigDecimal(back)).as("seed " + seed).isEqualTo(signed);
      assertThat(text("DECIMAL(38,10)", signed))
          .as("seed " + seed)
          .isEqualTo(signed.toPlainString());
    }
  }

  @Test
  void shortNumericsAreWrittenLikeLongOnes() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      int scale = random.nextInt(19);
      long most = i % 3 == 0 ? 1_000_000_000_000_000_000L : 1L << random.nextInt(1, 59);
      long unscaled = random.nextLong(-most + 1, most);
      BigDecimal value =
          BigDecimal.valueOf(i % 7 == 0 ? unscaled / 10_000 * 10_000 : unscaled, scale);
      String kept = "DECIMAL(18," + scale + ")";
      String wide = "DECIMAL(38," + scale + ")";
      assertThat(text(kept, value)).as("seed " + seed).isEqualTo(value.toPlainString());
      assertThat(hex(kept, value)).as(value + ", seed " + seed).isEqualTo(hex(wide, value));
    }
  }

  @Test
  void wholeNumbersAreWrittenInFull() {
    for (long value :
        new long[] {
          0, 9, 10, -1, 99, 100, Long.MAX_VALUE, Long.MIN_VALUE, 1_000_000_000_000_000_000L
        }) {
      assertThat(text("BIGINT", value)).isEqualTo(String.valueOf(value));
    }
  }

  @Test
  void numbersAndMomentsOfAllSizesAreWrittenInFull() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      long value = random.nextLong() >> random.nextInt(64);
      assertThat(text("BIGINT", value)).as("seed " + seed).isEqualTo(Long.toString(value));
      double exact = random.nextInt(4) == 0 ? value : value / 100.0;
      assertThat(text("DOUBLE", exact)).as("seed " + seed).isEqualTo(Reals.text(exact));
      float single = (float) (value % 10_000_000);
      assertThat(text("FLOAT", (double) single)).as("seed " + seed).isEqualTo(Reals.text(single));
      LocalDate day = LocalDate.ofEpochDay(random.nextInt(-719_162, 2_932_897)); // years 1 to 9999
      assertThat(text("DATE", day)).as("seed " + seed).isEqualTo(day.toString());
      LocalDateTime moment = day.atTime(LocalTime.ofSecondOfDay(random.nextInt(86_400)));
      assertThat(text("TIMESTAMP", moment))
          .as("seed " + seed)
          .isEqualTo(
              DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).format(moment));
    }
    assertThat(text("DATE", LocalDate.of(1, 1, 1))).isEqualTo("0001-01-01");
    assertThat(text("DATE", LocalDate.of(9999, 12, 31))).isEqualTo("9999-12-31");
    assertThat(text("DATE", LocalDate.of(10_000, 1, 1))).isEqualTo("10000-01-01");
  }

  @ParameterizedTest
  @CsvSource({"0000e100, 00:00:00-16", "ffff1f00, +16", "80000000, min", "7fffffff, max"})
  void offsetsOfAnotherWorldAreRefused(String hex, String what) {
    byte[] value = HexFormat.of().parseHex("0000000000000000" + hex);
    assertThatThrownBy(() -> Decoder.decode(WireType.plain(PgType.TIMETZ), value, true))
        .as(what)
        .isInstanceOf(PgError.class)
        .hasMessageContaining("time zone displacement out of range");
    byte[] last = HexFormat.of().parseHex("0000000000000000" + "0000e0ff");
    assertThat(Decoder.decode(WireType.plain(PgType.TIMETZ), last, true))
        .isEqualTo("00:00:00-15:59:59");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          BOOL        | t                  | true
          BYTEA       | \\x00ff            | \\x00\\xFF
          BYTEA       | a\\\\b\\377        | \\x61\\x5C\\x62\\xFF
          TEXT        | {a,b}              | {a,b}
          """)
  void textsAreWhatTheEngineReads(PgType type, String sent, String read) {
    assertThat(Decoder.decode(WireType.plain(type), sent.getBytes(StandardCharsets.UTF_8), false))
        .isEqualTo(read);
  }

  @Test
  void arraysAreLists() {
    WireType texts = new WireType(PgType.TEXT, true, -1);
    assertThat(
            Decoder.decode(
                texts, "{a, NULL ,\"x\\\"y\",\"\"}".getBytes(StandardCharsets.UTF_8), false))
        .isEqualTo("[\"a\", NULL, \"x\\\"y\", \"\"]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,b", "{a", "{{1},{2}}", "{a,}", "{\"a}"})
  void whatIsNoArrayIsRefused(String text) {
    WireType texts = new WireType(PgType.TEXT, true, -1);
    assertThatThrownBy(() -> Decoder.decode(texts, text.getBytes(StandardCharsets.UTF_8), false))
        .isInstanceOf(PgError.class)
        .hasMessageContaining("malformed array literal");
  }

  /** Bytes as drivers send them, and what the engine is given in their place. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          BOOL        | 01                               | true
          BOOL        | 00                               | false
          FLOAT4      | 3fc00000                         | 1.5
          FLOAT4      | ff800000                         | -Infinity
          FLOAT8      | 3fb999999999999a                 | 0.1
          FLOAT8      | 7ff8000000000000                 | NaN
          FLOAT8      | c08f400000000000                 | -1000
          TIME        | 00000000ddef5690                 | 01:02:03.45
          TIME        | 000000141dd76000                 | 24:00:00
          TIMETZ      | 000000000000000000000e10         | 00:00:00-01
          TIMETZ      | 0000000a0eebb000ffffb2a8         | 12:00:00+05:30
          INTERVAL    | 00000000000f4240000000030000000e | 14 months 3 days 0:00:01.000000
          INTERVAL    | ffffffffffe91ca00000000000000000 | 0 months 0 days -0:00:01.500000
          DATE        | ffffffff                         | 1999-12-31
          TIMESTAMP   | ffffffffffffffff                 | 1999-12-31 23:59:59.999999
          TIMESTAMPTZ | 0000000000000001                 | 2000-01-01 00:00:00.000001+00
          JSON        | 7b2261223a317d                   | {"a":1}
          JSONB       | 017b2261223a317d                 | {"a":1}
          """)
  void binaryIsWhatTheEngineReads(PgType type, String hex, String read) {
    assertThat(Decoder.decode(WireType.plain(type), HexFormat.of().parseHex(hex), true))
        .isEqualTo(read);
  }

  @ParameterizedTest
  @CsvSource({"INT4, 000001", "INT4, 0000000100", "UUID, 00", "JSONB, 0200", "NUMERIC, 0001"})
  void binaryOfAnotherLengthIsRefused(PgType type, String hex) {
    assertThatThrownBy(
            () -> Decoder.decode(WireType.plain(type), HexFormat.of().parseHex(hex), true))
        .isInstanceOf(PgError.class);
  }
}
