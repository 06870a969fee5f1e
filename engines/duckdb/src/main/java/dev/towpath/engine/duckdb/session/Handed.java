package dev.towpath.engine.duckdb.session;

import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.HandedType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Results with the types that other programs get, in files and streams alike. DuckDB itself would
 * write whole numbers beyond 64 bits, which are what the sum of integers is, as floating-point
 * numbers.
 */
public final class Handed {
  private Handed() {}

  /** The columns of a result as they are handed over. */
  public static Schema of(Schema columns) {
    return new Schema(
        columns.columns().stream()
            .map(c -> new Column(c.name(), HandedType.of(c.type())))
            .toList());
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
      DataType handed = HandedType.of(column.type());
      return (handed.equals(column.type()) ? value : Conversion.cast(value, handed))
          + " AS "
          + Names.quote(column.name());
    }
  }
}
