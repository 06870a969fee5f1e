package dev.towpath.engine.duckdb;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A SQL text cut into tokens as DuckDB cuts it; comments and space are left out. What a query may
 * do is decided by DuckDB's own parser, and its parameters are written anew by these tokens: where
 * the two disagree, something else may run than was looked at.
 */
public final class SqlTokens {
  /** What a token is. */
  public enum Kind {
    WORD,
    QUOTED,
    STRING,
    NUMBER,
    /** {@code $name}; the token counts the dollar sign. */
    PARAMETER,
    SYMBOL
  }

  /** A stretch of the text, in UTF-16 units, end exclusive. */
  public record Token(Kind kind, int start, int end) {}

  private final String sql;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  /** Cuts a text. */
  public SqlTokens(String sql) {
    this.sql = sql;
    while (at < sql.length()) {
      next();
    }
  }

  /** All tokens in order. */
  public List<Token> all() {
    return tokens;
  }

  /** The token's text as it stands. */
  public String text(Token token) {
    return sql.substring(token.start(), token.end());
  }

  /** Whether the token is that keyword or symbol, in any case. */
  public boolean is(Token token, String word) {
    return token.end() - token.start() == word.length()
        && sql.regionMatches(true, token.start(), word, 0, word.length());
  }

  /** The name that a word, a quoted name or a parameter stands for. */
  public String name(Token token) {
    String text = text(token);
    if (token.kind() == Kind.PARAMETER) {
      text = text.substring(1);
      if (!text.isEmpty() && isDigit(text.charAt(0))) {
        return text.replace("_", "");
      }
    }
    for (String quote : List.of("\"", "`")) {
      if (text.startsWith(quote) && text.length() > 1) {
        return text.substring(1, text.length() - 1).replace(quote + quote, quote);
      }
    }
    return text;
  }

  /** The parameters in order of use. */
  public List<Token> parameters() {
    return tokens.stream().filter(t -> t.kind() == Kind.PARAMETER).toList();
  }

  /** The first token that names something by that name. */
  public Optional<Token> naming(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    return tokens.stream()
        .filter(t -> t.kind() == Kind.WORD || t.kind() == Kind.QUOTED)
        .filter(t -> name(t).toLowerCase(Locale.ROOT).equals(wanted))
        .findFirst();
  }

  /** The index of the first token that starts at or after an offset; the count when none does. */
  public int indexAt(int offset) {
    int low = 0;
    int high = tokens.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (tokens.get(middle).start() < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The first token of the second statement, when there is one. */
  public Optional<Token> secondStatement() {
    boolean any = false;
    boolean ended = false;
    for (Token token : tokens) {
      if (is(token, ";")) {
        ended = any;
      } else if (ended) {
        return Optional.of(token);
      } else {
        any = true;
      }
    }
    return Optional.empty();
  }

  private void next() {
    char c = sql.charAt(at);
    int start = at;
    if (isSpace(c)) {
      at++;
    } else if (sql.startsWith("--", at)) {
      at = lineEnd();
    } else if (sql.startsWith("/*", at)) {
      comment();
    } else if (c == '\'') {
      quoted('\'', false);
      add(Kind.STRING, start);
    } else if (c == '"') {
      quoted('"', false);
      add(Kind.QUOTED, start);
    } else if (c == '`') {
      quoted('`', false);
      add(Kind.QUOTED, start);
    } else if ((c == 'e' || c == 'E') && sql.startsWith("'", at + 1)) {
      at++;
      quoted('\'', true);
      add(Kind.STRING, start);
    } else if (isNameStart(c)) {
      name();
      add(Kind.WORD, start);
    } else if (c >= '0' && c <= '9') {
      number();
      add(Kind.NUMBER, start);
    } else if (c == '$') {
      dollar(start);
    } else {
      at++;
      add(Kind.SYMBOL, start);
    }
  }

  private void add(Kind kind, int start) {
    tokens.add(new Token(kind, start, at));
  }

  private int lineEnd() {
    int end = at;
    while (end < sql.length() && sql.charAt(end) != '\n' && sql.charAt(end) != '\r') {
      end++;
    }
    return end;
  }

  private void comment() {
    int depth = 0;
    while (at < sql.length()) {
      if (sql.startsWith("/*", at)) {
        depth++;
        at += 2;
      } else if (sql.startsWith("*/", at)) {
        depth--;
        at += 2;
        if (depth == 0) {
          return;
        }
      } else {
        at++;
      }
    }
  }

  private void quoted(char quote, boolean escapes) {
    at++;
    while (at < sql.length()) {
      char c = sql.charAt(at++);
      if (escapes && c == '\\') {
        at = Math.min(at + 1, sql.length());
      } else if (c == quote) {
        if (at >= sql.length() || sql.charAt(at) != quote) {
          return;
        }
        at++;
      }
    }
  }

  /** A parameter, a text in dollar quotes, or a lone sign. */
  private void dollar(int start) {
    at++;
    if (at < sql.length() && sql.charAt(at) == '"') {
      quoted('"', false);
      add(Kind.PARAMETER, start);
      return;
    }
    if (at < sql.length() && isDigit(sql.charAt(at))) {
      while (at < sql.length() && (isDigit(sql.charAt(at)) || sql.charAt(at) == '_')) {
        at++;
      }
      add(Kind.PARAMETER, start);
      return;
    }
    int end = at;
    while (end < sql.length() && isTagPart(sql.charAt(end))) {
      end++;
    }
    if (end < sql.length() && sql.charAt(end) == '$') {
      String tag = sql.substring(start, end + 1);
      int close = sql.indexOf(tag, end + 1);
      if (close >= 0 || end == at) {
        at = close < 0 ? sql.length() : close + tag.length();
        add(Kind.STRING, start);
        return;
      }
    }
    end = at;
    name(); // a dollar sign may be part of a parameter's name, as of any name
    add(at > end ? Kind.PARAMETER : Kind.SYMBOL, start);
  }

  private void name() {
    while (at < sql.length() && isNamePart(sql.charAt(at))) {
      at++;
    }
  }

  private void number() {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      boolean sign =
          (c == '+' || c == '-') && (sql.charAt(at - 1) == 'e' || sql.charAt(at - 1) == 'E');
      if (!sign && c != '.' && !isNamePart(c)) {
        return;
      }
      at++;
    }
  }

  private static boolean isNameStart(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '_'
        || (c >= 0x80 && !isSpace(c))
        || ((c < ' ' || c == 0x7F) && !isSpace(c)); // DuckDB takes control characters for letters
  }

  private static boolean isNamePart(char c) {
    return isNameStart(c) || isDigit(c) || c == '$';
  }

  /** Of what stands between dollar signs; there DuckDB takes even a wide space for a letter. */
  private static boolean isTagPart(char c) {
    return (isNamePart(c) && c != '$') || c >= 0x80;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /**
   * What DuckDB takes for space, which is not all that Unicode does; where it stands beside a
   * dollar sign, DuckDB may take it for a letter after all.
   */
  private static boolean isSpace(char c) {
    return c == ' '
        || (c >= '\t' && c <= '\r')
        || c == '\u00A0'
        || (c >= '\u2000' && c <= '\u200B')
        || c == '\u202F'
        || c == '\u205F'
        || c == '\u2060'
        || c == '\u3000'
        || c == '\uFEFF';
  }
}
