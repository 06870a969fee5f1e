package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.analyze.Relation.Column;
import dev.towpath.engine.duckdb.analyze.Relation.Found;
import dev.towpath.engine.duckdb.analyze.Scope.Cte;
import dev.towpath.engine.duckdb.analyze.Scope.From;
import dev.towpath.engine.duckdb.analyze.Scope.Source;
import dev.towpath.engine.duckdb.analyze.Scope.Starred;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells what the columns of FROM clauses depend on: tables, subqueries, joins, functions. */
final class Froms {
  private static final Set<String> ONE_COLUMN = Set.of("unnest", "range", "generate_series");

  private final LineageReader reader;

  Froms(LineageReader reader) {
    this.reader = reader;
  }

  /** What a FROM clause offers; things to the left are seen through {@code outer}. */
  From from(Json from, @Nullable Scope outer, @Nullable Cte ctes) {
    String alias = from.text("alias");
    List<String> names = LineageReader.texts(from.get("column_name_alias"));
    return switch (from.text("type")) {
      case "BASE_TABLE" -> table(from, alias, names, ctes);
      case "SUBQUERY" -> {
        Relation result = reader.queries().query(from.get("subquery").get("node"), outer, ctes);
        yield From.of("", alias, result.named(names));
      }
      case "JOIN" -> join(from, outer, ctes);
      case "TABLE_FUNCTION" -> function(from, alias, names, outer, ctes);
      case "EXPRESSION_LIST" -> From.of("", alias, values(from, outer, ctes).named(names));
      case "PIVOT" -> From.of("", alias, new Pivots(reader).pivot(from, outer, ctes).named(names));
      case "EMPTY", "" -> From.EMPTY;
      default -> From.of("", alias, Relation.unknown(reader.everything()).named(names));
    };
  }

  private From table(Json from, String alias, List<String> names, @Nullable Cte ctes) {
    String schema = from.text("schema_name");
    String name = from.text("table_name");
    String called = alias.isEmpty() ? name : alias;
    if (schema.isEmpty() || schema.equalsIgnoreCase("recurring")) {
      Relation cte = Scope.cte(ctes, name);
      if (cte != null) {
        return From.of("", called, cte.named(names));
      }
    }
    return From.of(alias.isEmpty() ? schema : "", called, reader.table(schema, name).named(names));
  }

  private From function(
      Json from, String alias, List<String> names, @Nullable Scope outer, @Nullable Cte ctes) {
    Json call = from.get("function");
    String called = alias.isEmpty() ? call.text("function_name") : alias;
    Scope scope = Scope.of(From.EMPTY, outer, ctes);
    Relation macro = reader.expressions().tableMacro(call, scope);
    if (macro != null) {
      return From.of("", called, macro.named(names));
    }
    Value value = reader.expressions().computed(call.get("arguments"), scope);
    boolean oneColumn =
        ONE_COLUMN.contains(Scope.lower(call.text("function_name")))
            && call.get("arguments").elements().stream().allMatch(a -> a.text("name").isEmpty());
    if (!oneColumn) {
      return From.of("", called, Relation.unknown(value).named(names));
    }
    List<Column> columns = new ArrayList<>(List.of(new Column(called, value)));
    if (from.text("with_ordinality").equals("WITH_ORDINALITY")) {
      columns.add(new Column("ordinality", value));
    }
    From one = From.of("", called, Relation.of(columns, value.all()).named(names));
    // the function's own name is known beside the alias
    return new From(
        one.sources(),
        one.star(),
        Map.of(Scope.lower(call.text("function_name")), value),
        true,
        one.rows());
  }

  private Relation values(Json from, @Nullable Scope outer, @Nullable Cte ctes) {
    Scope scope = Scope.of(From.EMPTY, outer, ctes);
    List<Value> columns = new ArrayList<>();
    for (Json row : from.get("values").elements()) {
      List<Json> cells = row.elements();
      for (int i = 0; i < cells.size(); i++) {
        Value cell = reader.expressions().of(cells.get(i), scope);
        if (i < columns.size()) {
          columns.set(i, columns.get(i).or(cell));
        } else {
          columns.add(cell);
        }
      }
    }
    List<Column> named = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      named.add(new Column("col" + i, columns.get(i)));
    }
    return Relation.of(named, Value.NO_BITS);
  }

  private From join(Json join, @Nullable Scope outer, @Nullable Cte ctes) {
    From left = from(join.get("left"), outer, ctes);
    From right = from(join.get("right"), Scope.of(left, outer, ctes), ctes);
    String type = join.text("join_type");
    BitSet rows = Value.union(left.rows(), right.rows());
    List<String> using = LineageReader.texts(join.get("using_columns"));
    if (join.text("ref_type").equals("NATURAL")) {
      using = common(left, right);
      if (!left.exact() || !right.exact()) {
        rows = Value.union(rows, Value.union(left.any().all(), right.any().all()));
      }
    }
    Map<String, Value> merged = new HashMap<>(left.merged());
    right.merged().forEach(merged::putIfAbsent);
    Map<String, Value> here = new LinkedHashMap<>();
    for (String name : using) {
      Value one = column(left, name);
      Value other = column(right, name);
      rows = Value.union(rows, Value.union(one.all(), other.all()));
      here.put(
          Scope.lower(name),
          switch (type) {
            case "RIGHT" -> other;
            case "OUTER", "FULL" -> one.or(other).derived();
            default -> one;
          });
    }
    merged.putAll(here);
    From both = both(left, right, here, merged, rows);
    Scope scope = Scope.of(both, outer, ctes);
    BitSet deciding =
        reader
            .expressions()
            .computed(
                new Json.Arr(List.of(join.get("condition"), join.get("ranking_expression"))), scope)
            .all();
    boolean leftOnly = type.equals("SEMI") || type.equals("ANTI");
    return (leftOnly ? left : both).where(Value.union(rows, deciding));
  }

  private static From both(
      From left, From right, Map<String, Value> here, Map<String, Value> merged, BitSet rows) {
    List<Source> sources = new ArrayList<>(left.sources());
    sources.addAll(right.sources());
    List<Starred> star = new ArrayList<>();
    for (Starred one : left.star()) {
      Value value = here.get(Scope.lower(one.name()));
      star.add(value == null ? one : new Starred(one.source(), one.name(), value));
    }
    for (Starred one : right.star()) {
      if (!here.containsKey(Scope.lower(one.name()))) {
        star.add(one);
      }
    }
    return new From(sources, star, merged, left.exact() && right.exact(), rows);
  }

  private static List<String> common(From left, From right) {
    List<String> names = new ArrayList<>();
    for (Starred one : left.star()) {
      boolean shared = right.star().stream().anyMatch(o -> o.name().equalsIgnoreCase(one.name()));
      if (shared && !one.name().isEmpty()) {
        names.add(one.name());
      }
    }
    return names;
  }

  private Value column(From from, String name) {
    Value merged = from.merged().get(Scope.lower(name));
    if (merged != null) {
      return merged;
    }
    Value all = null;
    for (Source source : from.sources()) {
      Found found = source.relation().find(name);
      if (found != null) {
        all = all == null ? found.value() : all.or(found.value());
      }
    }
    return all == null ? reader.everything() : all;
  }
}
