package dev.towpath.lake.iceberg;

import dev.towpath.spi.DataType;
import dev.towpath.spi.Field;
import dev.towpath.spi.PartitionField;
import dev.towpath.spi.StoredType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An Iceberg metadata file. It has one snapshot: earlier states are kept by releases, each with a
 * metadata file of its own.
 *
 * @param uuid of the table
 * @param location absolute place of the table when this was written
 * @param sequence the last sequence number
 * @param lastColumnId the highest field id ever given
 * @param lastPartitionId the highest partition field id ever given
 * @param sortOrders never empty; the last one is the default
 */
public record TableState(
    String uuid,
    String location,
    long sequence,
    int lastColumnId,
    int schemaId,
    List<Field> fields,
    List<Spec> specs,
    int defaultSpecId,
    int lastPartitionId,
    List<SortOrder> sortOrders,
    Map<String, String> properties,
    Snapshot snapshot) {
  public TableState {
    fields = List.copyOf(fields);
    specs = List.copyOf(specs);
    sortOrders = List.copyOf(sortOrders);
    properties = Map.copyOf(properties);
  }

  /**
   * The one snapshot.
   *
   * @param time milliseconds since 1970
   * @param manifestList absolute
   */
  public record Snapshot(long id, long time, String manifestList, Map<String, String> summary) {}

  /** The spec with that id. */
  public Spec spec(int id) {
    return specs.stream()
        .filter(s -> s.id() == id)
        .findFirst()
        .orElseThrow(() -> new FormatException("partition spec " + id + " is missing"));
  }

  /** The field with that id at any depth. */
  public static Optional<Field> field(List<Field> fields, int id) {
    for (Field field : fields) {
      if (field.id() == id) {
        return Optional.of(field);
      }
      Optional<Field> inner = field(field.children(), id);
      if (inner.isPresent()) {
        return inner;
      }
    }
    return Optional.empty();
  }

  /** The bytes of the metadata file. */
  public byte[] json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format-version", 2);
    json.put("table-uuid", uuid);
    json.put("location", location);
    json.put("last-sequence-number", sequence);
    json.put("last-updated-ms", snapshot.time());
    json.put("last-column-id", lastColumnId);
    json.put("current-schema-id", schemaId);
    json.put("schemas", List.of(IcebergSchema.json(fields, schemaId)));
    json.put("default-spec-id", defaultSpecId);
    json.put("partition-specs", specs.stream().map(TableState::specJson).toList());
    json.put("last-partition-id", lastPartitionId);
    json.put("default-sort-order-id", sortOrders.getLast().id());
    json.put("sort-orders", sortOrders.stream().map(SortOrder::json).toList());
    json.put("properties", new java.util.TreeMap<>(properties));
    json.put("current-snapshot-id", snapshot.id());
    json.put("refs", Map.of("main", Map.of("snapshot-id", snapshot.id(), "type", "branch")));
    json.put("snapshots", List.of(snapshotJson()));
    json.put("statistics", List.of());
    json.put("partition-statistics", List.of());
    Map<String, Object> log = new LinkedHashMap<>();
    log.put("timestamp-ms", snapshot.time());
    log.put("snapshot-id", snapshot.id());
    json.put("snapshot-log", List.of(log));
    json.put("metadata-log", List.of());
    return Json.print(json).getBytes(StandardCharsets.UTF_8);
  }

  private static Object specJson(Spec spec) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("spec-id", spec.id());
    json.put("fields", spec.fieldsJson());
    return json;
  }

  private Object snapshotJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("sequence-number", sequence);
    json.put("snapshot-id", snapshot.id());
    json.put("timestamp-ms", snapshot.time());
    json.put("summary", snapshot.summary());
    json.put("manifest-list", snapshot.manifestList());
    json.put("schema-id", schemaId);
    return json;
  }

  /** Reads a metadata file. */
  public static TableState parse(byte[] content) {
    Json.Node json = Json.parse(content);
    if (json.integer("format-version") != 2) {
      throw new FormatException("format version " + json.integer("format-version") + ", not 2");
    }
    Map<String, String> properties = json.texts("properties");
    int schemaId = json.integer("current-schema-id");
    List<Field> fields =
        IcebergSchema.fields(one(json, "schemas", "schema-id", schemaId), properties);
    Json.Node snapshot = one(json, "snapshots", "snapshot-id", json.number("current-snapshot-id"));
    return new TableState(
        json.text("table-uuid"),
        json.text("location"),
        json.number("last-sequence-number"),
        json.integer("last-column-id"),
        schemaId,
        fields,
        json.get("partition-specs").items().stream().map(s -> spec(s, fields)).toList(),
        json.integer("default-spec-id"),
        json.integer("last-partition-id"),
        sortOrders(json),
        properties,
        new Snapshot(
            snapshot.number("snapshot-id"),
            snapshot.number("timestamp-ms"),
            snapshot.text("manifest-list"),
            snapshot.texts("summary")));
  }

  private static List<SortOrder> sortOrders(Json.Node json) {
    int own = json.integer("default-sort-order-id");
    List<SortOrder> orders =
        json.get("sort-orders").items().stream()
            .map(SortOrder::parse)
            .sorted(java.util.Comparator.comparing(order -> order.id() == own))
            .toList();
    return orders.isEmpty() ? List.of(SortOrder.NONE) : orders;
  }

  private static Json.Node one(Json.Node json, String list, String key, long id) {
    return json.get(list).items().stream()
        .filter(item -> item.number(key) == id)
        .findFirst()
        .orElseThrow(() -> new FormatException(key + " " + id + " is missing"));
  }

  private static Spec spec(Json.Node json, List<Field> fields) {
    List<Spec.Part> parts = new ArrayList<>();
    for (Json.Node part : json.get("fields").items()) {
      int sourceId = part.integer("source-id");
      Field source =
          field(fields, sourceId)
              .orElseThrow(() -> new FormatException("column " + sourceId + " is missing"));
      PartitionField.Transform transform =
          PartitionField.Transform.valueOf(part.text("transform").toUpperCase(Locale.ROOT));
      DataType type = Spec.resultType(transform, StoredType.of(source.type()));
      parts.add(
          new Spec.Part(part.text("name"), sourceId, part.integer("field-id"), transform, type));
    }
    return new Spec(json.integer("spec-id"), parts);
  }
}
