package dev.towpath.source.postgres;

import dev.towpath.source.jdbc.Access;
import dev.towpath.source.jdbc.Relation;
import dev.towpath.source.jdbc.RowStream;
import dev.towpath.source.jdbc.Snapshot;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.CsvSink;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.postgresql.jdbc.AutoSave;

/** A transaction whose exported snapshot others read by, for as long as it is open. */
final class PostgresSnapshot implements Snapshot {
  private static final String BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

  private final PostgresDialect dialect;
  private final Connection connection;
  private final String id;
  private final Optional<String> token;
  private final ReentrantLock lock = new ReentrantLock();

  private PostgresSnapshot(
      PostgresDialect dialect, Connection connection, String id, Optional<String> token) {
    this.dialect = dialect;
    this.connection = connection;
    this.id = id;
    this.token = token;
  }

  static PostgresSnapshot open(PostgresDialect dialect, Access access) throws SQLException {
    Connection connection = dialect.connect(access);
    try (Statement statement = connection.createStatement()) {
      statement.execute(BEGIN);
      try (ResultSet row = statement.executeQuery("SELECT pg_export_snapshot()")) {
        row.next();
        String id = row.getString(1);
        Optional<String> token = dialect.token(connection);
        // A question that fails, on a table that may not be read, must not end the transaction.
        connection.unwrap(PGConnection.class).setAutosave(AutoSave.ALWAYS);
        return new PostgresSnapshot(dialect, connection, id, token);
      }
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public <T> T ask(Ask<T> ask) throws SQLException {
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
    try {
      return ask.on(connection);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<String> token() {
    return token;
  }

  @Override
  public List<RowStream> streams(Relation relation, int number, Access access) {
    List<RowStream> streams = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      streams.add(new Stream(access));
    }
    return streams;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  /** A connection of its own, opened when it is first used. */
  private final class Stream implements RowStream {
    private final Access access;
    private @Nullable Connection reading;

    Stream(Access access) {
      this.access = access;
    }

    @Override
    public void write(String query, CsvSink sink) throws SQLException {
      Connection open = dialect.connect(access);
      reading = open;
      try (Statement statement = open.createStatement()) {
        statement.execute(BEGIN);
        statement.execute("SET TRANSACTION SNAPSHOT '" + id + "'");
      }
      CopyOut copy =
          open.unwrap(PGConnection.class)
              .getCopyAPI()
              .copyOut("COPY (" + query + ") TO STDOUT (FORMAT csv, ENCODING 'UTF8')");
      // The protocol has one message a row.
      for (byte[] line = copy.readFromCopy(); line != null; line = copy.readFromCopy()) {
        sink.row(line, line.length);
      }
    }

    @Override
    public void close() {
      Connection open = reading;
      reading = null;
      if (open != null) {
        try {
          open.abort(Runnable::run); // a COPY that is not over would have to be read to its end
        } catch (SQLException e) {
          // it is gone already
        }
      }
    }
  }
}
