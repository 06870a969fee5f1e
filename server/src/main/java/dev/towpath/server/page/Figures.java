package dev.towpath.server.page;

import dev.towpath.core.project.ChartType;
import dev.towpath.core.project.ChartType.Channel;
import dev.towpath.core.project.Dashboard.Chart;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes a Plotly figure of a chart and its rows. Colours are left to whoever draws it, but for
 * those that the file names; series come in the order of the rows.
 */
public final class Figures {
  private static final int FEW_POINTS = 40;

  private final Drawing drawing;
  private final Chart chart;
  private final List<Map<String, @Nullable Object>> data = new ArrayList<>();
  private final Map<String, @Nullable Object> layout = new LinkedHashMap<>();

  private final @Nullable Object regions;

  private Figures(Drawing drawing, @Nullable Object regions) {
    this.drawing = drawing;
    this.regions = regions;
    this.chart = drawing.chart();
  }

  /**
   * The figure: {@code data} and {@code layout}. A pivot has none.
   *
   * @param regions of a map that has its own: GeoJSON, or an address of it
   */
  public static Map<String, @Nullable Object> of(
      Chart chart, PageRows rows, @Nullable Object regions) {
    return new Figures(new Drawing(chart, rows), regions).figure();
  }

  private Map<String, @Nullable Object> figure() {
    switch (chart.type()) {
      case LINE, AREA, BAR -> lines();
      case SCATTER -> scatter();
      case PIE -> pie();
      case HEATMAP -> new Heatmap(drawing).add(data, layout);
      case BOX -> boxes();
      case HISTOGRAM -> histogram();
      case INDICATOR -> indicator();
      case CHOROPLETH, MAP -> new Maps(drawing, regions).add(data, layout);
      case PIVOT -> throw new IllegalArgumentException("a pivot is a table");
    }
    if (!chart.look().colors().isEmpty()) { // else those of the page
      layout.put("colorway", chart.look().colors());
    }
    if (data.size() > 1) {
      layout.put("showlegend", true);
    }
    return Drawing.map("data", data, "layout", layout);
  }

  private void lines() {
    boolean across = drawing.isAcross();
    List<String> measures = drawing.columns(Channel.Y);
    List<Group> groups = drawing.series();
    boolean several = measures.size() * groups.size() > 1;
    boolean stacked = chart.look().is("stack", chart.type() == ChartType.AREA && several);
    for (Group group : groups) {
      for (String measure : measures) {
        Map<String, @Nullable Object> trace = new LinkedHashMap<>();
        trace.put("type", chart.type() == ChartType.BAR ? "bar" : "scatter");
        trace.put("name", drawing.name(group, measure, measures.size() > 1));
        trace.put(across ? "y" : "x", drawing.values(group, Channel.X));
        trace.put(across ? "x" : "y", drawing.values(group, measure));
        drawing.text(trace, group);
        drawing.custom(trace, group);
        switch (chart.type()) {
          case BAR -> trace.put("orientation", across ? "h" : "v");
          case AREA -> {
            trace.put("mode", "lines");
            trace.put(stacked ? "stackgroup" : "fill", stacked ? "one" : "tozeroy");
          }
          default ->
              trace.put("mode", group.rows().size() <= FEW_POINTS ? "lines+markers" : "lines");
        }
        data.add(trace);
      }
    }
    if (chart.type() == ChartType.BAR) {
      layout.put("barmode", stacked ? "stack" : "group");
    }
    drawing.axes(
        layout,
        Optional.of(drawing.column(Channel.X)),
        measures.size() == 1 ? Optional.of(measures.getFirst()) : Optional.empty());
  }

  private void scatter() {
    String y = drawing.column(Channel.Y);
    for (Group group : drawing.series()) {
      Map<String, @Nullable Object> trace = new LinkedHashMap<>();
      trace.put("type", "scatter");
      trace.put("mode", "markers");
      trace.put("name", drawing.name(group, y, false));
      trace.put("x", drawing.values(group, Channel.X));
      trace.put("y", drawing.values(group, y));
      if (!chart.of(Channel.SIZE).isEmpty()) {
        trace.put("marker", drawing.sizes(group));
      }
      drawing.text(trace, group);
      drawing.custom(trace, group);
      data.add(trace);
    }
    drawing.axes(layout, Optional.of(drawing.column(Channel.X)), Optional.of(y));
  }

  private void pie() {
    Group all = drawing.all();
    Map<String, @Nullable Object> trace = new LinkedHashMap<>();
    trace.put("type", "pie");
    trace.put("labels", drawing.values(all, Channel.X));
    trace.put("values", drawing.values(all, Channel.Y));
    trace.put("sort", false); // the order of the rows
    trace.put("direction", "clockwise");
    trace.put("hole", 0.45);
    trace.put("textinfo", "label+percent");
    layout.put("showlegend", false); // each slice says what it is
    drawing.text(trace, all);
    drawing
        .format()
        .ifPresent(format ->
            trace.put(
                "hovertemplate",
                "%{label}<br>%{value:" + format + "} (%{percent})<extra></extra>"));
    drawing.custom(trace, all);
    data.add(trace);
  }

  private void boxes() {
    boolean across = drawing.isAcross();
    String y = drawing.column(Channel.Y);
    Optional<String> x = chart.one(Channel.X);
    for (Group group : drawing.series()) {
      Map<String, @Nullable Object> trace = new LinkedHashMap<>();
      trace.put("type", "box");
      trace.put("name", drawing.name(group, y, false));
      x.ifPresent(column -> trace.put(across ? "y" : "x", drawing.values(group, column)));
      trace.put(across ? "x" : "y", drawing.values(group, y));
      trace.put("orientation", across ? "h" : "v");
      data.add(trace);
    }
    if (x.isPresent() && data.size() > 1) {
      layout.put("boxmode", "group");
    }
    drawing.axes(layout, x, Optional.of(y));
  }

  private void histogram() {
    String x = drawing.column(Channel.X);
    Optional<Long> bins = chart.look().text("bins").map(Long::valueOf);
    List<Group> groups = drawing.series();
    for (Group group : groups) {
      Map<String, @Nullable Object> trace = new LinkedHashMap<>();
      trace.put("type", "histogram");
      trace.put("name", drawing.name(group, x, false));
      trace.put("x", drawing.values(group, x));
      bins.ifPresent(n -> trace.put("nbinsx", n));
      if (groups.size() > 1) {
        trace.put("opacity", 0.65);
      }
      data.add(trace);
    }
    if (groups.size() > 1) {
      layout.put("barmode", "overlay");
    }
    drawing.axes(layout, Optional.of(x), Optional.empty());
    if (chart.look().text("y_title").isEmpty()) {
      layout.put("yaxis", Drawing.map("title", Drawing.map("text", "rows")));
    }
  }

  private void indicator() {
    Object value = first(Channel.VALUE);
    Object before = first(Channel.COMPARE);
    Object low = chart.look().plain().get("min");
    Object high = chart.look().plain().get("max");
    boolean gauge = low != null || high != null;
    Map<String, @Nullable Object> trace = new LinkedHashMap<>();
    trace.put("type", "indicator");
    trace.put("mode", (gauge ? "gauge+number" : "number") + (before == null ? "" : "+delta"));
    trace.put("value", value);
    drawing.format().ifPresent(format -> trace.put("number", Drawing.map("valueformat", format)));
    if (before != null) {
      Map<String, @Nullable Object> delta = Drawing.map("reference", before);
      drawing.format().ifPresent(format -> delta.put("valueformat", format));
      trace.put("delta", delta);
    }
    if (gauge) {
      Object from = low == null ? 0.0 : low;
      Object to = high == null ? 2 * drawing.largest(Channel.VALUE) : high;
      trace.put("gauge", Drawing.map("axis", Drawing.map("range", List.of(from, to))));
    }
    data.add(trace);
  }

  private @Nullable Object first(Channel channel) {
    PageRows rows = drawing.rows();
    return rows.rows().isEmpty() || chart.of(channel).isEmpty()
        ? null
        : rows.value(rows.rows().getFirst(), drawing.column(channel));
  }
}
