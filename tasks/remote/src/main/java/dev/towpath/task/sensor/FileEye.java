package dev.towpath.task.sensor;

import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.PatternSyntaxException;

/**
 * A file that is there and is no longer written: nothing has changed it for a while. What counts as
 * a change is what the system says, not a time that a copying program has set.
 */
final class FileEye implements Eye {
  private static final Duration STABLE = Duration.ofSeconds(5);

  private final InstantSource clock;

  FileEye(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String key() {
    return "file";
  }

  @Override
  public Set<String> more() {
    return Set.of("stable_for", "since");
  }

  @Override
  public List<Problem> check(JobRunner.Job job) {
    List<Problem> problems = new ArrayList<>();
    String file = job.text("file").orElse("");
    if (file.isBlank()) {
      problems.add(
          Problem.error(job.at("file"), "\"file\" is empty", "write a path such as data/*.csv"));
    } else if (Path.of(file).isAbsolute() || Path.of(file).normalize().startsWith("..")) {
      problems.add(
          Problem.error(
              job.at("file"),
              "\"" + file + "\" leads out of the project's folder",
              "write a path that starts at the folder of towpath.yml; a link in it may lead out"));
    } else {
      try {
        FileSystems.getDefault().getPathMatcher("glob:" + file);
      } catch (PatternSyntaxException e) {
        problems.add(
            Problem.error(
                job.at("file"),
                "\"" + file + "\" is no pattern: " + e.getDescription(),
                "* stands for any characters, ** also for folders, ? for one, {a,b} for either"));
      }
    }
    Times.periodOrNone(job, "stable_for", problems);
    Times.since(job, "since", problems);
    return problems;
  }

  @Override
  public boolean sees(JobRunner.Job job, JobRunner.Context context) {
    String pattern = Path.of(job.text("file").orElseThrow()).normalize().toString();
    Instant latest = clock.instant().minus(Times.period(job, "stable_for").orElse(STABLE));
    Optional<Instant> since = Times.moment(job, context, "since");
    List<Path> found = new ArrayList<>();
    for (Path file : matching(job.project(), pattern)) {
      Optional<Instant> changed = changed(file);
      if (changed.isPresent()
          && !changed.get().isAfter(latest)
          && since.filter(s -> changed.get().isBefore(s)).isEmpty()) {
        found.add(file);
      }
    }
    if (found.isEmpty()) {
      return false;
    }
    context.outputs().put("file", job.project().relativize(found.getFirst()).toString());
    context.outputs().put("files", (long) found.size());
    return true;
  }

  /** In order of name; links to files and folders are followed. */
  private static Set<Path> matching(Path project, String pattern) {
    Path start = project.resolve(fixed(pattern));
    if (!Files.exists(start)) {
      return Set.of();
    }
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    int depth = pattern.contains("**") ? Integer.MAX_VALUE : depth(pattern) - depth(fixed(pattern));
    Set<Path> found = new TreeSet<>();
    try {
      Files.walkFileTree(
          start,
          Set.of(java.nio.file.FileVisitOption.FOLLOW_LINKS),
          depth,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              boolean ours = folder.equals(project.resolve(".towpath"));
              return ours ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (attributes.isRegularFile()
                  && (file.equals(start) || matcher.matches(project.relativize(file)))) {
                found.add(file);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              if (e instanceof NoSuchFileException || e instanceof FileSystemLoopException) {
                return FileVisitResult.CONTINUE; // gone meanwhile, or seen already
              }
              throw e;
            }
          });
    } catch (IOException e) {
      throw new TowpathException(
          "cannot look for " + pattern + ": " + e.getMessage(),
          "see whether the folder may be read",
          e);
    }
    return found;
  }

  private static int depth(String path) {
    return path.isEmpty() ? 0 : Path.of(path).getNameCount();
  }

  /** The folders before the first one with a pattern; the whole path when there is none. */
  private static String fixed(String pattern) {
    StringBuilder fixed = new StringBuilder();
    for (String part : pattern.split("/")) {
      if (part.matches(".*[*?\\[{\\\\].*")) {
        break;
      }
      fixed.append(fixed.isEmpty() ? "" : "/").append(part);
    }
    return fixed.toString();
  }

  /** When the system saw the last change; empty when it is gone. */
  private static Optional<Instant> changed(Path file) {
    try {
      Instant written = Files.getLastModifiedTime(file).toInstant();
      if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
        return Optional.of(written);
      }
      Instant seen = ((FileTime) Files.getAttribute(file, "unix:ctime")).toInstant();
      return Optional.of(seen.isAfter(written) ? seen : written);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new TowpathException("cannot look at " + file.getFileName(), null, e);
    }
  }
}
