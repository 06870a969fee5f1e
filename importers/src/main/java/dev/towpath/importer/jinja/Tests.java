package dev.towpath.importer.jinja;

import java.util.Collection;
import java.util.Map;

/** What stands behind {@code is}. */
final class Tests {
  private Tests() {}

  static boolean holds(String name, Object value, Arguments a) {
    return switch (name) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value == None.NONE;
      case "string" -> value instanceof String;
      case "number" -> value instanceof Number;
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "boolean" -> value instanceof Boolean;
      case "true" -> Boolean.TRUE.equals(value);
      case "false" -> Boolean.FALSE.equals(value);
      case "mapping" -> value instanceof Map;
      case "sequence", "iterable" ->
          value instanceof Collection || value instanceof String || value instanceof Map;
      case "callable" -> value instanceof Function;
      case "odd" -> Math.floorMod((long) Values.number(value, a.at()), 2) == 1;
      case "even" -> Math.floorMod((long) Values.number(value, a.at()), 2) == 0;
      case "divisibleby" ->
          (long) Values.number(value, a.at()) % (long) Values.number(a.get(0, "num"), a.at()) == 0;
      case "in" -> Values.in(value, a.get(0, "seq"), a.at());
      case "equalto", "eq", "sameas", "==" -> Values.same(value, a.get(0, "other"));
      case "ne", "!=" -> !Values.same(value, a.get(0, "other"));
      case "gt", "greaterthan", ">" -> Values.compare(value, a.get(0, "other"), a.at()) > 0;
      case "lt", "lessthan", "<" -> Values.compare(value, a.get(0, "other"), a.at()) < 0;
      case "ge", ">=" -> Values.compare(value, a.get(0, "other"), a.at()) >= 0;
      case "le", "<=" -> Values.compare(value, a.get(0, "other"), a.at()) <= 0;
      case "lower" ->
          Values.text(value).equals(Values.text(value).toLowerCase(java.util.Locale.ROOT));
      case "upper" ->
          Values.text(value).equals(Values.text(value).toUpperCase(java.util.Locale.ROOT));
      default ->
          throw a.error("the Jinja test \"" + name + "\" is not known here", "write it by hand");
    };
  }
}
