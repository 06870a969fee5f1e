package dev.towpath.importer.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What stands inside a tag and has a value. */
public sealed interface Expression {
  /** 0-based offset in the file. */
  int at();

  /** A number, text, truth or none. */
  record Literal(Object value, int at) implements Expression {}

  /** A list or tuple. */
  record Items(List<Expression> items, int at) implements Expression {}

  /** A dict. */
  record Dict(List<Map.Entry<Expression, Expression>> entries, int at) implements Expression {}

  /** A variable. */
  record Name(String name, int at) implements Expression {}

  /** {@code target.name}. */
  record Attribute(Expression target, String name, int at) implements Expression {}

  /** {@code target[index]}. */
  record Item(Expression target, Expression index, int at) implements Expression {}

  /** {@code target[from:to]}. */
  record Slice(Expression target, Optional<Expression> from, Optional<Expression> to, int at)
      implements Expression {}

  /** What a call passes: {@code a, b=c, *list, **map}. */
  record Passed(
      List<Expression> positional,
      Map<String, Expression> named,
      List<Expression> lists,
      List<Expression> maps) {
    static final Passed NOTHING = new Passed(List.of(), Map.of(), List.of(), List.of());
  }

  /** {@code target(...)}. */
  record Call(Expression target, Passed passed, int at) implements Expression {}

  /** {@code target | name(...)}. */
  record Filter(Expression target, String name, Passed passed, int at) implements Expression {}

  /** {@code target is name(...)}. */
  record Test(Expression target, String name, Passed passed, boolean negated, int at)
      implements Expression {}

  /** {@code not x}, {@code -x}. */
  record Unary(String operator, Expression operand, int at) implements Expression {}

  /** {@code a + b}, {@code a and b}, {@code a not in b}, ... */
  record Binary(String operator, Expression left, Expression right, int at) implements Expression {}

  /** {@code a if test else b}. */
  record Conditional(Expression test, Expression then, Optional<Expression> otherwise, int at)
      implements Expression {}

  /** The name that a call of a plain or dotted name has, such as {@code dbt_utils.star}. */
  default Optional<String> dotted() {
    return switch (this) {
      case Name n -> Optional.of(n.name());
      case Attribute a -> a.target().dotted().map(t -> t + "." + a.name());
      default -> Optional.empty();
    };
  }

  /** Whether it is a call of the function of this name. */
  default boolean isCallOf(String name) {
    return this instanceof Call call && call.target().dotted().filter(name::equals).isPresent();
  }
}
