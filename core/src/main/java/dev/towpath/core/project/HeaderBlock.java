package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.SourceText;
import java.util.Optional;

/**
 * The block comment at the top of an SQL file that holds its YAML. White space and other comments
 * may stand before it.
 *
 * @param yamlStart 0-based UTF-16 offset behind {@code towpath}
 * @param yamlEnd offset of the closing star and slash
 */
record HeaderBlock(int yamlStart, int yamlEnd) {
  private static final String WORD = "towpath";

  /** Finds it; notes a block that is not closed, or that stands where it is not read. */
  static Optional<HeaderBlock> find(SourceText source, Problems problems) {
    String text = source.text();
    int at = skipSpace(text, 0);
    while (at < text.length()) {
      if (text.startsWith("--", at)) {
        at = skipSpace(text, lineEnd(text, at));
      } else if (text.startsWith("/*", at)) {
        int word = skipSpace(text, at + 2);
        if (startsBlock(text, word)) {
          Optional<HeaderBlock> block = block(source, at, word + WORD.length(), problems);
          block.ifPresent(b -> noteLater(source, b.yamlEnd() + 2, problems));
          return block;
        }
        at = skipSpace(text, commentEnd(text, at));
      } else {
        break;
      }
    }
    noteLater(source, at, problems);
    return Optional.empty();
  }

  private static boolean startsBlock(String text, int word) {
    int end = word + WORD.length();
    return text.regionMatches(true, word, WORD, 0, WORD.length())
        && (end == text.length()
            || Character.isWhitespace(text.charAt(end))
            || text.charAt(end) == ':'
            || text.charAt(end) == '*');
  }

  private static Optional<HeaderBlock> block(
      SourceText source, int open, int yamlStart, Problems problems) {
    String text = source.text();
    int end = text.indexOf("*/", yamlStart);
    if (end < 0) {
      problems.error(
          source.at(open), "the towpath block is never closed", "end it with */ before the SQL");
      return Optional.empty();
    }
    int nested = text.indexOf("/*", yamlStart);
    if (nested >= 0 && nested < end) {
      problems.error(
          source.at(nested),
          "the towpath block cannot hold /*",
          "SQL would take it as a second comment");
      return Optional.empty();
    }
    if (text.charAt(yamlStart) == ':') {
      problems.error(
          source.at(yamlStart), "the towpath block starts without a colon", "write /* towpath");
      return Optional.of(new HeaderBlock(yamlStart + 1, end));
    }
    return Optional.of(new HeaderBlock(yamlStart, end));
  }

  /** A block behind the SQL, or a second one, would be ignored in silence. */
  private static void noteLater(SourceText source, int from, Problems problems) {
    String text = source.text();
    for (int at = text.indexOf("/*", from); at >= 0; at = text.indexOf("/*", at + 2)) {
      boolean startsLine = at == 0 || text.charAt(at - 1) == '\n' || text.charAt(at - 1) == '\r';
      if (startsLine && startsBlock(text, skipSpace(text, at + 2))) {
        problems.error(
            source.at(at), "a towpath block can stand only once, before the SQL", "move it up");
        return;
      }
    }
  }

  private static int skipSpace(String text, int from) {
    int at = from;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static int lineEnd(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
      at++;
    }
    return at;
  }

  /** Comments nest, as in PostgreSQL. */
  private static int commentEnd(String text, int open) {
    int depth = 0;
    for (int at = open; at < text.length() - 1; at++) {
      if (text.startsWith("/*", at)) {
        depth++;
        at++;
      } else if (text.startsWith("*/", at)) {
        depth--;
        at++;
        if (depth == 0) {
          return at + 1;
        }
      }
    }
    return text.length();
  }
}
