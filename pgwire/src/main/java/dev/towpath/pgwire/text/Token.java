package dev.towpath.pgwire.text;

import java.util.Locale;

/**
 * A piece of SQL text. Comments and space are none.
 *
 * @param start its first character, from 0
 * @param end after its last one
 * @param text as written
 */
public record Token(Kind kind, int start, int end, String text) {
  /** What a piece is. */
  public enum Kind {
    WORD,
    QUOTED,
    STRING,
    NUMBER,
    PARAMETER,
    SYMBOL
  }

  /** Whether it is that keyword, however it is spelled. */
  public boolean is(String word) {
    return kind == Kind.WORD && text.equalsIgnoreCase(word);
  }

  /** Whether it is that symbol. */
  public boolean isSymbol(String symbol) {
    return kind == Kind.SYMBOL && text.equals(symbol);
  }

  /** Whether it may name something. */
  public boolean isName() {
    return kind == Kind.WORD || kind == Kind.QUOTED;
  }

  /** What it names or says: unquoted, and in lower case where case means nothing. */
  public String value() {
    return switch (kind) {
      case WORD -> text.toLowerCase(Locale.ROOT);
      case QUOTED -> text.substring(1, text.length() - 1).replace("\"\"", "\"");
      case STRING -> string();
      case NUMBER, PARAMETER, SYMBOL -> text;
    };
  }

  private String string() {
    if (text.startsWith("$")) {
      int tag = text.indexOf('$', 1) + 1;
      return text.substring(tag, text.length() - tag);
    }
    String inner = text.substring(text.indexOf('\'') + 1, text.length() - 1).replace("''", "'");
    boolean escapes = text.startsWith("e") || text.startsWith("E");
    return escapes ? unescape(inner) : inner;
  }

  private static String unescape(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        char next = text.charAt(++i);
        plain.append(
            switch (next) {
              case 'n' -> '\n';
              case 't' -> '\t';
              case 'r' -> '\r';
              case 'b' -> '\b';
              case 'f' -> '\f';
              default -> next;
            });
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }
}
