package dev.towpath.importer.jinja;

import dev.towpath.core.yaml.SourceText;
import java.util.ArrayList;
import java.util.List;

/** Cuts what stands inside a tag into tokens. */
final class ExpressionTokens {
  /** Kinds of tokens. */
  enum Kind {
    NAME,
    NUMBER,
    TEXT,
    SIGN,
    END
  }

  /**
   * A token.
   *
   * @param at 0-based offset in the file
   */
  record Token(Kind kind, String text, int at) {
    boolean is(String sign) {
      return (kind == Kind.SIGN || kind == Kind.NAME) && text.equals(sign);
    }
  }

  private static final List<String> SIGNS =
      List.of(
          "**", "//", "==", "!=", "<=", ">=", "(", ")", "[", "]", "{", "}", ",", ":", ".", "|", "+",
          "-", "*", "/", "%", "~", "<", ">", "=");

  private final SourceText source;
  private final String text;
  private final int base;
  private final List<Token> tokens = new ArrayList<>();

  private ExpressionTokens(SourceText source, String text, int base) {
    this.source = source;
    this.text = text;
    this.base = base;
  }

  static List<Token> of(SourceText source, String text, int base) {
    return new ExpressionTokens(source, text, base).cut();
  }

  private List<Token> cut() {
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c)) {
        i++;
      } else if (c == '\'' || c == '"') {
        i = quoted(i);
      } else if (Character.isDigit(c)) {
        i = number(i);
      } else if (Character.isLetter(c) || c == '_') {
        int end = i;
        while (end < text.length()
            && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
          end++;
        }
        tokens.add(new Token(Kind.NAME, text.substring(i, end), base + i));
        i = end;
      } else {
        i = sign(i);
      }
    }
    tokens.add(new Token(Kind.END, "", base + text.length()));
    return tokens;
  }

  private int sign(int i) {
    for (String sign : SIGNS) {
      if (text.startsWith(sign, i)) {
        tokens.add(new Token(Kind.SIGN, sign, base + i));
        return i + sign.length();
      }
    }
    throw new JinjaException(
        source.at(base + i), "unexpected \"" + text.charAt(i) + "\" in a Jinja tag", "remove it");
  }

  private int number(int i) {
    int end = i;
    while (end < text.length()
        && (Character.isDigit(text.charAt(end))
            || text.charAt(end) == '_'
            || (text.charAt(end) == '.'
                && end + 1 < text.length()
                && Character.isDigit(text.charAt(end + 1))))) {
      end++;
    }
    tokens.add(new Token(Kind.NUMBER, text.substring(i, end).replace("_", ""), base + i));
    return end;
  }

  private int quoted(int start) {
    char quote = text.charAt(start);
    StringBuilder out = new StringBuilder();
    int i = start + 1;
    while (i < text.length() && text.charAt(i) != quote) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        char next = text.charAt(++i);
        switch (next) {
          case 'n' -> out.append('\n');
          case 't' -> out.append('\t');
          case '\\', '\'', '"' -> out.append(next);
          default -> out.append('\\').append(next);
        }
      } else {
        out.append(c);
      }
      i++;
    }
    if (i >= text.length()) {
      throw new JinjaException(source.at(base + start), "this text is never closed", "add a quote");
    }
    tokens.add(new Token(Kind.TEXT, out.toString(), base + start));
    return i + 1;
  }
}
