package dev.towpath.engine.duckdb.serving;

import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Slice;
import dev.towpath.spi.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What stands around a query so that its result is read: types that Arrow has no vector for, or
 * DuckDB no Arrow type, come as text; and only the rows that are wanted, in the wanted order.
 */
final class Shown {
  private final Schema columns;
  private final Slice slice;
  private final int parameters;
  private final UnaryOperator<DataType> types;
  private final boolean named;
  private final boolean wrapped;
  private final List<String> values = new ArrayList<>();

  /**
   * What stands around a query with these columns.
   *
   * @param parameters of the query itself; ours have the numbers after them
   * @param types what each type comes as
   */
  Shown(Schema columns, Slice slice, int parameters, UnaryOperator<DataType> types) {
    this.columns = columns;
    this.slice = slice;
    this.parameters = parameters;
    this.types = types;
    this.named =
        columns.columns().stream().anyMatch(c -> !isPlain(c.type())) || !slice.by().isEmpty();
    this.wrapped = named || slice.rows() != Long.MAX_VALUE;
  }

  String before() {
    if (!named) {
      return wrapped ? "SELECT * FROM (" : "";
    }
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < columns.columns().size(); i++) {
      DataType type = columns.columns().get(i).type();
      String value =
          isPlain(type) ? "c" + i : "CAST(c" + i + " AS " + types.apply(type).sql() + ")";
      shown.add(value + " AS " + Names.quote(columns.columns().get(i).name()));
    }
    return "SELECT " + String.join(", ", shown) + " FROM (";
  }

  String after() {
    if (!wrapped) {
      return "";
    }
    StringBuilder text = new StringBuilder("\n)");
    if (named) {
      text.append(
          IntStream.range(0, columns.columns().size())
              .mapToObj(i -> "c" + i)
              .collect(Collectors.joining(", ", " AS towpath_rows(", ")")));
    }
    if (!slice.after().isEmpty()) {
      text.append(" WHERE ").append(beyond());
    }
    if (!slice.by().isEmpty()) {
      text.append(
          slice.by().stream()
              .map(k ->
                  "towpath_rows.c" + k.column() + (k.descending() ? " DESC" : "") + " NULLS LAST")
              .collect(Collectors.joining(", ", " ORDER BY ", "")));
    }
    if (slice.rows() != Long.MAX_VALUE) {
      text.append(" LIMIT ").append(slice.rows());
    }
    return text.toString();
  }

  /** Values of our own parameters; known when {@link #after} is. */
  List<String> values() {
    return values;
  }

  /**
   * Whether a row comes after the one that the slice begins after: by its first key that differs.
   */
  private String beyond() {
    List<String> ways = new ArrayList<>();
    StringBuilder same = new StringBuilder();
    for (int i = 0; i < slice.by().size(); i++) {
      Slice.Key key = slice.by().get(i);
      String column = "towpath_rows.c" + key.column();
      Optional<Statement.Bound> value = slice.after().get(i);
      if (value.isEmpty()) {
        same.append(column).append(" IS NULL AND "); // nothing comes after NULL
        continue;
      }
      values.add(value.get().text());
      String bound =
          "CAST($" + (parameters + values.size()) + " AS " + value.get().type().sql() + ")";
      String later = column + (key.descending() ? " < " : " > ") + bound;
      ways.add("(" + same + "(" + later + " OR " + column + " IS NULL))");
      same.append(column).append(" = ").append(bound).append(" AND ");
    }
    return ways.isEmpty() ? "false" : "(" + String.join(" OR ", ways) + ")";
  }

  private boolean isPlain(DataType type) {
    return types.apply(type).equals(type);
  }

  /** The type that a value is read as. */
  static DataType shown(DataType type) {
    return switch (type) {
      case DataType.Simple simple ->
          switch (simple.name()) {
            case "BOOLEAN",
                "TINYINT",
                "SMALLINT",
                "INTEGER",
                "BIGINT",
                "UTINYINT",
                "USMALLINT",
                "UINTEGER",
                "UBIGINT",
                "FLOAT",
                "DOUBLE",
                "VARCHAR",
                "BLOB",
                "DATE",
                "TIME",
                "TIMESTAMP",
                "TIMESTAMP_S",
                "TIMESTAMP_MS",
                "TIMESTAMP_NS",
                "TIMESTAMP WITH TIME ZONE" ->
                simple;
            default -> new DataType.Simple("VARCHAR");
          };
      case DataType.Decimal decimal -> decimal;
      case DataType.ListOf list -> new DataType.ListOf(shown(list.element()));
      case DataType.ArrayOf array -> new DataType.ArrayOf(shown(array.element()), array.length());
      case DataType.Struct struct ->
          new DataType.Struct(
              struct.members().stream().map(m -> new Column(m.name(), shown(m.type()))).toList());
      case DataType.MapOf map -> new DataType.MapOf(shown(map.key()), shown(map.value()));
      case DataType.EnumOf _, DataType.Union _ -> new DataType.Simple("VARCHAR");
    };
  }
}
