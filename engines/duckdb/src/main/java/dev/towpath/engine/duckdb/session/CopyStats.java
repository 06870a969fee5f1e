package dev.towpath.engine.duckdb.session;

import dev.towpath.spi.DataFile;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Field;
import dev.towpath.spi.Names;
import dev.towpath.spi.StoredType;
import dev.towpath.spi.TowpathException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what {@code COPY ... (RETURN_STATS)} says of the files it wrote. */
final class CopyStats {
  /** Values that DuckDB has and Iceberg does not. */
  private static final Set<String> BEYOND = Set.of("infinity", "-infinity", "24:00:00");

  private final Path root;
  private final CopyTarget target;
  private final Map<String, Leaf> leaves = new HashMap<>();

  /** A column that has values of its own, and the top-level column it is in. */
  private record Leaf(Field field, String column) {}

  CopyStats(Path root, CopyTarget target) {
    this.root = root;
    this.target = target;
    target.fields().forEach(f -> collect(f, "", f.name()));
  }

  private void collect(Field field, String parents, String column) {
    String path = parents + Names.quote(field.name());
    if (field.children().isEmpty()) {
      leaves.put(path, new Leaf(field, column));
    }
    field.children().forEach(c -> collect(c, path + ".", column));
  }

  /**
   * The file that the current row describes.
   *
   * @throws TowpathException when it holds a value that the lake cannot
   */
  DataFile file(ResultSet row) throws SQLException {
    Map<Integer, DataFile.Stats> stats = new HashMap<>();
    for (Map.Entry<?, ?> column : ((Map<?, ?>) row.getObject("column_statistics")).entrySet()) {
      Leaf leaf = leaves.get(String.valueOf(column.getKey()));
      if (leaf != null) {
        stats.put(leaf.field().id(), stats(leaf, (Map<?, ?>) column.getValue()));
      }
    }
    return new DataFile(
        relative(row.getString("filename")),
        row.getLong("count"),
        row.getLong("file_size_bytes"),
        target.fields().stream().map(Field::id).toList(),
        stats,
        partition((Map<?, ?>) row.getObject("partition_keys")));
  }

  private String relative(String filename) {
    return root.relativize(Path.of(filename)).toString().replace('\\', '/');
  }

  private static DataFile.Stats stats(Leaf leaf, Map<?, ?> values) {
    Optional<String> min = bound(leaf, values.get("min"));
    Optional<String> max = bound(leaf, values.get("max"));
    return new DataFile.Stats(
        number(values.get("num_values")),
        number(values.get("null_count")),
        "true".equals(values.get("has_nan")),
        min,
        max,
        number(values.get("column_size_bytes")));
  }

  private static long number(@Nullable Object text) {
    return text == null ? 0 : Long.parseLong(text.toString());
  }

  private static Optional<String> bound(Leaf leaf, @Nullable Object value) {
    DataType stored = StoredType.of(leaf.field().type());
    if (value == null
        || !(stored instanceof DataType.Simple || stored instanceof DataType.Decimal)) {
      return Optional.empty();
    }
    String text = value.toString();
    return switch (stored.sql()) {
      case "DATE", "TIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE" -> {
        if (BEYOND.contains(text)) {
          throw new TowpathException(
              "column \"" + leaf.column() + "\" holds " + text + ", which the lake cannot hold",
              "use NULL, or a real date far away");
        }
        yield Optional.of(text);
      }
      case "BOOLEAN" -> Optional.of(text.equals("1") ? "true" : "false");
      case "BLOB" -> Optional.empty(); // DuckDB prints these as if they were numbers
      default -> Optional.of(text);
    };
  }

  private Map<String, Optional<String>> partition(@Nullable Map<?, ?> keys) {
    Map<String, Optional<String>> partition = new LinkedHashMap<>();
    for (CopyTarget.Partition part : target.partitions()) {
      Object value = keys == null ? null : keys.get(part.column());
      partition.put(part.field(), Optional.ofNullable(value).map(Object::toString));
    }
    return partition;
  }

  /** All files of a finished COPY; those without rows are left out. */
  List<DataFile> files(ResultSet rows) throws SQLException {
    List<DataFile> files = new java.util.ArrayList<>();
    while (rows.next()) {
      DataFile file = file(rows);
      if (file.rows() > 0) {
        files.add(file);
      }
    }
    return files;
  }
}
