package dev.towpath.source;

import dev.towpath.spi.Extract;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Shared;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.SourceReader.Reading;
import dev.towpath.spi.SourceState;
import dev.towpath.spi.SourceTable;
import dev.towpath.testing.DatabaseServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A database server and a reader for it, with what tests do to both. */
public record Db(DatabaseServer server, SourceReader reader, String database, String user) {

  /** Runs statements. */
  public void sql(String... statements) {
    server.sql(database, statements);
  }

  /** A table {@code raw.things} in mode full. */
  public Tables table(Path project) {
    return Tables.of(reader.type(), project)
        .sourceKey("url", url(server.port()))
        .sourceKey("password", DatabaseServer.PASSWORD);
  }

  /** A URL as people write it, without the password. */
  public String url(int port) {
    return "%s://%s@127.0.0.1:%d/%s".formatted(reader.type(), user, port, database);
  }

  /** Names and types. */
  public Schema contact(SourceTable table) {
    return reader.contact(table, TestEngine::infer);
  }

  /** A reading that goes on from a state. */
  public Reading read(SourceTable table, Optional<SourceState> last, Shared shared) {
    return reader.read(
        table, last, table.columns().orElseGet(() -> contact(table)), TestEngine::infer, shared);
  }

  /** What one reading gave. */
  public record Batch(List<String> rows, SourceReader.Effect effect, SourceState state) {}

  /** Reads everything that a reading gives. */
  public Batch batch(SourceTable table, Optional<SourceState> last) {
    try (Shared shared = new Shared();
        Reading reading = read(table, last, shared)) {
      return new Batch(TestEngine.bag(reading), reading.effect(), reading.finish());
    }
  }

  /** All rows, sorted. */
  public List<String> rows(SourceTable table) {
    return batch(table, Optional.empty()).rows();
  }

  /** How many parts a reading has, and their rows as CSV. */
  public List<List<String>> parts(SourceTable table) {
    try (Shared shared = new Shared();
        Reading reading = read(table, Optional.empty(), shared)) {
      List<List<String>> parts = new ArrayList<>();
      ((Extract.Csv) reading.extract())
          .parts()
          .forEach(part -> {
            List<String> rows = new ArrayList<>();
            part.write((line, length) ->
                rows.add(
                    new String(line, 0, length, java.nio.charset.StandardCharsets.UTF_8).strip()));
            parts.add(rows);
          });
      return parts;
    }
  }
}
