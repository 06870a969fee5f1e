package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.session.Connections.Job;
import dev.towpath.engine.duckdb.session.CsvFile.Rejects;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.FileScan.InputFile;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** SQL that reads the files of one scan. */
final class FileReader {
  /** Files up to this many bytes in all are read whole to tell their columns. */
  private static final long SMALL = 16L << 20;

  private static final int SAMPLE = 500_000;

  /**
   * A delimiter that no text file has, to read lines whole. By one thread: a session does not
   * preserve order, so the lines that several threads read of a large file come in any.
   */
  static final String LINES =
      "auto_detect = false, header = false, delim = E'\\x01', quote = '', escape = '',"
          + " parallel = false, columns = {'line': 'VARCHAR'}";

  private final Job job;
  private final FileScan scan;
  private final FileOptions options;

  FileReader(Job job, FileScan scan) {
    this.job = job;
    this.scan = scan;
    this.options = FileOptions.of(scan);
  }

  /** Names and types of the columns over all files. */
  Schema infer() throws SQLException {
    long bytes = scan.files().stream().mapToLong(f -> f.path().toFile().length()).sum();
    String sample =
        "sample_size = "
            + options.text(FileOptions.SAMPLE, String.valueOf(bytes <= SMALL ? -1 : SAMPLE));
    String sql =
        "DESCRIBE SELECT * FROM "
            + switch (scan.format()) {
              case CSV -> {
                CsvFile first = CsvFile.of(job, options, scan.files().getFirst());
                yield call(
                    "read_csv",
                    scan.files(),
                    first.dialect(),
                    sample
                        + ", files_to_sniff = -1, union_by_name = true"
                        + (scan.tolerant() ? ", ignore_errors = true" : ""));
              }
              case JSON, NDJSON ->
                  call(
                      "read_json",
                      scan.files(),
                      options.sql(),
                      sample
                          + ", maximum_sample_files = "
                          + scan.files().size()
                          + ", union_by_name = true, "
                          + jsonFormat());
              case PARQUET ->
                  call(
                      "read_parquet",
                      scan.files(),
                      options.sql(),
                      "union_by_name = true, hive_partitioning = false");
            };
    try (PreparedStatement statement = job.prepare(sql);
        ResultSet rows = statement.executeQuery()) {
      return Queries.described(rows);
    }
  }

  private String jsonFormat() {
    return "format = "
        + (scan.format() == FileScan.Format.NDJSON ? "'newline_delimited'" : "'auto'");
  }

  static String call(
      String function, List<InputFile> files, Map<String, String> options, String more) {
    String paths =
        files.stream().map(f -> Literals.readable(f.path())).collect(Collectors.joining(", "));
    String named =
        options.entrySet().stream()
            .map(o -> ", " + o.getKey() + " = " + o.getValue())
            .collect(Collectors.joining());
    return function + "([" + paths + "]" + named + (more.isEmpty() ? "" : ", " + more) + ")";
  }

  /**
   * One SELECT per file, all with the same columns; the order of the files is kept.
   *
   * @param schema what to read as; what a file lacks is NULL
   * @param provenance whether {@code _file} and {@code _row} are put before the columns
   * @param rejects what becomes of rows of a CSV that do not fit
   */
  List<String> selects(Schema schema, boolean provenance, Rejects rejects) throws SQLException {
    List<String> selects = new ArrayList<>();
    for (InputFile file : scan.files()) {
      Source source =
          switch (scan.format()) {
            case CSV -> CsvFile.of(job, options, file).source(schema, rejects);
            case JSON, NDJSON -> json(file, schema);
            case PARQUET -> parquet(file);
          };
      selects.add(select(file, schema, provenance, source));
    }
    return selects;
  }

  /** Rows of a source under the columns' names, as rows of a file. */
  static String select(InputFile file, Schema schema, boolean provenance, Source source) {
    String columns =
        schema.columns().stream().map(c -> column(c, source)).collect(Collectors.joining(", "));
    String hidden =
        provenance
            ? Names.literal(file.name()) + " AS \"_file\", " + source.row() + " AS \"_row\", "
            : "";
    return "SELECT " + hidden + columns + " FROM " + source.sql();
  }

  /**
   * How one file is read.
   *
   * @param names of its columns, by identity
   * @param row expression for the row's number
   * @param jsonPath of a JSON file, whose whole numbers come as text
   */
  record Source(String sql, Map<String, String> names, String row, Optional<String> jsonPath) {
    /** A streaming window: numbers the rows as they come, in the order of the file. */
    static final String COUNTED = "row_number() OVER ()";

    Source(String sql, Map<String, String> names, String row) {
      this(sql, names, row, Optional.empty());
    }
  }

  private static String column(Column column, Source source) {
    String name = source.names().get(Names.identity(column.name()));
    String value =
        name != null && source.jsonPath().isPresent() && WholeNumbers.is(column.type())
            ? WholeNumbers.required(Names.quote(name), column.type(), source.jsonPath().get())
            : Conversion.cast(name == null ? "NULL" : Names.quote(name), column.type());
    return value + " AS " + Names.quote(column.name());
  }

  static String columns(Map<String, DataType> types) {
    return types.entrySet().stream()
        .map(c -> Names.literal(c.getKey()) + ": " + Names.literal(c.getValue().sql()))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private Source json(InputFile file, Schema schema) {
    Map<String, DataType> types = new LinkedHashMap<>();
    schema
        .columns()
        .forEach(c ->
            types.put(
                c.name(), WholeNumbers.is(c.type()) ? new DataType.Simple("VARCHAR") : c.type()));
    String sql =
        call(
            "read_json",
            List.of(file),
            options.sql(),
            jsonFormat() + ", columns = " + columns(types));
    Map<String, String> names =
        schema.names().stream().collect(Collectors.toMap(Names::identity, n -> n));
    String path = file.path().toAbsolutePath().normalize().toString();
    return new Source(sql, names, Source.COUNTED, Optional.of(path));
  }

  private Source parquet(InputFile file) throws SQLException {
    String read = call("read_parquet", List.of(file), options.sql(), "hive_partitioning = false");
    Map<String, String> names = new HashMap<>();
    try (PreparedStatement statement = job.prepare("DESCRIBE SELECT * FROM " + read);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        names.put(Names.identity(rows.getString(1)), rows.getString(1));
      }
    }
    return new Source(read, names, "file_row_number + 1");
  }

  /** Reads the lines of a text file as they are, with blank ones; column {@code line}. */
  String lines(InputFile file) {
    return "read_csv("
        + Literals.readable(file.path())
        + ", "
        + LINES
        + ", max_line_size = "
        + options.text("maximum_object_size", "16777216")
        + ")";
  }

  /** The format as people call it. */
  String format() {
    return scan.format() == FileScan.Format.PARQUET
        ? "Parquet"
        : scan.format().name().toUpperCase(Locale.ROOT);
  }
}
