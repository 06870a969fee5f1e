package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.SqlTokens;
import dev.towpath.engine.duckdb.SqlTokens.Token;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Whether a statement is one {@code CREATE MACRO} and nothing else, before it is run. */
final class Macros {
  private Macros() {}

  static Optional<Mistake> check(String sql, SqlTokens tokens) {
    Optional<Mistake> unreadable = Serializer.unreadable(sql);
    if (unreadable.isPresent()) {
      return unreadable;
    }
    Optional<Token> second = tokens.secondStatement();
    if (second.isPresent()) {
      return at(second.get(), "a second statement starts here");
    }
    List<Token> words = tokens.all().stream().filter(t -> !tokens.is(t, ";")).toList();
    if (words.isEmpty()) {
      return Optional.of(
          new Mistake("there is no macro here", Optional.of("write CREATE MACRO"), 0, 0));
    }
    int at = 0;
    for (String optional : List.of("CREATE", "OR", "REPLACE")) {
      if (at < words.size() && tokens.is(words.get(at), optional)) {
        at++;
      }
    }
    boolean macro =
        at > 0
            && at < words.size()
            && (tokens.is(words.get(at), "MACRO") || tokens.is(words.get(at), "FUNCTION"));
    return macro
        ? hiding(tokens)
        : at(words.get(Math.min(at, words.size() - 1)), "this is no CREATE MACRO statement");
  }

  /** A call that would let a query read, through a macro, what it does not name. */
  private static Optional<Mistake> hiding(SqlTokens tokens) {
    for (int i = 0; i + 1 < tokens.all().size(); i++) {
      Token token = tokens.all().get(i);
      if (tokens.is(tokens.all().get(i + 1), "(") && Rules.isHiding(tokens.name(token))) {
        return Optional.of(
            new Mistake(
                "a macro cannot call " + tokens.name(token) + "()",
                Optional.of("read tables in queries, and hand their values to macros"),
                token.start(),
                token.end() - token.start()));
      }
    }
    return Optional.empty();
  }

  /** The name that a sound statement defines, without a schema, in lower case. */
  static String name(SqlTokens tokens) {
    int at = 0;
    while (at + 1 < tokens.all().size() && !tokens.is(tokens.all().get(at + 1), "(")) {
      at++;
    }
    return tokens.name(tokens.all().get(at)).toLowerCase(Locale.ROOT);
  }

  private static Optional<Mistake> at(Token token, String message) {
    return Optional.of(
        new Mistake(
            message,
            Optional.of("write CREATE MACRO name(x) AS ..., one statement at a time"),
            token.start(),
            token.end() - token.start()));
  }
}
