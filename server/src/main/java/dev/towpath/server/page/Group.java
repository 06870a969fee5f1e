package dev.towpath.server.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one series.
 *
 * @param name of the series; empty when there is but one
 * @param places of the rows among all, from 0
 */
record Group(String name, List<List<@Nullable Object>> rows, List<Integer> places) {

  /** Rows by the value of a column, in the order in which values come first. */
  static List<Group> by(PageRows rows, Optional<String> column) {
    if (column.isEmpty()) {
      return List.of(
          new Group("", rows.rows(), IntStream.range(0, rows.rows().size()).boxed().toList()));
    }
    int index = rows.index(column.get());
    Map<String, Group> groups = new LinkedHashMap<>();
    int place = 0;
    for (List<@Nullable Object> row : rows.rows()) {
      Object value = row.get(index);
      String name = value == null ? "(none)" : value.toString();
      Group group =
          groups.computeIfAbsent(name, n -> new Group(n, new ArrayList<>(), new ArrayList<>()));
      group.rows().add(row);
      group.places().add(place++);
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
}
