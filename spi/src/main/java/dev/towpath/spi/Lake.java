package dev.towpath.spi;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tables as Iceberg metadata over Parquet files. States are immutable: a commit writes new metadata
 * files beside the old ones and changes no pointer. Thread-safe.
 */
public interface Lake {

  /** The files below everything. */
  ObjectStore objects();

  /**
   * Prepares a new state of a table: gives every column its id and makes a directory for the data.
   *
   * @param base metadata file of the state it is based on; empty for a new table
   * @param schema what the new state will hold; columns match those of the base by name
   * @param sortBy how rows are sorted within its files
   * @param renames new name to old name
   * @throws TowpathException for a type that the lake cannot hold, with a suggested cast
   */
  Draft draft(
      TableName table,
      Optional<String> base,
      Schema schema,
      List<PartitionField> partitionBy,
      List<SortField> sortBy,
      Map<String, String> renames);

  /** Prepares a new state whose rows are not sorted. */
  default Draft draft(
      TableName table,
      Optional<String> base,
      Schema schema,
      List<PartitionField> partitionBy,
      Map<String, String> renames) {
    return draft(table, base, schema, partitionBy, List.of(), renames);
  }

  /**
   * A state in the making.
   *
   * @param fields columns with ids
   * @param directory where data files go, relative to the root; exists and is empty
   * @param moved whether the base was written where the lake was before: files that say which rows
   *     are gone name data files by the old place, so a commit may keep none of them
   */
  record Draft(
      TableName table,
      Optional<String> base,
      List<Field> fields,
      List<PartitionField> partitionBy,
      List<SortField> sortBy,
      String location,
      String directory,
      boolean moved) {}

  /**
   * Files that come and go with a commit.
   *
   * @param added new files
   * @param removed paths of the base's files that the new state no longer holds
   * @param thinned files of the base that stay, of which other rows are gone from now on: those of
   *     before among them
   */
  record Step(List<DataFile> added, Set<String> removed, List<DataFile> thinned) {
    public Step {
      added = List.copyOf(added);
      removed = Set.copyOf(removed);
      thinned = List.copyOf(thinned);
    }
  }

  /**
   * Writes the metadata of a new state and syncs it and the added files.
   *
   * @param summary kept in the snapshot: run id, fence
   * @return path of the new metadata file
   */
  String commit(Draft draft, Step step, Map<String, String> summary);

  /** Writes the metadata of a new state in which all rows of its files are there. */
  default String commit(
      Draft draft, List<DataFile> added, Set<String> removed, Map<String, String> summary) {
    return commit(draft, new Step(added, removed, List.of()), summary);
  }

  /** The columns of a file that says which rows of a data file are gone, by Iceberg's ids. */
  List<Field> DELETES =
      List.of(
          new Field(2147483546, "file_path", DataType.parse("VARCHAR"), List.of()),
          new Field(2147483545, "pos", DataType.parse("BIGINT"), List.of()));

  /** How a file is named in what every reader of Iceberg reads. */
  String absolute(String path);

  /** The columns and live files of a state. */
  TableFiles files(String metadataFile);

  /** Every file that a state needs: the metadata file, manifest list, manifests and data. */
  Set<String> reach(String metadataFile);
}
