package dev.towpath.lake.iceberg;

import dev.towpath.spi.DataType;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Avro schemas as JSON text, with Iceberg's field ids. */
final class AvroText {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private AvroText() {}

  static String record(String name, String... fields) {
    return "{\"type\":\"record\",\"name\":\""
        + name
        + "\",\"fields\":["
        + String.join(",", fields)
        + "]}";
  }

  static String required(String name, String type, int id) {
    return "{\"name\":\"" + name + "\",\"type\":" + type + ",\"field-id\":" + id + "}";
  }

  static String optional(String name, String type, int id) {
    return "{\"name\":\""
        + name
        + "\",\"type\":[\"null\","
        + type
        + "],\"default\":null,\"field-id\":"
        + id
        + "}";
  }

  static String list(String element, int elementId) {
    return "{\"type\":\"array\",\"items\":" + element + ",\"element-id\":" + elementId + "}";
  }

  /** A map from int to a type, as Iceberg writes it: an array of pairs. */
  static String map(String valueType, int keyId, int valueId) {
    String pair =
        record(
            "k" + keyId + "_v" + valueId,
            required("key", "\"int\"", keyId),
            required("value", valueType, valueId));
    return "{\"type\":\"array\",\"items\":" + pair + ",\"logicalType\":\"map\"}";
  }

  /** The record of a spec's values. */
  static String partition(List<Spec.Part> parts) {
    Set<String> fixedNames = new HashSet<>();
    String[] fields = new String[parts.size()];
    for (int i = 0; i < fields.length; i++) {
      Spec.Part part = parts.get(i);
      Map<String, Object> field = new LinkedHashMap<>();
      boolean plain = NAME.matcher(part.name()).matches();
      field.put("name", plain ? part.name() : "_p" + part.fieldId());
      if (!plain) {
        field.put("iceberg-field-name", part.name());
      }
      field.put("type", List.of("null", type(part, fixedNames)));
      field.put("field-id", part.fieldId());
      fields[i] = Json.print(field);
    }
    return record("r102", fields);
  }

  private static Object type(Spec.Part part, Set<String> fixedNames) {
    if (part.type() instanceof DataType.Decimal decimal) {
      Map<String, Object> type = new LinkedHashMap<>();
      type.put("type", "fixed");
      type.put(
          "name",
          unique("decimal_" + decimal.precision() + "_" + decimal.scale(), part, fixedNames));
      type.put("size", decimalBytes(decimal.precision()));
      type.put("logicalType", "decimal");
      type.put("precision", decimal.precision());
      type.put("scale", decimal.scale());
      return type;
    }
    return switch (part.type().sql()) {
      case "BOOLEAN" -> "boolean";
      case "INTEGER" -> "int";
      case "BIGINT" -> "long";
      case "FLOAT" -> "float";
      case "DOUBLE" -> "double";
      case "VARCHAR" -> "string";
      case "BLOB" -> "bytes";
      case "DATE" -> Map.of("type", "int", "logicalType", "date");
      case "TIME" -> Map.of("type", "long", "logicalType", "time-micros");
      case "TIMESTAMP" ->
          Map.of("type", "long", "logicalType", "timestamp-micros", "adjust-to-utc", false);
      case "TIMESTAMP WITH TIME ZONE" ->
          Map.of("type", "long", "logicalType", "timestamp-micros", "adjust-to-utc", true);
      case "UUID" ->
          Map.of(
              "type",
              "fixed",
              "name",
              unique("uuid_fixed", part, fixedNames),
              "size",
              16,
              "logicalType",
              "uuid");
      default -> throw new IllegalArgumentException("no partition type: " + part.type().sql());
    };
  }

  /** Avro defines a name once; a second fixed of one kind gets a name of its own. */
  private static String unique(String name, Spec.Part part, Set<String> names) {
    return names.add(name) ? name : name + "_" + part.fieldId();
  }

  /** How many bytes hold any number of that many digits. */
  static int decimalBytes(int precision) {
    return java.math.BigInteger.TEN.pow(precision).bitLength() / 8 + 1;
  }
}
