package dev.towpath.spi;

import java.nio.file.Path;
import java.util.List;

/**
 * A set of tables under their names and the queries over them. Thread-safe: calls run in parallel.
 * A call whose thread is interrupted cancels its statement and throws {@link CancelledException}.
 * Failures are {@link SqlException} where a statement is at fault and {@link TowpathException}
 * otherwise (full disk, lost file), in plain words.
 */
public interface EngineSession extends AutoCloseable {

  /** Makes a relation readable as {@code schema.table}; replaces an earlier one of that name. */
  void expose(TableName table, Relation relation);

  /** Defines a macro by its {@code CREATE MACRO} statement, for all later queries. */
  void macro(String createMacro);

  /** The columns of a query's result, without running it. */
  Schema describe(Statement query);

  /**
   * The columns of files, by their content. Throws with file and line when a file cannot be read.
   */
  Schema infer(FileScan scan);

  /** Computes and writes Parquet. Nothing is left in the directory when it throws. */
  WriteResult write(WriteRequest request, Monitor monitor);

  /** The first rows of a result. */
  Rows query(Statement query, int limit);

  /**
   * Writes a whole result to a file: CSV, JSON (one array), NDJSON or Parquet.
   *
   * @param target written whole or not at all
   */
  void export(Statement query, FileScan.Format format, Path target, Monitor monitor);

  /**
   * Writes a whole result to a file as one stream in Arrow's IPC format.
   *
   * @param target written whole or not at all
   */
  void arrow(Statement query, Path target, Monitor monitor);

  /**
   * Parquet files in which another program reads these columns of a relation under their names: the
   * table's own files where they hold them as they are, else a copy.
   *
   * @param columns some of the relation's; of types that Parquet has no form for, the copy holds
   *     text, and of integers beyond 64 bits DECIMAL(38,0)
   * @param copy where a copy goes; the caller removes it
   * @return at least one file
   */
  List<Path> parquet(Relation relation, Schema columns, Path copy, Monitor monitor);

  /** Keeps rows in the session, where they can be read under this name until it is closed. */
  void keep(TableName table, Extract.Arrow rows);

  @Override
  void close();
}
