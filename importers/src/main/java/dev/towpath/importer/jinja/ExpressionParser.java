package dev.towpath.importer.jinja;

import dev.towpath.core.yaml.SourceText;
import dev.towpath.importer.jinja.ExpressionTokens.Kind;
import dev.towpath.importer.jinja.ExpressionTokens.Token;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Parses expressions with Jinja's precedence, from tokens that a tag's parser also reads. */
final class ExpressionParser {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=", "in");

  private final SourceText source;
  private final List<Token> tokens;
  private int next;

  ExpressionParser(SourceText source, String text, int base) {
    this.source = source;
    this.tokens = ExpressionTokens.of(source, text, base);
  }

  /** A whole expression, a tuple without brackets too. */
  Expression expression() {
    Expression first = conditional();
    if (!peek().is(",")) {
      return first;
    }
    List<Expression> items = new ArrayList<>(List.of(first));
    while (take(",") && peek().kind() != Kind.END && !peek().is("=")) {
      items.add(conditional());
    }
    return new Expression.Items(items, first.at());
  }

  /** An expression that ends before a comma. */
  Expression conditional() {
    Expression then = or();
    while (peek().is("if")) {
      int at = next().at();
      Expression test = or();
      Optional<Expression> otherwise = take("else") ? Optional.of(conditional()) : Optional.empty();
      then = new Expression.Conditional(test, then, otherwise, at);
    }
    return then;
  }

  /** The part before an {@code if} filter of a loop. */
  Expression or() {
    return chain(this::and, "or");
  }

  private Expression and() {
    return chain(this::not, "and");
  }

  /** Operands between operators of one rank, from the left. */
  private Expression chain(Supplier<Expression> operand, String... operators) {
    Expression left = operand.get();
    while (Stream.of(operators).anyMatch(peek()::is)) {
      Token sign = next();
      left = new Expression.Binary(sign.text(), left, operand.get(), sign.at());
    }
    return left;
  }

  private Expression not() {
    if (peek().is("not")) {
      int at = next().at();
      return new Expression.Unary("not", not(), at);
    }
    return comparison();
  }

  private Expression comparison() {
    Expression left = sum();
    Expression all = left;
    boolean first = true;
    while (true) {
      Token token = peek();
      boolean notIn = token.is("not") && tokens.get(next + 1).is("in");
      if ((!notIn && !COMPARISONS.contains(token.text())) || token.kind() == Kind.TEXT) {
        return all;
      }
      next += notIn ? 2 : 1;
      String operator = notIn ? "not in" : token.text();
      Expression right = sum();
      Expression one = new Expression.Binary(operator, left, right, token.at());
      all = first ? one : new Expression.Binary("and", all, one, token.at());
      left = right;
      first = false;
    }
  }

  private Expression sum() {
    return chain(this::concatenation, "+", "-");
  }

  private Expression concatenation() {
    return chain(this::product, "~");
  }

  private Expression product() {
    return chain(this::unary, "*", "/", "//", "%");
  }

  private Expression unary() {
    Token token = peek();
    if (token.is("-") || token.is("+")) {
      next();
      return filters(new Expression.Unary(token.text(), power(), token.at()));
    }
    return filters(power());
  }

  private Expression power() {
    Expression base = postfix(primary());
    if (peek().is("**")) {
      int at = next().at();
      return new Expression.Binary("**", base, unary(), at);
    }
    return base;
  }

  private Expression filters(Expression target) {
    Expression all = target;
    while (true) {
      if (peek().is("|")) {
        int at = next().at();
        String name = name();
        all = new Expression.Filter(all, name, peek().is("(") ? passed() : none(), at);
      } else if (peek().is("is")) {
        all = test(all);
      } else if (peek().is("(") || peek().is("[") || peek().is(".")) {
        all = postfix(all);
      } else {
        return all;
      }
    }
  }

  private Expression test(Expression target) {
    int at = next().at();
    boolean negated = take("not");
    String name = name();
    Expression.Passed passed = none();
    Token token = peek();
    if (token.is("(")) {
      passed = passed();
    } else if (token.kind() == Kind.TEXT
        || token.kind() == Kind.NUMBER
        || (token.kind() == Kind.NAME
            && !Set.of("and", "or", "else", "if", "is", "not", "in").contains(token.text()))) {
      passed = new Expression.Passed(List.of(postfix(primary())), Map.of(), List.of(), List.of());
    }
    return new Expression.Test(target, name, passed, negated, at);
  }

  private static Expression.Passed none() {
    return Expression.Passed.NOTHING;
  }

  private Expression postfix(Expression target) {
    Expression all = target;
    while (true) {
      Token token = peek();
      if (token.is(".")) {
        next();
        Token member = next();
        all =
            member.kind() == Kind.NUMBER
                ? new Expression.Item(
                    all,
                    new Expression.Literal(Long.valueOf(member.text()), member.at()),
                    token.at())
                : new Expression.Attribute(all, member.text(), member.at());
      } else if (token.is("[")) {
        next();
        all = index(all, token.at());
      } else if (token.is("(")) {
        all = new Expression.Call(all, passed(), all.at());
      } else {
        return all;
      }
    }
  }

  private Expression index(Expression target, int at) {
    Optional<Expression> from = peek().is(":") ? Optional.empty() : Optional.of(conditional());
    if (take(":")) {
      Optional<Expression> to = peek().is("]") ? Optional.empty() : Optional.of(conditional());
      expect("]");
      return new Expression.Slice(target, from, to, at);
    }
    expect("]");
    return new Expression.Item(target, from.orElseThrow(() -> unexpected(peek())), at);
  }

  /** The arguments of a call, from its bracket on. */
  Expression.Passed passed() {
    expect("(");
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    List<Expression> lists = new ArrayList<>();
    List<Expression> maps = new ArrayList<>();
    while (!peek().is(")")) {
      if (take("**")) {
        maps.add(conditional());
      } else if (take("*")) {
        lists.add(conditional());
      } else if (peek().kind() == Kind.NAME && tokens.get(next + 1).is("=")) {
        String name = name();
        expect("=");
        named.put(name, conditional());
      } else {
        positional.add(conditional());
      }
      if (!peek().is(")")) {
        expect(",");
      }
    }
    expect(")");
    return new Expression.Passed(positional, named, lists, maps);
  }

  private Expression primary() {
    Token token = next();
    return switch (token.kind()) {
      case TEXT -> text(token);
      case NUMBER ->
          new Expression.Literal(
              token.text().contains(".")
                  ? (Object) Double.valueOf(token.text())
                  : (Object) Long.valueOf(token.text()),
              token.at());
      case NAME -> word(token);
      case SIGN ->
          switch (token.text()) {
            case "(" -> bracketed(token.at());
            case "[" -> new Expression.Items(items("]"), token.at());
            case "{" -> dict(token.at());
            default -> throw unexpected(token);
          };
      case END -> throw unexpected(token);
    };
  }

  private Expression text(Token first) {
    StringBuilder all = new StringBuilder(first.text());
    while (peek().kind() == Kind.TEXT) { // texts side by side are one
      all.append(next().text());
    }
    return new Expression.Literal(all.toString(), first.at());
  }

  private static Expression word(Token token) {
    return switch (token.text()) {
      case "true", "True" -> new Expression.Literal(true, token.at());
      case "false", "False" -> new Expression.Literal(false, token.at());
      case "none", "None" -> new Expression.Literal(None.NONE, token.at());
      default -> new Expression.Name(token.text(), token.at());
    };
  }

  private Expression bracketed(int at) {
    if (take(")")) {
      return new Expression.Items(List.of(), at);
    }
    Expression first = conditional();
    if (take(")")) {
      return first;
    }
    expect(",");
    List<Expression> all = new ArrayList<>(List.of(first));
    all.addAll(items(")"));
    return new Expression.Items(all, at);
  }

  private List<Expression> items(String closing) {
    List<Expression> items = new ArrayList<>();
    while (!peek().is(closing)) {
      items.add(conditional());
      if (!peek().is(closing)) {
        expect(",");
      }
    }
    expect(closing);
    return items;
  }

  private Expression dict(int at) {
    List<Map.Entry<Expression, Expression>> entries = new ArrayList<>();
    while (!peek().is("}")) {
      Expression key = conditional();
      expect(":");
      entries.add(Map.entry(key, conditional()));
      if (!peek().is("}")) {
        expect(",");
      }
    }
    expect("}");
    return new Expression.Dict(entries, at);
  }

  /** The next token, which stays. */
  Token peek() {
    return tokens.get(next);
  }

  private Token next() {
    return tokens.get(Math.min(next++, tokens.size() - 1));
  }

  /** Takes the next token if it is this one. */
  boolean take(String sign) {
    if (peek().is(sign)) {
      next++;
      return true;
    }
    return false;
  }

  void expect(String sign) {
    if (!take(sign)) {
      throw unexpected(peek());
    }
  }

  /** Takes a name. */
  String name() {
    Token token = next();
    if (token.kind() != Kind.NAME) {
      throw unexpected(token);
    }
    return token.text();
  }

  /** Fails when something is left over. */
  void end() {
    if (peek().kind() != Kind.END) {
      throw unexpected(peek());
    }
  }

  JinjaException unexpected(Token token) {
    return new JinjaException(
        source.at(token.at()),
        token.kind() == Kind.END
            ? "this Jinja tag ends too early"
            : "unexpected \"" + token.text() + "\" in a Jinja tag",
        "dbt could not read it either");
  }
}
