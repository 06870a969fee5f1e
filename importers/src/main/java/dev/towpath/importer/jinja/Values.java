package dev.towpath.importer.jinja;

import dev.towpath.spi.Location;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Values as Python sees them. A value is a String, Long, Double, Boolean, {@link None}, {@link
 * Undefined}, List, Map with keys of any kind, {@link Function} or {@link Member}.
 */
public final class Values {
  private Values() {}

  /** Whether an {@code if} takes it for true. */
  public static boolean truth(Object value) {
    return switch (value) {
      case Boolean b -> b;
      case String s -> !s.isEmpty();
      case Long n -> n != 0;
      case Double d -> d != 0;
      case Collection<?> c -> !c.isEmpty();
      case Map<?, ?> m -> !m.isEmpty();
      case None _, Undefined _ -> false;
      default -> true;
    };
  }

  /** How {@code {{ value }}} writes it. */
  public static String text(Object value) {
    return switch (value) {
      case String s -> s;
      case Boolean b -> b ? "True" : "False";
      case Double d -> decimal(d);
      case Collection<?> c ->
          c.stream().map(Values::repr).collect(Collectors.joining(", ", "[", "]"));
      case Map<?, ?> m ->
          m.entrySet().stream()
              .map(e -> repr(e.getKey()) + ": " + repr(e.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      default -> String.valueOf(value);
    };
  }

  private static String decimal(double d) {
    if (d == Math.rint(d) && Math.abs(d) < 1e16) {
      return (long) d + ".0";
    }
    return Math.abs(d) >= 1e-4 && Math.abs(d) < 1e16
        ? new java.math.BigDecimal(Double.toString(d)).toPlainString()
        : Double.toString(d).replace("E", "e");
  }

  /** How a list writes its members. */
  static String repr(Object value) {
    if (value instanceof String s) {
      String quote = s.contains("'") && !s.contains("\"") ? "\"" : "'";
      String escaped = s.replace("\\", "\\\\").replace("\n", "\\n");
      return quote + (quote.equals("'") ? escaped.replace("'", "\\'") : escaped) + quote;
    }
    return text(value);
  }

  /** What a {@code for} walks through: members of a list, keys of a map, characters of a text. */
  public static List<Object> items(Object value, Location at) {
    return switch (value) {
      case Collection<?> c -> new ArrayList<>(c);
      case Map<?, ?> m -> new ArrayList<>(m.keySet());
      case String s ->
          s.codePoints()
              .mapToObj(Character::toString)
              .collect(Collectors.toCollection(ArrayList::new));
      case Undefined u ->
          throw new JinjaException(
              at, "\"" + u.name() + "\" is not defined", "see what sets it in the dbt project");
      default ->
          throw new JinjaException(
              at, "\"" + text(value) + "\" cannot be walked through", "give a list");
    };
  }

  /** The number that it is. */
  static double number(Object value, Location at) {
    return switch (value) {
      case Long n -> n;
      case Double d -> d;
      case Boolean b -> b ? 1 : 0;
      default -> throw new JinjaException(at, repr(value) + " is no number", "give a number");
    };
  }

  /** Whether two values are one; a whole number equals the same decimal one. */
  static boolean same(Object a, Object b) {
    if (a instanceof Number x && b instanceof Number y) {
      return x.doubleValue() == y.doubleValue();
    }
    return a.equals(b);
  }

  /** The order of two values, of numbers or of texts. */
  static int compare(Object a, Object b, Location at) {
    if (a instanceof String x && b instanceof String y) {
      return x.compareTo(y);
    }
    return Double.compare(number(a, at), number(b, at));
  }

  /** Whether one is part of the other. */
  static boolean in(Object part, Object whole, Location at) {
    return switch (whole) {
      case String s -> s.contains(text(part));
      case Map<?, ?> m -> m.containsKey(part);
      default -> items(whole, at).stream().anyMatch(item -> same(item, part));
    };
  }
}
