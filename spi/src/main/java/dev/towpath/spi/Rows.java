package dev.towpath.spi;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A small query result in memory.
 *
 * @param rows values as {@link RowReader#next} describes; nested values as List and Map
 */
public record Rows(Schema schema, List<List<@Nullable Object>> rows) {
  // Spelled out, because a compact constructor loses the annotation in class files.
  public Rows(Schema schema, List<List<@Nullable Object>> rows) {
    List<List<@Nullable Object>> copy = new ArrayList<>(rows.size());
    for (List<@Nullable Object> row : rows) {
      copy.add(Collections.unmodifiableList(new ArrayList<>(row)));
    }
    this.schema = schema;
    this.rows = Collections.unmodifiableList(copy);
  }
}
