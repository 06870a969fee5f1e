package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.analyze.Relation.Column;
import dev.towpath.engine.duckdb.analyze.Scope.Cte;
import dev.towpath.engine.duckdb.analyze.Scope.From;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells what the columns and rows of queries depend on: SELECTs, set operations, CTEs. */
final class Queries {
  /** Enough for any column to run once through all others of a recursion. */
  private static final int MOST_ROUNDS = 1000;

  private final LineageReader reader;

  Queries(LineageReader reader) {
    this.reader = reader;
  }

  /** The relation that a query gives. */
  Relation query(Json query, @Nullable Scope outer, @Nullable Cte ctes) {
    Cte scope = ctes;
    for (Json entry : query.get("cte_map").get("map").elements()) {
      String name = entry.text("key");
      Json definition = entry.get("value");
      Json body = definition.get("query_node");
      List<String> aliases = LineageReader.texts(definition.get("aliases"));
      Relation relation =
          body.text("type").equals("RECURSIVE_CTE_NODE")
              ? recursive(name, body, definition, outer, scope)
              : query(body, outer, scope).named(aliases);
      scope = new Cte(name, relation, scope);
    }
    return switch (query.text("type")) {
      case "SELECT_NODE" -> select(query, outer, scope);
      case "SET_OPERATION_NODE" -> modified(query, setOperation(query, outer, scope), outer, scope);
      case "RECURSIVE_CTE_NODE" ->
          modified(
              query, recursive(query.text("cte_name"), query, query, outer, scope), outer, scope);
      default -> Relation.unknown(reader.everything());
    };
  }

  private Relation recursive(
      String name, Json body, Json definition, @Nullable Scope outer, @Nullable Cte ctes) {
    List<String> aliases = LineageReader.texts(definition.get("aliases"));
    Relation current = query(body.get("left"), outer, ctes).named(aliases);
    boolean distinct =
        !body.text("union_all").equals("true")
            || !definition.get("key_targets").elements().isEmpty();
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Relation next = query(body.get("right"), outer, new Cte(name, current, ctes));
      Relation both = union(List.of(current, next));
      Relation grown = distinct ? both.distinct() : both;
      if (grown.equals(current)) {
        break;
      }
      current = grown;
    }
    return current;
  }

  private Relation setOperation(Json query, @Nullable Scope outer, @Nullable Cte ctes) {
    List<Relation> branches = new ArrayList<>();
    for (String side : List.of("left", "right")) {
      if (query.get(side).isObject()) {
        branches.add(query(query.get(side), outer, ctes));
      }
    }
    for (Json child : query.get("children").elements()) {
      branches.add(query(child, outer, ctes));
    }
    boolean all = query.text("setop_all").equals("true");
    return switch (query.text("setop_type")) {
      case "UNION" -> all ? union(branches) : union(branches).distinct();
      case "UNION_BY_NAME" -> all ? unionByName(branches) : unionByName(branches).distinct();
      default -> { // EXCEPT and INTERSECT: the rows of the first, as the others decide
        BitSet rows = Value.NO_BITS;
        for (Relation branch : branches) {
          rows = Value.union(rows, Value.union(branch.rows(), branch.any().all()));
        }
        yield branches.getFirst().where(rows);
      }
    };
  }

  private static Relation union(List<Relation> branches) {
    BitSet rows = Value.NO_BITS;
    Value any = Value.NONE;
    boolean exact = true;
    for (Relation branch : branches) {
      rows = Value.union(rows, branch.rows());
      any = any.or(branch.any());
      exact &= branch.exact();
    }
    List<Column> columns = new ArrayList<>();
    if (!exact) {
      for (Column column : branches.getFirst().columns()) {
        columns.add(new Column(column.name(), any));
      }
      return new Relation(columns, any, false, rows);
    }
    List<Column> first = branches.getFirst().columns();
    for (int i = 0; i < first.size(); i++) {
      Value value = Value.NONE;
      for (Relation branch : branches) {
        value = value.or(branch.at(i));
      }
      columns.add(new Column(first.get(i).name(), value));
    }
    return Relation.of(columns, rows);
  }

  private static Relation unionByName(List<Relation> branches) {
    Map<String, Column> columns = new LinkedHashMap<>();
    BitSet rows = Value.NO_BITS;
    Value rest = null;
    boolean exact = true;
    for (Relation branch : branches) {
      rows = Value.union(rows, branch.rows());
      exact &= branch.exact();
      Value more = branch.rest();
      if (more != null) {
        rest = rest == null ? more : rest.or(more);
      }
      for (Column column : branch.columns()) {
        columns.merge(
            Scope.lower(column.name()),
            column,
            (a, b) -> new Column(a.name(), a.value().or(b.value())));
      }
    }
    Relation all = new Relation(List.copyOf(columns.values()), rest, exact, rows);
    return branches.stream().allMatch(Relation::isCertain) ? all : all.uncertain();
  }

  private Relation select(Json select, @Nullable Scope outer, @Nullable Cte ctes) {
    From from = reader.froms().from(select.get("from_table"), outer, ctes);
    List<Json> items = select.get("select_list").elements();
    Scope scope = Scope.of(from, outer, ctes);
    scope.aliases(items, item -> reader.expressions().of(item, scope));
    List<Column> columns = new ArrayList<>();
    BitSet rows = from.rows();
    Value rest = null;
    boolean exact = true;
    boolean groupsByAll = select.text("aggregate_handling").equals("FORCE_AGGREGATES");
    for (Json item : items) {
      Relation relation = reader.stars().item(item, scope);
      columns.addAll(relation.columns());
      exact &= relation.exact();
      Value more = relation.rest();
      if (more != null) {
        rest = rest == null ? more : rest.or(more);
      }
      boolean key = groupsByAll && !reader.functions().aggregates(item);
      if (key || reader.functions().unnests(item)) {
        rows = Value.union(rows, relation.any().all());
      }
    }
    Relation result = new Relation(columns, rest, exact, rows);
    scope.seeAliasesEverywhere();
    BitSet deciding = Value.NO_BITS;
    for (String clause : List.of("where_clause", "group_expressions", "having", "qualify")) {
      deciding = Value.union(deciding, clause(select.get(clause), result, scope));
    }
    return modifiers(select, result.where(deciding), scope);
  }

  /** What a clause depends on; a number in it means a column of the result. */
  private BitSet clause(Json clause, Relation result, Scope scope) {
    BitSet bits = Value.NO_BITS;
    List<Json> parts = clause.isObject() ? List.of(clause) : clause.elements();
    for (Json part : parts) {
      bits = Value.union(bits, key(part, result, scope).all());
    }
    return bits;
  }

  private Value key(Json expression, Relation result, Scope scope) {
    Json literal = expression.get("literal");
    if (literal.text("kind").equals("INTEGER")) {
      int place = literal.number("text");
      return result.at(place - 1);
    }
    if (expression.text("class").equals("STAR") && expression.text("relation_name").isEmpty()) {
      return result.any(); // ORDER BY ALL
    }
    return reader.expressions().of(expression, scope);
  }

  private Relation modified(
      Json query, Relation result, @Nullable Scope outer, @Nullable Cte ctes) {
    return modifiers(query, result, Scope.of(From.of("", "", result), outer, ctes));
  }

  private Relation modifiers(Json query, Relation result, Scope scope) {
    BitSet rows = Value.NO_BITS;
    for (Json modifier : query.get("modifiers").elements()) {
      switch (modifier.text("type")) {
        case "ORDER_MODIFIER" -> {
          for (Json order : modifier.get("orders").elements()) {
            rows = Value.union(rows, key(order.get("expression"), result, scope).all());
          }
        }
        case "DISTINCT_MODIFIER" -> {
          List<Json> targets = modifier.get("distinct_on_targets").elements();
          if (targets.isEmpty()) {
            rows = Value.union(rows, result.any().all());
          }
          rows = Value.union(rows, clause(modifier.get("distinct_on_targets"), result, scope));
        }
        default -> rows = Value.union(rows, reader.expressions().computed(modifier, scope).all());
      }
    }
    return result.where(rows);
  }
}
