package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The newest version of a project without errors. It looks at the files when it is asked, at most
 * once a second; an edit that breaks the project leaves the version before in force. Not
 * thread-safe.
 */
final class ProjectWatch {
  /** What a project is made of; data that sources read is none of it. */
  private static final List<String> PARTS =
      List.of(
          "towpath.yml",
          ".env",
          "schemas.lock",
          "sources",
          "models",
          "seeds",
          "tests",
          "flows",
          "jobs",
          "apis",
          "macros");

  private static final long PAUSE_MILLIS = 1_000;

  private final Options options;
  private final Consumer<String> say;
  private Checked current;
  private long stamp;
  private Instant looked = Instant.now();

  /**
   * Watches a project.
   *
   * @param first a version without errors
   * @param say hears of changes and problems
   */
  ProjectWatch(Options options, Checked first, Consumer<String> say) {
    this.options = options;
    this.current = first;
    this.say = say;
    this.stamp = stamp();
  }

  /** The version in force now. */
  Checked current() {
    Instant now = Instant.now();
    if (now.isBefore(looked.plusMillis(PAUSE_MILLIS))) {
      return current;
    }
    looked = now;
    long before = stamp;
    stamp = stamp();
    if (stamp != before) {
      reload();
    }
    return current;
  }

  private void reload() {
    try (Platform platform = new Platform(options)) {
      Checked checked = platform.check();
      if (checked.passed()) {
        current = checked;
        say.accept("the project has changed; runs that start now use it");
      } else {
        checked.problems().forEach(p -> say.accept(p.toString()));
        say.accept("the project has problems; the version before stays in force");
      }
    } catch (TowpathException e) {
      e.problems().forEach(p -> say.accept(p.toString()));
      say.accept(e.getMessage() + "; the version before stays in force");
    }
  }

  /** Changes with every file's name, size and time of change. */
  private long stamp() {
    long hash = 0;
    for (String part : PARTS) {
      Path path = options.directory().resolve(part);
      if (Files.exists(path)) {
        try (Stream<Path> files = Files.walk(path)) {
          hash += files.mapToLong(ProjectWatch::stamp).sum();
        } catch (IOException | UncheckedIOException _) {
          hash++; // a file came or went meanwhile; the next look sees it
        }
      }
    }
    return hash;
  }

  private static long stamp(Path file) {
    try {
      return Files.isDirectory(file)
          ? 0
          : 31L * file.hashCode()
              + 17L * Files.getLastModifiedTime(file).toMillis()
              + Files.size(file);
    } catch (IOException _) {
      return 1;
    }
  }
}
