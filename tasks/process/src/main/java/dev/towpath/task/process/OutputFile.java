package dev.towpath.task.process;

import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file into which a child writes what it hands on, a value a line. Closing it removes it. */
public final class OutputFile implements AutoCloseable {
  /** The variable that tells a child where it is. */
  public static final String VARIABLE = "TOWPATH_OUTPUT";

  private static final int MOST_BYTES = 64 << 10;

  private final Path file;

  private OutputFile(Path file) {
    this.file = file;
  }

  /** A new, empty file, of this user's only. */
  public static OutputFile make() {
    try {
      return new OutputFile(Files.createTempFile("towpath-output", ".txt"));
    } catch (IOException e) {
      throw new TowpathException(
          "a file for the job's outputs cannot be made: " + e.getMessage(), null, e);
    }
  }

  public Path path() {
    return file.toAbsolutePath();
  }

  /**
   * What was written, line by line; empty lines are left out.
   *
   * @throws TowpathException when it is more than outputs are for, or no text
   */
  public List<String> lines() {
    try {
      if (!Files.exists(file)) {
        return List.of(); // the child has removed it
      }
      if (Files.size(file) > MOST_BYTES) {
        throw new TowpathException(
            "it handed on more than " + (MOST_BYTES >> 10) + " KiB",
            "outputs are small values; write files or tables, and hand on where they are");
      }
      return Files.readAllLines(file, StandardCharsets.UTF_8).stream()
          .filter(line -> !line.isBlank())
          .toList();
    } catch (IOException e) {
      throw new TowpathException(
          "what it handed on cannot be read: " + e.getMessage(), "write text in UTF-8", e);
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
