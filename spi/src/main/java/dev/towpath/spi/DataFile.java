package dev.towpath.spi;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One Parquet file of a table, and which of its rows are gone.
 *
 * @param path relative to the lake's root, with forward slashes
 * @param rows number of rows that are written in it, those that are gone included
 * @param bytes size of the file
 * @param fieldIds ids of the top-level columns that the file holds
 * @param stats by field id, nested leaves too; may lack some; of all rows that are written, so that
 *     bounds may lie outside of what is there
 * @param partition the partition's values as text by partition field name ({@code day_month}), in
 *     order; empty when unpartitioned; an empty Optional is the NULL partition
 * @param deletes which rows are gone; empty when all are there
 */
public record DataFile(
    String path,
    long rows,
    long bytes,
    List<Integer> fieldIds,
    Map<Integer, Stats> stats,
    Map<String, Optional<String>> partition,
    Optional<Deletes> deletes) {
  public DataFile {
    fieldIds = List.copyOf(fieldIds);
    stats = Map.copyOf(stats);
    partition = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(partition));
  }

  /** A file whose rows are all there. */
  public DataFile(
      String path,
      long rows,
      long bytes,
      List<Integer> fieldIds,
      Map<Integer, Stats> stats,
      Map<String, Optional<String>> partition) {
    this(path, rows, bytes, fieldIds, stats, partition, Optional.empty());
  }

  /**
   * A Parquet file that names rows of one data file by their position, as Iceberg's position
   * deletes do: {@code file_path} and {@code pos}.
   *
   * @param path relative to the lake's root
   * @param rows number of rows that are gone
   * @param bytes size of the file
   */
  public record Deletes(String path, long rows, long bytes) {}

  /** The same file with other rows gone. */
  public DataFile without(Deletes gone) {
    return new DataFile(path, rows, bytes, fieldIds, stats, partition, Optional.of(gone));
  }

  /** Number of rows that are there. */
  public long live() {
    return rows - deletes.map(Deletes::rows).orElse(0L);
  }

  /** What two files share that hold the same rows at the same places. */
  Object content() {
    return List.of(path, deletes.map(Deletes::path));
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
