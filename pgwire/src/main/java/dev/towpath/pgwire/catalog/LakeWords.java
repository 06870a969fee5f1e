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
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      Optional<FactWords.Known> known = isOne(tokens, i) ? words.at(i) : Optional.empty();
      if (known.isPresent()) {
        int last = i + known.get().tokens() - 1;
        text.append(sql.text(), from, token.start()).append(words.shown(i, known.get()));
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
}
