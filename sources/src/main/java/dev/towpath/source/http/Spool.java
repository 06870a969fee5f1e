package dev.towpath.source.http;

import dev.towpath.spi.FileScan;
import dev.towpath.spi.FileScan.InputFile;
import dev.towpath.spi.Schema;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The records of a reading on disk, one a line, until they are in the lake. They stand in one file,
 * since the engine takes 32 MB of buffers for each file that it looks at.
 */
final class Spool implements AutoCloseable {
  private static final String PREFIX = "http-";

  private final Path directory;
  private long bytes;

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

  /** Where the records of the next page are added, those of an earlier try at it being removed. */
  Path page() throws DiskException {
    Path file = records();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
    } catch (IOException e) {
      throw new DiskException(e);
    }
    return file;
  }

  private Path records() {
    return directory.resolve("records.ndjson");
  }

  /** Keeps the records that were added. */
  void keep(long size) {
    bytes += size;
  }

  boolean isEmpty() {
    return bytes == 0;
  }

  long bytes() {
    return bytes;
  }

  /**
   * The file, for the engine; no file when there is no record.
   *
   * @param name as messages and {@code _file} say it
   * @param tolerant whether a record that does not fit is set aside
   */
  FileScan scan(String name, Optional<Schema> columns, boolean tolerant) {
    List<InputFile> files = isEmpty() ? List.of() : List.of(new InputFile(name, records()));
    return new FileScan(FileScan.Format.NDJSON, files, Map.of(), columns, tolerant);
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
