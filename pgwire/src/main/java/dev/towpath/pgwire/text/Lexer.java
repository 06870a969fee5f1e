package dev.towpath.pgwire.text;

import dev.towpath.pgwire.text.Token.Kind;
import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import java.util.ArrayList;
import java.util.List;

/** Takes SQL text apart, as PostgreSQL and DuckDB do. */
final class Lexer {
  /** Each takes memory many times its length. */
  private static final int MOST = 500_000;

  private static final String OPERATORS = "+-*/<>=~!@#%^&|?`";

  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private Lexer(String text) {
    this.text = text;
  }

  static List<Token> tokens(String text) {
    Lexer lexer = new Lexer(text);
    while (lexer.at < text.length()) {
      lexer.next();
    }
    return lexer.tokens;
  }

  private void next() {
    int start = at;
    char c = text.charAt(at);
    if (Character.isWhitespace(c)) {
      at++;
    } else if (text.startsWith("--", at)) {
      at = from(text.indexOf('\n', at));
    } else if (text.startsWith("/*", at)) {
      comment();
    } else if (c == '\'') {
      quoted('\'', false);
      add(Kind.STRING, start);
    } else if (c == '"') {
      quoted('"', false);
      add(Kind.QUOTED, start);
    } else if ((c == 'e' || c == 'E') && text.startsWith("'", at + 1)) {
      at++;
      quoted('\'', true);
      add(Kind.STRING, start);
    } else if (c == '$') {
      dollar(start);
    } else if (isDigit(at) || (c == '.' && isDigit(at + 1))) {
      number();
      add(Kind.NUMBER, start);
    } else if (isWord(c)) {
      while (at < text.length() && (isWord(text.charAt(at)) || text.charAt(at) == '$')) {
        at++;
      }
      add(Kind.WORD, start);
    } else {
      symbol();
      add(Kind.SYMBOL, start);
    }
  }

  private void add(Kind kind, int start) {
    if (tokens.size() == MOST) {
      throw PgError.of(
          SqlState.PROGRAM_LIMIT,
          "a statement has at most " + MOST + " words and signs",
          "give long lists as parameters");
    }
    tokens.add(new Token(kind, start, at, text.substring(start, at)));
  }

  private int from(int index) {
    return index < 0 ? text.length() : index;
  }

  private void comment() {
    int start = at;
    int depth = 0;
    do {
      if (text.startsWith("/*", at)) {
        depth++;
        at += 2;
      } else if (text.startsWith("*/", at)) {
        depth--;
        at += 2;
      } else {
        at++;
      }
      if (at >= text.length() && depth > 0) {
        throw open("comment", start);
      }
    } while (depth > 0);
  }

  private void quoted(char quote, boolean escapes) {
    int start = at++;
    while (true) {
      if (at >= text.length()) {
        throw open(quote == '"' ? "quoted identifier" : "quoted string", start);
      }
      char c = text.charAt(at++);
      if (escapes && c == '\\') {
        at++;
      } else if (c == quote) {
        if (at < text.length() && text.charAt(at) == quote) {
          at++;
        } else {
          return;
        }
      }
    }
  }

  /** A parameter, or a text between two tags of dollars. */
  private void dollar(int start) {
    int end = start + 1;
    while (end < text.length() && isWord(text.charAt(end))) {
      end++;
    }
    boolean digits = isDigit(start + 1);
    if (!digits && end < text.length() && text.charAt(end) == '$') {
      String tag = text.substring(start, end + 1);
      int close = text.indexOf(tag, end + 1);
      if (close < 0) {
        throw open("dollar-quoted string", start);
      }
      at = close + tag.length();
      add(Kind.STRING, start);
    } else {
      at = end;
      add(end > start + 1 ? Kind.PARAMETER : Kind.SYMBOL, start);
    }
  }

  private void number() {
    while (at < text.length()) {
      char c = text.charAt(at);
      boolean exponent = (c == '+' || c == '-') && "eE".indexOf(text.charAt(at - 1)) >= 0;
      if (!isWord(c) && c != '.' && !exponent) {
        return;
      }
      at++;
    }
  }

  private void symbol() {
    if (text.startsWith("::", at)) {
      at += 2;
      return;
    }
    int start = at++;
    if (OPERATORS.indexOf(text.charAt(start)) < 0) {
      return;
    }
    while (at < text.length()
        && OPERATORS.indexOf(text.charAt(at)) >= 0
        && !text.startsWith("--", at)
        && !text.startsWith("/*", at)) {
      at++;
    }
  }

  private boolean isDigit(int index) {
    return index < text.length() && text.charAt(index) >= '0' && text.charAt(index) <= '9';
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c >= 128;
  }

  private PgError open(String what, int start) {
    return PgError.of(SqlState.SYNTAX_ERROR, "unterminated " + what)
        .at(text.codePointCount(0, start));
  }
}
