package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.session.Connections.Job;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.FileScan.InputFile;
import dev.towpath.spi.Schema;
import dev.towpath.spi.WriteResult.RejectedRow;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds rows of CSV files that have a fraction, or no number at all, where a whole number should
 * be. DuckDB's reader does not tell fractions: it rounds them.
 */
final class CsvMisfits {
  /** More than anybody reads, and few enough to hold. */
  private static final int MOST = 1_000_000;

  private final Job job;
  private final FileScan scan;
  private final Schema schema;
  private final FileOptions options;

  CsvMisfits(Job job, FileScan scan, Schema schema) {
    this.job = job;
    this.scan = scan;
    this.schema = schema;
    this.options = FileOptions.of(scan);
  }

  /** Whether there is one that DuckDB's reader does not tell. */
  boolean anyRounded() throws SQLException {
    for (InputFile file : scan.files()) {
      Optional<String> sql = CsvFile.of(job, options, file).anyRounded(schema);
      if (sql.isPresent()) {
        try (PreparedStatement statement = job.prepare(sql.get());
            ResultSet rows = statement.executeQuery()) {
          if (rows.next()) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /**
   * All of them, in the order of the files.
   *
   * @param others the rows that do not fit in another way
   */
  List<RejectedRow> rows(List<RejectedRow> others) throws SQLException {
    List<RejectedRow> found = new ArrayList<>();
    for (InputFile file : scan.files()) {
      CsvFile csv = CsvFile.of(job, options, file);
      Optional<String> sql = csv.misfits(schema);
      if (sql.isEmpty()) {
        continue;
      }
      Set<Long> lines =
          others.stream()
              .filter(r -> r.file().equals(file.name()))
              .map(RejectedRow::line)
              .collect(Collectors.toSet());
      try (PreparedStatement statement = job.prepare(sql.get());
          ResultSet rows = statement.executeQuery();
          CsvRecords records = CsvRecords.of(file, options, csv.header(), lines)) {
        while (rows.next() && found.size() < MOST) {
          CsvRecords.Row row = records.at(rows.getLong(1));
          found.add(
              new RejectedRow(
                  file.name(),
                  row.line(),
                  rows.getString(2),
                  row.text().isEmpty() ? rows.getString(3) : row.text(),
                  BadRows.misfit(
                      rows.getString(3),
                      rows.getString(2),
                      schema.column(rows.getString(2)).orElseThrow().type().sql())));
        }
      } catch (IOException e) {
        throw new SQLException(e);
      }
    }
    return found;
  }
}
