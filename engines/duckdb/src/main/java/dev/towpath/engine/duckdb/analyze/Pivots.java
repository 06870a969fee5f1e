package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.analyze.Relation.Column;
import dev.towpath.engine.duckdb.analyze.Scope.Cte;
import dev.towpath.engine.duckdb.analyze.Scope.From;
import dev.towpath.engine.duckdb.analyze.Scope.Starred;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells what the columns of PIVOT and UNPIVOT depend on. Which columns a PIVOT makes is not told:
 * any that is not one of its groups is one of its sums.
 */
final class Pivots {
  private final LineageReader reader;

  Pivots(LineageReader reader) {
    this.reader = reader;
  }

  Relation pivot(Json pivot, @Nullable Scope outer, @Nullable Cte ctes) {
    From from = reader.froms().from(pivot.get("source"), outer, ctes);
    Scope scope = Scope.of(from, outer, ctes);
    return pivot.get("unpivot_names").elements().isEmpty()
        ? pivot(pivot, from, scope)
        : unpivot(pivot, from, scope);
  }

  private Relation pivot(Json pivot, From from, Scope scope) {
    Value sums = reader.expressions().computed(pivot.get("aggregates"), scope).derived();
    BitSet choosing = reader.expressions().computed(pivot.get("pivots"), scope).all();
    Set<String> used = new HashSet<>();
    names(pivot.get("aggregates"), used);
    names(pivot.get("pivots"), used);
    Set<String> groups = new HashSet<>();
    LineageReader.texts(pivot.get("groups")).forEach(g -> groups.add(Scope.lower(g)));
    List<Column> columns = new ArrayList<>();
    BitSet rows = Value.union(from.rows(), choosing);
    for (Starred one : from.star()) {
      String name = Scope.lower(one.name());
      if (groups.isEmpty() ? !used.contains(name) : groups.contains(name)) {
        columns.add(new Column(one.name(), one.value()));
        rows = Value.union(rows, one.value().all());
      }
    }
    Value rest = from.rest();
    Value made = sums.where(choosing);
    return new Relation(columns, rest == null ? made : made.or(rest), false, rows);
  }

  private Relation unpivot(Json pivot, From from, Scope scope) {
    List<String> values = LineageReader.texts(pivot.get("unpivot_names"));
    Set<String> taken = new HashSet<>();
    List<String> keys = new ArrayList<>();
    List<Value> results = new ArrayList<>();
    values.forEach(_ -> results.add(Value.NONE));
    boolean exact = from.exact();
    for (Json one : pivot.get("pivots").elements()) {
      keys.addAll(LineageReader.texts(one.get("unpivot_names")));
      for (Json entry : one.get("entries").elements()) {
        Json expression = entry.get("star_expr");
        exact &= entry(expression, scope, taken, results);
      }
    }
    List<Column> columns = new ArrayList<>();
    for (Starred one : from.star()) {
      if (!taken.contains(Scope.lower(one.name()))) {
        columns.add(new Column(one.name(), one.value()));
      }
    }
    keys.forEach(k -> columns.add(new Column(k, Value.NONE)));
    BitSet rows = from.rows();
    for (int i = 0; i < values.size(); i++) {
      columns.add(new Column(values.get(i), results.get(i)));
      if (!pivot.text("include_nulls").equals("true")) {
        rows = Value.union(rows, results.get(i).all()); // a NULL makes no row
      }
    }
    return new Relation(columns, from.rest(), exact, rows);
  }

  /** Takes the columns of one IN entry; whether it is certain which they are. */
  private boolean entry(Json expression, Scope scope, Set<String> taken, List<Value> results) {
    if (expression.text("class").equals("STAR")) {
      Relation chosen = reader.stars().expand(expression, scope);
      if (chosen.exact()) {
        chosen.columns().forEach(c -> taken.add(Scope.lower(c.name())));
      }
      results.set(0, results.getFirst().or(chosen.any()));
      return chosen.exact();
    }
    List<Json> parts =
        expression.text("function_name").equals("row")
            ? expression.get("arguments").elements().stream().map(a -> a.get("expression")).toList()
            : List.of(expression);
    for (int i = 0; i < parts.size(); i++) {
      names(parts.get(i), taken);
      int place = Math.min(i, results.size() - 1);
      results.set(place, results.get(place).or(reader.expressions().of(parts.get(i), scope)));
    }
    return true;
  }

  private static void names(Json value, Set<String> into) {
    List<Json> names = value.get("column_names").elements();
    if (!names.isEmpty()) {
      into.add(Scope.lower(Origins.text(names.getLast())));
    }
    List<Json> parts = value instanceof Json.Obj(_, List<Json> values) ? values : value.elements();
    parts.forEach(p -> names(p, into));
  }
}
