package dev.towpath.importer.dbt;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Looks into SQL no further than tokens: quotes, comments, words. */
final class SqlText {
  private SqlText() {}

  /** The end of the token that starts at an offset: a quoted text, a comment, a word, a sign. */
  static int tokenEnd(String sql, int at) {
    char c = sql.charAt(at);
    if (c == '\'' || c == '"') {
      return quotedEnd(sql, at, c);
    }
    if (sql.startsWith("--", at)) {
      int end = sql.indexOf('\n', at);
      return end < 0 ? sql.length() : end;
    }
    if (sql.startsWith("/*", at)) {
      int end = sql.indexOf("*/", at + 2);
      return end < 0 ? sql.length() : end + 2;
    }
    if (c == '\uE000') {
      int end = sql.indexOf('\uE001', at);
      return end < 0 ? sql.length() : end + 1;
    }
    int end = at + 1;
    if (isWord(c)) {
      while (end < sql.length() && isWord(sql.charAt(end))) {
        end++;
      }
    } else if ("<>=!:|".indexOf(c) >= 0) {
      while (end < sql.length() && "<>=!:|".indexOf(sql.charAt(end)) >= 0) {
        end++;
      }
    }
    return end;
  }

  private static int quotedEnd(String sql, int at, char quote) {
    int i = at + 1;
    while (i < sql.length()) {
      if (sql.charAt(i) == quote) {
        if (i + 1 < sql.length() && sql.charAt(i + 1) == quote) {
          i++;
        } else {
          return i + 1;
        }
      }
      i++;
    }
    return sql.length();
  }

  static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$';
  }

  /** The last word or sign, in lower case. */
  static String wordBefore(CharSequence sql) {
    String text = sql.toString().stripTrailing();
    int from = Math.max(0, text.lastIndexOf('\n'));
    String last = "";
    for (int at = from; at < text.length(); ) {
      int end = tokenEnd(text, at);
      String token = text.substring(at, end);
      if (!token.isBlank() && !token.startsWith("--") && !token.startsWith("/*")) {
        last = token;
      }
      at = end;
    }
    return last.toLowerCase(Locale.ROOT);
  }

  /** The next word or sign, in lower case. */
  static String wordAfter(String sql, int from) {
    int at = from;
    while (at < sql.length() && Character.isWhitespace(sql.charAt(at))) {
      at++;
    }
    return at == sql.length() ? "" : sql.substring(at, tokenEnd(sql, at)).toLowerCase(Locale.ROOT);
  }

  /** Whether the text ends with {@code cast(}. */
  static boolean opensCast(CharSequence sql) {
    return sql.toString().toLowerCase(Locale.ROOT).matches("(?s).*\\b(try_)?cast\\s*\\(\\s*");
  }

  /** The text as somebody would have written it: no space at line ends, no wide gaps. */
  static String tidied(String sql) {
    List<String> lines = new ArrayList<>();
    boolean gap = true;
    for (String line : sql.split("\n", -1)) {
      String stripped = line.stripTrailing();
      if (!stripped.isEmpty() || !gap) {
        lines.add(stripped);
      }
      gap = stripped.isEmpty();
    }
    String text = String.join("\n", lines).strip();
    while (text.endsWith(";")) {
      text = text.substring(0, text.length() - 1).stripTrailing();
    }
    return text;
  }

  /** Replaces whole words outside of quoted texts and comments. */
  static String replaceWord(String sql, String word, String by) {
    StringBuilder out = new StringBuilder();
    for (int at = 0; at < sql.length(); ) {
      int end = tokenEnd(sql, at);
      String token = sql.substring(at, end);
      out.append(token.equalsIgnoreCase(word) ? by : token);
      at = end;
    }
    return out.toString();
  }

  /** Whether a word stands in it, outside of quoted texts and comments. */
  static boolean hasWord(String sql, String word) {
    return !replaceWord(sql, word, "\uE003").equals(sql);
  }
}
