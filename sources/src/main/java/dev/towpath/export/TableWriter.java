package dev.towpath.export;

import dev.towpath.source.jdbc.Dialect;
import dev.towpath.spi.Column;
import dev.towpath.spi.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** What one kind of database does in its own way when a table is written into it. Stateless. */
interface TableWriter {
  /** How it is reached. */
  Dialect dialect();

  /** Makes the session refuse values that do not fit, where it would bend them otherwise. */
  Optional<String> strict();

  /** The text of a column that it reads as the column's type, as an expression over its name. */
  String expression(Column column);

  /**
   * The type that a column gets in a table that is made for it.
   *
   * @param key whether the column is part of a key
   */
  String type(Column column, boolean key);

  /** Makes the schema of a table that is not there, where the database has schemas. */
  Optional<String> createSchema(String table);

  /** A table's name, with its schema or without, as SQL. */
  String table(String name);

  /** Makes an empty table of this session that has some columns of another. */
  String stage(String stage, String table, List<String> columns);

  /** Fills a table with the rows of a CSV file; returns how many there were. */
  long load(Connection connection, String stage, Schema columns, Path csv)
      throws SQLException, IOException;

  /** Gives the rows of a table that have a key of the staged ones their values. */
  String update(String table, String stage, List<String> key, List<String> values);

  /** Keeps others from adding rows with the same keys meanwhile; empty where it is not needed. */
  Optional<String> lock(String table);

  /** Makes the table of what was appended last, a row for each line of appends. */
  String ledger(String table);

  /** Puts a line and its state into the ledger, unless the line is there. */
  String note(String ledger);
}
