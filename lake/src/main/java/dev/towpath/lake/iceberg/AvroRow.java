package dev.towpath.lake.iceberg;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A record that was read, asked by Iceberg field id for what it should hold. */
record AvroRow(Map<Integer, @Nullable Object> values) {

  String text(int id) {
    return as(String.class, id);
  }

  long number(int id) {
    return as(Number.class, id).longValue();
  }

  /** A number that may be missing. */
  long number(int id, long missing) {
    return values.get(id) == null ? missing : number(id);
  }

  /** A boolean; missing is false. */
  boolean flag(int id) {
    return values.get(id) instanceof Boolean flag && flag;
  }

  Optional<byte[]> bytes(int id) {
    return values.get(id) == null ? Optional.empty() : Optional.of(as(byte[].class, id));
  }

  AvroRow row(int id) {
    return row(as(Map.class, id));
  }

  /** A list of records; missing is empty. */
  List<AvroRow> rows(int id) {
    List<AvroRow> rows = new ArrayList<>();
    if (values.get(id) instanceof List<?> list) {
      for (Object item : list) {
        rows.add(row(item));
      }
    }
    return rows;
  }

  /** A map from int to long; missing is empty. */
  Map<Integer, Long> numbers(int id) {
    return values.get(id) == null ? Map.of() : this.<Long>map(id);
  }

  /** A map from int to bytes; missing is empty. */
  Map<Integer, byte[]> binaries(int id) {
    return values.get(id) == null ? Map.of() : this.<byte[]>map(id);
  }

  @SuppressWarnings("unchecked") // AvroInput makes the maps as the schema says, which we wrote
  private <T> Map<Integer, T> map(int id) {
    return (Map<Integer, T>) as(Map.class, id);
  }

  @SuppressWarnings("unchecked") // records are always maps of this type
  private static AvroRow row(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return new AvroRow((Map<Integer, @Nullable Object>) map);
    }
    throw new FormatException("expected a record");
  }

  private <T> T as(Class<T> type, int id) {
    Object value = values.get(id);
    if (!type.isInstance(value)) {
      throw new FormatException("field " + id + " is " + (value == null ? "missing" : "wrong"));
    }
    return type.cast(value);
  }
}
