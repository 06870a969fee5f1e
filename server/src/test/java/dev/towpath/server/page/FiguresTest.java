package dev.towpath.server.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.towpath.core.project.ChartType;
import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Project;
import dev.towpath.core.project.ProjectReader;
import dev.towpath.core.project.SourceTypes;
import dev.towpath.server.Json;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every file of {@code figures/} ending in {@code .yml} is a chart, and the JSON beside it is its
 * figure. Rewritten with {@code -Dgolden.rewrite=true}, to be read in review.
 */
class FiguresTest {
  private static final Path FIGURES = Path.of("src/test/resources/figures");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Schema COLUMNS =
      Schema.of(
          "day",
          "date",
          "year",
          "integer",
          "code",
          "varchar",
          "Sales",
          "decimal(9,2)",
          "cost",
          "double",
          "lat",
          "double",
          "lon",
          "double",
          "state",
          "varchar");

  @TempDir private Path folder;

  private static List<Object> row(Object... values) {
    return Arrays.asList(values);
  }

  private static PageRows rows() {
    return new PageRows(
        COLUMNS,
        List.of(
            row("2026-01-02", 2026L, "b", new BigDecimal("10.50"), 3.5, 40.6, -73.8, "NY"),
            row("2026-01-01", 2025L, "a", new BigDecimal("20.00"), 4.0, 33.6, -84.4, "GA"),
            row("2026-01-03", 2025L, "b", null, Double.toString(Double.NaN), 41.9, -87.9, "IL"),
            row("2026-01-04", 2026L, null, new BigDecimal("-1"), 0.25, null, null, null)),
        false);
  }

  static List<String> charts() throws IOException {
    try (Stream<Path> files = Files.list(FIGURES)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(f -> f.endsWith(".yml"))
          .map(f -> f.substring(0, f.length() - 4))
          .sorted()
          .toList();
    }
  }

  /** A chart as a dashboard's file has it. */
  private Dashboard.Chart chart(String yaml) throws IOException {
    Files.writeString(folder.resolve("towpath.yml"), "project: p\n");
    Files.createDirectories(folder.resolve("dashboards"));
    Files.writeString(
        folder.resolve("dashboards/d.md"),
        "---\ntitle: D\nfilters: {code: varchar}\n---\n```sql q\nSELECT 1\n```\n\n```chart\nquery: q\n"
            + yaml
            + "```\n");
    Project project = ProjectReader.read(folder, Map.of(), SourceTypes.of(List.of()));
    assertThat(project.problems()).isEmpty();
    return (Dashboard.Chart) project.dashboards().getFirst().blocks().getFirst();
  }

  @ParameterizedTest
  @MethodSource("charts")
  void isDrawn(String name) throws IOException {
    Dashboard.Chart chart = chart(Files.readString(FIGURES.resolve(name + ".yml")));
    Object drawn;
    if (chart.type() == ChartType.PIVOT) {
      PageRows pivot = Pivot.of(chart, rows());
      drawn = Json.object("columns", pivot.described(), "rows", pivot.rows());
    } else {
      drawn = Figures.of(chart, rows(), null);
    }
    String actual =
        JSON.writerWithDefaultPrettyPrinter().writeValueAsString(JSON.readTree(Json.write(drawn)))
            + "\n";
    Path expected = FIGURES.resolve(name + ".json");
    if (Boolean.getBoolean("golden.rewrite")) {
      Files.writeString(expected, actual);
    }
    assertThat(actual).isEqualTo(Files.readString(expected));
  }

  @Test
  void everyTypeIsHere() throws IOException {
    Set<ChartType> types = EnumSet.noneOf(ChartType.class);
    for (String name : charts()) {
      types.add(chart(Files.readString(FIGURES.resolve(name + ".yml"))).type());
    }
    assertThat(types).isEqualTo(EnumSet.allOf(ChartType.class));
  }

  @Test
  void aChartOfNoRowsIsEmpty() throws IOException {
    for (String name : charts()) {
      Dashboard.Chart chart = chart(Files.readString(FIGURES.resolve(name + ".yml")));
      PageRows none = new PageRows(COLUMNS, List.of(), false);
      if (chart.type() == ChartType.PIVOT) {
        assertThat(Pivot.of(chart, none).rows()).isEmpty();
      } else {
        assertThat(Figures.of(chart, none, null)).containsKeys("data", "layout");
      }
    }
  }

  @Test
  void aPivotWithTwoRowsForOneCellSaysSo() throws IOException {
    Dashboard.Chart chart = chart("type: pivot\nrows: year\ncolumns: year\nvalue: cost\n");
    assertThatThrownBy(() -> Pivot.of(chart, rows()))
        .isInstanceOf(TowpathException.class)
        .hasMessage("several rows of the pivot have [year] [2025] and year 2025");
  }
}
