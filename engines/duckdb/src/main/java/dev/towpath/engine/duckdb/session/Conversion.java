package dev.towpath.engine.duckdb.session;

import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.StoredType;
import java.util.ArrayList;
import java.util.List;

/** SQL that turns values into their {@link StoredType} and back. */
final class Conversion {
  private Conversion() {}

  /** An expression of a column's type as its stored type; fails on a value that does not fit. */
  static String store(String expression, Column column) {
    DataType type = column.type();
    DataType stored = StoredType.of(column);
    String typed = cast(expression, type);
    return type.equals(stored) ? typed : store(typed, type, stored, column.name(), 0);
  }

  private static String store(
      String typed, DataType type, DataType stored, String column, int depth) {
    if (!hasNanos(type)) {
      return cast(typed, stored);
    }
    String variable = "towpath_" + depth;
    return switch (type) {
      case DataType.ListOf list ->
          each(
              typed, variable, store(variable, list.element(), element(stored), column, depth + 1));
      case DataType.ArrayOf array ->
          each(
              cast(typed, new DataType.ListOf(array.element())),
              variable,
              store(variable, array.element(), element(stored), column, depth + 1));
      case DataType.Struct struct -> struct(typed, struct, stored, column, depth);
      case DataType.MapOf map -> map(typed, map, stored, column, depth);
      default ->
          "CASE WHEN epoch_ns("
              + typed
              + ") % 1000 <> 0 THEN error("
              + Names.literal(
                  "column \""
                      + column
                      + "\" has digits below a microsecond, which the lake cannot"
                      + " hold: ")
              + " || CAST("
              + typed
              + " AS VARCHAR)) ELSE "
              + cast(typed, stored)
              + " END";
    };
  }

  private static String struct(
      String typed, DataType.Struct struct, DataType stored, String column, int depth) {
    List<String> members = new ArrayList<>();
    for (int i = 0; i < struct.members().size(); i++) {
      Column member = struct.members().get(i);
      String value = "struct_extract(" + typed + ", " + Names.literal(member.name()) + ")";
      DataType target = ((DataType.Struct) stored).members().get(i).type();
      members.add(
          Names.quote(member.name()) + " := " + store(value, member.type(), target, column, depth));
    }
    return "CASE WHEN ("
        + typed
        + ") IS NULL THEN NULL ELSE struct_pack("
        + String.join(", ", members)
        + ") END";
  }

  private static String map(
      String typed, DataType.MapOf map, DataType stored, String column, int depth) {
    DataType.MapOf target = (DataType.MapOf) stored;
    String variable = "towpath_" + depth;
    String entry =
        "struct_pack(k := "
            + store(variable + ".key", map.key(), target.key(), column, depth + 1)
            + ", v := "
            + store(variable + ".value", map.value(), target.value(), column, depth + 1)
            + ")";
    return "map_from_entries(" + each("map_entries(" + typed + ")", variable, entry) + ")";
  }

  private static String each(String list, String variable, String expression) {
    return "list_transform(" + list + ", lambda " + variable + ": " + expression + ")";
  }

  private static DataType element(DataType stored) {
    return ((DataType.ListOf) stored).element();
  }

  private static boolean hasNanos(DataType type) {
    return switch (type) {
      case DataType.Simple simple ->
          simple.name().equals("TIMESTAMP_NS") || simple.name().equals("TIME_NS");
      case DataType.ListOf list -> hasNanos(list.element());
      case DataType.ArrayOf array -> hasNanos(array.element());
      case DataType.MapOf map -> hasNanos(map.key()) || hasNanos(map.value());
      case DataType.Struct struct ->
          struct.members().stream().map(Column::type).anyMatch(Conversion::hasNanos);
      default -> false;
    };
  }

  /** A stored column as readers see it. */
  static String read(String expression, DataType type) {
    return type.equals(StoredType.of(type)) ? expression : cast(expression, type);
  }

  /** A CAST. */
  static String cast(String expression, DataType type) {
    return "CAST(" + expression + " AS " + type.sql() + ")";
  }
}
