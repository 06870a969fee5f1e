package dev.towpath.lake.iceberg;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * A data file, or one of position deletes, as a manifest holds it; maps go from field id to value.
 * Arrays in it are never changed.
 *
 * @param path absolute, as other readers need it
 * @param partition values by partition field id; a missing one is NULL
 * @param values number of values; holds every top-level column of the file, which is how one knows
 *     what a file lacks
 * @param nans 0 for a floating column without NaNs; a missing entry means that there may be some
 * @param deletesOf for position deletes: the path of the data file whose rows are gone
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
    Map<Integer, byte[]> uppers,
    Optional<String> deletesOf) {
  private static final int FILE_PATH = 2147483546;

  /**
   * Position deletes of one data file.
   *
   * @param path absolute
   * @param rows number of rows that are gone
   * @param of the data file, whose partition they share
   */
  public static StoredFile deletes(String path, long rows, long bytes, StoredFile of) {
    byte[] name = of.path().getBytes(StandardCharsets.UTF_8);
    return new StoredFile(
        path,
        of.partition(),
        rows,
        bytes,
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(FILE_PATH, name), // by which readers find deletes that are of one file
        Map.of(FILE_PATH, name),
        Optional.of(of.path()));
  }

  /** The same file at another path. */
  public StoredFile at(String newPath) {
    return new StoredFile(
        newPath, partition, rows, bytes, sizes, values, nulls, nans, lowers, uppers, deletesOf);
  }

  /** The same file without partition values. */
  public StoredFile unpartitioned() {
    return new StoredFile(
        path, Map.of(), rows, bytes, sizes, values, nulls, nans, lowers, uppers, deletesOf);
  }
}
