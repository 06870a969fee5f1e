package dev.towpath.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON Schemas (2020-12), as maps, for what routes take and give. */
final class Schemas {
  private Schemas() {}

  static Map<String, @Nullable Object> text(String description) {
    return Json.object("type", "string", "description", description);
  }

  /** A moment in ISO 8601, UTC. */
  static Map<String, @Nullable Object> moment(String description) {
    return Json.object("type", "string", "format", "date-time", "description", description);
  }

  static Map<String, @Nullable Object> whole(String description) {
    return Json.object("type", "integer", "description", description);
  }

  static Map<String, @Nullable Object> number(String description) {
    return Json.object("type", "number", "description", description);
  }

  static Map<String, @Nullable Object> whole(long least, long most, long fallback) {
    return Json.object("type", "integer", "minimum", least, "maximum", most, "default", fallback);
  }

  static Map<String, @Nullable Object> truth(String description) {
    return Json.object("type", "boolean", "description", description);
  }

  static Map<String, @Nullable Object> oneOf(List<String> values, String description) {
    return Json.object("type", "string", "enum", values, "description", description);
  }

  static Map<String, @Nullable Object> list(Map<String, @Nullable Object> items) {
    return Json.object("type", "array", "items", items);
  }

  static Map<String, @Nullable Object> list(
      Map<String, @Nullable Object> items, String description) {
    return Json.object("type", "array", "items", items, "description", description);
  }

  /** Anything at all. */
  static Map<String, @Nullable Object> any(String description) {
    return Json.object("description", description);
  }

  /** A schema by its name in the document. */
  static Map<String, @Nullable Object> ref(String name) {
    return Json.object("$ref", "#/components/schemas/" + name);
  }

  /** The same or null. */
  static Map<String, @Nullable Object> orNull(Map<String, @Nullable Object> schema) {
    if (schema.containsKey("$ref")) {
      return Json.object("oneOf", List.of(schema, Json.object("type", "null")));
    }
    Map<String, @Nullable Object> copy = new LinkedHashMap<>(schema);
    copy.put("type", List.of(String.valueOf(schema.get("type")), "null"));
    return copy;
  }

  /** An object with exactly these members, all of them required. */
  @SuppressWarnings("unchecked") // members are schemas
  static Map<String, @Nullable Object> object(@Nullable Object... namesAndSchemas) {
    Map<String, @Nullable Object> members = Json.object(namesAndSchemas);
    return Json.object(
        "type",
        "object",
        "properties",
        members,
        "required",
        new ArrayList<>(members.keySet()),
        "additionalProperties",
        false);
  }

  /** The same object, of which only these members are required. */
  static Map<String, @Nullable Object> requiring(
      Map<String, @Nullable Object> object, String... names) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>(object);
    if (names.length == 0) {
      copy.remove("required");
    } else {
      copy.put("required", List.of(names));
    }
    return copy;
  }

  /** An object with any members of one kind. */
  static Map<String, @Nullable Object> map(Map<String, @Nullable Object> values) {
    return Json.object("type", "object", "additionalProperties", values);
  }
}
