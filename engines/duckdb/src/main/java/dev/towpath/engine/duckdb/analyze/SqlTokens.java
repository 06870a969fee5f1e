package dev.towpath.engine.duckdb.analyze;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A SQL text cut into tokens as DuckDB cuts it; comments and space are left out. */
final class SqlTokens {
  /** What a token is. */
  enum Kind {
    WORD,
    QUOTED,
    STRING,
    NUMBER,
    /** {@code $name}; the token counts the dollar sign. */
    PARAMETER,
    SYMBOL
  }

  /** A stretch of the text, in UTF-16 units, end exclusive. */
  record Token(Kind kind, int start, int end) {}

  private final String sql;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  SqlTokens(String sql) {
    this.sql = sql;
    while (at < sql.length()) {
      next();
    }
  }

  List<Token> all() {
    return tokens;
  }

  /** The token's text as it stands. */
  String text(Token token) {
    return sql.substring(token.start(), token.end());
  }

  /** Whether the token is that keyword or symbol, in any case. */
  boolean is(Token token, String word) {
    return token.end() - token.start() == word.length()
        && sql.regionMatches(true, token.start(), word, 0, word.length());
  }

  /** The name that a word, a quoted name or a parameter stands for. */
  String name(Token token) {
    String text = text(token);
    if (token.kind() == Kind.PARAMETER) {
      text = text.substring(1);
    }
    return text.startsWith("\"") && text.length() > 1
        ? text.substring(1, text.length() - 1).replace("\"\"", "\"")
        : text;
  }

  /** The parameters in order of use. */
  List<Token> parameters() {
    return tokens.stream().filter(t -> t.kind() == Kind.PARAMETER).toList();
  }

  /** The first token that names something by that name. */
  Optional<Token> naming(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    return tokens.stream()
        .filter(t -> t.kind() == Kind.WORD || t.kind() == Kind.QUOTED)
        .filter(t -> name(t).toLowerCase(Locale.ROOT).equals(wanted))
        .findFirst();
  }

  /** The index of the first token that starts at or after an offset; the count when none does. */
  int indexAt(int offset) {
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
  Optional<Token> secondStatement() {
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
    if (Character.isWhitespace(c) || c == '\uFEFF' || c == '\u00A0') {
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
    int end = at;
    while (end < sql.length() && isNamePart(sql.charAt(end)) && sql.charAt(end) != '$') {
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
    boolean named = end > at;
    at = end;
    add(named ? Kind.PARAMETER : Kind.SYMBOL, start);
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
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
  }

  private static boolean isNamePart(char c) {
    return isNameStart(c) || (c >= '0' && c <= '9') || c == '$';
  }
}
