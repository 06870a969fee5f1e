package dev.towpath.pgwire.text;

import java.util.ArrayList;
import java.util.List;

/**
 * One statement.
 *
 * @param text without what stands before and after it
 * @param tokens with places in {@code text}
 * @param offset where it stands in what the client sent, in characters
 */
public record Sql(String text, List<Token> tokens, int offset) {
  public Sql {
    tokens = List.copyOf(tokens);
  }

  /** The statements in a text, which semicolons part. Empty ones are left out. */
  public static List<Sql> split(String text) {
    List<Sql> statements = new ArrayList<>();
    List<Token> current = new ArrayList<>();
    for (Token token : Lexer.tokens(text)) {
      if (token.isSymbol(";")) {
        add(statements, current, text);
      } else {
        current.add(token);
      }
    }
    add(statements, current, text);
    return statements;
  }

  private static void add(List<Sql> statements, List<Token> tokens, String text) {
    if (!tokens.isEmpty()) {
      statements.add(part(text, tokens, 0));
      tokens.clear();
    }
  }

  private static Sql part(String text, List<Token> tokens, int offset) {
    int start = tokens.getFirst().start();
    int end = tokens.getLast().end();
    return new Sql(
        text.substring(start, end),
        tokens.stream()
            .map(t -> new Token(t.kind(), t.start() - start, t.end() - start, t.text()))
            .toList(),
        offset + text.codePointCount(0, start));
  }

  /** What stands from one token up to another. */
  Sql from(int token, int end) {
    return part(text, tokens.subList(token, end), offset);
  }
}
