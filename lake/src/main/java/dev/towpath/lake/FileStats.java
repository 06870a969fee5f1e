package dev.towpath.lake;

import dev.towpath.lake.iceberg.PartitionValues;
import dev.towpath.lake.iceberg.SingleValue;
import dev.towpath.lake.iceberg.Spec;
import dev.towpath.lake.iceberg.StoredFile;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Field;
import dev.towpath.spi.StoredType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Data files as engines know them, to and from the way manifests hold them. */
final class FileStats {
  private final List<Field> fields;
  private final Map<Integer, Leaf> leaves = new HashMap<>();

  /**
   * A column without children.
   *
   * @param repeated whether it is inside a list or map, where Iceberg has no bounds
   */
  private record Leaf(DataType stored, boolean repeated) {
    boolean bounded() {
      return !repeated && !stored.sql().equals("BLOB");
    }
  }

  FileStats(List<Field> fields) {
    this.fields = fields;
    fields.forEach(f -> collect(f, false));
  }

  private void collect(Field field, boolean repeated) {
    if (field.children().isEmpty()) {
      leaves.put(field.id(), new Leaf(StoredType.of(field.type()), repeated));
    }
    boolean inner = repeated || !(field.type() instanceof DataType.Struct);
    field.children().forEach(c -> collect(c, inner));
  }

  /**
   * The form for a manifest.
   *
   * @param names of the spec's parts, in order
   */
  StoredFile stored(DataFile file, String absolute, Spec spec, List<String> names) {
    Map<Integer, Long> sizes = new TreeMap<>();
    Map<Integer, Long> values = new TreeMap<>();
    Map<Integer, Long> nulls = new TreeMap<>();
    Map<Integer, Long> nans = new TreeMap<>();
    Map<Integer, byte[]> lowers = new TreeMap<>();
    Map<Integer, byte[]> uppers = new TreeMap<>();
    file.stats()
        .forEach((id, stats) -> {
          Leaf leaf = leaves.get(id);
          if (leaf == null) {
            return;
          }
          sizes.put(id, stats.bytes());
          values.put(id, leaf.repeated() ? stats.values() : file.rows());
          nulls.put(id, stats.nulls());
          if (SingleValue.isFloating(leaf.stored()) && !stats.nans()) {
            nans.put(id, 0L);
          }
          if (leaf.bounded() && !stats.nans()) {
            stats
                .min()
                .flatMap(t -> SingleValue.lower(leaf.stored(), t))
                .ifPresent(b -> lowers.put(id, b));
            stats
                .max()
                .flatMap(t -> SingleValue.upper(leaf.stored(), t))
                .ifPresent(b -> uppers.put(id, b));
          }
        });
    // This is how files() knows which columns a file holds; a column of the top level has one
    // value, NULL included, in every row.
    file.fieldIds().forEach(id -> values.put(id, file.rows()));
    return new StoredFile(
        absolute,
        PartitionValues.encode(spec, names, file),
        file.rows(),
        file.bytes(),
        sizes,
        values,
        nulls,
        nans,
        lowers,
        uppers,
        Optional.empty());
  }

  /**
   * The form for engines.
   *
   * @param deletes which of its rows are gone
   */
  DataFile file(StoredFile file, String path, Spec spec, Optional<DataFile.Deletes> deletes) {
    List<Integer> held = new ArrayList<>();
    for (Field field : fields) {
      if (file.values().containsKey(field.id())) {
        held.add(field.id());
      }
    }
    Map<Integer, DataFile.Stats> stats = new HashMap<>();
    leaves.forEach((id, leaf) -> {
      Long nulls = file.nulls().get(id);
      if (nulls != null) {
        stats.put(id, stats(file, id, leaf, nulls));
      }
    });
    Map<String, Optional<String>> partition = new LinkedHashMap<>();
    for (Spec.Part part : spec.parts()) {
      partition.put(Partitions.name(part, fields), PartitionValues.decode(part, file));
    }
    return new DataFile(path, file.rows(), file.bytes(), held, stats, partition, deletes);
  }

  private static DataFile.Stats stats(StoredFile file, int id, Leaf leaf, long nulls) {
    boolean nans = SingleValue.isFloating(leaf.stored()) && !file.nans().containsKey(id);
    return new DataFile.Stats(
        file.values().getOrDefault(id, file.rows()),
        nulls,
        nans,
        text(leaf, file.lowers().get(id)),
        text(leaf, file.uppers().get(id)),
        file.sizes().getOrDefault(id, 0L));
  }

  private static Optional<String> text(
      Leaf leaf, byte @org.jspecify.annotations.Nullable [] bytes) {
    return Optional.ofNullable(bytes).map(b -> SingleValue.decode(leaf.stored(), b));
  }

  /** Ids of all columns that a list of fields has at any depth. */
  static void ids(List<Field> fields, Set<Integer> ids) {
    for (Field field : fields) {
      ids.add(field.id());
      ids(field.children(), ids);
    }
  }
}
