package dev.towpath.spi;

/**
 * A place in a project file.
 *
 * @param file path relative to the project root, with forward slashes
 * @param line 1-based line, or 0 when the whole file is meant
 * @param column 1-based column in Unicode code points (a tab counts as one), or 0 with line 0
 */
public record Location(String file, int line, int column) implements Comparable<Location> {

  /** The whole of a file. */
  public static Location of(String file) {
    return new Location(file, 0, 0);
  }

  /**
   * The place of a character offset in a text.
   *
   * @param text the file's text without a byte order mark; lines end with LF, CRLF or CR
   * @param offset 0-based offset in UTF-16 units; clipped to the text
   */
  public static Location at(String file, String text, int offset) {
    int end = Math.clamp(offset, 0, text.length());
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c == '\n' || (c == '\r' && (i + 1 >= text.length() || text.charAt(i + 1) != '\n'))) {
        line++;
        lineStart = i + 1;
      }
    }
    return new Location(file, line, text.codePointCount(lineStart, end) + 1);
  }

  @Override
  public int compareTo(Location other) {
    int byFile = file.compareTo(other.file);
    if (byFile != 0) {
      return byFile;
    }
    int byLine = Integer.compare(line, other.line);
    return byLine != 0 ? byLine : Integer.compare(column, other.column);
  }

  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line + ":" + column;
  }
}
