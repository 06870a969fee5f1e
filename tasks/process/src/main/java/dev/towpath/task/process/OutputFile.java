package dev.towpath.task.process;

import dev.towpath.spi.JobRunner;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file that a process writes what it hands on into, a line {@code name=value} each. It is there
 * from the start, empty, and only its owner reads it; it goes when this is closed.
 */
public final class OutputFile implements AutoCloseable {
  /** The variable that names it. */
  public static final String VARIABLE = "TOWPATH_OUTPUT";

  private static final Pattern LINE =
      Pattern.compile("\\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)", Pattern.DOTALL);

  private static final long MOST_BYTES = 1 << 20;
  private static final String ENDING = ".outputs";
  private static final Duration KEPT = Duration.ofDays(7);
  private static final AtomicBoolean TIDIED = new AtomicBoolean();

  private final Path file;

  private OutputFile(Path file) {
    this.file = file;
  }

  /** An empty one. */
  public static OutputFile make() {
    try {
      Path file = Files.createTempFile("towpath", ENDING);
      if (!TIDIED.getAndSet(true)) {
        tidy(file.toAbsolutePath().resolveSibling("."), Instant.now().minus(KEPT));
      }
      return new OutputFile(file);
    } catch (IOException e) {
      throw new TowpathException(
          "no file can be made for its outputs: " + e.getMessage(), "is the disk full?", e);
    }
  }

  /**
   * Removes those that killed processes have left, once for a process. A job that still runs after
   * days would lose what it hands on, so they are kept for long.
   */
  static void tidy(Path folder, Instant before) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "towpath*" + ENDING)) {
      for (Path file : files) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      return; // another user's, or another process tidies, too: they take little room
    }
  }

  /** Its absolute path. */
  public String path() {
    return file.toAbsolutePath().toString();
  }

  /** Hands on what is in it. */
  public void handOn(JobRunner.Outputs outputs) {
    handOn(outputs, (_, _) -> {});
  }

  /**
   * Hands on what is in it, all or nothing.
   *
   * @param typed takes lines that start with a brace, and adds what they say
   * @throws TowpathException when a line cannot be read
   */
  public void handOn(
      JobRunner.Outputs outputs, BiConsumer<String, BiConsumer<String, Object>> typed) {
    Map<String, Object> found = new LinkedHashMap<>();
    int number = 0;
    for (String line : lines()) {
      number++;
      Matcher matcher = LINE.matcher(line);
      if (line.startsWith("{")) {
        typed.accept(line, found::put);
      } else if (matcher.matches()) {
        found.put(matcher.group(1), matcher.group(2));
      } else if (!line.isBlank()) {
        throw new TowpathException(
            "line " + number + " of $" + VARIABLE + " is not name=value",
            "write one output a line: echo \"rows=12\" >> \"$" + VARIABLE + "\"");
      }
    }
    found.forEach(outputs::put);
  }

  private List<String> lines() {
    try {
      if (!Files.exists(file)) {
        return List.of(); // it was removed; then there is nothing in it
      }
      if (Files.size(file) > MOST_BYTES) {
        throw new TowpathException(
            "it handed on more than a megabyte of outputs",
            "outputs are small values; write large ones to a file and hand on its name");
      }
      return Files.readAllLines(file);
    } catch (MalformedInputException e) {
      throw new TowpathException("$" + VARIABLE + " is not UTF-8", "write texts into it", e);
    } catch (IOException e) {
      throw new TowpathException("its outputs cannot be read: " + e.getMessage(), null, e);
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new TowpathException("cannot remove " + file + ": " + e.getMessage(), null, e);
    }
  }
}
