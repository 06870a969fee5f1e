package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.server.Site;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
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
 * once a second; an edit that breaks the project leaves the version before in force. One thread
 * asks; any may look at the {@link #state}.
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
  private volatile Site.Current state;
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
    this.state = new Site.Current(first, List.of(), Instant.now());
    this.say = say;
    this.stamp = stamp();
  }

  /** The version in force, and what is wrong with the files as they were when it last looked. */
  Site.Current state() {
    return state;
  }

  /** The version in force now. */
  Checked current() {
    Instant now = Instant.now();
    if (now.isBefore(looked.plusMillis(PAUSE_MILLIS))) {
      return state.checked();
    }
    looked = now;
    long before = stamp;
    stamp = stamp();
    if (stamp != before) {
      reload();
    }
    return state.checked();
  }

  private void reload() {
    try (Platform platform = new Platform(options)) {
      Checked checked = platform.check();
      if (checked.passed()) {
        state = new Site.Current(checked, List.of(), Instant.now());
        say.accept("the project has changed; runs that start now use it");
      } else {
        keep(checked.problems().stream().filter(Problem::isError).toList());
        say.accept("the project has problems; the version before stays in force");
      }
    } catch (TowpathException e) {
      keep(
          e.problems().isEmpty()
              ? List.of(
                  new Problem(
                      Problem.Severity.ERROR,
                      Location.of("towpath.yml"),
                      String.valueOf(e.getMessage()),
                      e.hint()))
              : e.problems());
      say.accept("the project cannot be read; the version before stays in force");
    }
  }

  private void keep(List<Problem> problems) {
    problems.forEach(p -> say.accept(p.toString()));
    state = new Site.Current(state.checked(), problems, state.since());
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
