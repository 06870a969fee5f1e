package dev.towpath.cli;

import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder for an engine's temporary files, with a lock beside it that the system frees however the
 * process ends. By these locks the next command tells what killed ones left, which may be many
 * gigabytes, and removes it.
 */
final class Scratch implements AutoCloseable {
  private static final String LOCK = ".lock";

  /** Starts the names of this process's own: to open its locks a second time would free them. */
  private static final String OWN = UUID.randomUUID().toString().substring(0, 8) + "-";

  private final Path folder;
  private final @Nullable FileChannel lock;

  private Scratch(Path folder, @Nullable FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /** A new one; where nothing can be written, without lock and folder. */
  static Scratch in(Path parent) {
    Path folder = parent.resolve(OWN + System.nanoTime());
    try {
      Files.createDirectories(parent);
      sweep(parent);
      Path unnamed = folder.resolveSibling(folder.getFileName() + ".new");
      FileChannel lock =
          FileChannel.open(unnamed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      lock.lock();
      // Named when it is locked: one that can be locked is a dead one's.
      Files.move(unnamed, lockOf(folder), StandardCopyOption.ATOMIC_MOVE);
      return new Scratch(folder, lock);
    } catch (IOException e) {
      // Reading needs no room until a query is too big, and then the engine says so.
      return new Scratch(folder, null);
    }
  }

  Path folder() {
    return folder;
  }

  private static Path lockOf(Path folder) {
    return folder.resolveSibling(folder.getFileName() + LOCK);
  }

  /** One thread of a process at a time: a lock that another one tries is refused, or freed. */
  private static synchronized void sweep(Path parent) throws IOException {
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(parent, "*" + LOCK)) {
      for (Path file : locks) {
        String name = String.valueOf(file.getFileName());
        if (!name.startsWith(OWN)) {
          sweep(file, parent.resolve(name.substring(0, name.length() - LOCK.length())));
        }
      }
    }
  }

  private static void sweep(Path file, Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock != null) {
        remove(folder);
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      return; // its owner, or another command that sweeps, was quicker
    }
  }

  private static void remove(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> paths = Files.walk(folder)) {
      all = paths.sorted(Comparator.reverseOrder()).toList();
    } catch (NoSuchFileException none) {
      return;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }

  @Override
  public void close() {
    if (lock != null) {
      try {
        remove(folder);
        Files.deleteIfExists(lockOf(folder));
        lock.close();
      } catch (IOException e) {
        throw new TowpathException("cannot remove " + folder + ": " + e.getMessage(), null, e);
      }
    }
  }
}
