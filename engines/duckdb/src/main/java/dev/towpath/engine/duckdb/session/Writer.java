package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.session.Connections.Job;
import dev.towpath.engine.duckdb.session.Queries.Wrapped;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.Extract;
import dev.towpath.spi.Field;
import dev.towpath.spi.Names;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TowpathException;
import dev.towpath.spi.WriteRequest;
import dev.towpath.spi.WriteResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
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

  Writer(Path root, Job job, WriteRequest request) {
    this.root = root.toAbsolutePath().normalize();
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
            case Extract.Query query -> new WriteResult(query(query.statement()), List.of());
            case Extract.Files _, Extract.Rows _ -> throw new TowpathException("not yet");
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

  private List<DataFile> query(Statement statement) {
    BoundSql caller = BoundSql.of(statement);
    return copy(caller, names(caller), Map.of());
  }

  /** Names of the columns of a caller's query. */
  private List<String> names(BoundSql caller) {
    Wrapped wrapped = Wrapped.of(caller, "SELECT * FROM (", "\n)");
    try (PreparedStatement prepared = job.prepare(wrapped.sql())) {
      ResultSetMetaData result = prepared.getMetaData();
      List<String> names = new ArrayList<>();
      for (int i = 1; i <= result.getColumnCount(); i++) {
        names.add(result.getColumnName(i));
      }
      return names;
    } catch (SQLException e) {
      throw Failures.of(e, caller, wrapped.sql(), wrapped.start());
    }
  }

  /**
   * Runs the COPY.
   *
   * @param names columns that the source has
   * @param extra expressions for columns that are not in the source
   */
  private List<DataFile> copy(BoundSql source, List<String> names, Map<String, String> extra) {
    Map<String, String> expressions = new HashMap<>();
    names.forEach(n -> expressions.put(Names.identity(n), Names.quote(n)));
    extra.forEach((name, sql) -> expressions.put(Names.identity(name), sql));
    List<Field> fields =
        request.fields().stream()
            .filter(f -> expressions.containsKey(Names.identity(f.name())))
            .toList();
    if (fields.isEmpty()) {
      throw new TowpathException("none of the columns is one of the table's");
    }
    CopyTarget target =
        CopyTarget.of(root.resolve(request.directory()), fields, request.partitionBy());
    List<String> columns = new ArrayList<>();
    for (Field field : fields) {
      String expression = expressions.getOrDefault(Names.identity(field.name()), "NULL");
      columns.add(
          Conversion.store(expression, field.column()) + " AS " + Names.quote(field.name()));
    }
    target
        .partitions()
        .forEach(p -> columns.add(p.expression() + " AS " + Names.quote(p.column())));
    String order =
        request.sortBy().isEmpty() ? "" : " ORDER BY " + String.join(", ", request.sortBy());
    Wrapped copy =
        Wrapped.of(
            source,
            "COPY (SELECT " + String.join(", ", columns) + " FROM (",
            "\n) AS towpath_input" + order + ") " + target.sql());
    return copy.run(job, new CopyStats(root, target)::files);
  }
}
