package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.session.Connections.Job;
import dev.towpath.engine.duckdb.session.CsvCutter.Piece;
import dev.towpath.engine.duckdb.session.FileReader.Source;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.FileScan.InputFile;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** SQL that reads one CSV file. */
final class CsvFile {
  /** What DuckDB takes a row to be at most. */
  private static final long USUAL_ROW = 2_000_000;

  private static final DataType TEXT = new DataType.Simple("VARCHAR");

  private final InputFile file;
  private final CsvHeader header;
  private final Map<String, String> dialect;

  private CsvFile(InputFile file, CsvHeader header, Map<String, String> dialect) {
    this.file = file;
    this.header = header;
    this.dialect = dialect;
  }

  /** Looks at a file's first line. */
  static CsvFile of(Job job, FileOptions options, InputFile file) throws SQLException {
    CsvHeader header = header(job, options, file);
    return new CsvFile(file, header, dialect(options, header));
  }

  /**
   * What becomes of rows that do not fit.
   *
   * @param tables name that DuckDB's tables of them start with; empty to fail on such a row
   * @param whole how columns of whole numbers are read
   */
  record Rejects(Optional<String> tables, Whole whole) {
    static final Rejects FAIL = new Rejects(Optional.empty(), Whole.REQUIRED);
  }

  /** How columns of whole numbers are read. DuckDB's own reader rounds a fraction. */
  enum Whole {
    /** By DuckDB's reader: it is known that there is no fraction. */
    TYPED,
    /** As text, and one that is no whole number fails the reading. */
    REQUIRED,
    /** As text, and rows with one that is no whole number are left out. */
    LEFT_OUT
  }

  CsvHeader header() {
    return header;
  }

  /** All options that would else be guessed from the data. */
  Map<String, String> dialect() {
    return dialect;
  }

  private static Map<String, String> dialect(FileOptions options, CsvHeader header) {
    Map<String, String> dialect = new LinkedHashMap<>(options.sql());
    dialect.put("delim", Names.literal(header.delimiter()));
    dialect.put("header", Boolean.toString(header.header()));
    dialect.putIfAbsent("quote", "'\"'");
    dialect.putIfAbsent("escape", dialect.getOrDefault("quote", "'\"'"));
    return dialect;
  }

  /** The first line of a CSV file, comments and skipped lines left out. */
  private static CsvHeader header(Job job, FileOptions options, InputFile file)
      throws SQLException {
    int skip = Integer.parseInt(options.text("skip", "0"));
    String encoding =
        options.has("encoding")
            ? ", encoding = " + Names.literal(options.text("encoding", "utf-8"))
            : "";
    String sql =
        "SELECT line FROM read_csv("
            + Literals.readable(file.path())
            + ", "
            + FileReader.LINES
            + encoding
            + ", buffer_size = 4000000, max_line_size = 1000000) LIMIT "
            + (skip + 100);
    String comment = options.text("comment", "");
    try (PreparedStatement statement = job.prepare(sql);
        ResultSet rows = statement.executeQuery()) {
      int line = 0;
      while (rows.next()) {
        String text = rows.getString(1);
        boolean skipped =
            line++ < skip || text == null || (!comment.isEmpty() && text.startsWith(comment));
        if (!skipped) {
          return CsvHeader.of(text, options);
        }
      }
    }
    throw new TowpathException("the file " + file.name() + " is empty");
  }

  /**
   * How it is read.
   *
   * @throws TowpathException when it has none of the columns
   */
  Source source(Schema schema, Rejects rejects) {
    Map<String, DataType> types = types(schema);
    if (schema.names().stream().noneMatch(n -> known(types).containsKey(Names.identity(n)))) {
      throw new TowpathException(
          "the file "
              + file.name()
              + " has none of the columns: its first line says "
              + String.join(", ", header.names()),
          "without a line of names at the top, set header: false");
    }
    Map<String, String> more = new LinkedHashMap<>();
    rejects
        .tables()
        .ifPresent(name -> {
          more.put("store_rejects", "true");
          more.put("rejects_table", Names.literal(name + "_rows"));
          more.put("rejects_scan", Names.literal(name + "_scans"));
        });
    List<Column> whole = whole(types);
    String sql =
        whole.isEmpty() || rejects.whole() == Whole.TYPED
            ? read(types, more)
            : checked(read(texts(types), more), whole, rejects.whole());
    return new Source(sql, known(types), Source.COUNTED);
  }

  /**
   * How a piece of it is read, of which every row must fit.
   *
   * @throws TowpathException when it has none of the columns
   */
  Source source(Schema schema, Piece piece) {
    Map<String, String> own = new LinkedHashMap<>(dialect);
    if (!piece.first()) {
      own.put("header", "false");
    }
    // A piece in one buffer, and so by one thread.
    own.put("buffer_size", Long.toString(Math.max(piece.bytes() + 1024, 2 * USUAL_ROW)));
    CsvFile part = new CsvFile(new InputFile(file.name(), piece.file()), header, own);
    Source source = part.source(schema, Rejects.FAIL);
    return new Source(source.sql(), source.names(), source.row() + " + " + piece.before());
  }

  /** Opens it to be cut. */
  CsvCutter cutter(FileOptions options, Path directory, int bytes) throws IOException {
    String quote = options.text("quote", "\"");
    return new CsvCutter(
        Files.newInputStream(file.path()),
        header.delimiter().charAt(0),
        quote.isEmpty() ? -1 : quote.charAt(0),
        header.header(),
        directory,
        bytes);
  }

  /** Below the window that counts the rows, since what stands above that is for one thread. */
  private String checked(String read, List<Column> columns, Whole whole) {
    String path = file.path().toAbsolutePath().normalize().toString();
    String values =
        columns.stream()
            .map(c -> {
              String name = Names.quote(c.name());
              return (whole == Whole.REQUIRED
                      ? WholeNumbers.requiredOfCsv(name, c.type(), path)
                      : WholeNumbers.triedOfCsv(name, c.type()))
                  + " AS "
                  + name;
            })
            .collect(Collectors.joining(", "));
    String where =
        whole == Whole.REQUIRED
            ? ""
            : columns.stream()
                .map(CsvFile::misfit)
                .collect(Collectors.joining(" OR ", " WHERE NOT (", ")"));
    return "(SELECT * REPLACE (" + values + ") FROM " + read + where + ")";
  }

  private static String misfit(Column column) {
    return WholeNumbers.misfit(Names.quote(column.name()), column.type());
  }

  /** A query that gives a row if there is a number that DuckDB's reader would round. */
  Optional<String> anyRounded(Schema schema) {
    Map<String, DataType> types = types(schema);
    String read = read(texts(types), Map.of("ignore_errors", "true"));
    return whole(types).stream()
        .map(c -> WholeNumbers.rounded(Names.quote(c.name()), c.type()))
        .reduce((a, b) -> a + " OR " + b)
        .map(where -> "SELECT 1 FROM " + read + " WHERE " + where + " LIMIT 1");
  }

  /**
   * A query for the texts that are no whole numbers where one should be: the number of the row
   * among those that fit in every other way, the column and the text, the first of a row.
   */
  Optional<String> misfits(Schema schema) {
    Map<String, DataType> types = types(schema);
    List<Column> whole = whole(types);
    if (whole.isEmpty()) {
      return Optional.empty();
    }
    StringBuilder name = new StringBuilder("CASE");
    StringBuilder text = new StringBuilder("CASE");
    for (Column column : whole) {
      String when = " WHEN " + misfit(column) + " THEN ";
      name.append(when).append(Names.literal(column.name()));
      text.append(when).append(Names.quote(column.name()));
    }
    // The hash makes sure that every value is converted, so that other misfits are not counted.
    return Optional.of(
        "SELECT towpath_n, towpath_name, towpath_text FROM (SELECT row_number() OVER () AS"
            + " towpath_n, hash(towpath_row) AS towpath_hash, "
            + name
            + " END AS towpath_name, "
            + text
            + " END AS towpath_text FROM "
            + read(texts(types), Map.of("ignore_errors", "true"))
            + " AS towpath_row) WHERE towpath_name IS NOT NULL OR towpath_hash IS NULL"
            + " ORDER BY towpath_n");
  }

  private String read(Map<String, DataType> types, Map<String, String> more) {
    Map<String, String> options = new LinkedHashMap<>(dialect);
    options.put("columns", FileReader.columns(types));
    options.putAll(more);
    return FileReader.call("read_csv", List.of(file), options, "auto_detect = false");
  }

  /** The columns of the file, in their places; those that the table lacks are text. */
  private Map<String, DataType> types(Schema schema) {
    boolean byPlace = !header.header() && header.names().size() == schema.columns().size();
    Map<String, DataType> types = new LinkedHashMap<>();
    for (String name : byPlace ? schema.names() : header.names()) {
      types.put(name, schema.column(name).map(Column::type).orElse(TEXT));
    }
    return types;
  }

  private static Map<String, String> known(Map<String, DataType> types) {
    Map<String, String> known = new HashMap<>();
    types.keySet().forEach(name -> known.put(Names.identity(name), name));
    return known;
  }

  private static List<Column> whole(Map<String, DataType> types) {
    List<Column> whole = new ArrayList<>();
    types.forEach((name, type) -> {
      if (WholeNumbers.is(type)) {
        whole.add(new Column(name, type));
      }
    });
    return whole;
  }

  private static Map<String, DataType> texts(Map<String, DataType> types) {
    Map<String, DataType> texts = new LinkedHashMap<>();
    types.forEach((name, type) -> texts.put(name, WholeNumbers.is(type) ? TEXT : type));
    return texts;
  }
}
