package dev.towpath.engine.duckdb.session;

import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Types that other programs get, in files and streams alike, which every reader of Parquet and
 * Arrow knows. DuckDB itself would write whole numbers beyond 64 bits, which are what the sum of
 * integers is, as floating-point numbers.
 */
public final class Handed {
  private Handed() {}

  /** The type that a value is handed over as. */
  public static DataType type(DataType type) {
    return switch (type) {
      case DataType.Decimal decimal -> decimal;
      case DataType.EnumOf _, DataType.Union _ -> new DataType.Simple("VARCHAR");
      case DataType.ListOf list -> new DataType.ListOf(type(list.element()));
      case DataType.ArrayOf array -> new DataType.ListOf(type(array.element()));
      case DataType.MapOf map -> new DataType.MapOf(type(map.key()), type(map.value()));
      case DataType.Struct struct ->
          new DataType.Struct(
              struct.members().stream().map(m -> new Column(m.name(), type(m.type()))).toList());
      case DataType.Simple simple ->
          switch (simple.name()) {
            case "HUGEINT", "UHUGEINT" -> new DataType.Decimal(38, 0);
            case "TIMESTAMP_S", "TIMESTAMP_MS" -> new DataType.Simple("TIMESTAMP");
            case "TIME_NS" -> new DataType.Simple("TIME");
            case "JSON",
                "UUID",
                "BIT",
                "INTERVAL",
                "TIME WITH TIME ZONE",
                "BIGNUM",
                "VARIANT",
                "GEOMETRY" ->
                new DataType.Simple("VARCHAR");
            default -> simple;
          };
    };
  }

  /** The columns of a result as they are handed over. */
  public static Schema of(Schema columns) {
    return new Schema(
        columns.columns().stream().map(c -> new Column(c.name(), type(c.type()))).toList());
  }

  /** What stands before and after a query, so that its columns come as they are handed over. */
  record Around(String before, String after) {
    static Around of(Schema columns) {
      if (Handed.of(columns).equals(columns)) {
        return new Around("SELECT * FROM (", "\n)");
      }
      // by position: a result may have two columns of one name
      String names =
          IntStream.range(0, columns.columns().size())
              .mapToObj(i -> "c" + i)
              .collect(Collectors.joining(", "));
      String list =
          IntStream.range(0, columns.columns().size())
              .mapToObj(i -> shown("c" + i, columns.columns().get(i)))
              .collect(Collectors.joining(", "));
      return new Around("SELECT " + list + " FROM (", "\n) AS towpath_rows(" + names + ")");
    }

    private static String shown(String value, Column column) {
      DataType handed = type(column.type());
      return (handed.equals(column.type()) ? value : Conversion.cast(value, handed))
          + " AS "
          + Names.quote(column.name());
    }
  }
}
