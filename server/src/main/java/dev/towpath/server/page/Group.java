package dev.towpath.server.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one series.
 *
 * @param name of the series; empty when there is but one
 */
record Group(String name, List<List<@Nullable Object>> rows) {

  /** Rows by the value of a column, in the order in which values come first. */
  static List<Group> by(PageRows rows, Optional<String> column) {
    if (column.isEmpty()) {
      return List.of(new Group("", rows.rows()));
    }
    int index = rows.index(column.get());
    Map<String, Group> groups = new LinkedHashMap<>();
    for (List<@Nullable Object> row : rows.rows()) {
      Object value = row.get(index);
      String name = value == null ? "(none)" : value.toString();
      groups.computeIfAbsent(name, n -> new Group(n, new ArrayList<>())).rows().add(row);
    }
    return new ArrayList<>(groups.values());
  }

  /** The values of a column. */
  List<@Nullable Object> values(int index) {
    List<@Nullable Object> values = new ArrayList<>(rows.size());
    for (List<@Nullable Object> row : rows) {
      values.add(row.get(index));
    }
    return values;
  }

  /** What clicks need to know of each row: the values of these columns. */
  void custom(Map<String, @Nullable Object> trace, List<Integer> indexes) {
    if (indexes.isEmpty()) {
      return;
    }
    List<Object> all = new ArrayList<>(rows.size());
    for (List<@Nullable Object> row : rows) {
      List<@Nullable Object> one = new ArrayList<>();
      for (int index : indexes) {
        one.add(row.get(index));
      }
      all.add(one);
    }
    trace.put("customdata", all);
  }
}
