package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.store.ProjectVersion;
import dev.towpath.core.store.VersionStore;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Copies of the project's files as they were, one folder for each version below {@code
 * .towpath/versions}. A run of a flow works on such a copy, so that edits change nothing in it, and
 * any machine can make the same one from what the store keeps. Thread-safe.
 */
final class ProjectVersions {
  private static final Duration KEPT = Duration.ofDays(1);
  private static final int TRIES = 3;

  private final Path root;
  private final Path folder;
  private final Set<String> sound = ConcurrentHashMap.newKeySet();

  /** Copies of the project in a folder. */
  ProjectVersions(Path root) {
    this.root = root;
    this.folder = root.resolve(".towpath").resolve("versions");
  }

  /**
   * A version, read and checked.
   *
   * @param hash of the version
   */
  record Pinned(ProjectVersion version, String hash, Checked checked) {}

  /** The project's files as they are now, checked; there may be errors in them. */
  Pinned now(Options options) {
    for (int attempt = 1; ; attempt++) {
      ProjectVersion version = capture();
      Checked checked = check(options, version, ProjectVersions::unkept);
      // The check may have written what sources look like, which belongs to the version.
      boolean same = !checked.passed() || capture().equals(version);
      if (same || attempt == TRIES) {
        return new Pinned(version, version.hash(), checked);
      }
    }
  }

  /** A version that the store keeps, checked as it is on this machine. */
  Pinned kept(Options options, String hash, VersionStore store) {
    ProjectVersion version =
        store
            .find(hash)
            .orElseThrow(() ->
                new TowpathException(
                    "the project's files as they were when the run began are not kept any more",
                    "retry the run: it uses the files as they are now"));
    return new Pinned(version, hash, check(options, version, store::content));
  }

  private Checked check(
      Options options, ProjectVersion version, Function<ProjectVersion.File, byte[]> contents) {
    try (Platform platform = new Platform(options, lay(version, contents))) {
      return platform.check();
    }
  }

  private static byte[] unkept(ProjectVersion.File file) {
    throw new TowpathException(file.path() + " changed while it was read", "try again");
  }

  /** Reads a file of a version that has been laid out. */
  byte[] content(ProjectVersion version, ProjectVersion.File file) {
    try {
      return Files.readAllBytes(folder.resolve(version.hash()).resolve(file.path()));
    } catch (IOException e) {
      throw new TowpathException("cannot read " + file.path() + ": " + e.getMessage(), null, e);
    }
  }

  /** Changes with the name, size and time of change of every file of the project. */
  long stamp() {
    long hash = stamp(root.resolve(".env"));
    for (Path file : new VersionFiles(root).find()) {
      hash += stamp(file);
    }
    return hash;
  }

  private static long stamp(Path file) {
    try {
      return 31L * file.hashCode()
          + 17L * Files.getLastModifiedTime(file).toMillis()
          + Files.size(file);
    } catch (IOException _) {
      return 1; // it came or went meanwhile; the next look sees it
    }
  }

  private ProjectVersion capture() {
    List<ProjectVersion.File> files = new ArrayList<>();
    for (Path path : new VersionFiles(root).find()) {
      file(path).ifPresent(files::add);
    }
    ProjectVersion version = new ProjectVersion(files);
    lay(
        version,
        file -> {
          try {
            return Files.readAllBytes(root.resolve(file.path()));
          } catch (IOException e) {
            throw new TowpathException(
                "cannot read " + file.path() + ": " + e.getMessage(), null, e);
          }
        });
    return version;
  }

  /** What a file is now; empty when it has just gone. */
  private Optional<ProjectVersion.File> file(Path path) {
    try {
      return Optional.of(
          new ProjectVersion.File(
              root.relativize(path).toString().replace('\\', '/'),
              ProjectVersion.hash(Files.readAllBytes(path)),
              Files.isExecutable(path)));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw new TowpathException(
          "cannot read " + root.relativize(path) + ": " + e.getMessage(), null, e);
    }
  }

  /** The folder of a version, made when it is not there or not what it should be. */
  private synchronized Path lay(
      ProjectVersion version, Function<ProjectVersion.File, byte[]> contents) {
    String hash = version.hash();
    Path target = folder.resolve(hash);
    try {
      if (Files.isDirectory(target) && (sound.contains(hash) || holds(target, version))) {
        Files.setLastModifiedTime(target, FileTime.from(Instant.now()));
        sound.add(hash);
        return target;
      }
      Files.createDirectories(folder);
      remove(target);
      Path made = Files.createTempDirectory(folder, "new-");
      for (ProjectVersion.File file : version.files()) {
        byte[] content = contents.apply(file);
        if (!ProjectVersion.hash(content).equals(file.content())) {
          remove(made);
          throw new TowpathException(file.path() + " changed while it was read", "try again");
        }
        write(made.resolve(file.path()), content, file.executable());
      }
      try {
        Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileAlreadyExistsException | java.nio.file.DirectoryNotEmptyException _) {
        remove(made); // another process was quicker
      }
      sound.add(hash);
      return target;
    } catch (IOException e) {
      throw new TowpathException(
          "cannot keep the project's files in " + target + ": " + e.getMessage(), null, e);
    }
  }

  private static void write(Path file, byte[] content, boolean executable) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    boolean _ = file.toFile().setReadOnly();
    if (executable) {
      boolean _ = file.toFile().setExecutable(true, false);
    }
  }

  /** Whether a folder has what it should: a machine may have lost its power while it was made. */
  private static boolean holds(Path target, ProjectVersion version) throws IOException {
    for (ProjectVersion.File file : version.files()) {
      Path path = target.resolve(file.path());
      if (!Files.isRegularFile(path)
          || !ProjectVersion.hash(Files.readAllBytes(path)).equals(file.content())) {
        return false;
      }
    }
    return true;
  }

  /** Removes the folders of versions that were not in use for a day, but for some. */
  void tidy(Set<String> needed, Instant now) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder)) {
      for (Path one : folders) {
        String hash = String.valueOf(one.getFileName());
        boolean old = Files.getLastModifiedTime(one).toInstant().isBefore(now.minus(KEPT));
        if (old && !needed.contains(hash)) {
          sound.remove(hash);
          remove(one);
        }
      }
    } catch (IOException e) {
      throw new TowpathException("cannot tidy " + folder + ": " + e.getMessage(), null, e);
    }
  }

  private static void remove(Path path) throws IOException {
    List<Path> all;
    try (Stream<Path> paths = Files.walk(path)) {
      all = paths.sorted(Comparator.reverseOrder()).toList();
    } catch (NoSuchFileException _) {
      return;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path one : all) {
      Files.deleteIfExists(one);
    }
  }
}
