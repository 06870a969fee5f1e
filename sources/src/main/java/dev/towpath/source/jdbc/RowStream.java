package dev.towpath.source.jdbc;

import dev.towpath.spi.CsvSink;
import java.sql.SQLException;

/** A connection that the rows of one query come through. Used by one thread. */
public interface RowStream extends AutoCloseable {
  /** Writes the rows of a query whose columns are all text in the form that their reading asks. */
  void write(String query, CsvSink sink) throws SQLException;

  /** Closes it, at once, wherever it stands. */
  @Override
  void close();
}
