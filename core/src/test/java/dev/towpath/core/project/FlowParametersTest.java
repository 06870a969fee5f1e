package dev.towpath.core.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.spi.DataType;
import dev.towpath.spi.Location;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlowParametersTest {
  private static Parameter parameter(String type) {
    return new Parameter(
        "p",
        DataType.parse(type),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        false,
        new Location("flows/f.yml", 1, 1));
  }

  @Test
  void valuesHaveTheirTypes() {
    assertThat(FlowParameters.value(parameter("int"), "3")).isEqualTo(3L);
    assertThat(FlowParameters.value(parameter("decimal(9,2)"), "3.10"))
        .isEqualTo(new BigDecimal("3.10"));
    assertThat(FlowParameters.value(parameter("double"), "0.5")).isEqualTo(0.5);
    assertThat(FlowParameters.value(parameter("boolean"), "true")).isEqualTo(true);
    assertThat(FlowParameters.value(parameter("date"), "2026-03-01")).isEqualTo("2026-03-01");
    assertThat(FlowParameters.value(parameter("varchar"), "3")).isEqualTo("3");
  }

  @ParameterizedTest
  @CsvSource({"int,3.5", "int,x", "date,2026-02-30", "boolean,yes", "uint8,-1", "timestamp,soon"})
  void whatIsNoSuchValueIsRefused(String type, String text) {
    assertThatThrownBy(() -> FlowParameters.value(parameter(type), text))
        .hasMessage("parameter \"p\" cannot be \"" + text + "\"");
  }
}
