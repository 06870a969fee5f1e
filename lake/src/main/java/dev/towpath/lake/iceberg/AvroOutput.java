package dev.towpath.lake.iceberg;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.Deflater;

/**
 * An Avro object container file in the making. Values are written one after the other as the schema
 * says; {@link #endRow} ends each object.
 */
final class AvroOutput {
  static final byte[] MAGIC = {'O', 'b', 'j', 1};
  private static final int BLOCK_BYTES = 64 << 10;

  private final Bytes file = new Bytes();
  private final Bytes block = new Bytes();
  private final byte[] marker = marker();
  private long rows;

  AvroOutput(String schema, Map<String, String> metadata) {
    file.writeBytes(MAGIC);
    file.varint(metadata.size() + 2L);
    meta("avro.schema", schema);
    meta("avro.codec", "deflate");
    metadata.forEach(this::meta);
    file.varint(0);
    file.writeBytes(marker);
  }

  private static byte[] marker() {
    UUID random = UUID.randomUUID();
    return java.nio.ByteBuffer.allocate(16)
        .putLong(random.getMostSignificantBits())
        .putLong(random.getLeastSignificantBits())
        .array();
  }

  private void meta(String key, String value) {
    file.bytes(key.getBytes(StandardCharsets.UTF_8));
    file.bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /** An int or a long. */
  void number(long value) {
    block.varint(value);
  }

  /** A boolean. */
  void flag(boolean value) {
    block.write(value ? 1 : 0);
  }

  /** A string. */
  void text(String value) {
    block.bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes with their length. */
  void bytes(byte[] value) {
    block.bytes(value);
  }

  /** Bytes without their length: a fixed, a float or a double. */
  void raw(byte[] value) {
    block.writeBytes(value);
  }

  /** The null branch of an optional value. */
  void none() {
    block.varint(0);
  }

  /** The other branch of an optional value, which follows. */
  void some() {
    block.varint(1);
  }

  /** The start of an array of that many items, which follow, then {@link #endList}. */
  void list(int size) {
    if (size > 0) {
      block.varint(size);
    }
  }

  /** The end of an array. */
  void endList() {
    block.varint(0);
  }

  /** The end of one object. */
  void endRow() {
    rows++;
    if (block.size() >= BLOCK_BYTES) {
      flush();
    }
  }

  private void flush() {
    byte[] packed = deflate(block.toByteArray());
    file.varint(rows);
    file.bytes(packed);
    file.writeBytes(marker);
    block.reset();
    rows = 0;
  }

  private static byte[] deflate(byte[] content) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    try {
      deflater.setInput(content);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream(content.length / 2 + 64);
      byte[] buffer = new byte[8192];
      while (!deflater.finished()) {
        out.write(buffer, 0, deflater.deflate(buffer));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  /** The whole file. */
  byte[] finish() {
    if (rows > 0) {
      flush();
    }
    return file.toByteArray();
  }

  /** Items of a list, each written by the caller's code. */
  <T> void items(List<T> items, java.util.function.Consumer<T> writer) {
    list(items.size());
    items.forEach(writer);
    endList();
  }

  private static final class Bytes extends ByteArrayOutputStream {
    void varint(long value) {
      long rest = (value << 1) ^ (value >> 63);
      while ((rest & ~0x7FL) != 0) {
        write((int) ((rest & 0x7F) | 0x80));
        rest >>>= 7;
      }
      write((int) rest);
    }

    void bytes(byte[] value) {
      varint(value.length);
      writeBytes(value);
    }
  }
}
