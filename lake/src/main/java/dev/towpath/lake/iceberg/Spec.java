package dev.towpath.lake.iceberg;

import dev.towpath.spi.DataType;
import dev.towpath.spi.PartitionField;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A partition spec.
 *
 * @param id unique within the table
 */
public record Spec(int id, List<Part> parts) {
  /** No partitions. */
  public static final Spec NONE = new Spec(0, List.of());

  public Spec {
    parts = List.copyOf(parts);
  }

  /**
   * One part of a spec.
   *
   * @param name as other readers see it; unique among the table's columns
   * @param sourceId field id of the column
   * @param fieldId id of the partition value, 1000 and up
   * @param type what a value is stored as
   */
  public record Part(
      String name, int sourceId, int fieldId, PartitionField.Transform transform, DataType type) {

    /** Whether both mean the same value of the same column. */
    public boolean sameAs(Part other) {
      return sourceId == other.sourceId && transform == other.transform;
    }
  }

  /** Whether both mean the same values in the same order. */
  public boolean sameAs(Spec other) {
    if (parts.size() != other.parts.size()) {
      return false;
    }
    for (int i = 0; i < parts.size(); i++) {
      if (!parts.get(i).sameAs(other.parts.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** What the values of a transform are stored as. */
  public static DataType resultType(PartitionField.Transform transform, DataType stored) {
    return switch (transform) {
      case IDENTITY -> stored;
      case DAY -> new DataType.Simple("DATE");
      case YEAR, MONTH, HOUR -> new DataType.Simple("INTEGER");
    };
  }

  List<Object> fieldsJson() {
    List<Object> fields = new ArrayList<>();
    for (Part part : parts) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("name", part.name());
      json.put("transform", part.transform().name().toLowerCase(Locale.ROOT));
      json.put("source-id", part.sourceId());
      json.put("field-id", part.fieldId());
      fields.add(json);
    }
    return fields;
  }
}
