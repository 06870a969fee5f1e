package dev.towpath.server.page;

import dev.towpath.core.project.ChartType.Channel;
import dev.towpath.core.project.Dashboard.Chart;
import dev.towpath.core.project.Dashboard.Ref;
import dev.towpath.server.Refusal;
import dev.towpath.spi.Column;
import dev.towpath.spi.Schema;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns rows into a table with a column for each value of one of their columns. */
public final class Pivot {
  private static final int MOST_COLUMNS = 200;

  private Pivot() {}

  /** The table: lines in the order of the rows, columns in that of their values. */
  public static PageRows of(Chart chart, PageRows rows) {
    List<String> sides = chart.of(Channel.ROWS).stream().map(Ref::column).toList();
    String top = chart.one(Channel.COLUMNS).orElseThrow();
    String value = chart.one(Channel.VALUE).orElseThrow();
    Map<String, @Nullable Object> across = new TreeMap<>();
    Map<List<@Nullable Object>, Map<String, @Nullable Object>> cells = new LinkedHashMap<>();
    for (List<@Nullable Object> row : rows.rows()) {
      Object at = rows.value(row, top);
      String name = at == null ? "(none)" : at.toString();
      across.putIfAbsent(name, at);
      List<@Nullable Object> side = new ArrayList<>();
      sides.forEach(s -> side.add(rows.value(row, s)));
      Map<String, @Nullable Object> line = cells.computeIfAbsent(side, _ -> new HashMap<>());
      if (line.containsKey(name)) {
        throw Refusal.of(
            422,
            "several rows of the pivot have " + sides + " " + side + " and " + top + " " + name,
            "GROUP BY these columns in the query");
      }
      line.put(name, rows.value(row, value));
    }
    if (across.size() > MOST_COLUMNS) {
      throw Refusal.of(
          422,
          "the pivot has " + across.size() + " columns, more than " + MOST_COLUMNS,
          "swap rows: and columns:, or show fewer values of " + top);
    }
    List<String> names = new ArrayList<>(across.keySet());
    if (across.values().stream().allMatch(Number.class::isInstance)) {
      names.sort(Comparator.comparing(BigDecimal::new));
    }
    List<Column> columns = new ArrayList<>();
    sides.forEach(s -> columns.add(new Column(rows.name(s), rows.type(s))));
    names.forEach(name -> columns.add(new Column(name, rows.type(value))));
    List<List<@Nullable Object>> table = new ArrayList<>();
    cells.forEach((side, values) -> {
      List<@Nullable Object> row = new ArrayList<>(side);
      names.forEach(name -> row.add(values.get(name)));
      table.add(Collections.unmodifiableList(row));
    });
    return new PageRows(new Schema(columns), table, rows.truncated());
  }
}
