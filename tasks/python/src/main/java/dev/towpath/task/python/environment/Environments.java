package dev.towpath.task.python.environment;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Environments that were built, each in a folder that its content names.
 *
 * <p>One is complete when it has its mark, which is written last and lists what was installed. An
 * environment cannot be built beside its place and moved there, since its programs hold their own
 * path; so a builder holds a lock that the system frees when it dies, and whoever finds a folder
 * without a mark, or with less in it than the mark says, builds it again.
 */
final class Environments {
  private static final String MARK = "towpath-complete";

  /** A process locks a file once; its own threads wait for each other here. */
  private static final ConcurrentHashMap<Path, ReentrantLock> OWN = new ConcurrentHashMap<>();

  private final Path folder;

  /** Those in a folder. */
  Environments(Path folder) {
    this.folder = folder;
  }

  /** Where an environment is, or will be. */
  Path folder(String key) {
    return folder.resolve("env-" + key);
  }

  /** The interpreter of a complete environment. */
  Optional<Path> complete(String key) {
    Path environment = folder(key);
    Path python = environment.resolve("bin").resolve("python");
    try {
      // A link to an interpreter that was removed is not executable.
      if (!Files.isExecutable(python)) {
        return Optional.empty();
      }
      List<String> mark = Files.readAllLines(environment.resolve(MARK));
      return mark.equals(installed(environment)) ? Optional.of(python) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // then it is built again
    }
  }

  /** Builds an environment unless somebody did meanwhile; its interpreter. */
  Path build(String key, Progress progress, Runnable install) {
    ReentrantLock own = OWN.computeIfAbsent(folder(key), _ -> new ReentrantLock());
    try {
      own.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
    try {
      Files.createDirectories(folder);
      Path lockFile = folder.resolve("env-" + key + ".lock");
      try (FileChannel channel =
              FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock _ = lock(channel, progress)) {
        Optional<Path> made = complete(key);
        if (made.isPresent()) {
          return made.get();
        }
        remove(folder(key));
        boolean done = false;
        try {
          install.run();
          Files.write(folder(key).resolve(MARK), installed(folder(key)));
          done = true;
        } finally {
          if (!done) {
            remove(folder(key));
          }
        }
        return complete(key)
            .orElseThrow(() ->
                new TowpathException(
                    "the environment in " + folder(key) + " has no Python that runs", null));
      }
    } catch (IOException e) {
      throw new TowpathException(
          "cannot keep Python packages in " + folder + ": " + e.getMessage(),
          "set XDG_CACHE_HOME to a folder that can be written",
          e);
    } finally {
      own.unlock();
    }
  }

  private static FileLock lock(FileChannel channel, Progress progress) throws IOException {
    FileLock free = channel.tryLock();
    if (free != null) {
      return free;
    }
    progress.line("waiting for another towpath that installs the same packages");
    try {
      return channel.lock();
    } catch (java.nio.channels.FileLockInterruptionException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
  }

  /** What stands in its folder of packages. */
  private static List<String> installed(Path environment) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> libraries =
        Files.newDirectoryStream(environment.resolve("lib"), "python*")) {
      for (Path library : libraries) {
        try (DirectoryStream<Path> packages =
            Files.newDirectoryStream(library.resolve("site-packages"))) {
          for (Path file : packages) {
            String name = String.valueOf(file.getFileName());
            if (!name.equals("__pycache__")) {
              names.add(name);
            }
          }
        }
      }
    }
    Collections.sort(names);
    return names;
  }

  private static void remove(Path folder) throws IOException {
    if (!Files.exists(folder, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path directory, @org.jspecify.annotations.Nullable IOException failed)
              throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failed) throws IOException {
            if (failed instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failed;
          }
        });
  }
}
