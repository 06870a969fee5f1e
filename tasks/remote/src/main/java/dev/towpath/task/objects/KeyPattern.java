package dev.towpath.task.objects;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A key or a pattern of keys, in the words that patterns of files have: {@code *} and {@code ?}
 * stay within a folder, {@code **} does not, {@code [a-z]} is one of several characters, {@code
 * {a,b}} one of several texts, and a backslash takes the meaning from what follows it. Keys are
 * matched as they are, not as paths: {@code a//b} is one.
 */
final class KeyPattern {
  private static final String WILD = "*?[{";

  private final String text;
  private final StringBuilder regex = new StringBuilder();
  private final Pattern pattern;
  private final String prefix;
  private final boolean literal;
  private final boolean deep;
  private int at;

  /**
   * Reads it.
   *
   * @throws PatternSyntaxException when something in it is not closed
   */
  KeyPattern(String text) {
    this.text = text;
    StringBuilder start = new StringBuilder();
    while (at < text.length() && WILD.indexOf(text.charAt(at)) < 0) {
      start.appendCodePoint(literalAt());
    }
    this.prefix = start.toString();
    this.literal = at == text.length();
    this.deep = text.indexOf("**", at) >= 0 || text.indexOf('/', at) >= 0;
    regex.append(Pattern.quote(prefix));
    while (at < text.length()) {
      part(false);
    }
    this.pattern = Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  /** What all keys begin with; of a pattern without wildcards, the key. */
  String prefix() {
    return prefix;
  }

  /** Whether it is one key. */
  boolean isLiteral() {
    return literal;
  }

  /** Whether it may match keys in folders below that of its prefix. */
  boolean isDeep() {
    return deep;
  }

  /** Whether a key is meant; one that stands for a folder is not, unless it is written so. */
  boolean matches(String key) {
    return (!key.endsWith("/") || text.endsWith("/")) && pattern.matcher(key).matches();
  }

  private int literalAt() {
    if (text.charAt(at) == '\\') {
      at++;
      if (at == text.length()) {
        throw wrong("nothing follows the backslash");
      }
    }
    int c = text.codePointAt(at);
    at += Character.charCount(c);
    return c;
  }

  private void part(boolean inChoice) {
    char c = text.charAt(at);
    switch (c) {
      case '*' -> {
        boolean deeper = text.startsWith("**", at);
        at += deeper ? 2 : 1;
        regex.append(deeper ? ".*" : "[^/]*");
      }
      case '?' -> {
        at++;
        regex.append("[^/]");
      }
      case '[' -> oneOf();
      case '{' -> {
        if (inChoice) {
          throw wrong("{ within {");
        }
        choice();
      }
      default -> regex.append(Pattern.quote(Character.toString(literalAt())));
    }
  }

  private void choice() {
    at++;
    regex.append("(?:");
    while (at < text.length() && text.charAt(at) != '}') {
      if (text.charAt(at) == ',') {
        at++;
        regex.append('|');
      } else {
        part(true);
      }
    }
    close("missing }");
    regex.append(')');
  }

  /** Within brackets only {@code !} at the start, {@code -} and the end mean something. */
  private void oneOf() {
    at++;
    boolean not = text.startsWith("!", at);
    at += not ? 1 : 0;
    regex.append("(?!/)[").append(not ? "^" : "");
    int first = at;
    while (at < text.length() && (text.charAt(at) != ']' || at == first)) {
      if (text.charAt(at) == '-') {
        at++;
        boolean range = at - 1 > first && at < text.length() && text.charAt(at) != ']';
        regex.append(range ? "-" : "\\-");
      } else {
        int c = text.codePointAt(at);
        at += Character.charCount(c);
        regex.append(Character.isLetterOrDigit(c) ? "" : "\\").appendCodePoint(c);
      }
    }
    close("missing ]");
    regex.append(']');
  }

  private void close(String mistake) {
    if (at == text.length()) {
      throw wrong(mistake);
    }
    at++;
  }

  private PatternSyntaxException wrong(String what) {
    return new PatternSyntaxException(what, text, at);
  }
}
