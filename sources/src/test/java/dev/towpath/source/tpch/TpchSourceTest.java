package dev.towpath.source.tpch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.source.SourceContract;
import dev.towpath.source.Tables;
import dev.towpath.source.TestEngine;
import dev.towpath.spi.Extract;
import dev.towpath.spi.RowReader;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Shared;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.SourceReader.Probe;
import dev.towpath.spi.SourceReader.Reading;
import dev.towpath.spi.SourceState;
import dev.towpath.spi.SourceTable;
import dev.towpath.spi.TowpathException;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class TpchSourceTest extends SourceContract {
  @Override
  protected SourceReader reader() {
    return new TpchSource();
  }

  @Override
  protected SourceTable given() {
    return at("0.01", "supplier");
  }

  @Override
  protected SourceTable change(SourceTable table) {
    return at("0.02", "supplier");
  }

  @Override
  protected SourceTable missing() {
    return at("0.01", "lineitems");
  }

  private SourceTable at(String scale, String table) {
    return Tables.of("tpch", project).named("tpch." + table).sourceKey("scale", scale).table();
  }

  private Reading read(SourceTable table) {
    Schema schema = reader().contact(table, TestEngine::infer);
    return reader().read(table, Optional.empty(), schema, TestEngine::infer, new Shared());
  }

  @Test
  void hasTheSizesOfTheBenchmark() {
    Map<String, Integer> sizes =
        Map.of(
            "region",
            5,
            "nation",
            25,
            "supplier",
            100,
            "customer",
            1_500,
            "part",
            2_000,
            "partsupp",
            8_000,
            "orders",
            15_000,
            "lineitem",
            60_175);
    sizes.forEach((name, size) -> {
      try (Reading reading = read(at("0.01", name))) {
        assertThat(TestEngine.bag(reading)).as(name).hasSize(size);
      }
    });
  }

  @Test
  void partsTogetherAreTheWhole() {
    try (Reading reading = read(at("0.3", "orders"))) {
      Extract.Rows rows = (Extract.Rows) reading.extract();
      assertThat(rows.parts().size()).isGreaterThan(1);
      Set<Object> keys = new HashSet<>();
      BigDecimal total = BigDecimal.ZERO;
      for (Supplier<RowReader> part : rows.parts()) {
        try (RowReader reader = part.get()) {
          for (Object[] row = reader.next(); row != null; row = reader.next()) {
            keys.add(row[0]);
            total = total.add((BigDecimal) row[3]);
          }
        }
      }
      assertThat(keys).hasSize(450_000);
      assertThat(total).isPositive();
    }
  }

  @Test
  void theFirstLineItemIsThePublishedOne() {
    try (Reading reading = read(at("1", "lineitem"));
        RowReader rows = ((Extract.Rows) reading.extract()).parts().getFirst().get()) {
      assertThat(java.util.Arrays.toString(rows.next()))
          .isEqualTo(
              "[1, 155190, 7706, 1, 17.00, 21168.23, 0.04, 0.02, N, O, 1996-03-13, 1996-02-12,"
                  + " 1996-03-22, DELIVER IN PERSON, TRUCK, egular courts above the]");
    }
  }

  @Test
  void anEqualScaleIsUnchangedHoweverItIsWritten() {
    SourceState state;
    try (Reading reading = read(at("1.0", "region"))) {
      state = reading.finish();
    }
    assertThat(reader().probe(at("1", "region"), Optional.of(state)))
        .isEqualTo(new Probe.Unchanged());
    assertThat(reader().probe(at("10", "region"), Optional.of(state)))
        .isEqualTo(new Probe.Changed("scale 1 is now 10"));
  }

  @Test
  void someColumnsInAnotherOrder() {
    Schema asked = Schema.of("r_name", "VARCHAR", "R_REGIONKEY", "INTEGER");
    SourceTable table = at("1", "region");
    try (Reading reading =
        reader().read(table, Optional.empty(), asked, TestEngine::infer, new Shared())) {
      assertThat(TestEngine.bag(reading)).contains("[AFRICA, 0]", "[EUROPE, 3]").hasSize(5);
    }
  }

  @Test
  void mistakesAreTold() {
    for (String scale : List.of("0", "-1", "big", "1e9")) {
      assertThat(reader().check(at(scale, "region")))
          .singleElement()
          .asString()
          .contains("\"scale\" cannot be \"" + scale + "\"");
    }
    assertThat(reader().check(at("1", "lineitems")).toString())
        .contains("did you mean \"lineitem\"?");
    assertThatThrownBy(() ->
            reader()
                .read(
                    at("1", "region"),
                    Optional.empty(),
                    Schema.of("r_nam", "VARCHAR"),
                    TestEngine::infer,
                    new Shared()))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("did you mean \"r_name\"?");
  }
}
