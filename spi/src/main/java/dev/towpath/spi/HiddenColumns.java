package dev.towpath.spi;

import java.util.List;

/**
 * The columns that every row from a file keeps and that readers do not see: the file, the row's
 * number in it and the run that read it. A table has all of them or none; one of these names alone
 * is a column like any other.
 */
public final class HiddenColumns {
  /** In the order in which they stand, behind all others. */
  public static final List<Column> ALL =
      List.of(
          Column.of("_file", "VARCHAR"), Column.of("_row", "BIGINT"), Column.of("_run", "VARCHAR"));

  private HiddenColumns() {}

  /** The fields of a table that readers see. */
  public static List<Field> without(List<Field> fields) {
    return Field.schema(fields).columns().containsAll(ALL)
        ? fields.stream().filter(f -> !ALL.contains(f.column())).toList()
        : fields;
  }

  /** Name and type of the columns that readers see. */
  public static Schema visible(List<Field> fields) {
    return Field.schema(without(fields));
  }
}
