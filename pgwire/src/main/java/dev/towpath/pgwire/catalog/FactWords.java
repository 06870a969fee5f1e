package dev.towpath.pgwire.catalog;

import static dev.towpath.pgwire.catalog.CatalogWords.isSymbol;

import dev.towpath.pgwire.text.Token;
import dev.towpath.pgwire.text.Token.Kind;
import dev.towpath.spi.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Words in a query that stand for what a session knows of itself. */
final class FactWords {
  private final List<Token> tokens;
  private final Facts facts;

  FactWords(List<Token> tokens, Facts facts) {
    this.tokens = tokens;
    this.facts = facts;
  }

  /**
   * What such words say.
   *
   * @param sql a literal
   * @param tokens that it stands for
   */
  record Known(String sql, int tokens) {}

  /** What the words at a place say, if they are such. */
  Optional<Known> at(int index) {
    String name = tokens.get(index).value();
    if (!isSymbol(tokens, index + 1, "(")) {
      return tokens.get(index).kind() == Kind.WORD && !isSymbol(tokens, index + 1, ".")
          ? keyword(name).map(sql -> new Known(sql, 1))
          : Optional.empty();
    }
    Optional<List<Token>> arguments = arguments(index + 2);
    if (arguments.isEmpty()) {
      return Optional.empty();
    }
    int passed = 3 + Math.max(0, arguments.get().size() * 2 - 1);
    return call(name, arguments.get())
        .map(sql ->
            isSymbol(tokens, index - 1, ".") || !isRelation(index)
                ? new Known(sql, passed)
                : new Known("(SELECT " + sql + " AS " + name + ")", passed));
  }

  /** The same, with the name that a column of the result has in PostgreSQL when it is all of it. */
  String shown(int index, Known known) {
    int after = index + known.tokens();
    boolean begins =
        index > 0 && (tokens.get(index - 1).is("select") || isSymbol(tokens, index - 1, ","));
    boolean ends =
        after == tokens.size() || tokens.get(after).is("from") || isSymbol(tokens, after, ",");
    return begins && ends && !isInside(index)
        ? known.sql() + " AS " + Names.quote(tokens.get(index).value())
        : known.sql();
  }

  private boolean isInside(int index) {
    int depth = 0;
    boolean from = false;
    for (Token token : tokens.subList(0, index)) {
      depth += token.isSymbol("(") ? 1 : token.isSymbol(")") ? -1 : 0;
      from |= depth == 0 && token.is("from");
    }
    return depth > 0 || from;
  }

  /** In the place of a table a function gives a row. */
  private boolean isRelation(int index) {
    return index > 0 && (tokens.get(index - 1).is("from") || tokens.get(index - 1).is("join"));
  }

  /** The arguments of a call, when each is one word. */
  private Optional<List<Token>> arguments(int first) {
    List<Token> arguments = new ArrayList<>();
    int index = first;
    while (index < tokens.size() && !tokens.get(index).isSymbol(")")) {
      arguments.add(tokens.get(index));
      if (isSymbol(tokens, index + 1, ",")) {
        index += 2;
      } else if (isSymbol(tokens, index + 1, ")")) {
        index++;
      } else {
        return Optional.empty();
      }
    }
    return index < tokens.size() ? Optional.of(arguments) : Optional.empty();
  }

  private Optional<String> keyword(String name) {
    return switch (name) {
      case "current_user", "session_user", "current_role", "user" -> text(facts.user());
      case "current_catalog" -> text(facts.database());
      case "current_schema" -> text("public");
      default -> Optional.empty();
    };
  }

  private Optional<String> call(String name, List<Token> arguments) {
    return switch (name) {
      case "version" -> text(Facts.VERSION);
      case "current_database" -> text(facts.database());
      case "current_schema" -> text("public");
      case "pg_backend_pid" -> Optional.of(facts.id() + "::INTEGER");
      case "current_setting" -> setting(arguments);
      case "set_config" -> change(arguments);
      default -> Optional.empty();
    };
  }

  private Optional<String> setting(List<Token> arguments) {
    if (arguments.isEmpty() || arguments.getFirst().kind() != Kind.STRING) {
      return Optional.empty();
    }
    Optional<String> value = facts.settings().find(arguments.getFirst().value());
    return Optional.of(value.map(Names::literal).orElse("NULL::VARCHAR"));
  }

  /** Changes a setting, as SET does. */
  private Optional<String> change(List<Token> arguments) {
    if (arguments.size() != 3
        || arguments.get(0).kind() != Kind.STRING
        || arguments.get(1).kind() != Kind.STRING) {
      return Optional.empty();
    }
    String name = arguments.get(0).value();
    facts.settings().set(name, Optional.of(arguments.get(1).value()), arguments.get(2).is("true"));
    return text(facts.settings().find(name).orElse(""));
  }

  private static Optional<String> text(String value) {
    return Optional.of(Names.literal(value));
  }
}
