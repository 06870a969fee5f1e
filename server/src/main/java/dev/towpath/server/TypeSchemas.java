package dev.towpath.server;

import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Types of columns as JSON Schema has them, by how values are written. */
final class TypeSchemas {
  private TypeSchemas() {}

  static Map<String, @Nullable Object> of(DataType type) {
    return switch (type) {
      case DataType.Decimal _ -> Json.object("type", "number");
      case DataType.ListOf list -> Json.object("type", "array", "items", nullable(list.element()));
      case DataType.ArrayOf array ->
          Json.object(
              "type",
              "array",
              "items",
              nullable(array.element()),
              "minItems",
              (long) array.length(),
              "maxItems",
              (long) array.length());
      case DataType.MapOf map ->
          Json.object("type", "object", "additionalProperties", nullable(map.value()));
      case DataType.Struct struct -> {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (Column member : struct.members()) {
          members.put(member.name(), nullable(member.type()));
        }
        yield Json.object("type", "object", "properties", members);
      }
      case DataType.EnumOf values -> Json.object("type", "string", "enum", values.values());
      case DataType.Union _ -> Json.object("type", "string");
      case DataType.Simple simple -> simple(simple.name());
    };
  }

  private static Map<String, @Nullable Object> simple(String name) {
    return switch (name) {
      case "BOOLEAN" -> Json.object("type", "boolean");
      case "TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT" ->
          Json.object("type", "integer", "format", "int32");
      case "BIGINT", "UINTEGER" -> Json.object("type", "integer", "format", "int64");
      case "UBIGINT", "HUGEINT", "UHUGEINT" -> Json.object("type", "integer");
      case "FLOAT", "DOUBLE" -> Json.object("type", "number", "format", "double");
      case "DATE" -> Json.object("type", "string", "format", "date");
      case "TIME" -> Json.object("type", "string", "format", "time");
      case "TIMESTAMP WITH TIME ZONE" -> Json.object("type", "string", "format", "date-time");
      case "UUID" -> Json.object("type", "string", "format", "uuid");
      case "BLOB" -> Json.object("type", "string", "contentEncoding", "base64");
      case "JSON" -> Json.object();
      default -> Json.object("type", "string");
    };
  }

  /** The same, or null. */
  static Map<String, @Nullable Object> nullable(DataType type) {
    Map<String, @Nullable Object> schema = new LinkedHashMap<>(of(type));
    Object kind = schema.get("type");
    if (kind != null) {
      schema.put("type", List.of(kind, "null"));
    }
    if (schema.get("enum") instanceof List<?> values) {
      List<@Nullable Object> all = new java.util.ArrayList<>(values);
      all.add(null);
      schema.put("enum", all);
    }
    return schema;
  }
}
