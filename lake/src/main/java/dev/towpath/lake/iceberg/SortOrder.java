package dev.towpath.lake.iceberg;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How rows are sorted within files; NULL comes last.
 *
 * @param id unique within the table; 0 is that of no order
 */
public record SortOrder(int id, List<Key> keys) {
  /** As rows come. */
  public static final SortOrder NONE = new SortOrder(0, List.of());

  public SortOrder {
    keys = List.copyOf(keys);
  }

  /**
   * One key of an order.
   *
   * @param sourceId field id of the column
   */
  public record Key(int sourceId, boolean descending) {}

  Object json() {
    List<Object> fields = new ArrayList<>();
    for (Key key : keys) {
      Map<String, Object> field = new LinkedHashMap<>();
      field.put("transform", "identity");
      field.put("source-id", key.sourceId());
      field.put("direction", key.descending() ? "desc" : "asc");
      field.put("null-order", "nulls-last");
      fields.add(field);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("order-id", id);
    json.put("fields", fields);
    return json;
  }

  static SortOrder parse(Json.Node json) {
    return new SortOrder(
        json.integer("order-id"),
        json.get("fields").items().stream()
            .map(f -> new Key(f.integer("source-id"), f.text("direction").equals("desc")))
            .toList());
  }
}
