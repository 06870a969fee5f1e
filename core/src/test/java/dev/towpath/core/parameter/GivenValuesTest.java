package dev.towpath.core.parameter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.core.project.Parameter;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Location;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Values fit their types, bounds and lists, or are told apart by name. */
class GivenValuesTest {
  private static Parameter parameter(String type) {
    return new Parameter(
        "p",
        DataType.parse(type),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        false,
        Location.of("flows/f.yml"));
  }

  private static Object read(Parameter parameter, Object value) {
    GivenValues read = GivenValues.read(List.of(parameter), Map.of("p", value), true);
    read.mistakes()
        .forEach(m -> {
          throw new IllegalArgumentException(m.what());
        });
    return String.valueOf(read.values().get("p"));
  }

  static Stream<Arguments> good() {
    return Stream.of(
        Arguments.of("integer", 3L, "3"),
        Arguments.of("integer", "3", "3"),
        Arguments.of("integer", new BigDecimal("3.0"), "3"),
        Arguments.of("tinyint", -128L, "-128"),
        Arguments.of("utinyint", 255L, "255"),
        Arguments.of("hugeint", BigInteger.TWO.pow(100), BigInteger.TWO.pow(100).toString()),
        Arguments.of("double", new BigDecimal("0.1"), "0.1"),
        Arguments.of("decimal(5,2)", "123.45", "123.45"),
        Arguments.of("decimal(5,2)", new BigDecimal("1.500"), "1.5"),
        Arguments.of("boolean", true, "true"),
        Arguments.of("boolean", "false", "false"),
        Arguments.of("varchar", "x", "x"),
        Arguments.of("varchar", 5L, "5"),
        Arguments.of("date", "2028-02-29", "2028-02-29"),
        Arguments.of("timestamp", "2026-01-02 03:04:05", "2026-01-02T03:04:05"),
        Arguments.of("timestamptz", "2026-01-02T03:00:00+01:00", "2026-01-02T02:00:00Z"),
        Arguments.of("json", Map.of("a", List.of(1L)), "{\"a\":[1]}"),
        Arguments.of(
            "uuid",
            "00000000-0000-0000-0000-00000000000A",
            "00000000-0000-0000-0000-00000000000a"));
  }

  @ParameterizedTest
  @MethodSource("good")
  void takes(String type, Object given, String kept) {
    assertThat(read(parameter(type), given)).isEqualTo(kept);
  }

  static Stream<Arguments> bad() {
    return Stream.of(
        Arguments.of("integer", "three"),
        Arguments.of("integer", new BigDecimal("3.5")),
        Arguments.of("integer", 1L << 31),
        Arguments.of("integer", true),
        Arguments.of("integer", ""),
        Arguments.of("integer", "1e999999999"),
        Arguments.of("utinyint", -1L),
        Arguments.of("utinyint", 256L),
        Arguments.of("tinyint", 128L),
        Arguments.of("decimal(5,2)", "1234.5"),
        Arguments.of("decimal(5,2)", "1.234"),
        Arguments.of("boolean", "yes"),
        Arguments.of("boolean", 1L),
        Arguments.of("date", "2026-02-29"),
        Arguments.of("date", "2026-01-01T00:00:00"),
        Arguments.of("timestamptz", "2026-01-02T03:00:00"),
        Arguments.of("uuid", "1-1-1-1-1"),
        Arguments.of("varchar", List.of("x")),
        Arguments.of("varchar", Map.of()));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void refuses(String type, Object given) {
    assertThatThrownBy(() -> read(parameter(type), given))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("p cannot be ");
  }

  @Test
  void boundsHoldByTheOrderOfTheType() {
    Parameter number =
        new Parameter(
            "p",
            DataType.parse("integer"),
            Optional.of("5"),
            Optional.of("2"),
            Optional.of("10"),
            List.of(),
            false,
            Location.of("f"));
    assertThat(read(number, 10L)).isEqualTo("10");
    assertThat(GivenValues.read(List.of(number), Map.of(), true).values()).containsEntry("p", 5L);
    assertThatThrownBy(() -> read(number, 11L)).hasMessage("p cannot be 11");
    assertThatThrownBy(() -> read(number, 1L)).hasMessage("p cannot be 1");
  }

  @Test
  void aListTakesSeveral() {
    Parameter list =
        new Parameter(
            "p",
            DataType.parse("date"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            true,
            Location.of("f"));
    assertThat(read(list, List.of("2026-01-01", "2026-01-02")))
        .isEqualTo("[2026-01-01, 2026-01-02]");
    assertThatThrownBy(() -> read(list, "2026-01-01")).hasMessage("p is no list");
    assertThatThrownBy(() -> read(list, List.of("x"))).hasMessage("p cannot be \"x\"");
  }

  @Test
  void allMistakesAreToldAtOnce() {
    GivenValues read =
        GivenValues.read(List.of(parameter("date")), Map.of("q", 1L, "pp", 2L), true);
    assertThat(read.mistakes())
        .extracting(GivenValues.Mistake::what)
        .containsExactlyInAnyOrder(
            "p is missing", "unknown parameter \"q\"", "unknown parameter \"pp\"");
    assertThat(read.mistakes())
        .anySatisfy(m -> assertThat(m.hint()).contains("did you mean \"p\"?"));
    assertThat(
            GivenValues.read(List.of(parameter("date")), Map.of("p", "2026-01-01", "q", 1L), false)
                .values())
        .containsOnlyKeys("p");
  }

  @Test
  void aDefaultThatDoesNotFitIsAMistake() {
    Parameter wrong =
        new Parameter(
            "p",
            DataType.parse("date"),
            Optional.of("soon"),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            false,
            Location.of("f"));
    assertThat(GivenValues.read(List.of(wrong), Map.of(), true).mistakes())
        .containsExactly(
            new GivenValues.Mistake(
                "p",
                "p cannot be \"soon\"",
                Optional.of("it is of type DATE, such as 2026-03-01")));
  }
}
