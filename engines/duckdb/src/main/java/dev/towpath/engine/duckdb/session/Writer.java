package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.session.Connections.Job;
import dev.towpath.engine.duckdb.session.Queries.Wrapped;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.Extract;
import dev.towpath.spi.Field;
import dev.towpath.spi.Names;
import dev.towpath.spi.SortField;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TowpathException;
import dev.towpath.spi.WriteRequest;
import dev.towpath.spi.WriteResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes the Parquet files of one request, or nothing. */
final class Writer {
  private final Path root;
  private final Job job;
  private final WriteRequest request;
  private final Path temp;
  private final int threads;

  Writer(Path root, Path temp, int threads, Job job, WriteRequest request) {
    this.root = root;
    this.temp = temp;
    this.threads = threads;
    this.job = job;
    this.request = request;
  }

  WriteResult write() throws SQLException {
    Path directory = root.resolve(request.directory());
    boolean done = false;
    try {
      Files.createDirectories(directory);
      WriteResult result =
          switch (request.input()) {
            case Extract.Query query when query.instead().isEmpty() -> query(query.statement());
            case Extract.Query query ->
                Scope.run(job, query.instead(), () -> query(query.statement()));
            case Extract.Files files -> new FileWriter(job, this, files.scan(), temp).write();
            case Extract.Rows rows -> new RowWriter(job, this, threads).write(rows);
            case Extract.Csv csv -> new CsvWriter(job, this, temp).write(csv);
            case Extract.Arrow rows -> arrow(rows);
          };
      job.check();
      done = true;
      Set<Path> written =
          result.files().stream().map(f -> root.resolve(f.path())).collect(Collectors.toSet());
      Directories.clear(directory, written);
      return result;
    } catch (IOException e) {
      throw new TowpathException("cannot write to " + directory, null, e);
    } finally {
      if (!done) {
        Directories.clear(directory, Set.of());
      }
    }
  }

  private WriteResult query(Statement statement) {
    BoundSql caller = BoundSql.of(statement);
    Map<String, String> expressions = new HashMap<>();
    if (request.provenance().isPresent()) {
      expressions.put("_file", "NULL");
      expressions.put("_row", "NULL");
    }
    Queries.describe(job, statement)
        .names()
        .forEach(n -> expressions.put(Names.identity(n), Names.quote(n)));
    requireAll(expressions.keySet());
    Copy copy = copy(expressions);
    return new WriteResult(
        Wrapped.of(caller, copy.before(), copy.after()).run(job, copy::files), List.of());
  }

  /** A query gives every column, unlike a file: one that it lacks would silently become NULL. */
  private void requireAll(Set<String> given) {
    List<String> missing =
        request.fields().stream()
            .map(Field::name)
            .filter(n -> !given.contains(Names.identity(n)) && !n.equals("_run"))
            .toList();
    if (!missing.isEmpty()) {
      throw new TowpathException("the query lacks columns to write: " + String.join(", ", missing));
    }
  }

  private WriteResult arrow(Extract.Arrow rows) throws SQLException {
    try (ArrowInput input = new ArrowInput(job, rows)) {
      try {
        return new WriteResult(copy(input.select(), input.names()), List.of());
      } catch (SQLException e) {
        throw input.failure(e);
      }
    }
  }

  WriteRequest request() {
    return request;
  }

  /** Removes a file that was copied in vain. */
  void discard(DataFile file) {
    Directories.delete(root.resolve(file.path()));
  }

  /** Copies the result of a SELECT of ours that has columns of these names. */
  List<DataFile> copy(String select, List<String> names) throws SQLException {
    Map<String, String> expressions = new HashMap<>();
    names.forEach(n -> expressions.put(Names.identity(n), Names.quote(n)));
    Copy copy = copy(expressions);
    try (PreparedStatement statement = job.prepare(copy.before() + select + copy.after());
        ResultSet rows = statement.executeQuery()) {
      return copy.files(rows);
    }
  }

  /**
   * Text of a COPY before and after the SELECT that it copies.
   *
   * @param stats reads what it returns
   */
  private record Copy(String before, String after, CopyStats stats) {
    List<DataFile> files(ResultSet rows) throws SQLException {
      return stats.files(rows);
    }
  }

  /**
   * A COPY of the table's columns.
   *
   * @param expressions where each column comes from, by the identity of its name
   */
  private Copy copy(Map<String, String> expressions) {
    request
        .provenance()
        .ifPresent(provenance -> expressions.put("_run", Names.literal(provenance.run())));
    List<Field> fields = new ArrayList<>();
    List<String> columns = new ArrayList<>();
    for (Field field : request.fields()) {
      String expression = expressions.get(Names.identity(field.name()));
      if (expression != null) {
        fields.add(field);
        columns.add(
            Conversion.store(expression, field.column()) + " AS " + Names.quote(field.name()));
      }
    }
    if (fields.isEmpty()) {
      throw new TowpathException("none of the columns is one of the table's");
    }
    CopyTarget target =
        CopyTarget.of(
            root.resolve(request.directory()), fields, request.partitionBy(), request.fileBytes());
    target
        .partitions()
        .forEach(p -> columns.add(p.expression() + " AS " + Names.quote(p.column())));
    String order =
        request.sortBy().isEmpty()
            ? ""
            : request.sortBy().stream()
                .map(SortField::sql)
                .collect(Collectors.joining(", ", " ORDER BY ", ""));
    return new Copy(
        "COPY (SELECT " + String.join(", ", columns) + " FROM (",
        "\n) AS towpath_input" + order + ") " + target.sql(),
        new CopyStats(root, target));
  }
}
