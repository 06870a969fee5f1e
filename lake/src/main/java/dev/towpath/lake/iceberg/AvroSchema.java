package dev.towpath.lake.iceberg;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of Avro's schemas that Iceberg's metadata files use. */
sealed interface AvroSchema {

  /** A record. */
  record Struct(List<Member> fields) implements AvroSchema {
    /** The type of the field with that Iceberg id. */
    AvroSchema field(int id) {
      return fields.stream()
          .filter(f -> f.id() == id)
          .findFirst()
          .orElseThrow(() -> new FormatException("field " + id + " is missing"))
          .schema();
    }
  }

  /** A field of a record with its Iceberg id. */
  record Member(int id, AvroSchema schema) {
    private static Member parse(Json.Node node) {
      int id = node.find("field-id") == null ? -1 : node.integer("field-id");
      return new Member(id, AvroSchema.parse(node.get("type")));
    }
  }

  /** A union of null and one other type. */
  record Optional(int nullIndex, AvroSchema value) implements AvroSchema {}

  /** An array. */
  record ListOf(AvroSchema element) implements AvroSchema {}

  /** An array of pairs that Iceberg reads as a map. */
  record MapOf(AvroSchema key, AvroSchema value) implements AvroSchema {}

  /** A number of bytes. */
  record Fixed(int size, Meaning meaning) implements AvroSchema {}

  /** One of Avro's own types. */
  record Primitive(String name, Meaning meaning) implements AvroSchema {}

  /**
   * What a value stands for.
   *
   * @param logical Avro's logical type, or empty text
   */
  record Meaning(String logical, boolean utc, int precision, int scale) {}

  /** Reads a schema. */
  static AvroSchema parse(Json.Node node) {
    if (node.isText()) {
      return new Primitive(node.text(), new Meaning("", false, 0, 0));
    }
    if (node.isList()) {
      return union(node.items());
    }
    Json.Node type = node.get("type");
    if (!type.isText()) {
      return parse(type);
    }
    return switch (type.text()) {
      case "record" -> new Struct(node.get("fields").items().stream().map(Member::parse).toList());
      case "array" -> array(node);
      case "fixed" -> new Fixed(node.integer("size"), meaning(node));
      default -> new Primitive(type.text(), meaning(node));
    };
  }

  private static AvroSchema union(List<Json.Node> branches) {
    if (branches.size() != 2) {
      throw new FormatException("a union of " + branches.size() + " types");
    }
    int nullIndex = branches.get(0).isText() && branches.get(0).text().equals("null") ? 0 : 1;
    return new Optional(nullIndex, parse(branches.get(1 - nullIndex)));
  }

  private static AvroSchema array(Json.Node node) {
    AvroSchema element = parse(node.get("items"));
    boolean map = text(node, "logicalType").equals("map");
    if (map && element instanceof Struct pair && pair.fields().size() == 2) {
      return new MapOf(pair.fields().get(0).schema(), pair.fields().get(1).schema());
    }
    return new ListOf(element);
  }

  private static Meaning meaning(Json.Node node) {
    Json.Node utc = node.find("adjust-to-utc");
    return new Meaning(
        text(node, "logicalType"),
        utc != null && utc.value().equals(true),
        node.find("precision") == null ? 0 : node.integer("precision"),
        node.find("scale") == null ? 0 : node.integer("scale"));
  }

  private static String text(Json.Node node, String name) {
    Json.@Nullable Node member = node.find(name);
    return member == null ? "" : member.text();
  }
}
