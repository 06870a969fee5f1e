package dev.towpath.lake;

import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Field;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.StoredType;
import dev.towpath.spi.TowpathException;
import dev.towpath.spi.Widening;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gives columns their ids. A column keeps the id of the column that had its name, or the name it
 * was renamed from, as long as everything written so far can be read as the new type: INTEGER as
 * BIGINT, FLOAT as DOUBLE, a DECIMAL with more digits before the point, an ENUM with more values,
 * and any type that is stored alike and holds no less. Otherwise it gets a new id, which old files
 * lack, so the table has to be rebuilt ({@link Commit} insists on that). Ids are never used again.
 */
final class FieldIds {
  private int last;

  private FieldIds(int last) {
    this.last = last;
  }

  /** The fields of a new table, or of a new state after one that had {@code old} fields. */
  static List<Field> assign(
      Schema schema, List<Field> old, int lastId, Map<String, String> renames) {
    FieldIds ids = new FieldIds(lastId);
    Map<String, String> origins = new HashMap<>();
    renames.forEach((now, then) -> origins.put(Names.identity(now), Names.identity(then)));
    Map<String, Field> byName = new HashMap<>();
    old.forEach(f -> byName.put(Names.identity(f.name()), f));
    Set<String> names = new HashSet<>();
    Set<String> kept = new HashSet<>();
    schema.columns().forEach(c -> kept.add(Names.identity(c.name())));
    List<Field> fields = new ArrayList<>();
    for (Column column : schema.columns()) {
      String name = Names.identity(column.name());
      if (!names.add(name)) {
        throw new TowpathException(
            "two columns are named \"" + column.name() + "\"",
            "names that differ only by case are one name: rename one");
      }
      StoredType.of(column);
      // Its own name comes first: renamed_from stays in the file long after the renaming.
      String origin = byName.containsKey(name) ? name : origins.getOrDefault(name, name);
      boolean taken = !origin.equals(name) && kept.contains(origin);
      Field before = taken ? null : byName.get(origin);
      fields.add(
          Optional.ofNullable(before)
              .flatMap(f -> ids.keep(f, column))
              .orElseGet(() -> ids.fresh(column.name(), column.type())));
    }
    return List.copyOf(fields);
  }

  private Field fresh(String name, DataType type) {
    int id = ++last;
    List<Field> children =
        switch (type) {
          case DataType.Struct struct ->
              struct.members().stream().map(m -> fresh(m.name(), m.type())).toList();
          case DataType.ListOf list -> List.of(fresh("element", list.element()));
          case DataType.ArrayOf array -> List.of(fresh("element", array.element()));
          case DataType.MapOf map -> List.of(fresh("key", map.key()), fresh("value", map.value()));
          default -> List.of();
        };
    return new Field(id, name, type, children);
  }

  /** The field under a new name and type, or empty when old files cannot be read as that. */
  private Optional<Field> keep(Field old, Column now) {
    DataType type = now.type();
    Optional<List<Field>> children =
        switch (type) {
          case DataType.Struct struct when old.type() instanceof DataType.Struct ->
              members(old.children(), struct.members());
          case DataType.ListOf list
              when old.type() instanceof DataType.ListOf
                  || old.type() instanceof DataType.ArrayOf ->
              inner(old, 0, "element", list.element()).map(List::of);
          case DataType.ArrayOf array
              when old.type() instanceof DataType.ArrayOf before
                  && before.length() == array.length() ->
              inner(old, 0, "element", array.element()).map(List::of);
          case DataType.MapOf map
              when old.type() instanceof DataType.MapOf before && before.key().equals(map.key()) ->
              inner(old, 1, "value", map.value()).map(v -> List.of(old.children().get(0), v));
          default -> Widening.widens(old.type(), type) ? Optional.of(List.of()) : Optional.empty();
        };
    return children.map(c -> new Field(old.id(), now.name(), type, c));
  }

  private Optional<Field> inner(Field old, int child, String name, DataType type) {
    return keep(old.children().get(child), new Column(name, type));
  }

  private Optional<List<Field>> members(List<Field> old, List<Column> now) {
    Map<String, Field> byName = new HashMap<>();
    old.forEach(f -> byName.put(Names.identity(f.name()), f));
    List<Field> fields = new ArrayList<>();
    for (Column member : now) {
      Field before = byName.get(Names.identity(member.name()));
      if (before == null) {
        fields.add(fresh(member.name(), member.type()));
        continue;
      }
      Optional<Field> kept = keep(before, member);
      if (kept.isEmpty()) {
        return Optional.empty();
      }
      fields.add(kept.get());
    }
    return Optional.of(fields);
  }
}
