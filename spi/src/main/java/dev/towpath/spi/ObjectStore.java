package dev.towpath.spi;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Files of a lake under one root, by relative path with forward slashes. Files never change once
 * written. Thread-safe. Failures are {@link TowpathException}s that name the file.
 */
public interface ObjectStore {

  /** Reads a whole file. */
  byte[] read(String path);

  /** Writes a whole file so that it is seen whole or not at all, and survives power loss. */
  void write(String path, byte[] content);

  /**
   * Writes a new file that survives power loss only once it is synced, so that many files can be
   * synced at once.
   */
  default void stage(String path, byte[] content) {
    write(path, content);
  }

  /** Writes a whole file if none is there; returns whether it did. Atomic against other writers. */
  boolean writeIfAbsent(String path, byte[] content);

  /** What is known of a file, or empty when there is none. */
  Optional<Stat> stat(String path);

  /** All files below a directory, in no order; empty when there is none. */
  Stream<Stat> list(String directory);

  /** Removes files; missing ones are no error. */
  void delete(List<String> paths);

  /** Makes files and the directories that hold them survive power loss. */
  void sync(List<String> paths);

  /** The file on a local disk. */
  Path local(String path);

  /** A file, its size in bytes and when it was last written. */
  record Stat(String path, long bytes, Instant modified) {}
}
