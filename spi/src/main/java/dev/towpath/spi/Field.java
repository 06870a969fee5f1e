package dev.towpath.spi;

import java.util.List;

/**
 * A column with its Iceberg field id. A column keeps its id through the life of its table, whatever
 * its name.
 *
 * @param id unique within the table, nested ones too; 1 and up
 * @param type the DuckDB type that readers see
 * @param children fields of a struct, the {@code element} of a list or array, or the {@code key}
 *     and {@code value} of a map; empty otherwise
 */
public record Field(int id, String name, DataType type, List<Field> children) {
  public Field {
    children = List.copyOf(children);
  }

  /** Name and type without ids. */
  public Column column() {
    return new Column(name, type);
  }

  /** Name and type of several fields, without ids. */
  public static Schema schema(List<Field> fields) {
    return new Schema(fields.stream().map(Field::column).toList());
  }
}
