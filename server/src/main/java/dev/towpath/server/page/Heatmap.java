package dev.towpath.server.page;

import dev.towpath.core.project.ChartType.Channel;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A heatmap: rows laid out as a matrix, in the order in which its sides come first. */
final class Heatmap {
  private final Drawing drawing;
  private final PageRows rows;

  Heatmap(Drawing drawing) {
    this.drawing = drawing;
    this.rows = drawing.rows();
  }

  void add(List<Map<String, @Nullable Object>> data, Map<String, @Nullable Object> layout) {
    int x = rows.index(drawing.column(Channel.X));
    int y = rows.index(drawing.column(Channel.Y));
    int value = rows.index(drawing.column(Channel.VALUE));
    Map<Object, Integer> across = positions(x);
    Map<Object, Integer> down = positions(y);
    List<List<@Nullable Object>> z = matrix(across.size(), down.size());
    List<List<@Nullable Object>> clicks = matrix(across.size(), down.size());
    int place = 0;
    for (List<@Nullable Object> row : rows.rows()) {
      Integer column = across.get(key(row.get(x)));
      Integer line = down.get(key(row.get(y)));
      if (column != null && line != null) {
        z.get(line).set(column, row.get(value));
        clicks.get(line).set(column, place);
      }
      place++;
    }
    Map<String, @Nullable Object> trace = new LinkedHashMap<>();
    trace.put("type", "heatmap");
    trace.put("x", List.copyOf(across.keySet()));
    trace.put("y", List.copyOf(down.keySet()));
    trace.put("z", z);
    if (drawing.isClicked()) {
      trace.put("customdata", clicks);
    }
    drawing.format().ifPresent(format -> trace.put("zhoverformat", format));
    trace.put("colorbar", drawing.colorbar());
    data.add(trace);
    Map<String, @Nullable Object> left = drawing.axis(Optional.of(drawing.column(Channel.Y)));
    Map<String, @Nullable Object> bottom = drawing.axis(Optional.of(drawing.column(Channel.X)));
    drawing.title(left, "y_title");
    drawing.title(bottom, "x_title");
    left.put("automargin", true);
    if ("category".equals(left.get("type"))) {
      left.put("autorange", "reversed"); // the first row at the top
    }
    layout.put("xaxis", bottom);
    layout.put("yaxis", left);
  }

  private static Object key(@Nullable Object value) {
    return value == null ? "(none)" : value;
  }

  /** Where each value stands: in the order of the rows, but numbers and dates in their own. */
  private Map<Object, Integer> positions(int column) {
    Set<Object> values = new LinkedHashSet<>();
    for (List<@Nullable Object> row : rows.rows()) {
      values.add(key(row.get(column)));
    }
    List<Object> order = new ArrayList<>(values);
    if (values.stream().allMatch(Number.class::isInstance)) {
      order.sort(Comparator.comparing(v -> new BigDecimal(v.toString())));
    } else if (drawing.isDated(column)) {
      order.sort(Comparator.comparing(Object::toString));
    }
    Map<Object, Integer> positions = new LinkedHashMap<>();
    order.forEach(value -> positions.put(value, positions.size()));
    return positions;
  }

  private static List<List<@Nullable Object>> matrix(int width, int height) {
    List<List<@Nullable Object>> matrix = new ArrayList<>();
    for (int i = 0; i < height; i++) {
      List<@Nullable Object> line = new ArrayList<>(width);
      for (int j = 0; j < width; j++) {
        line.add(null);
      }
      matrix.add(line);
    }
    return matrix;
  }
}
