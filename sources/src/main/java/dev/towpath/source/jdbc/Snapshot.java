package dev.towpath.source.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** One moment of a database, held open for all readings of a run. Thread-safe. */
public interface Snapshot extends AutoCloseable {

  /** A question that a connection answers. */
  @FunctionalInterface
  interface Ask<T> {
    /** Asks. */
    T on(Connection connection) throws SQLException;
  }

  /** Asks about this moment; one question at a time. */
  <T> T ask(Ask<T> ask) throws SQLException;

  /**
   * What stays the same until a transaction changes anything in the database; empty when that
   * cannot be told.
   */
  Optional<String> token();

  /**
   * Ways to read rows of this moment.
   *
   * @param number how many are used at the same time
   * @param access of this table, which may set another time limit than the one it was opened with
   */
  List<RowStream> streams(Relation relation, int number, Access access) throws SQLException;

  @Override
  void close() throws SQLException;
}
