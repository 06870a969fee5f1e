package dev.towpath.spi;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One Parquet file of a table.
 *
 * @param path relative to the lake's root, with forward slashes
 * @param rows number of rows
 * @param bytes size of the file
 * @param fieldIds ids of the top-level columns that the file holds
 * @param stats by field id, nested leaves too; may lack some
 * @param partition the partition's values as text by partition field name ({@code day_month}), in
 *     order; empty when unpartitioned; an empty Optional is the NULL partition
 */
public record DataFile(
    String path,
    long rows,
    long bytes,
    List<Integer> fieldIds,
    Map<Integer, Stats> stats,
    Map<String, Optional<String>> partition) {
  public DataFile {
    fieldIds = List.copyOf(fieldIds);
    stats = Map.copyOf(stats);
    partition = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(partition));
  }

  /**
   * What is known of one column in one file.
   *
   * @param nulls number of NULLs
   * @param nans whether any NaN is there
   * @param min smallest value as DuckDB prints it; empty when unknown or all NULL
   * @param max largest value, likewise
   * @param bytes compressed size of the column
   */
  public record Stats(
      long values,
      long nulls,
      boolean nans,
      Optional<String> min,
      Optional<String> max,
      long bytes) {}
}
