package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.DuckDbError;
import dev.towpath.engine.duckdb.session.Connections.Job;
import dev.towpath.engine.duckdb.session.CsvFile.Rejects;
import dev.towpath.engine.duckdb.session.CsvFile.Whole;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.FileScan.InputFile;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TowpathException;
import dev.towpath.spi.WriteResult;
import dev.towpath.spi.WriteResult.RejectedRow;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes what files hold. */
final class FileWriter {
  /** Files in one COPY: each is a part of its plan. */
  private static final int BATCH = 500;

  private final Job job;
  private final Path temp;
  private final Writer writer;
  private final FileScan scan;
  private final FileFailures failures;

  /**
   * A writer.
   *
   * @param temp folder for files that the session's end removes
   */
  FileWriter(Job job, Writer writer, FileScan scan, Path temp) {
    this.temp = temp;
    this.job = job;
    this.writer = writer;
    this.scan = scan;
    this.failures = new FileFailures(scan);
  }

  WriteResult write() throws SQLException {
    if (scan.files().isEmpty()) {
      return new WriteResult(List.of(), List.of());
    }
    failures.check();
    Schema schema = scan.columns().orElse(null);
    try {
      if (schema == null) {
        schema = new FileReader(job, scan).infer();
      }
      return scan.tolerant() ? tolerant(schema) : strict(schema);
    } catch (SQLException e) {
      throw explain(e, job, scan, failures, schema == null ? new Schema(List.of()) : schema);
    }
  }

  /** The columns of files, by their content. */
  static Schema infer(Job job, FileScan scan) throws SQLException {
    if (scan.files().isEmpty()) {
      return scan.columns()
          .orElseThrow(() -> new TowpathException("there is no file to tell the columns from"));
    }
    FileFailures failures = new FileFailures(scan);
    failures.check();
    try {
      return new FileReader(job, scan).infer();
    } catch (SQLException e) {
      throw explain(e, job, scan, failures, new Schema(List.of()));
    }
  }

  private static RuntimeException explain(
      SQLException e, Job job, FileScan scan, FileFailures failures, Schema schema) {
    DuckDbError error = DuckDbError.of(e);
    Optional<InputFile> file = failures.file(error);
    if (!error.interrupted() && file.isPresent() && FileFailures.isRow(error)) {
      try {
        Optional<RejectedRow> first = new BadRows(job, scan, schema).first(file.get());
        if (first.isPresent()) {
          return BadRows.problem(first.get(), scan.format(), e);
        }
      } catch (SQLException again) {
        e.addSuppressed(again); // the file is too broken to tell its rows apart
      }
    }
    return failures.of(e);
  }

  private WriteResult strict(Schema schema) throws SQLException {
    List<DataFile> files = new ArrayList<>();
    List<InputFile> rest = new ArrayList<>();
    for (InputFile file : scan.files()) {
      Optional<List<DataFile>> copied = inPieces(file, schema);
      copied.ifPresentOrElse(files::addAll, () -> rest.add(file));
    }
    FileScan whole = new FileScan(scan.format(), rest, scan.options(), scan.columns(), false);
    List<String> selects = new FileReader(job, whole).selects(schema, provenance(), Rejects.FAIL);
    files.addAll(copy(selects, schema));
    return new WriteResult(files, List.of());
  }

  private Optional<List<DataFile>> inPieces(InputFile file, Schema schema) throws SQLException {
    if (scan.format() != FileScan.Format.CSV || file.path().toFile().length() < CsvPieces.LARGE) {
      return Optional.empty();
    }
    FileOptions options = FileOptions.of(scan);
    CsvFile csv = CsvFile.of(job, options, file);
    return CsvPieces.fits(csv, options, file)
        ? new CsvPieces(job, writer, temp)
            .copy(
                csv,
                options,
                file,
                schema,
                source -> FileReader.select(file, schema, provenance(), source),
                names(schema))
        : Optional.empty();
  }

  private WriteResult tolerant(Schema schema) throws SQLException {
    return switch (scan.format()) {
      case CSV -> {
        BadRows bad = new BadRows(job, scan, schema);
        String tables = BadRows.name();
        // A second reading of some columns, which costs less than to read them all as text.
        boolean misfits = new CsvMisfits(job, scan, schema).anyRounded();
        Rejects rejects = new Rejects(Optional.of(tables), misfits ? Whole.LEFT_OUT : Whole.TYPED);
        try {
          List<String> selects = new FileReader(job, scan).selects(schema, provenance(), rejects);
          List<DataFile> files = copy(selects, schema);
          List<RejectedRow> rows = bad.collect(tables);
          yield new WriteResult(files, misfits ? bad.withMisfits(rows) : rows);
        } finally {
          bad.drop(tables);
        }
      }
      case JSON, NDJSON -> {
        JsonRows rows = new JsonRows(job, scan, schema);
        try {
          rows.load();
          yield new WriteResult(writer.copy(rows.select(), names(schema)), rows.bad());
        } finally {
          rows.drop();
        }
      }
      case PARQUET -> strict(schema); // its rows are whole or the file is not
    };
  }

  private boolean provenance() {
    return writer.request().provenance().isPresent();
  }

  private List<String> names(Schema schema) {
    List<String> names = new ArrayList<>();
    if (provenance()) {
      names.add("_file");
      names.add("_row");
    }
    names.addAll(schema.names());
    return names;
  }

  private List<DataFile> copy(List<String> selects, Schema schema) throws SQLException {
    List<DataFile> files = new ArrayList<>();
    for (int i = 0; i < selects.size(); i += BATCH) {
      List<String> batch = selects.subList(i, Math.min(selects.size(), i + BATCH));
      files.addAll(writer.copy(String.join("\nUNION ALL\n", batch), names(schema)));
    }
    return files;
  }
}
