package dev.towpath.source.sqlite;

import static dev.towpath.source.common.Failures.quoted;

import dev.towpath.source.common.Failures;
import dev.towpath.source.common.Stamp;
import dev.towpath.spi.Extract;
import dev.towpath.spi.RowReader;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.SourceReader.Reading;
import dev.towpath.spi.SourceState;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One open snapshot of a database. */
final class SqliteReading implements Reading {
  private final Database database;
  private final Connection connection;
  private final String relation;
  private final String list;
  private final Schema schema;
  private final List<Convert> converts;
  private final SourceState state;
  private final BagHash hash = new BagHash();
  private final Stamp start;

  SqliteReading(
      Database database,
      Connection connection,
      String relation,
      String list,
      Schema schema,
      List<Convert> converts,
      SourceState state) {
    this.database = database;
    this.connection = connection;
    this.relation = relation;
    this.list = list;
    this.schema = schema;
    this.converts = List.copyOf(converts);
    this.state = state;
    this.start = database.stamp();
  }

  @Override
  public Extract extract() {
    return new Extract.Rows(schema, List.of(this::rows));
  }

  private RowReader rows() {
    return new SqliteRows(database, connection, relation, list, schema, converts, hash);
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public SourceReader.Effect effect() {
    return SourceReader.Effect.REPLACE;
  }

  @Override
  public SourceState finish() {
    try (Statement statement = connection.createStatement();
        ResultSet mode = statement.executeQuery("PRAGMA journal_mode")) {
      Stamp now = database.stamp();
      boolean logged = mode.next() && "wal".equalsIgnoreCase(mode.getString(1));
      // Without a log our lock keeps every writer off that asks SQLite. A copy over the file does
      // not ask; one put in its place by a rename does no harm.
      boolean touched = now.bytes() != start.bytes() || !now.modified().equals(start.modified());
      if (!logged && now.id().equals(start.id()) && touched) {
        throw Failures.of(
            database.table(),
            quoted(database.name()) + " was overwritten while it was read",
            "run again; replace a database by renaming the new file into place");
      }
      Map<String, String> cursor = new HashMap<>(state.cursor());
      hash.text().ifPresent(text -> cursor.put(SqliteSource.ROWS, text));
      return new SourceState(cursor, state.files());
    } catch (SQLException e) {
      throw database.failure(e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw database.failure(e);
    }
  }
}
