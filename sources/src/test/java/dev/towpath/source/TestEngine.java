package dev.towpath.source;

import dev.towpath.spi.Column;
import dev.towpath.spi.Extract;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.Names;
import dev.towpath.spi.RowReader;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceReader.Reading;
import dev.towpath.spi.TowpathException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The least that stands in for an engine: DuckDB, asked directly. */
public final class TestEngine {
  private TestEngine() {}

  /** The columns of files, by their content. */
  public static Schema infer(FileScan scan) {
    List<Column> columns = new ArrayList<>();
    for (List<String> row : query("DESCRIBE SELECT * FROM " + from(scan, false))) {
      columns.add(Column.of(row.get(0), row.get(1)));
    }
    return new Schema(columns);
  }

  /** All rows of a reading as sorted texts, whatever it is made of. */
  public static List<String> bag(Reading reading) {
    List<String> bag = new ArrayList<>();
    switch (reading.extract()) {
      case Extract.Files(FileScan scan) -> bag.addAll(rows(scan));
      case Extract.Rows(Schema schema, List<Supplier<RowReader>> parts) -> {
        for (Supplier<RowReader> part : parts) {
          try (RowReader rows = part.get()) {
            for (Object[] row = rows.next(); row != null; row = rows.next()) {
              bag.add(Arrays.deepToString(row));
            }
          }
        }
      }
      case Extract.Query query -> throw new AssertionError("a source asks no query: " + query);
    }
    bag.sort(null);
    return bag;
  }

  /** The rows of files as texts, in order, each column cast to its type. */
  public static List<String> rows(FileScan scan) {
    Schema schema = scan.columns().orElseThrow();
    List<String> bag = new ArrayList<>();
    for (FileScan.InputFile file : scan.files()) {
      FileScan one =
          new FileScan(scan.format(), List.of(file), scan.options(), scan.columns(), false);
      Schema own = infer(one);
      List<String> list = new ArrayList<>();
      boolean byPlace = "false".equals(scan.options().get("header"));
      for (int i = 0; i < schema.columns().size(); i++) {
        Column column = schema.columns().get(i);
        String name =
            byPlace
                ? Names.quote(own.columns().get(i).name())
                : own.column(column.name()).map(c -> Names.quote(c.name())).orElse("NULL");
        list.add("CAST(" + name + " AS " + column.type().sql() + ")");
      }
      boolean text = scan.format() == FileScan.Format.CSV;
      query("SELECT " + String.join(", ", list) + " FROM " + from(one, text))
          .forEach(row -> bag.add(row.toString()));
    }
    return bag;
  }

  private static String from(FileScan scan, boolean text) {
    String files =
        String.join(
            ", ", scan.files().stream().map(f -> Names.literal(f.path().toString())).toList());
    StringBuilder out =
        new StringBuilder(
            switch (scan.format()) {
              case CSV -> "read_csv([";
              case JSON -> "read_json([";
              case NDJSON -> "read_ndjson([";
              case PARQUET -> "read_parquet([";
            });
    out.append(files).append("], union_by_name = true");
    for (Map.Entry<String, String> option : scan.options().entrySet()) {
      String name =
          switch (option.getKey()) {
            case "delimiter" -> "delim";
            default -> option.getKey();
          };
      out.append(", ").append(name).append(" = ").append(Names.literal(option.getValue()));
    }
    return out.append(text ? ", all_varchar = true)" : ")").toString();
  }

  /** The result of a statement, if it has one. */
  public static List<List<String>> query(String sql) {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      List<List<String>> result = new ArrayList<>();
      if (statement.execute(sql)) {
        try (ResultSet rows = statement.getResultSet()) {
          int width = rows.getMetaData().getColumnCount();
          while (rows.next()) {
            List<String> row = new ArrayList<>();
            for (int i = 1; i <= width; i++) {
              row.add(rows.getString(i));
            }
            result.add(row);
          }
        }
      }
      return result;
    } catch (SQLException e) {
      throw new TowpathException(String.valueOf(e.getMessage()), null, e);
    }
  }
}
