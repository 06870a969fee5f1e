package dev.towpath.task.python;

import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A private folder with a short path: that of a socket may have 107 bytes at most. */
record Scratch(Path folder) implements AutoCloseable {
  private static final int LONGEST = 80;
  private static final int REMOVALS = 10;

  static Scratch make() {
    try {
      var owner =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
      Path folder = Files.createTempDirectory("tp", owner);
      if (folder.toString().length() > LONGEST) {
        Files.delete(folder);
        folder = Files.createTempDirectory(Path.of("/tmp"), "tp", owner);
      }
      return new Scratch(folder);
    } catch (IOException e) {
      throw new TowpathException("cannot make a temporary folder: " + e.getMessage(), null, e);
    }
  }

  /** Removes it with all that is in it, also while an interpreter that just starts adds to it. */
  @Override
  public void close() {
    for (int attempt = 1; ; attempt++) {
      try {
        remove();
        return;
      } catch (DirectoryNotEmptyException e) {
        if (attempt == REMOVALS) {
          throw new TowpathException("cannot remove " + folder + ": it fills again", null, e);
        }
      }
    }
  }

  private void remove() throws DirectoryNotEmptyException {
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> paths = all.sorted(Comparator.reverseOrder()).toList();
      for (Path path : paths) {
        Files.deleteIfExists(path);
      }
    } catch (NoSuchFileException e) {
      if (Files.exists(folder)) {
        remove(); // a socket has gone between listing and looking at it
      }
    } catch (DirectoryNotEmptyException e) {
      throw e;
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new TowpathException("cannot remove " + folder + ": " + e.getMessage(), null, e);
    }
  }
}
