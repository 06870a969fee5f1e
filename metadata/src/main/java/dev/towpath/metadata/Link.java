package dev.towpath.metadata;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/**
 * A connection that keeps its statements: preparing one costs more than most of them take. For one
 * thread at a time. A statement that is being read must not be asked for again.
 */
final class Link implements AutoCloseable {
  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  Link(Connection connection) {
    this.connection = connection;
  }

  /** The statement for a text, prepared when it is first asked for; the texts must be few. */
  PreparedStatement statement(String sql) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    return statement;
  }

  /** Runs a statement that is needed once. */
  void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Closes the statements, too; what is not committed is rolled back. */
  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
