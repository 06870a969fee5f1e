package dev.towpath.server.page;

import dev.towpath.core.project.ChartType;
import dev.towpath.core.project.ChartType.Channel;
import dev.towpath.core.project.Dashboard.Chart;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Maps: regions in colours, or points. */
final class Maps {
  private final Drawing drawing;
  private final Chart chart;
  private final @Nullable Object regions;

  Maps(Drawing drawing, @Nullable Object regions) {
    this.drawing = drawing;
    this.regions = regions;
    this.chart = drawing.chart();
  }

  void add(List<Map<String, @Nullable Object>> data, Map<String, @Nullable Object> layout) {
    String scope = chart.look().text("scope").orElse("world");
    Map<String, @Nullable Object> geo = new LinkedHashMap<>();
    if (regions == null || chart.look().text("scope").isPresent()) {
      geo.put("scope", scope);
    } else {
      alone(geo);
    }
    if (chart.type() == ChartType.CHOROPLETH) {
      data.add(regions(scope));
    } else {
      drawing.series().forEach(group -> data.add(points(group)));
      if (scope.equals("world")) {
        geo.put("fitbounds", "locations");
      }
    }
    layout.put("geo", geo);
  }

  /** Nothing but the project's own regions. */
  private static void alone(Map<String, @Nullable Object> geo) {
    geo.put("fitbounds", "geojson");
    geo.put("projection", Drawing.map("type", "mercator"));
    for (String layer : List.of("land", "countries", "coastlines", "lakes", "subunits")) {
      geo.put("show" + layer, false);
    }
  }

  private Map<String, @Nullable Object> regions(String scope) {
    Group all = drawing.all();
    Map<String, @Nullable Object> trace = new LinkedHashMap<>();
    trace.put("type", "choropleth");
    if (regions == null) {
      trace.put("locationmode", scope.equals("usa") ? "USA-states" : "ISO-3");
    } else {
      trace.put("locationmode", "geojson-id");
      trace.put("geojson", regions);
    }
    trace.put("locations", drawing.values(all, Channel.LOCATIONS));
    trace.put("z", drawing.values(all, Channel.VALUE));
    drawing.text(trace, all);
    trace.put("colorbar", drawing.colorbar());
    drawing.format().ifPresent(format -> trace.put("zhoverformat", format));
    drawing.custom(trace, all);
    return trace;
  }

  private Map<String, @Nullable Object> points(Group group) {
    Map<String, @Nullable Object> trace = new LinkedHashMap<>();
    trace.put("type", "scattergeo");
    trace.put("mode", "markers");
    trace.put("name", group.name());
    trace.put("lat", drawing.values(group, Channel.LAT));
    trace.put("lon", drawing.values(group, Channel.LON));
    drawing.text(trace, group);
    Map<String, @Nullable Object> marker =
        chart.of(Channel.SIZE).isEmpty() ? new LinkedHashMap<>() : drawing.sizes(group);
    if (!chart.of(Channel.VALUE).isEmpty()) {
      marker.put("color", drawing.values(group, Channel.VALUE));
      marker.put("showscale", true);
      marker.put("colorbar", drawing.colorbar());
    }
    trace.put("marker", marker);
    drawing.custom(trace, group);
    return trace;
  }
}
