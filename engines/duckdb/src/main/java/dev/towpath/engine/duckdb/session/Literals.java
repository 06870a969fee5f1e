package dev.towpath.engine.duckdb.session;

import dev.towpath.spi.Names;
import java.nio.file.Path;

/** Values as SQL text. */
public final class Literals {
  private Literals() {}

  /** A path; absolute, so that no working directory matters. */
  public static String path(Path path) {
    return Names.literal(path.toAbsolutePath().normalize().toString());
  }

  /**
   * A path that is to be read. Readers take wildcards, so characters that are wildcards are put in
   * brackets, where they stand for themselves.
   */
  static String readable(Path path) {
    StringBuilder out = new StringBuilder();
    for (char c : path.toAbsolutePath().normalize().toString().toCharArray()) {
      switch (c) {
        case '*', '?', '[' -> out.append('[').append(c).append(']');
        default -> out.append(c);
      }
    }
    return Names.literal(out.toString());
  }

  /** What a path that is to be read says to people, without the brackets. */
  static String plain(String readable) {
    return readable.replaceAll("\\[([*?\\[])\\]", "$1");
  }
}
