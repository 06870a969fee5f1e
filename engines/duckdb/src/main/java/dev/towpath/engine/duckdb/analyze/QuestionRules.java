package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.SqlTokens;
import dev.towpath.spi.Names;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * The rules for what people ask. A blocklist would have to know every function that reaches files,
 * settings or tables by their names in texts; so only what is known to be harmless is let through.
 */
final class QuestionRules extends Rules {
  /** Functions in FROM. */
  static final Set<String> HARMLESS =
      Set.of(
          "range",
          "generate_series",
          "generate_subscripts",
          "unnest",
          "repeat",
          "repeat_row",
          "json_each",
          "json_tree");

  /** What makes much of little; in a lambda it would do so for every element. */
  private static final Set<String> MAKING =
      Set.of(
          "range",
          "generate_series",
          "repeat",
          "lpad",
          "rpad",
          "list_resize",
          "array_resize",
          "bitstring",
          "printf",
          "format");

  private static final Set<String> REDUCING = Set.of("list_reduce", "array_reduce", "reduce");

  /** What may be done with the accumulated value: nothing that makes it longer each time. */
  private static final Set<String> STEADY =
      Set.of(
          "+",
          "-",
          "*",
          "/",
          "//",
          "%",
          "&",
          "|",
          "xor",
          "<<",
          ">>",
          "^",
          "**",
          "add",
          "subtract",
          "multiply",
          "divide",
          "mod",
          "greatest",
          "least",
          "abs",
          "round",
          "floor",
          "ceil",
          "if",
          "coalesce",
          "nullif",
          "sqrt",
          "sign",
          "pow",
          "power",
          "exp",
          "ln",
          "gcd",
          "lcm",
          "hash",
          "length",
          "strlen",
          "len",
          "isnan",
          "isfinite");

  private final Set<String> macros;
  private final Callable callable;

  QuestionRules(String sql, Set<String> macros, Callable callable) {
    super(sql);
    this.macros = macros;
    this.callable = callable;
  }

  @Override
  boolean isStrict() {
    return true;
  }

  /** Under the name of a view of DuckDB's own, a slip in what sees what would show that one. */
  @Override
  void cte(String name) {
    if (callable.views().contains(Names.identity(name))) {
      int offset = tokens().naming(name).map(SqlTokens.Token::start).orElse(0);
      report("\"" + name + "\" is a view of the engine itself", "choose another name", offset);
    }
  }

  @Override
  void tableFunction(Json function, int offset) {
    super.tableFunction(function, offset);
    unqualified(function, offset);
    String name = name(function);
    if (!HARMLESS.contains(name) && !macros.contains(name)) {
      report(
          "a query cannot call " + name + "() in FROM",
          Names.nearest(name, HARMLESS)
              .map(n -> "did you mean " + n + "()?")
              .orElse("read tables of the project, such as staging.orders"),
          offset);
    }
  }

  @Override
  void call(Json call, ToIntFunction<Json> offsets) {
    super.call(call, offsets);
    int offset = offsets.applyAsInt(call);
    unqualified(call, offset);
    String name = name(call);
    if (callable.refused().contains(name) && !macros.contains(name)) {
      report("a query cannot call " + name + "()", "take it out", offset);
    }
    for (Json argument : call.get("arguments").elements()) {
      Json value = argument.get("expression");
      if (value.text("class").equals("LAMBDA")) {
        lambda(value.get("expr"), REDUCING.contains(name), offsets);
      }
    }
  }

  /** A name of its own stands for what is meant for people; one with a schema may be beneath it. */
  private void unqualified(Json function, int offset) {
    if (!function.text("schema").isEmpty() || !function.text("catalog").isEmpty()) {
      String name = name(function);
      report(
          name + "() is called by its name alone", "write " + name + "(...), without dots", offset);
    }
  }

  /**
   * What is done for each element of a list, which no limit of time can stop: it must take about as
   * long for each, and not make what the next one makes larger still.
   */
  private void lambda(Json value, boolean reducing, ToIntFunction<Json> offsets) {
    if (value instanceof Json.Obj node) {
      String kind = node.text("class");
      if (kind.equals("LAMBDA")) {
        report(
            "a lambda cannot stand in a lambda",
            "use a join, or unnest() one of the lists",
            offsets.applyAsInt(node));
      } else if (kind.equals("FUNCTION")) {
        String name = name(node);
        if (MAKING.contains(name) || (reducing && !STEADY.contains(name))) {
          report(
              name + (reducing ? " cannot stand in list_reduce()" : "() cannot stand in a lambda"),
              reducing
                  ? "reduce to a number; string_agg() and list() put rows together"
                  : "use unnest() and make it of rows",
              offsets.applyAsInt(node));
        }
      }
      node.values().forEach(v -> lambda(v, reducing, offsets));
    } else {
      List<Json> elements = value.elements();
      elements.forEach(v -> lambda(v, reducing, offsets));
    }
  }

  private static String name(Json function) {
    return function.text("function_name").toLowerCase(Locale.ROOT);
  }

  @Override
  void parameter(String name, int offset) {
    if (offset >= 0 && offset < sql.length() && sql.charAt(offset) == '$') {
      return; // $1 is as good as $name
    }
    super.parameter(name, offset);
  }
}
