package dev.towpath.server.page;

import dev.towpath.core.project.ChartType.Channel;
import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Dashboard.Chart;
import dev.towpath.core.project.Dashboard.Ref;
import dev.towpath.spi.DataType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What all kinds of charts are drawn with: rows, columns by what they stand for, and axes. */
final class Drawing {
  private static final double LARGEST_MARK = 30;

  private final Chart chart;
  private final PageRows rows;

  Drawing(Chart chart, PageRows rows) {
    this.chart = chart;
    this.rows = rows;
  }

  Chart chart() {
    return chart;
  }

  PageRows rows() {
    return rows;
  }

  static Map<String, @Nullable Object> map(@Nullable Object... namesAndValues) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return map;
  }

  /** The rows of each series. */
  List<Group> series() {
    return Group.by(rows, chart.one(Channel.SERIES));
  }

  /** A column that the type of chart needs. */
  String column(Channel channel) {
    return chart.of(channel).getFirst().column();
  }

  List<String> columns(Channel channel) {
    return chart.of(channel).stream().map(Ref::column).toList();
  }

  List<@Nullable Object> values(Group group, String column) {
    return group.values(rows.index(column));
  }

  List<@Nullable Object> values(Group group, Channel channel) {
    return values(group, column(channel));
  }

  /** Says of each mark which row it is of, so that a click can look at that row. */
  void custom(Map<String, @Nullable Object> trace, Group group) {
    if (isClicked()) {
      trace.put("customdata", group.places());
    }
  }

  boolean isClicked() {
    return !chart.click().equals(Dashboard.Click.NONE);
  }

  /** What is written at marks. */
  void text(Map<String, @Nullable Object> trace, Group group) {
    if (!chart.of(Channel.TEXT).isEmpty()) {
      trace.put("text", values(group, Channel.TEXT));
    }
  }

  /** What a series is called. */
  String name(Group group, String measure, boolean several) {
    String pretty = pretty(measure);
    if (group.name().isEmpty()) {
      return pretty;
    }
    return several ? group.name() + ", " + pretty : group.name();
  }

  private String pretty(String column) {
    return rows.name(column).replace('_', ' ');
  }

  /** The format of what is measured, as d3 writes it. */
  Optional<String> format() {
    return chart.look().format().map(format -> Formats.of(format).text());
  }

  /** Writes the numbers of an axis, or of a scale, in the chart's format. */
  void ticks(Map<String, @Nullable Object> axis) {
    chart
        .look()
        .format()
        .map(Formats::of)
        .ifPresent(format -> {
          axis.put("tickformat", format.text());
          format.before().ifPresent(sign -> axis.put("tickprefix", sign));
        });
  }

  boolean isAcross() {
    return chart.look().is("horizontal", false);
  }

  /**
   * Puts in the axes of two columns.
   *
   * @param at what the marks stand at
   * @param measure what they measure, if that is a column
   */
  void axes(Map<String, @Nullable Object> layout, Optional<String> at, Optional<String> measure) {
    Map<String, @Nullable Object> first = axis(at);
    Map<String, @Nullable Object> second = axis(measure);
    ticks(second);
    format().ifPresent(format -> second.put("hoverformat", format));
    if (isAcross()) {
      first.put("autorange", "reversed"); // the first row at the top
      first.put("automargin", true);
    }
    title(isAcross() ? second : first, "x_title");
    title(isAcross() ? first : second, "y_title");
    layout.put(isAcross() ? "yaxis" : "xaxis", first);
    layout.put(isAcross() ? "xaxis" : "yaxis", second);
  }

  /** An axis of a column, with its name unless it tells dates, which nobody needs to be told. */
  Map<String, @Nullable Object> axis(Optional<String> column) {
    Map<String, @Nullable Object> axis = new LinkedHashMap<>();
    column.ifPresent(name -> {
      String type = axisType(rows.type(name));
      axis.put("type", type);
      if (!type.equals("date")) {
        axis.put("title", map("text", pretty(name)));
      }
    });
    return axis;
  }

  /** Says what the file calls an axis; an empty text takes its title away. */
  void title(Map<String, @Nullable Object> axis, String key) {
    chart
        .look()
        .text(key)
        .ifPresent(text -> {
          if (text.isEmpty()) {
            axis.remove("title");
          } else {
            axis.put("title", map("text", text));
          }
        });
  }

  /** Whether a column holds dates. */
  boolean isDated(int column) {
    return axisType(rows.columns().columns().get(column).type()).equals("date");
  }

  /** Without a type, Plotly takes "2013" for a number and "1-2" for a date. */
  private static String axisType(DataType type) {
    if (type.isNumber()) {
      return "linear";
    }
    String sql = type.sql();
    return sql.equals("DATE") || sql.startsWith("TIMESTAMP") ? "date" : "category";
  }

  /** Marks whose areas are the values of a column. */
  Map<String, @Nullable Object> sizes(Group group) {
    double largest = largest(Channel.SIZE);
    return map(
        "size",
        values(group, Channel.SIZE).stream()
            .map(v -> v instanceof Number n ? Math.abs(n.doubleValue()) : 0.0)
            .toList(),
        "sizemode",
        "area",
        "sizeref",
        largest == 0 ? 1.0 : 2 * largest / (LARGEST_MARK * LARGEST_MARK),
        "sizemin",
        3);
  }

  /** The largest value of all rows. */
  double largest(Channel channel) {
    return values(all(), channel).stream()
        .mapToDouble(v -> v instanceof Number n ? Math.abs(n.doubleValue()) : 0)
        .max()
        .orElse(0);
  }

  /** The scale beside colours. */
  Map<String, @Nullable Object> colorbar() {
    Map<String, @Nullable Object> bar = new LinkedHashMap<>();
    ticks(bar);
    return bar;
  }

  /** All rows as one series. */
  Group all() {
    return Group.by(rows, Optional.empty()).getFirst();
  }
}
