package dev.towpath.cli;

import dev.towpath.spi.Rows;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Small results in other forms. */
final class Results {
  private Results() {}

  /** One object a row, for JSON. */
  static List<Map<String, @Nullable Object>> objects(Rows rows) {
    List<String> names = rows.schema().names();
    return rows.rows().stream()
        .map(row -> {
          Map<String, @Nullable Object> object = new LinkedHashMap<>();
          for (int i = 0; i < names.size(); i++) {
            object.put(names.get(i), row.get(i));
          }
          return object;
        })
        .toList();
  }
}
