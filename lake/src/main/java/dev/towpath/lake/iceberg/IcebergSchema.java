package dev.towpath.lake.iceberg;

import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Field;
import dev.towpath.spi.StoredType;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Fields as an Iceberg schema in JSON, and back. */
public final class IcebergSchema {
  /** Table properties of this name and a field id hold the DuckDB type of a top-level column. */
  public static final String TYPE_PROPERTY = "towpath.type.";

  private IcebergSchema() {}

  /** The schema as JSON. All fields are optional, so that any file may lack any. */
  static Map<String, Object> json(List<Field> fields, int schemaId) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("type", "struct");
    json.put("schema-id", schemaId);
    json.put("fields", members(fields));
    return json;
  }

  private static List<Object> members(List<Field> fields) {
    List<Object> members = new ArrayList<>();
    for (Field field : fields) {
      Map<String, Object> member = new LinkedHashMap<>();
      member.put("id", field.id());
      member.put("name", field.name());
      member.put("required", false);
      member.put("type", type(field));
      members.add(member);
    }
    return members;
  }

  private static Object type(Field field) {
    Map<String, Object> type = new LinkedHashMap<>();
    List<Field> children = field.children();
    switch (StoredType.of(field.type())) {
      case DataType.Struct _ -> {
        type.put("type", "struct");
        type.put("fields", members(children));
      }
      case DataType.ListOf _ -> {
        type.put("type", "list");
        type.put("element-id", children.getFirst().id());
        type.put("element", type(children.getFirst()));
        type.put("element-required", false);
      }
      case DataType.MapOf _ -> {
        type.put("type", "map");
        type.put("key-id", children.get(0).id());
        type.put("key", type(children.get(0)));
        type.put("value-id", children.get(1).id());
        type.put("value", type(children.get(1)));
        type.put("value-required", false);
      }
      case DataType leaf -> {
        return typeName(leaf);
      }
    }
    return type;
  }

  private static String typeName(DataType stored) {
    if (stored instanceof DataType.Decimal decimal) {
      return "decimal(" + decimal.precision() + ", " + decimal.scale() + ")";
    }
    return switch (stored.sql()) {
      case "BOOLEAN" -> "boolean";
      case "INTEGER" -> "int";
      case "BIGINT" -> "long";
      case "FLOAT" -> "float";
      case "DOUBLE" -> "double";
      case "VARCHAR" -> "string";
      case "BLOB" -> "binary";
      case "DATE" -> "date";
      case "TIME" -> "time";
      case "TIMESTAMP" -> "timestamp";
      case "TIMESTAMP WITH TIME ZONE" -> "timestamptz";
      case "UUID" -> "uuid";
      default -> throw new IllegalArgumentException("not a stored type: " + stored.sql());
    };
  }

  /** The fields of a schema; DuckDB types come from the table's properties. */
  static List<Field> fields(Json.Node schema, Map<String, String> properties) {
    List<Field> fields = new ArrayList<>();
    for (Json.Node member : schema.get("fields").items()) {
      int id = member.integer("id");
      String declared = properties.get(TYPE_PROPERTY + id);
      DataType type =
          declared == null ? duckType(member.get("type")) : checked(() -> DataType.parse(declared));
      checked(() -> StoredType.of(type));
      fields.add(field(id, member.text("name"), type, member.get("type")));
    }
    return fields;
  }

  private static DataType checked(Supplier<DataType> reading) {
    try {
      return reading.get();
    } catch (TowpathException e) {
      throw new FormatException(String.valueOf(e.getMessage()), e);
    }
  }

  private static Field field(int id, String name, DataType type, Json.Node json) {
    List<Field> children =
        switch (type) {
          case DataType.Struct struct -> {
            List<Field> members = new ArrayList<>();
            List<Json.Node> nodes = json.get("fields").items();
            for (int i = 0; i < nodes.size(); i++) {
              Json.Node node = nodes.get(i);
              Column member = struct.members().get(i);
              members.add(
                  field(node.integer("id"), member.name(), member.type(), node.get("type")));
            }
            yield members;
          }
          case DataType.ListOf list -> List.of(element(json, list.element()));
          case DataType.ArrayOf array -> List.of(element(json, array.element()));
          case DataType.MapOf map ->
              List.of(
                  field(json.integer("key-id"), "key", map.key(), json.get("key")),
                  field(json.integer("value-id"), "value", map.value(), json.get("value")));
          default -> List.of();
        };
    return new Field(id, name, type, children);
  }

  private static Field element(Json.Node json, DataType type) {
    return field(json.integer("element-id"), "element", type, json.get("element"));
  }

  /** The DuckDB type of an Iceberg type, for tables whose properties somebody took away. */
  private static DataType duckType(Json.Node type) {
    if (!type.isText()) {
      return switch (type.text("type")) {
        case "struct" ->
            new DataType.Struct(
                type.get("fields").items().stream()
                    .map(f -> new Column(f.text("name"), duckType(f.get("type"))))
                    .toList());
        case "list" -> new DataType.ListOf(duckType(type.get("element")));
        case "map" -> new DataType.MapOf(duckType(type.get("key")), duckType(type.get("value")));
        default -> throw new FormatException("unknown type " + type.text("type"));
      };
    }
    return DataType.parse(
        switch (type.text()) {
          case "int" -> "INTEGER";
          case "long" -> "BIGINT";
          case "string" -> "VARCHAR";
          case "binary" -> "BLOB";
          case "timestamptz" -> "TIMESTAMP WITH TIME ZONE";
          default -> type.text();
        });
  }
}
