package dev.towpath.importer.jinja;

import dev.towpath.core.yaml.SourceText;
import dev.towpath.spi.Location;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Computes expressions. */
final class Evaluator {
  private final SourceText source;

  Evaluator(SourceText source) {
    this.source = source;
  }

  Object value(Expression expression, Scope scope) {
    return switch (expression) {
      case Expression.Literal literal -> literal.value();
      case Expression.Items items ->
          items.items().stream()
              .map(item -> value(item, scope))
              .collect(java.util.stream.Collectors.toCollection(ArrayList::new));
      case Expression.Dict dict -> dict(dict, scope);
      case Expression.Name name -> scope.get(name.name());
      case Expression.Attribute a -> Methods.member(value(a.target(), scope), a.name(), at(a));
      case Expression.Item item -> item(item, scope);
      case Expression.Slice slice -> slice(slice, scope);
      case Expression.Call call -> callWith(call, scope, Map.of());
      case Expression.Filter filter ->
          Filters.apply(
              filter.name(),
              value(filter.target(), scope),
              arguments(filter.passed(), scope, at(filter)));
      case Expression.Test test ->
          test.negated()
              != Tests.holds(
                  test.name(),
                  value(test.target(), scope),
                  arguments(test.passed(), scope, at(test)));
      case Expression.Unary unary -> unary(unary, scope);
      case Expression.Binary binary -> binary(binary, scope);
      case Expression.Conditional c ->
          Values.truth(value(c.test(), scope))
              ? value(c.then(), scope)
              : c.otherwise().map(e -> value(e, scope)).orElse(new Undefined("else"));
    };
  }

  private Object dict(Expression.Dict dict, Scope scope) {
    Map<Object, Object> map = new LinkedHashMap<>();
    dict.entries().forEach(e -> map.put(value(e.getKey(), scope), value(e.getValue(), scope)));
    return map;
  }

  private Object item(Expression.Item item, Scope scope) {
    Object target = value(item.target(), scope);
    Object index = value(item.index(), scope);
    return switch (target) {
      case Map<?, ?> map -> {
        Object found = map.get(index);
        yield found == null ? new Undefined(Values.text(index)) : found;
      }
      case List<?> list when index instanceof Long n -> {
        int i = Math.toIntExact(n < 0 ? list.size() + n : n);
        yield i < 0 || i >= list.size() ? new Undefined("[" + n + "]") : list.get(i);
      }
      case String text when index instanceof Long n -> {
        int i = Math.toIntExact(n < 0 ? text.length() + n : n);
        yield i < 0 || i >= text.length() ? new Undefined("[" + n + "]") : text.substring(i, i + 1);
      }
      default -> Methods.member(target, Values.text(index), at(item));
    };
  }

  private Object slice(Expression.Slice slice, Scope scope) {
    Object target = value(slice.target(), scope);
    if (target instanceof String text) {
      int[] ends = ends(slice, text.length(), scope);
      return text.substring(ends[0], ends[1]);
    }
    List<Object> items = Values.items(target, at(slice));
    int[] ends = ends(slice, items.size(), scope);
    return new ArrayList<>(items.subList(ends[0], ends[1]));
  }

  private int[] ends(Expression.Slice slice, int size, Scope scope) {
    int from = end(slice.from(), 0, size, scope);
    int to = end(slice.to(), size, size, scope);
    return new int[] {from, Math.max(from, to)};
  }

  private int end(Optional<Expression> end, int otherwise, int size, Scope scope) {
    if (end.isEmpty()) {
      return otherwise;
    }
    int given = (int) Values.number(value(end.get(), scope), at(end.get()));
    return Math.clamp(given < 0 ? size + given : given, 0, size);
  }

  /** Calls, with more named arguments than the call itself gives. */
  Object callWith(Expression expression, Scope scope, Map<String, Object> more) {
    if (!(expression instanceof Expression.Call call)) {
      throw new JinjaException(at(expression), "this is no call", "call a macro");
    }
    Object target = value(call.target(), scope);
    Arguments arguments = arguments(call.passed(), scope, at(call));
    arguments.named().putAll(more);
    if (target instanceof Function function) {
      return function.call(arguments);
    }
    String name = call.target().dotted().orElse("this");
    throw new JinjaException(
        at(call),
        target instanceof Undefined
            ? "the macro \"" + name + "\" is not known"
            : "\"" + name + "\" cannot be called",
        "write what it stands for by hand");
  }

  private Arguments arguments(Expression.Passed passed, Scope scope, Location at) {
    List<Object> positional = new ArrayList<>();
    passed.positional().forEach(e -> positional.add(value(e, scope)));
    passed.lists().forEach(e -> positional.addAll(Values.items(value(e, scope), at)));
    Map<String, Object> named = new LinkedHashMap<>();
    passed.named().forEach((name, e) -> named.put(name, value(e, scope)));
    for (Expression map : passed.maps()) {
      if (value(map, scope) instanceof Map<?, ?> more) {
        more.forEach((name, value) -> named.put(Values.text(name), value));
      }
    }
    return new Arguments(positional, named, at);
  }

  private Object unary(Expression.Unary unary, Scope scope) {
    Object value = value(unary.operand(), scope);
    return switch (unary.operator()) {
      case "not" -> !Values.truth(value);
      case "-" ->
          value instanceof Long n ? (Object) (-n) : (Object) (-Values.number(value, at(unary)));
      default -> value;
    };
  }

  private Object binary(Expression.Binary binary, Scope scope) {
    Object left = value(binary.left(), scope);
    switch (binary.operator()) {
      case "and" -> {
        return Values.truth(left) ? value(binary.right(), scope) : left;
      }
      case "or" -> {
        return Values.truth(left) ? left : value(binary.right(), scope);
      }
      default -> {}
    }
    Object right = value(binary.right(), scope);
    Location at = at(binary);
    return switch (binary.operator()) {
      case "==" -> Values.same(left, right);
      case "!=" -> !Values.same(left, right);
      case "<" -> Values.compare(left, right, at) < 0;
      case ">" -> Values.compare(left, right, at) > 0;
      case "<=" -> Values.compare(left, right, at) <= 0;
      case ">=" -> Values.compare(left, right, at) >= 0;
      case "in" -> Values.in(left, right, at);
      case "not in" -> !Values.in(left, right, at);
      case "~" -> Values.text(left) + Values.text(right);
      default -> Arithmetic.of(binary.operator(), left, right, at);
    };
  }

  private Location at(Expression expression) {
    return source.at(expression.at());
  }
}
