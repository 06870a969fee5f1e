package dev.towpath.engine.duckdb.serving;

import dev.towpath.spi.Batch;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/** Vectors whose values are lists or maps of others. */
final class Nested {
  private Nested() {}

  /** Makes the value of a row that is not NULL. */
  @FunctionalInterface
  private interface Reader {
    Object read(int row);
  }

  private record Values(FieldVector vector, Reader reader) implements Plain {
    @Override
    public @Nullable Object value(int row) {
      return isNull(row) ? null : reader.read(row);
    }
  }

  static Batch.Vector list(ListVector vector, DataType type) {
    Batch.Vector elements = Vectors.of(vector.getDataVector(), ((DataType.ListOf) type).element());
    return new Values(
        vector,
        row -> slice(elements, vector.getElementStartIndex(row), vector.getElementEndIndex(row)));
  }

  static Batch.Vector array(FixedSizeListVector vector, DataType type) {
    Batch.Vector elements = Vectors.of(vector.getDataVector(), ((DataType.ArrayOf) type).element());
    return new Values(
        vector,
        row -> slice(elements, vector.getElementStartIndex(row), vector.getElementEndIndex(row)));
  }

  private static List<@Nullable Object> slice(Batch.Vector elements, int from, int to) {
    List<@Nullable Object> list = new ArrayList<>(to - from);
    for (int i = from; i < to; i++) {
      list.add(elements.value(i));
    }
    return list;
  }

  static Batch.Vector struct(StructVector vector, DataType type) {
    List<Column> members = ((DataType.Struct) type).members();
    List<Batch.Vector> values = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      values.add(Vectors.of(vector.getChildrenFromFields().get(i), members.get(i).type()));
    }
    return new Values(
        vector,
        row -> {
          Map<String, @Nullable Object> map = new LinkedHashMap<>();
          for (int i = 0; i < members.size(); i++) {
            map.put(members.get(i).name(), values.get(i).value(row));
          }
          return map;
        });
  }

  static Batch.Vector map(MapVector vector, DataType type) {
    DataType.MapOf map = (DataType.MapOf) type;
    StructVector entries = (StructVector) vector.getDataVector();
    Batch.Vector keys = Vectors.of(entries.getChildrenFromFields().get(0), map.key());
    Batch.Vector values = Vectors.of(entries.getChildrenFromFields().get(1), map.value());
    return new Values(
        vector,
        row -> {
          Map<@Nullable Object, @Nullable Object> found = new LinkedHashMap<>();
          for (int i = vector.getElementStartIndex(row); i < vector.getElementEndIndex(row); i++) {
            found.put(keys.value(i), values.value(i));
          }
          return found;
        });
  }
}
