package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.analyze.Relation.Column;
import dev.towpath.engine.duckdb.analyze.Scope.From;
import dev.towpath.engine.duckdb.analyze.Scope.Source;
import dev.towpath.engine.duckdb.analyze.Scope.Starred;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Expands the items of a select list into columns. An expression with a star inside of it, such as
 * {@code min(COLUMNS(*))}, is one column for each that the star gives.
 */
final class Stars {
  private static final Pattern GROUP = Pattern.compile("\\\\(\\d)");

  private final Expressions expressions;

  Stars(Expressions expressions) {
    this.expressions = expressions;
  }

  /** The columns of one item. */
  Relation item(Json item, Scope scope) {
    if (item.text("class").equals("STAR")) {
      return expand(item, scope);
    }
    if (isUnnest(item)) {
      return unnest(item, scope);
    }
    Json star = inside(item);
    if (star == null) {
      return Relation.of(
          List.of(new Column(name(item), expressions.of(item, scope))), Value.NO_BITS);
    }
    // `t.* LIKE 'a%'` picks columns by their names; any other expression keeps their number.
    boolean picks = item.text("is_operator").equals("true") && star.text("columns").equals("false");
    Relation columns = expand(star, scope);
    List<Column> computed = new ArrayList<>();
    for (Column column : columns.columns()) {
      Value value =
          picks ? column.value() : expressions.of(item, scope.star(column.value())).derived();
      computed.add(new Column(column.name(), value));
    }
    Relation result = new Relation(computed, columns.rest(), columns.exact(), Value.NO_BITS);
    return alias(picks ? result.uncertain() : result, item.text("alias"), star);
  }

  /** The nearest FROM clause. */
  static From from(Scope scope) {
    Scope nearest = scope;
    while (nearest.from.sources().isEmpty() && nearest.outer != null) {
      nearest = nearest.outer;
    }
    return nearest.from;
  }

  /** The columns of a star or of COLUMNS(...). */
  Relation expand(Json star, Scope scope) {
    From from = from(scope);
    String relation = star.text("relation_name");
    List<Source> named =
        from.sources().stream().filter(s -> s.alias().equalsIgnoreCase(relation)).toList();
    if (!relation.isEmpty() && named.isEmpty()) {
      return struct(star, scope, relation);
    }
    From offered = relation.isEmpty() ? from : From.of(named); // t.* has what USING merges
    List<Column> columns = new ArrayList<>();
    Set<String> excluded = excluded(star);
    Map<String, Json> replaced = replaced(star);
    Map<String, String> renamed = renamed(star);
    for (Starred one : offered.star()) {
      String key = Scope.lower(one.name());
      if (excluded.contains(key) || excluded.contains(qualified(one.source().alias(), key))) {
        continue;
      }
      Json other = replaced.get(key);
      Value value = other == null ? one.value() : expressions.of(other, scope);
      String name =
          renamed.getOrDefault(
              key, renamed.getOrDefault(qualified(one.source().alias(), key), one.name()));
      columns.add(new Column(name, value));
    }
    Value rest = offered.exact() ? null : offered.rest();
    return chosen(star, new Relation(columns, rest, offered.exact(), Value.NO_BITS));
  }

  /** {@code s.*} where s is a struct. */
  private Relation struct(Json star, Scope scope, String name) {
    Value struct = scope.resolve(List.of(name));
    return struct == null
        ? Relation.unknown(from(scope).any().derived())
        : fields(struct, excluded(star));
  }

  private static Relation fields(Value struct, Set<String> excluded) {
    if (struct.fields().isEmpty()) {
      return new Relation(List.of(), struct.derived(), false, Value.NO_BITS);
    }
    List<Column> columns = new ArrayList<>();
    for (String field : struct.fields().keySet()) {
      if (!excluded.contains(Scope.lower(field))) {
        columns.add(new Column(field.startsWith("#") ? "" : field, struct.field(field)));
      }
    }
    return Relation.of(columns, Value.NO_BITS);
  }

  private static boolean isUnnest(Json item) {
    return item.text("class").equals("FUNCTION")
        && item.text("function_name").equalsIgnoreCase("unnest");
  }

  /** {@code unnest(x)}: a struct becomes its fields, a list one column, by what x is. */
  private Relation unnest(Json item, Scope scope) {
    List<Json> arguments = item.get("arguments").elements();
    Value value = expressions.computed(item.get("arguments"), scope);
    if (arguments.size() == 1) {
      Value argument = expressions.of(arguments.getFirst().get("expression"), scope);
      if (!argument.fields().isEmpty()) {
        return fields(argument, Set.of());
      }
    }
    return new Relation(List.of(new Column(name(item), value)), value, false, Value.NO_BITS);
  }

  /** Those of COLUMNS('pattern'); all of them where only DuckDB can tell. */
  private static Relation chosen(Json star, Relation all) {
    Json choice = star.get("expr");
    if (!star.text("columns").equals("true") || !choice.isObject()) {
      return all;
    }
    Json literal = choice.get("literal");
    if (literal.text("kind").equals("STRING")) {
      try {
        Pattern pattern = Pattern.compile(literal.text("text"));
        List<Column> matching =
            all.columns().stream().filter(c -> pattern.matcher(c.name()).find()).toList();
        Relation result = new Relation(matching, all.rest(), all.exact(), all.rows());
        return alias(result, star.text("alias"), star);
      } catch (PatternSyntaxException e) {
        return all.uncertain(); // DuckDB's own dialect
      }
    }
    return all.uncertain();
  }

  /** Names by an alias with groups of the pattern, such as {@code '\1_total'}. */
  private static Relation alias(Relation relation, String alias, Json star) {
    if (alias.isEmpty()) {
      return relation;
    }
    String text = star.get("expr").get("literal").text("text");
    List<Column> named = new ArrayList<>();
    for (Column column : relation.columns()) {
      named.add(new Column(filled(alias, text, column.name()), column.value()));
    }
    return new Relation(named, relation.rest(), relation.exact(), relation.rows());
  }

  private static String filled(String alias, String pattern, String name) {
    Matcher matcher =
        pattern.isEmpty()
            ? Pattern.compile(".*").matcher(name)
            : Pattern.compile(pattern).matcher(name);
    boolean matches = matcher.find();
    return GROUP
        .matcher(alias)
        .replaceAll(g -> {
          int group = Integer.parseInt(g.group(1));
          String found = matches && group <= matcher.groupCount() ? matcher.group(group) : "";
          return Matcher.quoteReplacement(found == null ? "" : found);
        });
  }

  private static Set<String> excluded(Json star) {
    Set<String> names = new HashSet<>();
    for (Json name : star.get("exclude_list").elements()) {
      names.add(Scope.lower(Origins.text(name)));
    }
    for (Json name : star.get("qualified_exclude_list").elements()) {
      names.add(key(name));
    }
    return names;
  }

  private static Map<String, Json> replaced(Json star) {
    Map<String, Json> replaced = new HashMap<>();
    for (Json entry : star.get("replace_list").elements()) {
      replaced.put(Scope.lower(entry.text("key")), entry.get("value"));
    }
    return replaced;
  }

  private static Map<String, String> renamed(Json star) {
    Map<String, String> renamed = new HashMap<>();
    for (Json entry : star.get("rename_list").elements()) {
      renamed.put(key(entry.get("key")), entry.text("value"));
    }
    return renamed;
  }

  private static String key(Json name) {
    String column = name.text("column").toLowerCase(Locale.ROOT);
    return name.text("table").isEmpty() ? column : qualified(name.text("table"), column);
  }

  private static String qualified(String table, String column) {
    return table.toLowerCase(Locale.ROOT) + "." + column;
  }

  /** The star that makes an expression several columns; null when there is none. */
  static @Nullable Json inside(Json value) {
    if (value.text("class").equals("STAR")) {
      return value;
    }
    if (value.text("type").equals("OPERATOR_UNPACK") || value.text("class").equals("SUBQUERY")) {
      return null;
    }
    List<Json> parts = value instanceof Json.Obj(_, List<Json> values) ? values : value.elements();
    for (Json part : parts) {
      Json star = inside(part);
      if (star != null) {
        return star;
      }
    }
    return null;
  }

  /** The name that an item has by itself; empty when DuckDB makes one up. */
  static String name(Json item) {
    String alias = item.text("alias");
    List<Json> names = item.get("column_names").elements();
    return !alias.isEmpty() ? alias : names.isEmpty() ? "" : Origins.text(names.getLast());
  }
}
