package dev.towpath.engine.duckdb.session;

import dev.towpath.spi.Field;
import dev.towpath.spi.Names;
import dev.towpath.spi.PartitionField;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The part of a COPY that says where and how Parquet is written, and the partition columns that the
 * SELECT before it must have for that.
 *
 * @param fields the columns that are written
 * @param fileBytes about how large a file may grow; 0 for one file
 * @param partitions expressions and names of the columns that only make up the directory
 */
record CopyTarget(Path directory, List<Field> fields, List<Partition> partitions, long fileBytes) {
  /**
   * A value of a partition.
   *
   * @param field the partition field's name
   * @param column the column that holds the value during the COPY
   * @param expression over the written columns' source
   */
  record Partition(String field, String column, String expression) {}

  static CopyTarget of(
      Path directory, List<Field> fields, List<PartitionField> partitionBy, long fileBytes) {
    Set<String> taken =
        fields.stream().map(f -> Names.identity(f.name())).collect(Collectors.toSet());
    List<Partition> partitions = new ArrayList<>();
    for (PartitionField by : partitionBy) {
      String column = by.name();
      while (!taken.add(Names.identity(column))) {
        column = "p_" + column;
      }
      Field source =
          fields.stream()
              .filter(f -> Names.identity(f.name()).equals(Names.identity(by.column())))
              .findFirst()
              .orElseThrow(() ->
                  new dev.towpath.spi.TowpathException(
                      "partition column \"" + by.column() + "\" is not in the table"));
      String value = Conversion.store(Names.quote(source.name()), source.column());
      partitions.add(new Partition(by.name(), column, text(value, by.transform())));
    }
    return new CopyTarget(directory, fields, partitions, fileBytes);
  }

  /** The partition value as Iceberg writes it for people. */
  private static String text(String value, PartitionField.Transform transform) {
    return switch (transform) {
      case IDENTITY -> "CAST(" + value + " AS VARCHAR)";
      case YEAR -> "strftime(" + value + ", '%Y')";
      case MONTH -> "strftime(" + value + ", '%Y-%m')";
      case DAY -> "strftime(" + value + ", '%Y-%m-%d')";
      case HOUR -> "strftime(" + value + ", '%Y-%m-%d-%H')";
    };
  }

  /**
   * {@code TO ... (...)}. An unpartitioned table is one file unless it is to be split, because only
   * then COPY keeps the order of the rows; it is written by all threads nevertheless. Sorted rows
   * that are split make files whose ranges hardly overlap.
   */
  String sql() {
    List<String> options = new ArrayList<>();
    options.add("FORMAT parquet");
    options.add("COMPRESSION snappy");
    options.add("RETURN_STATS");
    options.add("FIELD_IDS " + ids(fields));
    String digest = Layout.digest(fields);
    Path to = directory;
    if (partitions.isEmpty() && fileBytes > 0) {
      options.add("APPEND");
      options.add("FILE_SIZE_BYTES " + fileBytes);
      options.add("FILENAME_PATTERN " + Names.literal(digest + "-{uuid}"));
    } else if (partitions.isEmpty()) {
      to = directory.resolve(digest + "-" + UUID.randomUUID() + ".parquet");
    } else {
      options.add("APPEND"); // one write may need several COPYs
      options.add("FILENAME_PATTERN " + Names.literal(digest + "-{uuid}"));
      options.add(
          partitions.stream()
              .map(p -> Names.quote(p.column()))
              .collect(Collectors.joining(", ", "PARTITION_BY (", ")")));
    }
    return "TO " + Literals.path(to) + " (" + String.join(", ", options) + ")";
  }

  private static String ids(List<Field> fields) {
    return fields.stream()
        .map(f -> key(f.name()) + id(f))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String id(Field field) {
    if (field.children().isEmpty()) {
      return Integer.toString(field.id());
    }
    String children =
        field.children().stream().map(f -> key(f.name()) + id(f)).collect(Collectors.joining(", "));
    return "{__duckdb_field_id: " + field.id() + ", " + children + "}";
  }

  private static String key(String name) {
    return Names.literal(name) + ": ";
  }
}
