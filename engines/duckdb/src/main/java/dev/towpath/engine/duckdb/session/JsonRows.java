package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.session.Connections.Job;
import dev.towpath.spi.Column;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.FileScan.InputFile;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.WriteResult.RejectedRow;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Reads JSON one record at a time, so that a record that does not fit can be set aside. DuckDB's
 * own reader turns such records into NULLs.
 */
final class JsonRows {
  private static final int MOST = 1_000_000;

  private final Job job;
  private final FileScan scan;
  private final Schema schema;
  private final String table = BadRows.name();

  JsonRows(Job job, FileScan scan, Schema schema) {
    this.job = job;
    this.scan = scan;
    this.schema = schema;
  }

  /** Reads all records into a table of this connection. {@link #drop} it. */
  void load() throws SQLException {
    boolean lines = scan.format() == FileScan.Format.NDJSON;
    String records =
        scan.files().stream()
            .map(f -> records(f, lines))
            .collect(Collectors.joining(" UNION ALL "));
    String values =
        schema.columns().stream()
            .map(c -> "TRY(" + value(c) + ") AS " + Names.quote(c.name()))
            .collect(Collectors.joining(", "));
    job.execute(
        "CREATE TEMP TABLE "
            + table
            + " AS SELECT \"_file\", \"_line\", \"_text\", \"_json\", "
            + values
            + " FROM (SELECT *, CASE WHEN json_valid(\"_text\") THEN CAST(\"_text\" AS JSON)"
            + " END AS \"_json\" FROM ("
            + records
            + ") WHERE trim(\"_text\") <> '')");
  }

  private String records(InputFile file, boolean lines) {
    String source =
        lines
            ? new FileReader(job, scan).lines(file)
            : "read_json_objects(" + Literals.readable(file.path()) + ", format = 'auto')";
    return "SELECT "
        + Names.literal(file.name())
        + " AS \"_file\", row_number() OVER () AS \"_line\", "
        + (lines ? "line" : "CAST(json AS VARCHAR)")
        + " AS \"_text\" FROM "
        + source;
  }

  private static String value(Column column) {
    if (WholeNumbers.is(column.type())) {
      return WholeNumbers.tried("(" + member(column) + " ->> '$')", column.type());
    }
    String type = column.type().sql().replace("\\", "\\\\").replace("\"", "\\\"");
    return "json_transform_strict("
        + member(column)
        + ", "
        + Names.literal("\"" + type + "\"")
        + ")";
  }

  private static String member(Column column) {
    String key = column.name().replace("\\", "\\\\").replace("\"", "\\\"");
    return "json_extract(\"_json\", " + Names.literal("$.\"" + key + "\"") + ")";
  }

  /** One SELECT of the records that fit. */
  String select() {
    return "SELECT \"_file\", row_number() OVER (PARTITION BY \"_file\" ORDER BY \"_line\") AS"
        + " \"_row\", "
        + BadRows.names(schema)
        + " FROM "
        + table
        + " WHERE "
        + fault()
        + " IS NULL";
  }

  /** The column that does not fit; empty text when the whole record does not, NULL when it fits. */
  private String fault() {
    String columns =
        schema.columns().stream()
            .map(c ->
                " WHEN "
                    + Names.quote(c.name())
                    + " IS NULL AND json_type("
                    + member(c)
                    + ") <> 'NULL' THEN "
                    + Names.literal(c.name()))
            .collect(Collectors.joining());
    return "CASE WHEN \"_json\" IS NULL OR json_type(\"_json\") <> 'OBJECT' THEN ''"
        + columns
        + " END";
  }

  /** The records that do not fit. */
  List<RejectedRow> bad() throws SQLException {
    List<RejectedRow> rows = new ArrayList<>();
    String sql =
        "SELECT \"_file\", \"_line\", "
            + fault()
            + " AS fault, \"_text\", \"_json\" IS NULL FROM "
            + table
            + " WHERE fault IS NOT NULL ORDER BY \"_file\", \"_line\" LIMIT "
            + MOST;
    try (PreparedStatement statement = job.prepare(sql);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        String column = row.getString(3);
        String reason =
            column.isEmpty()
                ? row.getBoolean(5) ? "this is not JSON" : "this is not a JSON object"
                : "the value of \""
                    + column
                    + "\" is not of type "
                    + schema.column(column).orElseThrow().type().sql();
        rows.add(
            new RejectedRow(row.getString(1), row.getLong(2), column, row.getString(4), reason));
      }
    }
    return rows;
  }

  /** Loads, and says what does not fit. */
  List<RejectedRow> rejected() throws SQLException {
    try {
      load();
      return bad();
    } finally {
      drop();
    }
  }

  void drop() throws SQLException {
    job.execute("DROP TABLE IF EXISTS " + table);
  }
}
