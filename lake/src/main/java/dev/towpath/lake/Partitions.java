package dev.towpath.lake;

import dev.towpath.lake.iceberg.Spec;
import dev.towpath.lake.iceberg.TableState;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Field;
import dev.towpath.spi.Names;
import dev.towpath.spi.PartitionField;
import dev.towpath.spi.PartitionField.Transform;
import dev.towpath.spi.StoredType;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Turns {@code partition_by:} into partition specs, and keeps what earlier states gave ids to. */
final class Partitions {
  private static final int FIRST_FIELD_ID = 1000;

  private Partitions() {}

  /**
   * The spec of a new state: the base's own when it means the same, else a new one.
   *
   * @throws TowpathException when a column is missing or of a type that the transform does not take
   */
  static Spec resolve(
      Optional<TableState> base, List<Field> fields, List<PartitionField> partitionBy) {
    int next = base.map(TableState::lastPartitionId).orElse(FIRST_FIELD_ID - 1) + 1;
    List<Spec.Part> parts = new ArrayList<>();
    Set<Integer> timed = new HashSet<>();
    Set<String> names = new HashSet<>();
    for (PartitionField wanted : partitionBy) {
      Field source = source(fields, wanted);
      DataType type =
          Spec.resultType(wanted.transform(), StoredType.of(checked(source, wanted.transform())));
      if (wanted.transform() != Transform.IDENTITY && !timed.add(source.id())) {
        throw new TowpathException(
            "partition_by names two parts of the time in \"" + source.name() + "\"",
            "keep the finest: a day tells its month");
      }
      if (!names.add(Names.identity(wanted.name()))) {
        throw new TowpathException(
            "partition_by names \"" + wanted.name() + "\" twice",
            "take one out, or rename the column of that name");
      }
      Spec.Part part = new Spec.Part("", source.id(), next, wanted.transform(), type);
      Optional<Integer> known = knownId(base, part);
      int id = known.orElse(next);
      next = known.isPresent() ? next : next + 1;
      parts.add(new Spec.Part("", source.id(), id, wanted.transform(), type));
    }
    Spec spec = named(new Spec(0, parts), fields);
    List<Spec> old = base.map(TableState::specs).orElse(List.of());
    int id =
        old.stream()
            .filter(s -> s.sameAs(spec))
            .findFirst()
            .map(Spec::id)
            .orElse(old.stream().mapToInt(Spec::id).max().orElse(-1) + 1);
    return new Spec(id, spec.parts());
  }

  private static Field source(List<Field> fields, PartitionField wanted) {
    String name = Names.identity(wanted.column());
    return fields.stream()
        .filter(f -> Names.identity(f.name()).equals(name))
        .findFirst()
        .orElseThrow(() ->
            new TowpathException(
                "partition_by names the unknown column \"" + wanted.column() + "\"",
                Names.nearest(wanted.column(), fields.stream().map(Field::name).toList())
                    .map(n -> "did you mean \"" + n + "\"?")
                    .orElse(null)));
  }

  private static DataType checked(Field source, Transform transform) {
    DataType type = source.type();
    String stored = StoredType.of(type).sql();
    boolean time = stored.startsWith("TIMESTAMP");
    boolean fits =
        switch (transform) {
          case IDENTITY -> source.children().isEmpty() && !stored.equals("BLOB");
          case YEAR, MONTH, DAY -> time || stored.equals("DATE");
          case HOUR -> time;
        };
    if (!fits) {
      throw new TowpathException(
          "partition_by cannot take "
              + transform.name().toLowerCase(java.util.Locale.ROOT)
              + " of \""
              + source.name()
              + "\", which is of type "
              + type.sql(),
          transform == Transform.IDENTITY
              ? "partition by a column of a plain type"
              : "year, month, day and hour need a TIMESTAMP; all but hour also take a DATE");
    }
    return type;
  }

  private static Optional<Integer> knownId(Optional<TableState> base, Spec.Part part) {
    return base.stream()
        .flatMap(b -> b.specs().stream())
        .flatMap(s -> s.parts().stream())
        .filter(p -> p.sameAs(part))
        .map(Spec.Part::fieldId)
        .findFirst();
  }

  /** The spec with names after the columns as they are called now, unlike any other column's. */
  static Spec named(Spec spec, List<Field> fields) {
    Set<String> taken = new HashSet<>();
    fields.forEach(f -> taken.add(Names.identity(f.name())));
    List<Spec.Part> parts = new ArrayList<>();
    for (Spec.Part part : spec.parts()) {
      String name = name(part, fields);
      if (part.transform() != Transform.IDENTITY) {
        while (!taken.add(Names.identity(name))) {
          name += "_part";
        }
      }
      DataType type =
          Spec.resultType(part.transform(), StoredType.of(sourceOf(part, fields).type()));
      parts.add(new Spec.Part(name, part.sourceId(), part.fieldId(), part.transform(), type));
    }
    return new Spec(spec.id(), parts);
  }

  /** {@link PartitionField#name} of a part. */
  static String name(Spec.Part part, List<Field> fields) {
    return new PartitionField(sourceOf(part, fields).name(), part.transform()).name();
  }

  private static Field sourceOf(Spec.Part part, List<Field> fields) {
    return fields.stream()
        .filter(f -> f.id() == part.sourceId())
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("column " + part.sourceId() + " is gone"));
  }

  /** Whether all columns that a spec partitions by are still there. */
  static boolean holds(Spec spec, List<Field> fields) {
    return spec.parts().stream()
        .allMatch(p -> fields.stream().anyMatch(f -> f.id() == p.sourceId()));
  }
}
