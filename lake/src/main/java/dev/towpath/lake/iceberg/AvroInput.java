package dev.towpath.lake.iceberg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Reads an Avro object container file by the schema that it carries. Records come as maps from
 * Iceberg field id to value, Iceberg maps as maps, fixed and bytes as byte[], int as Integer.
 */
final class AvroInput {
  private final AvroSchema schema;
  private final Map<String, String> metadata = new HashMap<>();
  private final List<Map<Integer, @Nullable Object>> rows = new ArrayList<>();

  AvroInput(byte[] content) {
    ByteBuffer file = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = take(file, AvroOutput.MAGIC.length);
    if (!Arrays.equals(magic, AvroOutput.MAGIC)) {
      throw new FormatException("not an Avro file");
    }
    for (long count = varint(file); count != 0; count = varint(file)) {
      if (count < 0) {
        count = -count;
        varint(file);
      }
      for (long i = 0; i < count; i++) {
        metadata.put(text(file), text(file));
      }
    }
    byte[] marker = take(file, 16);
    schema = AvroSchema.parse(Json.parse(metadata("avro.schema")));
    boolean packed = metadata.getOrDefault("avro.codec", "null").equals("deflate");
    while (file.hasRemaining()) {
      readBlock(file, packed);
      if (!Arrays.equals(marker, take(file, 16))) {
        throw new FormatException("a block ends in the wrong place");
      }
    }
  }

  private void readBlock(ByteBuffer file, boolean packed) {
    long count = varint(file);
    byte[] content = take(file, Math.toIntExact(varint(file)));
    ByteBuffer block =
        ByteBuffer.wrap(packed ? inflate(content) : content).order(ByteOrder.LITTLE_ENDIAN);
    if (!(schema instanceof AvroSchema.Struct struct)) {
      throw new FormatException("not a file of records");
    }
    for (long i = 0; i < count; i++) {
      rows.add(struct(block, struct));
    }
  }

  /** The objects. */
  List<Map<Integer, @Nullable Object>> rows() {
    return rows;
  }

  /** The schema that the file was written with. */
  AvroSchema schema() {
    return schema;
  }

  /** A text of the header. */
  String metadata(String key) {
    String value = metadata.get(key);
    if (value == null) {
      throw new FormatException("\"" + key + "\" is missing in the header");
    }
    return value;
  }

  private static byte[] inflate(byte[] content) {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(content);
      java.io.ByteArrayOutputStream out =
          new java.io.ByteArrayOutputStream(content.length * 4 + 64);
      byte[] buffer = new byte[8192];
      while (!inflater.finished()) {
        int n = inflater.inflate(buffer);
        if (n == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
          throw new FormatException("a compressed block is cut off");
        }
        out.write(buffer, 0, n);
      }
      return out.toByteArray();
    } catch (DataFormatException e) {
      throw new FormatException("a compressed block is damaged", e);
    } finally {
      inflater.end();
    }
  }

  private static @Nullable Object value(ByteBuffer in, AvroSchema schema) {
    return switch (schema) {
      case AvroSchema.Struct struct -> struct(in, struct);
      case AvroSchema.Optional optional ->
          varint(in) == optional.nullIndex() ? null : value(in, optional.value());
      case AvroSchema.ListOf list -> list(in, list);
      case AvroSchema.MapOf map -> map(in, map);
      case AvroSchema.Fixed fixed -> take(in, fixed.size());
      case AvroSchema.Primitive primitive ->
          switch (primitive.name()) {
            case "int" -> (int) varint(in);
            case "long" -> varint(in);
            case "string" -> text(in);
            case "bytes" -> take(in, Math.toIntExact(varint(in)));
            case "boolean" -> in.get() != 0;
            case "float" -> in.getFloat();
            case "double" -> in.getDouble();
            default -> throw new FormatException("unknown Avro type " + primitive.name());
          };
    };
  }

  private static Map<Integer, @Nullable Object> struct(ByteBuffer in, AvroSchema.Struct schema) {
    Map<Integer, @Nullable Object> row = HashMap.newHashMap(schema.fields().size());
    for (AvroSchema.Member field : schema.fields()) {
      row.put(field.id(), value(in, field.schema()));
    }
    return row;
  }

  private static List<@Nullable Object> list(ByteBuffer in, AvroSchema.ListOf schema) {
    List<@Nullable Object> items = new ArrayList<>();
    for (long count = varint(in); count != 0; count = varint(in)) {
      for (long i = blockLength(in, count); i > 0; i--) {
        items.add(value(in, schema.element()));
      }
    }
    return items;
  }

  private static Map<Object, Object> map(ByteBuffer in, AvroSchema.MapOf schema) {
    Map<Object, Object> map = new HashMap<>();
    for (long count = varint(in); count != 0; count = varint(in)) {
      for (long i = blockLength(in, count); i > 0; i--) {
        Object key = value(in, schema.key());
        Object value = value(in, schema.value());
        if (key != null && value != null) {
          map.put(key, value);
        }
      }
    }
    return map;
  }

  private static long blockLength(ByteBuffer in, long count) {
    if (count > 0) {
      return count;
    }
    varint(in); // a negative count is followed by the size in bytes, for those who skip
    return -count;
  }

  private static String text(ByteBuffer in) {
    return new String(take(in, Math.toIntExact(varint(in))), StandardCharsets.UTF_8);
  }

  private static byte[] take(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw new FormatException("the file is cut off");
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (!in.hasRemaining()) {
        throw new FormatException("the file is cut off");
      }
      byte b = in.get();
      value |= (b & 0x7FL) << shift;
      if (b >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new FormatException("a number is too long");
  }
}
