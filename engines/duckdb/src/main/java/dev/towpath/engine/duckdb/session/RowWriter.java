package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.session.Connections.Job;
import dev.towpath.spi.Extract;
import dev.towpath.spi.Names;
import dev.towpath.spi.RowReader;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TowpathException;
import dev.towpath.spi.WriteResult;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows that readers hand over. They land in a table of the session's database, several parts
 * at a time, which spills to disk like any other; then the table is copied.
 */
final class RowWriter {
  private static final AtomicLong NUMBER = new AtomicLong();
  private static final int CHECK_EVERY = 1024;

  private final Job job;
  private final Writer writer;
  private final int threads;
  private final String table = "towpath_rows_" + NUMBER.incrementAndGet();

  RowWriter(Job job, Writer writer, int threads) {
    this.job = job;
    this.writer = writer;
    this.threads = threads;
  }

  WriteResult write(Extract.Rows rows) throws SQLException {
    Schema schema = rows.schema();
    List<Landing> landings = schema.columns().stream().map(Landing::new).toList();
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < landings.size(); i++) {
      columns.add(Names.quote(schema.columns().get(i).name()) + " " + landings.get(i).type());
    }
    job.execute("CREATE TABLE " + table + " (" + String.join(", ", columns) + ")");
    try {
      land(rows.parts(), landings);
      String hidden =
          writer.request().provenance().isPresent() ? "NULL AS \"_file\", NULL AS \"_row\", " : "";
      List<String> names = new ArrayList<>(schema.names());
      if (!hidden.isEmpty()) {
        names.addAll(List.of("_file", "_row"));
      }
      String typed =
          schema.columns().stream()
              .map(c ->
                  Conversion.cast(Names.quote(c.name()), c.type()) + " AS " + Names.quote(c.name()))
              .collect(Collectors.joining(", "));
      String select = "SELECT " + hidden + typed + " FROM " + table;
      return new WriteResult(writer.copy(select, names), List.of());
    } finally {
      job.execute("DROP TABLE " + table);
    }
  }

  private void land(List<Supplier<RowReader>> parts, List<Landing> landings) throws SQLException {
    if (parts.isEmpty()) {
      return;
    }
    try (ExecutorService readers =
        Executors.newFixedThreadPool(
            Math.min(threads, parts.size()),
            Thread.ofPlatform().daemon().name("rows-", 0).factory())) {
      job.onCancel(readers::shutdownNow);
      List<Future<@Nullable Void>> all = new ArrayList<>();
      for (Supplier<RowReader> part : parts) {
        all.add(
            readers.submit(() -> {
              land(part, landings);
              return null;
            }));
      }
      try {
        for (Future<?> one : all) {
          one.get();
        }
      } catch (ExecutionException e) {
        readers.shutdownNow();
        throw failure(e.getCause());
      } catch (InterruptedException e) {
        readers.shutdownNow();
        throw new TowpathException("interrupted", null, e);
      }
    }
  }

  private static RuntimeException failure(@Nullable Throwable cause) throws SQLException {
    return switch (cause) {
      case SQLException e -> throw e;
      case RuntimeException e -> e;
      case Error e -> throw e;
      case null, default -> new IllegalStateException(cause);
    };
  }

  private void land(Supplier<RowReader> part, List<Landing> landings) throws SQLException {
    job.check();
    try (RowReader reader = part.get();
        DuckDBConnection connection = job.connection().duplicate();
        DuckDBAppender appender = connection.createAppender(table)) {
      int columns = landings.size();
      long count = 0;
      @Nullable Object @Nullable [] row = reader.next();
      while (row != null) {
        appender.beginRow();
        for (int i = 0; i < columns; i++) {
          landings.get(i).append(appender, row[i]);
        }
        appender.endRow();
        if (++count % CHECK_EVERY == 0) {
          job.check();
          job.rows(CHECK_EVERY);
        }
        row = reader.next();
      }
    }
  }
}
