package dev.towpath.spi;

import java.util.List;
import java.util.Optional;

/**
 * One write of Parquet files into the lake.
 *
 * @param input what to write; its columns match {@code fields} by name
 * @param fields the table's columns with their ids; a query must give all of them, and of files and
 *     rows from outside those that the input lacks are not written
 * @param directory where, relative to the lake's root; made if it is not there, must be empty, and
 *     belongs to this write alone
 * @param partitionBy empty for unpartitioned
 * @param sortBy how rows are sorted within a file; empty for as they come
 * @param fileBytes about how large a file of an unpartitioned table may grow before the next one is
 *     begun; 0 for one file, however large
 * @param provenance when given, the hidden columns {@code _file}, {@code _row} and {@code _run} are
 *     added from the input; {@code fields} holds them too
 */
public record WriteRequest(
    Extract input,
    List<Field> fields,
    String directory,
    List<PartitionField> partitionBy,
    List<SortField> sortBy,
    long fileBytes,
    Optional<Provenance> provenance) {
  public WriteRequest {
    fields = List.copyOf(fields);
    partitionBy = List.copyOf(partitionBy);
    sortBy = List.copyOf(sortBy);
  }

  /** A write that makes one file of an unpartitioned table. */
  public WriteRequest(
      Extract input,
      List<Field> fields,
      String directory,
      List<PartitionField> partitionBy,
      List<SortField> sortBy,
      Optional<Provenance> provenance) {
    this(input, fields, directory, partitionBy, sortBy, 0, provenance);
  }

  /** What the hidden columns say. */
  public record Provenance(String run) {}
}
