package dev.towpath.lake.iceberg;

import java.util.Map;

/**
 * A data file as a manifest holds it; maps go from field id to value. Arrays in it are never
 * changed.
 *
 * @param path absolute, as other readers need it
 * @param partition values by partition field id; a missing one is NULL
 * @param values number of values; holds every top-level column of the file, which is how one knows
 *     what a file lacks
 * @param nans 0 for a floating column without NaNs; a missing entry means that there may be some
 */
public record StoredFile(
    String path,
    Map<Integer, byte[]> partition,
    long rows,
    long bytes,
    Map<Integer, Long> sizes,
    Map<Integer, Long> values,
    Map<Integer, Long> nulls,
    Map<Integer, Long> nans,
    Map<Integer, byte[]> lowers,
    Map<Integer, byte[]> uppers) {

  /** The same file at another path. */
  public StoredFile at(String newPath) {
    return new StoredFile(
        newPath, partition, rows, bytes, sizes, values, nulls, nans, lowers, uppers);
  }

  /** The same file without partition values. */
  public StoredFile unpartitioned() {
    return new StoredFile(path, Map.of(), rows, bytes, sizes, values, nulls, nans, lowers, uppers);
  }
}
