package dev.towpath.source;

import dev.towpath.engine.duckdb.session.DuckDbEngine;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Engine;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Extract;
import dev.towpath.spi.Field;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.Names;
import dev.towpath.spi.RowReader;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceReader.Reading;
import dev.towpath.spi.TowpathException;
import dev.towpath.spi.WriteRequest;
import dev.towpath.spi.WriteResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** DuckDB, as sources meet it: one session for all tests. */
public final class TestEngine {
  private static final Path ROOT = root();
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final EngineSession SESSION =
      new DuckDbEngine()
          .open(
              new Engine.Options(
                  ROOT,
                  ROOT.resolve("spill"),
                  256L << 20,
                  2,
                  Instant.parse("2026-01-01T00:00:00Z")));

  private TestEngine() {}

  private static Path root() {
    try {
      return Files.createTempDirectory(
          Files.createDirectories(Path.of("target", "lakes")).toAbsolutePath(), "lake");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The columns of files, by their content. */
  public static Schema infer(FileScan scan) {
    return SESSION.infer(scan);
  }

  /** All rows of a reading as sorted texts, whatever it is made of. */
  public static List<String> bag(Reading reading) {
    List<String> bag = new ArrayList<>();
    switch (reading.extract()) {
      case Extract.Files(FileScan scan) -> bag.addAll(rows(scan));
      case Extract.Rows(Schema schema, List<Supplier<RowReader>> parts) -> {
        for (Supplier<RowReader> part : parts) {
          try (RowReader rows = part.get()) {
            for (Object[] row = rows.next(); row != null; row = rows.next()) {
              bag.add(Arrays.deepToString(row));
            }
          }
        }
      }
      case Extract.Csv csv -> bag.addAll(rows(csv, reading.schema()));
      case Extract.Query query -> throw new AssertionError("a source asks no query: " + query);
      case Extract.Arrow arrow -> throw new AssertionError("no source has Arrow: " + arrow);
    }
    bag.sort(null);
    return bag;
  }

  /** The rows of files as texts, in order. */
  public static List<String> rows(FileScan scan) {
    return rows(new Extract.Files(scan), scan.columns().orElseThrow());
  }

  private static List<String> rows(Extract extract, Schema schema) {
    WriteResult result = write(extract, schema);
    if (result.files().isEmpty()) {
      return List.of();
    }
    List<String> paths =
        result.files().stream().map(f -> Names.literal(ROOT.resolve(f.path()).toString())).toList();
    return query("SELECT * FROM read_parquet([" + String.join(", ", paths) + "])").stream()
        .map(List::toString)
        .toList();
  }

  /** Writes the rows of files into a lake. */
  public static WriteResult write(FileScan scan) {
    return write(new Extract.Files(scan), scan.columns().orElseThrow());
  }

  /** Writes rows into a lake. */
  public static WriteResult write(Extract extract, Schema schema) {
    String directory = "t" + COUNT.incrementAndGet();
    try {
      Files.createDirectories(ROOT.resolve(directory));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    AtomicInteger ids = new AtomicInteger();
    List<Field> fields = schema.columns().stream().map(c -> field(c, ids)).toList();
    return SESSION.write(
        new WriteRequest(extract, fields, directory, List.of(), List.of(), Optional.empty()),
        Monitor.NONE);
  }

  private static Field field(Column column, AtomicInteger ids) {
    int id = ids.incrementAndGet();
    List<Column> children =
        switch (column.type()) {
          case DataType.Struct struct -> struct.members();
          case DataType.ListOf list -> List.of(new Column("element", list.element()));
          case DataType.MapOf map ->
              List.of(new Column("key", map.key()), new Column("value", map.value()));
          case DataType _ -> List.of();
        };
    return new Field(
        id, column.name(), column.type(), children.stream().map(c -> field(c, ids)).toList());
  }

  /** The result of a statement, if it has one. */
  public static List<List<String>> query(String sql) {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      List<List<String>> result = new ArrayList<>();
      if (statement.execute(sql)) {
        try (ResultSet rows = statement.getResultSet()) {
          int width = rows.getMetaData().getColumnCount();
          while (rows.next()) {
            List<String> row = new ArrayList<>();
            for (int i = 1; i <= width; i++) {
              row.add(rows.getString(i));
            }
            result.add(row);
          }
        }
      }
      return result;
    } catch (SQLException e) {
      throw new TowpathException(String.valueOf(e.getMessage()), null, e);
    }
  }
}
