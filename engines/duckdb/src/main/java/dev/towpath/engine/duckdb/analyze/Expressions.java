package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.analyze.Functions.Macro;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells what the value of an expression depends on. */
final class Expressions {
  private static final int DEEPEST_MACRO = 64;

  private final LineageReader reader;
  private final Functions functions;
  private int depth;

  Expressions(LineageReader reader, Functions functions) {
    this.reader = reader;
    this.functions = functions;
  }

  /** What one expression depends on. */
  Value of(Json expression, Scope scope) {
    return switch (expression.text("class")) {
      case "COLUMN_REF" -> column(LineageReader.texts(expression.get("column_names")), scope);
      case "CONSTANT", "PARAMETER", "DEFAULT", "TYPE" -> Value.NONE;
      case "FUNCTION" -> function(expression, scope);
      case "WINDOW" -> window(expression, scope);
      case "SUBQUERY" -> subquery(expression, scope);
      case "LAMBDA" -> lambda(expression, scope);
      case "STAR" -> star(expression, scope);
      case "POSITIONAL_REFERENCE" -> position(expression, scope);
      case "OPERATOR" -> operator(expression, scope);
      default -> inside(expression, scope);
    };
  }

  /** Computed from all expressions in a part of the tree, which may be one itself. */
  Value computed(Json part, Scope scope) {
    return any(part, scope).derived();
  }

  private Value inside(Json value, Scope scope) {
    Value all = Value.NONE;
    switch (value) {
      case Json.Scalar _ -> {}
      case Json.Arr(List<Json> values) -> {
        for (Json one : values) {
          all = all.or(any(one, scope));
        }
      }
      case Json.Obj(_, List<Json> values) -> {
        for (Json one : values) {
          all = all.or(any(one, scope));
        }
      }
    }
    return all.derived();
  }

  private Value any(Json value, Scope scope) {
    return value.text("class").isEmpty() ? inside(value, scope) : of(value, scope);
  }

  private Value column(List<String> names, Scope scope) {
    Value found = scope.resolve(names);
    if (found != null) {
      return found;
    }
    boolean function =
        names.size() == 1
            && TreeReader.BARE_FUNCTIONS.contains(names.getFirst().toLowerCase(Locale.ROOT));
    return function ? Value.NONE : reader.everything();
  }

  private Value function(Json call, Scope scope) {
    String name = call.text("function_name").toLowerCase(Locale.ROOT);
    List<Json> arguments = call.get("arguments").elements();
    List<Macro> macros = functions.macros().getOrDefault(name, List.of());
    if (!macros.isEmpty() && depth < DEEPEST_MACRO) {
      return macro(macros, arguments, scope);
    }
    if ((name.equals("struct_pack") || name.equals("row")) && !hasStar(arguments)) {
      Map<String, Value> fields = new LinkedHashMap<>();
      for (int i = 0; i < arguments.size(); i++) {
        String field = arguments.get(i).text("name");
        fields.put(
            field.isEmpty() ? "#" + i : field, of(arguments.get(i).get("expression"), scope));
      }
      return Value.struct(fields);
    }
    if (name.equals("struct_extract") && arguments.size() == 2) {
      return extract(arguments.get(0).get("expression"), arguments.get(1).get("expression"), scope);
    }
    Value value = computed(call.get("arguments"), scope);
    Value choosing = computed(call.get("filter"), scope).or(computed(call.get("order_bys"), scope));
    return value.where(choosing.all());
  }

  private static boolean hasStar(List<Json> arguments) {
    return arguments.stream().anyMatch(a -> Stars.inside(a) != null);
  }

  private Value macro(List<Macro> macros, List<Json> arguments, Scope scope) {
    Value all = Value.NONE;
    for (Macro macro : matching(macros, arguments.size())) {
      all = all.or(expand(macro, arguments, scope).any());
    }
    return macros.size() == 1 ? all : all.derived();
  }

  private static List<Macro> matching(List<Macro> macros, int arguments) {
    List<Macro> exact = macros.stream().filter(m -> m.parameters().size() == arguments).toList();
    return exact.isEmpty() ? macros : exact;
  }

  /** The relation that a macro's body is, with arguments for its parameters. */
  private Relation expand(Macro macro, List<Json> arguments, Scope scope) {
    Map<String, Value> bound = new HashMap<>();
    macro.parameters().forEach(p -> bound.put(Scope.lower(p), Value.NONE)); // the defaults
    for (int i = 0; i < arguments.size(); i++) {
      String name = arguments.get(i).text("name");
      if (name.isEmpty() && i < macro.parameters().size()) {
        name = macro.parameters().get(i);
      }
      bound.put(Scope.lower(name), of(arguments.get(i).get("expression"), scope));
    }
    depth++;
    try {
      Relation body = reader.queries().query(macro.body(), Scope.parameters(bound), null);
      return macro.isTable() || body.columns().size() != 1
          ? body
          : new Relation(
              List.of(
                  new Relation.Column("", body.columns().getFirst().value().where(body.rows()))),
              body.rest(),
              body.exact(),
              Value.NO_BITS);
    } finally {
      depth--;
    }
  }

  /** What a macro in FROM gives; null when the function is none. */
  @Nullable Relation tableMacro(Json call, Scope scope) {
    List<Macro> macros =
        functions
            .macros()
            .getOrDefault(call.text("function_name").toLowerCase(Locale.ROOT), List.of());
    List<Json> arguments = call.get("arguments").elements();
    List<Macro> fitting = matching(macros, arguments.size());
    return fitting.size() == 1 && depth < DEEPEST_MACRO
        ? expand(fitting.getFirst(), arguments, scope)
        : null;
  }

  /** A window function: what it is computed from, and what says over which rows. */
  private Value window(Json window, Scope scope) {
    Value value =
        computed(window.get("arguments"), scope)
            .or(computed(window.get("offset_expr"), scope))
            .or(computed(window.get("default_expr"), scope));
    Value choosing = Value.NONE;
    for (String part :
        List.of("partitions", "orders", "start_expr", "end_expr", "filter_expr", "arg_orders")) {
      choosing = choosing.or(computed(window.get(part), scope));
    }
    // row_number(), rank() and the like are nothing but the place among the others
    return window.get("arguments").elements().isEmpty()
        ? value.or(choosing.derived())
        : value.where(choosing.all());
  }

  private Value subquery(Json expression, Scope scope) {
    Relation result =
        reader.queries().query(expression.get("subquery").get("node"), scope, scope.ctes);
    return switch (expression.text("subquery_type")) {
      case "SCALAR" -> result.any().where(result.rows());
      case "EXISTS", "NOT_EXISTS" -> Value.madeOf(result.rows());
      default -> result.any().or(of(expression.get("child"), scope)).derived().where(result.rows());
    };
  }

  private Value lambda(Json lambda, Scope scope) {
    Map<String, Value> parameters = new HashMap<>();
    parameters(lambda.get("lhs"), parameters);
    // What the parameters hold comes from the other arguments, which count anyway.
    return of(lambda.get("expr"), scope.with(parameters)).derived();
  }

  private static void parameters(Json side, Map<String, Value> into) {
    for (Json name : side.get("column_names").elements()) {
      into.put(Scope.lower(Origins.text(name)), Value.NONE);
    }
    for (Json argument : side.get("arguments").elements()) {
      parameters(argument.get("expression"), into);
    }
  }

  private Value star(Json star, Scope scope) {
    Value column = scope.starred;
    if (column != null) {
      return column;
    }
    return reader.stars().expand(star, scope).any().derived();
  }

  private Value position(Json reference, Scope scope) {
    Scope.From from = Stars.from(scope);
    int index = reference.number("index") - 1;
    return from.exact() && index >= 0 && index < from.star().size()
        ? from.star().get(index).value()
        : from.any();
  }

  private Value operator(Json operator, Scope scope) {
    List<Json> children = operator.get("children").elements();
    boolean extracts = Set.of("ARRAY_EXTRACT", "STRUCT_EXTRACT").contains(operator.text("type"));
    if (extracts && children.size() == 2) {
      return extract(children.get(0), children.get(1), scope);
    }
    return inside(operator, scope);
  }

  private Value extract(Json from, Json key, Scope scope) {
    Value whole = of(from, scope);
    Json literal = key.get("literal");
    return literal.text("kind").equals("STRING")
        ? whole.field(literal.text("text"))
        : whole.or(of(key, scope)).derived();
  }
}
