package dev.towpath.engine.duckdb.session;

import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Clearing up. */
public final class Directories {
  private Directories() {}

  /**
   * Makes a directory, unless the place is read-only: reading a project needs no room for temporary
   * files until a query is too big, and then the engine says so.
   */
  public static void createIfWritable(Path directory) {
    Path existing = directory.toAbsolutePath();
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (existing == null || !Files.isWritable(existing)) {
      return;
    }
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new TowpathException("cannot make the directory " + directory, null, e);
    }
  }

  /** Removes a directory and all below it; none is no error. */
  public static void remove(Path directory) {
    clear(directory, Set.of());
    delete(directory);
  }

  /** Removes all files below a directory but some, and the directories that are empty then. */
  static void clear(Path directory, Set<Path> kept) {
    for (Path path : below(directory).reversed()) {
      boolean holdsKept = kept.stream().anyMatch(k -> k.startsWith(path));
      if (!holdsKept) {
        delete(path);
      }
    }
  }

  /** Everything below a directory, parents first. */
  private static List<Path> below(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(p -> !p.equals(directory)).sorted(Comparator.naturalOrder()).toList();
    } catch (NoSuchFileException none) {
      return List.of();
    } catch (IOException e) {
      throw new TowpathException("cannot list " + directory, null, e);
    }
  }

  /** Removes a file or an empty directory; none is no error. */
  static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new TowpathException("cannot remove " + path, null, e);
    }
  }
}
