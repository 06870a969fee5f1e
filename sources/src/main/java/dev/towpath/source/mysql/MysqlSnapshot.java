package dev.towpath.source.mysql;

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

/**
 * A transaction that all tables are read in, one after another: no other connection can see its
 * moment. Only a table that is read in parallel has connections of its own, which begin while a
 * lock keeps everybody from changing it.
 */
final class MysqlSnapshot implements Snapshot {
  private static final String BEGIN = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";
  private static final int FETCH = 5_000;

  private final MysqlDialect dialect;
  private final Connection connection;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean ended;

  private MysqlSnapshot(MysqlDialect dialect, Connection connection) {
    this.dialect = dialect;
    this.connection = connection;
  }

  static MysqlSnapshot open(MysqlDialect dialect, Access access) throws SQLException {
    return new MysqlSnapshot(dialect, begun(dialect, access));
  }

  private static Connection begun(MysqlDialect dialect, Access access) throws SQLException {
    Connection connection = dialect.connect(access);
    try (Statement statement = connection.createStatement()) {
      statement.execute(BEGIN);
      return connection;
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
      if (ended) {
        throw new SQLException(
            "it was not read, since reading another table failed, with which it shares a transaction");
      }
      return ask.on(connection);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<String> token() {
    return Optional.empty();
  }

  @Override
  public List<RowStream> streams(Relation relation, int number, Access access) throws SQLException {
    if (number == 1) {
      return List.of(new OneByOne(access));
    }
    List<RowStream> streams = new ArrayList<>();
    try (Connection keeper = dialect.connect(access);
        Statement statement = keeper.createStatement()) {
      lock(statement, relation);
      for (int i = 0; i < number; i++) {
        streams.add(new Own(begun(dialect, access)));
      }
      return streams;
    } catch (SQLException e) {
      streams.forEach(RowStream::close);
      throw e;
    }
  }

  private static void lock(Statement statement, Relation relation) throws SQLException {
    try {
      statement.execute("LOCK TABLES " + relation.sql() + " READ");
    } catch (SQLException e) {
      // The server speaks as if the login were at fault.
      throw e.getErrorCode() == MysqlFailures.NO_DATABASE
          ? new SQLException(
              "this user may not LOCK TABLES", e.getSQLState(), MysqlFailures.NO_RIGHT, e)
          : e;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private static void copy(Connection connection, String query, CsvSink sink) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(FETCH);
      try (ResultSet rows = statement.executeQuery(query)) {
        int columns = rows.getMetaData().getColumnCount();
        CsvLine line = new CsvLine();
        while (rows.next()) {
          for (int i = 1; i <= columns; i++) {
            line.add(rows.getBytes(i));
          }
          line.end(sink);
        }
      }
    }
  }

  /** The transaction's own connection, for one table at a time. */
  private final class OneByOne implements RowStream {
    private final Access access;

    OneByOne(Access access) {
      this.access = access;
    }

    @Override
    public void write(String query, CsvSink sink) throws SQLException {
      ask(open -> {
        boolean whole = false;
        try {
          MysqlDialect.limit(open, access);
          copy(open, query, sink);
          whole = true;
          return query;
        } finally {
          if (!whole) {
            // What is left of the rows would have to be read first, and the next in turn must not
            // take them for its own. The run has failed anyway.
            ended = true;
            open.abort(Runnable::run);
          }
        }
      });
    }

    @Override
    public void close() {
      // The run closes the connection.
    }
  }

  /** A connection that began together with those of the other parts. */
  private record Own(Connection connection) implements RowStream {
    @Override
    public void write(String query, CsvSink sink) throws SQLException {
      copy(connection, query, sink);
    }

    @Override
    public void close() {
      try {
        connection.abort(Runnable::run); // rows that nobody wants would have to be read
      } catch (SQLException e) {
        // it is gone already
      }
    }
  }
}
