package dev.towpath.spi;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a source remembers of a reading; belongs to a table state, so that it goes back with a
 * rollback.
 *
 * @param cursor by name, such as the last seen value of a cursor column
 * @param files the ledger: every file that is in the table
 */
public record SourceState(Map<String, String> cursor, List<SourceFile> files) {
  /** Before the first reading. */
  public static final SourceState EMPTY = new SourceState(Map.of(), List.of());

  public SourceState {
    cursor = Map.copyOf(cursor);
    files = List.copyOf(files);
  }

  /**
   * A file that was read.
   *
   * @param name relative to the project
   * @param modified as the file system said; only a short cut, the hash decides
   * @param hash SHA-256 of the content, lower-case hex
   */
  public record SourceFile(String name, long bytes, Instant modified, String hash) {}
}
