package dev.towpath.core.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * What a project's files were at a moment, by content: two folders with the same files are the same
 * version.
 *
 * @param files sorted by path
 */
public record ProjectVersion(List<File> files) {
  private static final String EXECUTABLE = "x";

  public ProjectVersion {
    files = files.stream().sorted(Comparator.comparing(File::path)).toList();
  }

  /**
   * One file.
   *
   * @param path relative to the project's folder, with forward slashes
   * @param content hash of what is in it
   * @param executable whether it can be run
   */
  public record File(String path, String content, boolean executable) {}

  /** Names the version: a hash of all names and contents. */
  public String hash() {
    return hash(text().getBytes(StandardCharsets.UTF_8));
  }

  /** SHA-256 in hexadecimal digits. */
  public static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** A line for each file. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (File file : files) {
      text.append(file.content())
          .append(file.executable() ? " " + EXECUTABLE + " " : " - ")
          .append(file.path())
          .append('\n');
    }
    return text.toString();
  }

  /** The opposite of {@link #text}. */
  public static ProjectVersion parse(String text) {
    return new ProjectVersion(
        text.lines()
            .map(line -> line.split(" ", 3))
            .map(parts -> new File(parts[2], parts[0], parts[1].equals(EXECUTABLE)))
            .toList());
  }
}
