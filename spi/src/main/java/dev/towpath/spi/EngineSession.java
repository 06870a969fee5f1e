package dev.towpath.spi;

import java.nio.file.Path;

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

  @Override
  void close();
}
