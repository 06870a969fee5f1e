package dev.towpath.engine.duckdb.session;

import dev.towpath.spi.Column;
import dev.towpath.spi.CsvColumn;
import dev.towpath.spi.CsvColumn.Form;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import java.util.List;
import java.util.stream.Collectors;

/**
 * SQL that reads spooled rows and turns their texts into values, or finds those that do not fit.
 */
final class CsvText {
  /** What DuckDB takes a row to be at most, unless told otherwise. */
  private static final int USUAL_ROW = 2_000_000;

  private static final DataType TEXT = new DataType.Simple("VARCHAR");

  private final List<CsvColumn> columns;

  CsvText(List<CsvColumn> columns) {
    this.columns = List.copyOf(columns);
  }

  List<String> names() {
    return columns.stream().map(c -> c.column().name()).toList();
  }

  /** The rows of files, each column as its type. */
  String select(List<Spool.Part> parts) {
    return columns.stream()
            .map(c -> value(c) + " AS " + Names.quote(c.column().name()))
            .collect(Collectors.joining(", ", "SELECT ", " FROM "))
        + read(parts, false);
  }

  /** The texts of one column that do not fit it. */
  String misfits(CsvColumn column, List<Spool.Part> parts) {
    String name = Names.quote(column.column().name());
    return "SELECT "
        + name
        + " FROM "
        + read(parts, true)
        + " WHERE "
        + misfit(column)
        + " LIMIT 1";
  }

  /** A whole file in one buffer: quoted line ends then cannot be taken for ends of rows. */
  private String read(List<Spool.Part> parts, boolean asText) {
    long largest = parts.stream().mapToLong(Spool.Part::bytes).max().orElse(0);
    int longest = parts.stream().mapToInt(Spool.Part::longest).max().orElse(0);
    long row = Math.max(USUAL_ROW, longest + 16L);
    String types =
        columns.stream()
            .map(c ->
                Names.literal(c.column().name())
                    + ": "
                    + Names.literal((asText || !typed(c) ? TEXT : c.column().type()).sql()))
            .collect(Collectors.joining(", ", "{", "}"));
    return "read_csv(["
        + parts.stream().map(p -> Literals.readable(p.file())).collect(Collectors.joining(", "))
        + "], auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"',"
        + " nullstr = '', allow_quoted_nulls = false, max_line_size = "
        + row
        + ", buffer_size = "
        + Math.max(largest + 1024, 2 * row)
        + ", columns = "
        + types
        + ")";
  }

  private static boolean typed(CsvColumn column) {
    return column.form() == Form.PLAIN;
  }

  private static String value(CsvColumn column) {
    String name = Names.quote(column.column().name());
    DataType type = column.column().type();
    return switch (column.form()) {
      case PLAIN ->
          dated(type)
              ? "CASE WHEN isinf("
                  + name
                  + ") THEN "
                  + error(column.column(), name)
                  + " ELSE "
                  + name
                  + " END"
              : name;
      case EXACT -> exact(name, type, column.column());
      case HEX -> hex(name);
      case LIST -> {
        String texts = "CAST(CAST(" + name + " AS JSON) AS VARCHAR[])";
        String value =
            "list_transform("
                + texts
                + ", lambda towpath_e: "
                + element("towpath_e", element(type), column.column())
                + ")";
        yield "CASE WHEN json_type("
            + name
            + ", '$[0]') = 'ARRAY' THEN "
            + error(column.column(), name)
            + " ELSE "
            + value
            + " END";
      }
    };
  }

  private static String element(String name, DataType type, Column column) {
    return switch (form(type)) {
      case EXACT -> exact(name, type, column);
      case HEX -> hex(name);
      default -> {
        String cast = Conversion.cast(name, type);
        yield dated(type)
            ? "CASE WHEN isinf(" + cast + ") THEN " + error(column, name) + " ELSE " + cast + " END"
            : cast;
      }
    };
  }

  /** How the members of a list of this type stand as text. */
  private static Form form(DataType type) {
    return switch (type) {
      case DataType.Decimal _ -> Form.EXACT;
      case DataType.Simple simple when simple.name().equals("BLOB") -> Form.HEX;
      case DataType _ -> Form.PLAIN;
    };
  }

  /** Whether there may be a date that no calendar has, which the lake could not hold. */
  private static boolean dated(DataType type) {
    return type instanceof DataType.Simple simple
        && (simple.name().equals("DATE") || simple.name().startsWith("TIMESTAMP"));
  }

  private static DataType element(DataType type) {
    return type instanceof DataType.ListOf list ? list.element() : type;
  }

  private static String hex(String text) {
    return "unhex(replace(" + text + ", '\\x', ''))";
  }

  private static String exact(String text, DataType type, Column column) {
    return "CASE WHEN "
        + rounds(text, type)
        + " THEN "
        + error(column, text)
        + " ELSE "
        + Conversion.cast(text, type)
        + " END";
  }

  /** Whether a cast would leave digits out. */
  private static String rounds(String text, DataType type) {
    int scale = type instanceof DataType.Decimal decimal ? decimal.scale() : 0;
    return "regexp_matches(" + text + ", '[eE]|\\.[0-9]{" + scale + "}[0-9]*[1-9]')";
  }

  private static String error(Column column, String text) {
    String message = "column \"" + column.name() + "\": \"";
    return "error("
        + Names.literal(message)
        + " || "
        + "CAST("
        + text
        + " AS VARCHAR)"
        + " || "
        + Names.literal("\" does not fit " + column.type().sql())
        + ")";
  }

  private static String misfit(CsvColumn column) {
    String name = Names.quote(column.column().name());
    DataType type = column.column().type();
    if (column.form() != Form.LIST) {
      return misfit(name, type, column.form());
    }
    DataType element = element(type);
    return "(json_type("
        + name
        + ", '$[0]') = 'ARRAY' OR len(list_filter(CAST(CAST("
        + name
        + " AS JSON) AS VARCHAR[]), lambda towpath_e: "
        + misfit("towpath_e", element, form(element))
        + ")) > 0)";
  }

  private static String misfit(String text, DataType type, Form form) {
    String cast =
        "(" + text + " IS NOT NULL AND TRY_CAST(" + text + " AS " + type.sql() + ") IS NULL)";
    return switch (form) {
      case PLAIN, LIST ->
          dated(type)
              ? "(" + cast + " OR isinf(TRY_CAST(" + text + " AS " + type.sql() + ")))"
              : cast;
      case EXACT -> "(" + cast + " OR " + rounds(text, type) + ")";
      case HEX -> "(" + text + " IS NOT NULL AND TRY(" + hex(text) + ") IS NULL)";
    };
  }
}
