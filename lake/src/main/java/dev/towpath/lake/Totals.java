package dev.towpath.lake;

import dev.towpath.lake.iceberg.StoredFile;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts what a commit adds and removes, under the names that Iceberg's summaries use. */
final class Totals {
  private final Map<String, String> before;
  private long addedFiles;
  private long addedRows;
  private long addedBytes;
  private long removedFiles;
  private long removedRows;
  private long removedBytes;
  private long addedDeletes;
  private long addedPositions;
  private long removedDeletes;
  private long removedPositions;

  /** Starts from the base's summary, which is empty for a new table. */
  Totals(Map<String, String> before) {
    this.before = before;
  }

  void add(StoredFile file) {
    addedBytes += file.bytes();
    if (file.deletesOf().isPresent()) {
      addedDeletes++;
      addedPositions += file.rows();
    } else {
      addedFiles++;
      addedRows += file.rows();
    }
  }

  void remove(StoredFile file) {
    removedBytes += file.bytes();
    if (file.deletesOf().isPresent()) {
      removedDeletes++;
      removedPositions += file.rows();
    } else {
      removedFiles++;
      removedRows += file.rows();
    }
  }

  /** The summary of the new snapshot: Iceberg's keys, and the caller's. */
  Map<String, String> summary(Map<String, String> notes, boolean append) {
    Map<String, String> summary = new LinkedHashMap<>(notes);
    summary.put("operation", append ? "append" : addedFiles == 0 ? "delete" : "overwrite");
    count(summary, "added-data-files", addedFiles);
    count(summary, "added-records", addedRows);
    count(summary, "added-files-size", addedBytes);
    count(summary, "deleted-data-files", removedFiles);
    count(summary, "deleted-records", removedRows);
    count(summary, "removed-files-size", removedBytes);
    count(summary, "added-delete-files", addedDeletes);
    count(summary, "added-position-delete-files", addedDeletes);
    count(summary, "added-position-deletes", addedPositions);
    count(summary, "removed-delete-files", removedDeletes);
    count(summary, "removed-position-delete-files", removedDeletes);
    count(summary, "removed-position-deletes", removedPositions);
    total(summary, "total-data-files", addedFiles - removedFiles);
    total(summary, "total-records", addedRows - removedRows);
    total(summary, "total-files-size", addedBytes - removedBytes);
    total(summary, "total-delete-files", addedDeletes - removedDeletes);
    total(summary, "total-position-deletes", addedPositions - removedPositions);
    summary.put("total-equality-deletes", "0");
    return summary;
  }

  private static void count(Map<String, String> summary, String key, long value) {
    if (value > 0) {
      summary.put(key, String.valueOf(value));
    }
  }

  private void total(Map<String, String> summary, String key, long change) {
    summary.put(key, String.valueOf(Long.parseLong(before.getOrDefault(key, "0")) + change));
  }
}
