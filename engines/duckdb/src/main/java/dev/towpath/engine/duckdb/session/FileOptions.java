package dev.towpath.engine.duckdb.session;

import dev.towpath.spi.FileScan;
import dev.towpath.spi.Names;
import dev.towpath.spi.TowpathException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The options of a scan, checked, under the names that DuckDB's readers know. */
final class FileOptions {
  /** Of a value: text, a number, or true and false. */
  private enum Kind {
    TEXT,
    CHARACTER,
    NUMBER,
    ROWS,
    FLAG
  }

  /** Rows to tell the columns from, -1 for all; no option of a reading. */
  static final String SAMPLE = "sample_size";

  private static final Map<String, Kind> DATES =
      Map.of("dateformat", Kind.TEXT, "timestampformat", Kind.TEXT);
  private static final Map<String, Kind> CSV =
      Map.of(
          "delimiter", Kind.TEXT,
          "header", Kind.FLAG,
          "quote", Kind.CHARACTER,
          "escape", Kind.CHARACTER,
          "nullstr", Kind.TEXT,
          "encoding", Kind.TEXT,
          "skip", Kind.NUMBER,
          "comment", Kind.CHARACTER,
          "decimal_separator", Kind.CHARACTER);
  private static final Map<String, Kind> MORE_CSV =
      Map.of(
          "thousands",
          Kind.CHARACTER,
          "strict_mode",
          Kind.FLAG,
          "null_padding",
          Kind.FLAG,
          "max_line_size",
          Kind.NUMBER,
          SAMPLE,
          Kind.ROWS);
  private static final Map<String, Kind> JSON =
      Map.of("maximum_object_size", Kind.NUMBER, SAMPLE, Kind.ROWS);
  private static final Map<String, Kind> PARQUET = Map.of("binary_as_string", Kind.FLAG);

  private final Map<String, String> values;

  private FileOptions(Map<String, String> values) {
    this.values = values;
  }

  /** Checks the options of a scan against those its format takes. */
  static FileOptions of(FileScan scan) {
    Map<String, Kind> known = known(scan.format());
    Map<String, String> values = new TreeMap<>();
    scan.options()
        .forEach((key, value) -> {
          Kind kind = known.get(key);
          if (kind == null) {
            throw new TowpathException(
                "unknown option \"" + key + "\" for " + scan.format() + " files",
                Names.nearest(key, known.keySet())
                    .map(n -> "did you mean \"" + n + "\"?")
                    .orElse("known are " + String.join(", ", new TreeMap<>(known).keySet())));
          }
          values.put(key, checked(key, kind, value));
        });
    return new FileOptions(values);
  }

  private static Map<String, Kind> known(FileScan.Format format) {
    Map<String, Kind> known = new TreeMap<>();
    switch (format) {
      case CSV -> {
        known.putAll(DATES);
        known.putAll(CSV);
        known.putAll(MORE_CSV);
      }
      case JSON, NDJSON -> {
        known.putAll(DATES);
        known.putAll(JSON);
      }
      case PARQUET -> known.putAll(PARQUET);
    }
    return known;
  }

  private static String checked(String key, Kind kind, String value) {
    String text = value.equals("\\t") ? "\t" : value;
    boolean right =
        switch (kind) {
          case TEXT -> true;
          case CHARACTER -> text.length() <= 1;
          case NUMBER -> text.matches("[0-9]{1,12}");
          case ROWS -> text.matches("-1|[0-9]{1,12}");
          case FLAG -> text.equals("true") || text.equals("false");
        };
    if (!right) {
      throw new TowpathException(
          "option \"" + key + "\" is \"" + value + "\"",
          switch (kind) {
            case TEXT, CHARACTER -> "it takes one character";
            case NUMBER, ROWS -> "it takes a number";
            case FLAG -> "it takes true or false";
          });
    }
    return text;
  }

  String text(String key, String otherwise) {
    return values.getOrDefault(key, otherwise);
  }

  Set<String> keys() {
    return values.keySet();
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  /** All options as SQL, by the names of DuckDB. */
  Map<String, String> sql() {
    Map<String, String> sql = new LinkedHashMap<>();
    values.forEach(
        (key, value) -> sql.put(key.equals("delimiter") ? "delim" : key, Names.literal(value)));
    sql.remove(SAMPLE);
    return sql;
  }
}
