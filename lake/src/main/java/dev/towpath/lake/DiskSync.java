package dev.towpath.lake;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.TowpathException;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Makes files survive power loss. Thread-safe.
 *
 * <p>A file is durable when its content is synced and so is every directory on its way, each of
 * which holds the name of the next. A directory whose own name is known to be synced is remembered,
 * so that a write pays only for what is new.
 */
final class DiskSync {
  private static final int MAX_REMEMBERED = 10_000;
  private static final int MAX_SYNCS = 8;

  private final Path anchor;
  private final Set<Path> settled = ConcurrentHashMap.newKeySet();

  /**
   * Syncs what is below a directory.
   *
   * @param anchor a directory that was there before us, so that its own name needs no care
   */
  DiskSync(Path anchor) {
    this.anchor = anchor;
  }

  /** Says that a directory is made anew, or gone. */
  void forget(Path directory) {
    settled.remove(directory);
  }

  private void remember(Set<Path> directories) {
    if (settled.size() + directories.size() > MAX_REMEMBERED) {
      settled.clear();
    }
    settled.addAll(directories);
  }

  private static Path parent(Path directory) {
    Path parent = directory.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(directory + " is not below the lake's root");
    }
    return parent;
  }

  /** Syncs files and directories, and with the latter all that their own names stand in. */
  void sync(Set<Path> files, Set<Path> directories) {
    Set<Path> holders = new LinkedHashSet<>(directories);
    for (Path directory : directories) {
      for (Path d = directory; !d.equals(anchor) && !settled.contains(d); d = parent(d)) {
        holders.add(parent(d));
      }
    }
    Set<Path> all = new LinkedHashSet<>(files);
    if (File.separatorChar == '/') { // Windows cannot, and need not, sync a directory
      all.addAll(holders);
    }
    forceAll(all);
    holders.forEach(
        d -> remember(settled, d)); // each one's name stands in one synced now or before
  }

  /** Syncs in parallel: the file system then puts many into one turn of the disk. */
  private static void forceAll(Set<Path> paths) {
    if (paths.size() < 3) {
      paths.forEach(DiskSync::force);
      return;
    }
    try (ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.min(paths.size(), MAX_SYNCS), Thread.ofVirtual().factory())) {
      List<Future<?>> syncs = new ArrayList<>();
      paths.forEach(path -> syncs.add(threads.submit(() -> force(path))));
      for (Future<?> sync : syncs) {
        sync.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TowpathException known) {
        throw known;
      }
      throw new IllegalStateException(e);
    }
  }

  private static void force(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw DiskFault.of(e, "sync", file);
    }
  }
}
