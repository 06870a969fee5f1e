package dev.towpath.source.http;

import dev.towpath.spi.FileScan;
import dev.towpath.spi.FileScan.InputFile;
import dev.towpath.spi.Schema;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The records of a reading on disk, one a line, until they are in the lake. Each page is a file
 * named by its URL; after many of them small pages share a file, named by the first one's URL.
 */
final class Spool implements AutoCloseable {
  private static final int OWN_FILES = 100;
  private static final long SHARED_BYTES = 4 << 20;

  /** The engine takes two buffers of a record's size for each file that it looks at. */
  private static final long BUFFERS = 32 << 20;

  private static final long LEAST_RECORD = 1 << 16;
  private static final String PREFIX = "http-";

  private final Path directory;
  private final List<InputFile> files = new ArrayList<>();
  private long bytes;
  private long largest = LEAST_RECORD;

  private Spool(Path directory) {
    this.directory = directory;
  }

  /** An empty one in the project's own folder, or where temporary files go if it is read-only. */
  static Spool open(Path project) throws IOException {
    Path home = project.resolve(".towpath").resolve("tmp");
    String prefix = PREFIX + ProcessHandle.current().pid() + "-";
    try {
      Files.createDirectories(home);
      tidy(home);
      return new Spool(Files.createTempDirectory(home, prefix));
    } catch (IOException e) {
      return new Spool(Files.createTempDirectory("towpath-" + prefix));
    }
  }

  /** Removes what a process left that was killed. */
  private static void tidy(Path home) throws IOException {
    List<Path> left;
    try (Stream<Path> all = Files.list(home)) {
      left = all.filter(Spool::isOrphan).toList();
    }
    for (Path orphan : left) {
      new Spool(orphan).remove();
    }
  }

  private static boolean isOrphan(Path directory) {
    String[] parts = String.valueOf(directory.getFileName()).split("-");
    return parts.length == 3
        && (parts[0] + "-").equals(PREFIX)
        && parts[1].matches("\\d{1,18}")
        && ProcessHandle.of(Long.parseLong(parts[1])).isEmpty();
  }

  /** Where the next answer goes as it comes. */
  Path body() {
    return directory.resolve("body");
  }

  /** Where the next page's records go. */
  Path page() {
    return directory.resolve("page");
  }

  /**
   * Keeps the records that were written to {@link #page}.
   *
   * @param record bytes of the largest one
   */
  void add(String shown, long record) throws DiskException {
    try {
      long size = Files.size(page());
      if (size == 0) {
        return;
      }
      bytes += size;
      largest = Math.max(largest, record + LEAST_RECORD);
      Path last = files.isEmpty() ? page() : files.getLast().path();
      boolean own = files.size() < OWN_FILES && files.size() * 2 * largest < BUFFERS;
      if (!own && !files.isEmpty() && Files.size(last) < SHARED_BYTES) {
        try (OutputStream out = Files.newOutputStream(last, StandardOpenOption.APPEND)) {
          Files.copy(page(), out);
        }
      } else {
        Path file = directory.resolve(String.format("%06d.ndjson", files.size()));
        Files.move(page(), file);
        files.add(new InputFile(shown, file));
      }
    } catch (IOException e) {
      throw new DiskException(e);
    }
  }

  boolean isEmpty() {
    return files.isEmpty();
  }

  long bytes() {
    return bytes;
  }

  /** The files, for the engine. */
  FileScan scan(Optional<Schema> columns) {
    Map<String, String> options = Map.of("maximum_object_size", Long.toString(largest));
    return new FileScan(FileScan.Format.NDJSON, files, options, columns, false);
  }

  /** Removes everything. */
  @Override
  public void close() throws IOException {
    remove();
  }

  private void remove() throws IOException {
    List<Path> all;
    try (Stream<Path> found = Files.list(directory)) {
      all = found.toList();
    }
    for (Path file : all) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(directory);
  }
}
