package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who is alive on one machine, told by locks that the operating system frees when a process dies,
 * however it dies.
 *
 * <p>An opened store is an incarnation: it takes the lock on {@code locks/<incarnation>.lock}
 * before it first registers anything, and keeps it until it is closed. Whoever can take that lock,
 * or finds no such file, knows that the incarnation is dead and will never come back. Locks belong
 * to a process and not to a file handle: closing any handle on the file would free them. So
 * incarnations of this process are kept in a list, and their files are never opened a second time.
 * A lock file gets its name when it is locked, so that one which can be locked is a dead one's.
 * Thread-safe.
 */
final class LockFiles implements Liveness {
  private static final String LOCK = ".lock";
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final String incarnation = UUID.randomUUID().toString();
  private @Nullable FileChannel channel;

  LockFiles(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
  }

  /** Takes the lock. */
  @Override
  public synchronized String register() {
    if (channel == null) {
      Path file = path(incarnation);
      Path unnamed = folder.resolve(incarnation + ".new");
      try {
        Files.createDirectories(folder);
        OWN.add(file);
        channel = lock(unnamed, file);
      } catch (IOException e) {
        OWN.remove(file);
        throw new TowpathException(
            "the lock file " + file + " cannot be made: " + SqliteFailures.reason(e),
            "may this user write there, and has the disk room?",
            e);
      }
    }
    return incarnation;
  }

  private static FileChannel lock(Path unnamed, Path file) throws IOException {
    FileChannel opened =
        FileChannel.open(unnamed, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (opened.tryLock() == null) {
        throw new IOException("it is locked");
      }
      Files.move(unnamed, file, StandardCopyOption.ATOMIC_MOVE);
      return opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  @Override
  public String place(String incarnation) {
    return "locks/" + incarnation + LOCK;
  }

  /** A dead one's lock file is gone afterwards. */
  @Override
  public boolean alive(String other) {
    Path file = path(other);
    if (OWN.contains(file)) {
      return true;
    }
    try (FileChannel opened = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = opened.tryLock()) {
      if (lock == null) {
        return true;
      }
      Files.deleteIfExists(file);
      return false;
    } catch (NoSuchFileException e) {
      return false;
    } catch (OverlappingFileLockException | AccessDeniedException e) {
      return true; // another class loader of this very process; another user's, who can tell?
    } catch (IOException e) {
      throw new TowpathException(
          "the lock file " + file + " cannot be read: " + SqliteFailures.reason(e),
          "may this user read and write there?",
          e);
    }
  }

  /** A lock that could be taken never comes back. */
  @Override
  public boolean bury(Link link, String dead) {
    return true;
  }

  /** As long as this process runs, nobody can take its lock. */
  @Override
  public void onLost(Consumer<TowpathException> listener) {}

  @Override
  public void sweep() {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + LOCK)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        alive(name.substring(0, name.length() - LOCK.length()));
      }
    } catch (IOException e) {
      throw new TowpathException(
          "the folder " + folder + " cannot be listed: " + SqliteFailures.reason(e),
          "may this user read it?",
          e);
    }
  }

  @Override
  public void close() {
    letGo(true);
  }

  /** The lock file stays. */
  @Override
  public void abandon() {
    letGo(false);
  }

  private synchronized void letGo(boolean delete) {
    if (channel != null) {
      Path file = path(incarnation);
      try {
        if (delete) {
          Files.deleteIfExists(file);
        }
        channel.close();
      } catch (IOException e) {
        throw new TowpathException(
            "the lock file " + file + " cannot be removed: " + e.getMessage(), null, e);
      } finally {
        channel = null;
        OWN.remove(file);
      }
    }
  }

  private Path path(String name) {
    return folder.resolve(name + LOCK);
  }
}
