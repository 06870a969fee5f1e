package dev.towpath.spi;

import java.util.List;

/**
 * The type that a DuckDB type is stored as in the lake: the nearest one that Iceberg knows. The
 * same type comes back when the stored one is equal; otherwise readers cast it back.
 *
 * <p>A value that does not fit its stored type (a HUGEINT beyond 38 digits, a TIMESTAMP_NS with
 * digits below a microsecond) fails the write; it is never rounded.
 */
public final class StoredType {
  private StoredType() {}

  /**
   * The stored type of a column.
   *
   * @throws TowpathException that names the column and a cast, when the lake cannot hold the type
   */
  public static DataType of(Column column) {
    return of(column.type(), "column \"" + column.name() + "\"");
  }

  /**
   * The stored type of a type; members of nested ones alike.
   *
   * @throws TowpathException that suggests a cast, when the lake cannot hold the type
   */
  public static DataType of(DataType type) {
    return of(type, "the type");
  }

  private static DataType of(DataType type, String what) {
    return switch (type) {
      case DataType.Simple simple -> simple(simple, what);
      case DataType.Decimal decimal -> decimal;
      case DataType.EnumOf _ -> new DataType.Simple("VARCHAR");
      case DataType.ListOf list -> new DataType.ListOf(of(list.element(), what));
      case DataType.ArrayOf array -> new DataType.ListOf(of(array.element(), what));
      case DataType.MapOf map -> new DataType.MapOf(of(map.key(), what), of(map.value(), what));
      case DataType.Struct struct -> new DataType.Struct(members(struct.members(), what));
      case DataType.Union _ ->
          throw refused(what, "UNION", "cast it to JSON or VARCHAR, or use a STRUCT");
    };
  }

  private static List<Column> members(List<Column> members, String what) {
    return members.stream().map(m -> new Column(m.name(), of(m.type(), what))).toList();
  }

  private static DataType simple(DataType.Simple type, String what) {
    return switch (type.name()) {
      case "BOOLEAN",
          "INTEGER",
          "BIGINT",
          "FLOAT",
          "DOUBLE",
          "VARCHAR",
          "BLOB",
          "DATE",
          "TIME",
          "TIMESTAMP",
          "TIMESTAMP WITH TIME ZONE",
          "UUID" ->
          type;
      case "TINYINT", "SMALLINT", "UTINYINT", "USMALLINT" -> new DataType.Simple("INTEGER");
      case "UINTEGER" -> new DataType.Simple("BIGINT");
      case "UBIGINT" -> new DataType.Decimal(20, 0);
      case "HUGEINT", "UHUGEINT" -> new DataType.Decimal(38, 0);
      case "TIME_NS" -> new DataType.Simple("TIME");
      case "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS" -> new DataType.Simple("TIMESTAMP");
      case "JSON", "BIT" -> new DataType.Simple("VARCHAR");
      case "INTERVAL" ->
          throw refused(what, type.name(), "cast it to VARCHAR, or store epoch(...) as a number");
      case "TIME WITH TIME ZONE" ->
          throw refused(what, type.name(), "cast it to TIME, or keep a TIMESTAMP WITH TIME ZONE");
      case "BIGNUM" -> throw refused(what, type.name(), "cast it to DECIMAL(38,0) or VARCHAR");
      case "VARIANT" -> throw refused(what, type.name(), "cast it to JSON");
      case "GEOMETRY" -> throw refused(what, type.name(), "cast it to VARCHAR or BLOB");
      default -> throw refused(what, type.name(), "cast it to VARCHAR");
    };
  }

  private static TowpathException refused(String what, String type, String hint) {
    return new TowpathException(
        what + " is of type " + type + ", which the lake cannot hold", hint);
  }
}
