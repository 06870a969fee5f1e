package dev.towpath.source.jdbc;

import dev.towpath.spi.CsvPart;
import dev.towpath.spi.Extract;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.SourceReader.Reading;
import dev.towpath.spi.SourceState;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rows of one moment, to be read by one or more connections. */
final class DatabaseReading implements Reading {
  private final Database database;
  private final List<Reads> reads;
  private final List<String> queries;
  private final List<RowStream> streams;
  private final Schema schema;
  private final SourceReader.Effect effect;
  private final List<String> key;
  private final SourceState state;
  private final boolean certain;

  /**
   * A reading.
   *
   * @param queries one for each stream
   * @param certain whether the state tells the rows: equal states mean equal rows
   */
  DatabaseReading(
      Database database,
      List<Reads> reads,
      List<String> queries,
      List<RowStream> streams,
      Schema schema,
      SourceReader.Effect effect,
      List<String> key,
      SourceState state,
      boolean certain) {
    this.database = database;
    this.reads = List.copyOf(reads);
    this.queries = List.copyOf(queries);
    this.streams = List.copyOf(streams);
    this.schema = schema;
    this.effect = effect;
    this.key = List.copyOf(key);
    this.state = state;
    this.certain = certain;
  }

  @Override
  public Extract extract() {
    List<CsvPart> parts = new ArrayList<>();
    for (int i = 0; i < queries.size(); i++) {
      String query = queries.get(i);
      RowStream stream = streams.get(i);
      parts.add(sink -> {
        try (stream) {
          stream.write(query, sink);
        } catch (SQLException e) {
          throw database.failure(e);
        }
      });
    }
    return new Extract.Csv(reads.stream().map(Reads::column).toList(), parts);
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public Optional<SourceState> expected() {
    return certain ? Optional.of(state) : Optional.empty();
  }

  @Override
  public SourceReader.Effect effect() {
    return effect;
  }

  @Override
  public List<String> key() {
    return key;
  }

  @Override
  public SourceState finish() {
    return state; // one moment cannot change while it is read
  }

  @Override
  public void close() {
    streams.forEach(RowStream::close);
  }
}
