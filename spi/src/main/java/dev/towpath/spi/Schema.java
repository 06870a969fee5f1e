package dev.towpath.spi;

import java.util.List;
import java.util.Optional;

/** The columns of a table, in order. */
public record Schema(List<Column> columns) {
  public Schema {
    columns = List.copyOf(columns);
  }

  /** A schema from alternating names and types. */
  public static Schema of(String... namesAndTypes) {
    List<Column> columns = new java.util.ArrayList<>();
    for (int i = 0; i < namesAndTypes.length; i += 2) {
      columns.add(Column.of(namesAndTypes[i], namesAndTypes[i + 1]));
    }
    return new Schema(columns);
  }

  /** The column of that name, by identity. */
  public Optional<Column> column(String name) {
    String wanted = Names.identity(name);
    return columns.stream().filter(c -> Names.identity(c.name()).equals(wanted)).findFirst();
  }

  /** The names, in order, as written. */
  public List<String> names() {
    return columns.stream().map(Column::name).toList();
  }
}
