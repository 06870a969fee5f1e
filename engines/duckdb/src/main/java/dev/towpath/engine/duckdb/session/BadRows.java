package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.session.Connections.Job;
import dev.towpath.engine.duckdb.session.CsvFile.Rejects;
import dev.towpath.engine.duckdb.session.CsvFile.Whole;
import dev.towpath.spi.Column;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.FileScan.InputFile;
import dev.towpath.spi.Location;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TowpathException;
import dev.towpath.spi.WriteResult.RejectedRow;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Finds the rows of files that do not fit, with their lines. */
final class BadRows {
  /** More than anybody reads, and few enough to hold. */
  private static final int MOST = 1_000_000;

  private static final AtomicLong NUMBER = new AtomicLong();
  private static final Pattern CAST =
      Pattern.compile("Could not convert string \"(.*)\" to '(.*)'", Pattern.DOTALL);
  private static final Pattern FRACTION =
      Pattern.compile("\"[-+]?[0-9]*[.eE][-+0-9.eE]+\" in column .* of type [A-Z]*INT");
  private static final Pattern COUNT =
      Pattern.compile("Expected Number of Columns: (\\d+) Found: (\\d+)");

  private final Job job;
  private final FileScan scan;
  private final Schema schema;

  BadRows(Job job, FileScan scan, Schema schema) {
    this.job = job;
    this.scan = scan;
    this.schema = schema;
  }

  /** A name for temporary tables that no other work uses. */
  static String name() {
    return "towpath_bad_" + NUMBER.incrementAndGet();
  }

  /** The first row of a file that does not fit, if there is one. */
  Optional<RejectedRow> first(InputFile file) throws SQLException {
    FileScan one = new FileScan(scan.format(), List.of(file), scan.options(), scan.columns(), true);
    List<RejectedRow> rows =
        scan.format() == FileScan.Format.CSV
            ? new BadRows(job, one, schema).csv()
            : new JsonRows(job, one, schema).rejected();
    return rows.stream().findFirst();
  }

  /** What a person is told of a row that does not fit. */
  static TowpathException problem(RejectedRow row, FileScan.Format format, Throwable cause) {
    boolean array = format == FileScan.Format.JSON; // its records may share a line
    return FileFailures.problem(
        array ? Location.of(row.file()) : new Location(row.file(), (int) row.line(), 1),
        (array ? "record " + row.line() + ": " : "") + row.reason(),
        (FRACTION.matcher(row.reason()).lookingAt()
                ? "correct it, declare a type with fractions under columns, such as double or"
                    + " decimal(18,2), or "
                : "correct it, or ")
            + "set such rows aside with on_bad_row: reject",
        cause);
  }

  private List<RejectedRow> csv() throws SQLException {
    String name = name();
    String select =
        new FileReader(job, scan)
            .selects(schema, false, new Rejects(Optional.of(name), Whole.LEFT_OUT))
            .getFirst();
    try {
      // The hash makes sure that every value is converted.
      job.execute("SELECT bit_xor(hash(towpath_row)) FROM (" + select + ") AS towpath_row");
      return withMisfits(collect(name));
    } finally {
      drop(name);
    }
  }

  /** Adds the rows that were left out for a whole number that is none. */
  List<RejectedRow> withMisfits(List<RejectedRow> others) throws SQLException {
    List<RejectedRow> rows = new ArrayList<>(others);
    rows.addAll(new CsvMisfits(job, scan, schema).rows(others));
    rows.sort(Comparator.comparing(RejectedRow::file).thenComparingLong(RejectedRow::line));
    return rows;
  }

  /** Rows that a finished scan put into the tables of that name; one for each row of a file. */
  List<RejectedRow> collect(String name) throws SQLException {
    Map<String, InputFile> files = new HashMap<>();
    scan.files().forEach(f -> files.put(f.path().toAbsolutePath().normalize().toString(), f));
    List<RejectedRow> rows = new ArrayList<>();
    String sql =
        "SELECT s.file_path, r.line, r.line_byte_position, coalesce(r.column_name, ''), r.csv_line,"
            + " r.error_type::VARCHAR, r.error_message FROM "
            + name
            + "_rows r JOIN "
            + name
            + "_scans s USING (scan_id, file_id)"
            + " QUALIFY row_number() OVER (PARTITION BY s.file_path, r.line ORDER BY r.column_idx) = 1"
            + " ORDER BY s.file_path, r.line LIMIT "
            + MOST;
    try (PreparedStatement statement = job.prepare(sql);
        ResultSet row = statement.executeQuery()) {
      @Nullable Lines lines = null;
      while (row.next()) {
        InputFile file = files.get(row.getString(1));
        if (file == null) {
          continue;
        }
        if (lines == null || !lines.file.equals(file)) {
          lines = new Lines(file);
        }
        rows.add(
            new RejectedRow(
                file.name(),
                lines.at(row.getLong(3), row.getLong(2)),
                row.getString(4),
                row.getString(5).strip(),
                reason(row.getString(4), row.getString(6), row.getString(7))));
      }
    }
    return rows;
  }

  /** Removes the tables. */
  void drop(String name) throws SQLException {
    job.execute("DROP TABLE IF EXISTS " + name + "_rows");
    job.execute("DROP TABLE IF EXISTS " + name + "_scans");
  }

  private static String reason(String column, String kind, String message) {
    Matcher cast = CAST.matcher(message);
    if (cast.find()) {
      return misfit(cast.group(1), column, cast.group(2));
    }
    Matcher count = COUNT.matcher(message);
    if (count.find()) {
      return "the row has " + values(count.group(2)) + ", not " + count.group(1);
    }
    return switch (kind) {
      case "UNQUOTED VALUE" -> "a quoted value does not end, or goes on after its closing quote";
      case "LINE SIZE OVER MAXIMUM" -> "the row is too long";
      case "INVALID ENCODING", "INVALID UNICODE" -> "the text is not UTF-8";
      default -> Failures.lower(message.lines().findFirst().orElse("the row does not fit"));
    };
  }

  /** What is wrong with a value. */
  static String misfit(String value, String column, String type) {
    return "\"" + value + "\" in column \"" + column + "\" is not of type " + type;
  }

  private static String values(String count) {
    return count.equals("1") ? "1 value" : count + " values";
  }

  /** SQL list of the columns, quoted. */
  static String names(Schema schema) {
    return schema.columns().stream()
        .map(Column::name)
        .map(Names::quote)
        .collect(Collectors.joining(", "));
  }

  /**
   * Lines of places in a file. DuckDB counts rows, which are fewer than lines when a quoted value
   * has line breaks, so they are counted here.
   */
  private static final class Lines {
    private final InputFile file;
    private final @Nullable InputStream in;
    private long position;
    private long line = 1;
    private int previous;

    Lines(InputFile file) throws SQLException {
      this.file = file;
      try {
        this.in = open(file.path());
      } catch (IOException e) {
        throw new SQLException(e);
      }
    }

    private static @Nullable InputStream open(Path path) throws IOException {
      String name = path.toString();
      if (name.endsWith(".zst")) {
        return null; // not in the JDK
      }
      InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
      return name.endsWith(".gz") ? new BufferedInputStream(new GZIPInputStream(in, 1 << 16)) : in;
    }

    /** The line of a 1-based byte position; positions only go forward. */
    long at(long byteAt, long row) throws SQLException {
      if (in == null || byteAt <= 0) {
        return row;
      }
      try {
        boolean more = true;
        while (more && position < byteAt - 1) {
          more = step();
        }
        while (more && onLineEnd()) { // DuckDB counts blank lines, and an LF, to the row after them
          more = step();
        }
      } catch (IOException e) {
        throw new SQLException(e);
      }
      return line;
    }

    private boolean onLineEnd() throws IOException {
      if (in == null) {
        return false;
      }
      in.mark(1);
      int c = in.read();
      in.reset();
      return c == '\n' || c == '\r';
    }

    private boolean step() throws IOException {
      int c = in == null ? -1 : in.read();
      if (c == '\n' || (previous == '\r' && c >= 0)) {
        line++;
      }
      previous = c;
      position++;
      return c >= 0;
    }
  }
}
