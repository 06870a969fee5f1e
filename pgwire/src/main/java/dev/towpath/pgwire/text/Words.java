package dev.towpath.pgwire.text;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a statement word by word. */
final class Words {
  private final Sql sql;
  private int at;

  Words(Sql sql) {
    this.sql = sql;
  }

  boolean atEnd() {
    return at == sql.tokens().size();
  }

  @Nullable Token peek() {
    return atEnd() ? null : sql.tokens().get(at);
  }

  Token next() {
    if (atEnd()) {
      throw unexpected();
    }
    return sql.tokens().get(at++);
  }

  /** Passes the words if they come next. */
  boolean pass(String... words) {
    for (int i = 0; i < words.length; i++) {
      if (at + i >= sql.tokens().size() || !sql.tokens().get(at + i).is(words[i])) {
        return false;
      }
    }
    at += words.length;
    return true;
  }

  /** Passes one of the words if it comes next. */
  boolean passAny(String... words) {
    for (String word : words) {
      if (pass(word)) {
        return true;
      }
    }
    return false;
  }

  boolean passSymbol(String symbol) {
    Token token = peek();
    if (token != null && token.isSymbol(symbol)) {
      at++;
      return true;
    }
    return false;
  }

  void expect(String word) {
    if (!pass(word)) {
      throw unexpected();
    }
  }

  void expectSymbol(String symbol) {
    if (!passSymbol(symbol)) {
      throw unexpected();
    }
  }

  String name() {
    Token token = next();
    if (!token.isName()) {
      at--;
      throw unexpected();
    }
    return token.value();
  }

  /** All that is left. */
  Sql rest() {
    if (atEnd()) {
      throw unexpected();
    }
    Sql rest = sql.from(at, sql.tokens().size());
    at = sql.tokens().size();
    return rest;
  }

  /** What stands between an opening parenthesis, which has been passed, and its closing one. */
  Sql inside() {
    int start = at;
    int depth = 1;
    while (depth > 0) {
      Token token = next();
      depth += token.isSymbol("(") ? 1 : token.isSymbol(")") ? -1 : 0;
    }
    if (at - 1 == start) {
      at--;
      throw unexpected();
    }
    return sql.from(start, at - 1);
  }

  /** What commas part, up to the closing parenthesis of one that has been passed. */
  List<Sql> list() {
    List<Sql> items = new ArrayList<>();
    int start = at;
    int depth = 0;
    while (true) {
      Token token = next();
      boolean closes = token.isSymbol(")") || token.isSymbol("]") || token.isSymbol("}");
      boolean opens = token.isSymbol("(") || token.isSymbol("[") || token.isSymbol("{");
      if (depth == 0 && (closes || token.isSymbol(","))) {
        if (at - 1 == start) {
          at--;
          throw unexpected();
        }
        items.add(sql.from(start, at - 1));
        start = at;
        if (closes) {
          return items;
        }
      }
      depth += opens ? 1 : closes ? -1 : 0;
    }
  }

  /** Whether a parenthesis comes next and then one of the words. */
  boolean startsList(String... words) {
    if (at + 1 >= sql.tokens().size() || !sql.tokens().get(at).isSymbol("(")) {
      return false;
    }
    Token first = sql.tokens().get(at + 1);
    return Arrays.stream(words).anyMatch(first::is);
  }

  void end() {
    if (!atEnd()) {
      throw unexpected();
    }
  }

  /** A syntax error at the word that comes next. */
  PgError unexpected() {
    Token token = peek();
    String text = sql.text();
    return token == null
        ? PgError.of(SqlState.SYNTAX_ERROR, "syntax error at end of input")
            .at(sql.offset() + text.codePointCount(0, text.length()))
        : PgError.of(SqlState.SYNTAX_ERROR, "syntax error at or near \"" + token.text() + "\"")
            .at(sql.offset() + text.codePointCount(0, token.start()));
  }
}
