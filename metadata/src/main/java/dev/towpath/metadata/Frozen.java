package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A store's file that this user may read and not write.
 *
 * <p>SQLite needs a write-ahead log and shared memory beside a file, and cannot make them here.
 * When a process of the owner has made them, they can be read. Else the file is all there is, and
 * is read as one that never changes. Should its owner start to write meanwhile, then the log
 * appears, or the file's time changes; what was read is thrown away, and read again.
 */
final class Frozen {
  private static final int ATTEMPTS = 100;

  private final Path file;
  private final Path log;

  private Frozen(Path file) {
    this.file = file;
    this.log = file.resolveSibling(file.getFileName() + "-wal");
  }

  /** Empty when this user may write the file and beside it, or make it. */
  static Optional<Frozen> of(Path file) {
    Path existing = file.toAbsolutePath();
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    Path folder = Files.isDirectory(existing) ? existing : existing.resolveSibling("");
    return Files.isWritable(existing) && Files.isWritable(folder)
        ? Optional.empty()
        : Optional.of(new Frozen(file));
  }

  /** What the file looked like; with a log, SQLite itself takes care. */
  private record Look(boolean logged, long bytes, FileTime modified) {}

  /** What to add to the file's URI. */
  String parameter() {
    return Files.exists(log) ? "?mode=ro" : "?immutable=1";
  }

  /** Reads until nobody wrote meanwhile. */
  <T> T read(Supplier<T> reading) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Look before = look();
      try {
        T result = reading.get();
        if (look().equals(before)) {
          return result;
        }
      } catch (TowpathException e) {
        if (look().equals(before)) {
          throw e;
        }
      }
    }
    throw new TowpathException(
        "the metadata store " + file + " changes all the time", "try again in a moment");
  }

  private Look look() {
    FileTime never = FileTime.fromMillis(0);
    if (Files.exists(log)) {
      return new Look(true, 0, never);
    }
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new Look(false, now.size(), now.lastModifiedTime());
    } catch (NoSuchFileException e) {
      return new Look(false, -1, never);
    } catch (IOException e) {
      throw new TowpathException(
          "the metadata store " + file + " cannot be read: " + SqliteFailures.reason(e),
          "may this user read it?",
          e);
    }
  }
}
