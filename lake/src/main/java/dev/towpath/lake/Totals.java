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

  /** Starts from the base's summary, which is empty for a new table. */
  Totals(Map<String, String> before) {
    this.before = before;
  }

  void add(StoredFile file) {
    addedFiles++;
    addedRows += file.rows();
    addedBytes += file.bytes();
  }

  void remove(StoredFile file) {
    removedFiles++;
    removedRows += file.rows();
    removedBytes += file.bytes();
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
    total(summary, "total-data-files", addedFiles - removedFiles);
    total(summary, "total-records", addedRows - removedRows);
    total(summary, "total-files-size", addedBytes - removedBytes);
    summary.put("total-delete-files", "0");
    summary.put("total-position-deletes", "0");
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
