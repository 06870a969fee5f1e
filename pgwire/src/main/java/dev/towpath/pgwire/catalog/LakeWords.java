package dev.towpath.pgwire.catalog;

import dev.towpath.pgwire.text.Literals;
import dev.towpath.pgwire.text.Sql;
import dev.towpath.pgwire.text.Token;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Words in a query over the lake that tell of the session, such as {@code current_user}: the engine
 * knows nothing of it and would tell of itself. A literal takes their place.
 */
final class LakeWords {
  /** Names of columns may be any others. */
  private static final Set<String> KEYWORDS =
      Set.of("current_user", "session_user", "current_role", "current_catalog");

  private static final Set<String> CALLS =
      Set.of("current_database", "current_schema", "version", "pg_backend_pid");

  private LakeWords() {}

  /** The text that the lake is asked. */
  static String rewrite(Sql sql, Facts facts) {
    List<Token> tokens = sql.tokens();
    FactWords words = new FactWords(tokens, facts);
    StringBuilder text = new StringBuilder();
    int from = 0;
    int depth = 0;
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      depth += token.isSymbol("(") ? 1 : token.isSymbol(")") ? -1 : 0;
      Optional<FactWords.Known> known = isOne(tokens, i) ? words.at(i) : Optional.empty();
      if (known.isPresent()) {
        int last = i + known.get().tokens() - 1;
        text.append(sql.text(), from, token.start()).append(known.get().sql());
        if (depth == 0 && isColumn(tokens, i, last + 1)) {
          text.append(" AS ").append(token.value());
        }
        from = tokens.get(last).end();
        i = last;
      }
    }
    return from == 0
        ? Literals.rewrite(sql)
        : Sql.split(text.append(sql.text().substring(from)).toString()).stream()
            .map(Literals::rewrite)
            .findFirst()
            .orElseThrow();
  }

  private static boolean isOne(List<Token> tokens, int index) {
    Token token = tokens.get(index);
    boolean named =
        index > 0 && (tokens.get(index - 1).isSymbol(".") || tokens.get(index - 1).is("as"));
    return token.kind() == Token.Kind.WORD
        && !named
        && (CatalogWords.isSymbol(tokens, index + 1, "(")
            ? CALLS.contains(token.value())
            : KEYWORDS.contains(token.value()));
  }

  /** Whether it is all of a column of the result, which then has its name. */
  private static boolean isColumn(List<Token> tokens, int first, int after) {
    boolean begins =
        first > 0 && (tokens.get(first - 1).is("select") || tokens.get(first - 1).isSymbol(","));
    return begins
        && after < tokens.size()
        && (tokens.get(after).is("from") || tokens.get(after).isSymbol(","));
  }
}
