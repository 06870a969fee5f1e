package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.analyze.FromClause.Derived;
import dev.towpath.engine.duckdb.analyze.FromClause.Other;
import dev.towpath.engine.duckdb.analyze.FromClause.Source;
import dev.towpath.engine.duckdb.analyze.FromClause.Table;
import dev.towpath.spi.SqlAnalyzer.BoundColumn;
import dev.towpath.spi.SqlAnalyzer.TableUse;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the tables whose column a compared column is. A CTE or subquery is seen through when it
 * takes the column over as it is and works row by row: a condition on its result is then the same
 * condition on the table. Past a window, a GROUP BY, a DISTINCT or a LIMIT it would not be.
 */
final class Origins {
  private final IdentityHashMap<Json, FromClause> clauses = new IdentityHashMap<>();
  private final Set<Json> shared = java.util.Collections.newSetFromMap(new IdentityHashMap<>());

  /** Keeps the clause of a SELECT that was read. */
  void put(FromClause clause) {
    clauses.put(clause.select(), clause);
  }

  /** Keeps that a query is read in several places: a condition in one does not hold in another. */
  void shared(Json query) {
    shared.add(query);
  }

  /** Where a column reference comes from; empty when it is part of a struct column. */
  Optional<List<BoundColumn>> of(Json column, FromClause clause) {
    List<Json> names = column.get("column_names").elements();
    String last = text(names.getLast());
    Set<BoundColumn> found = new LinkedHashSet<>();
    if (names.size() == 1) {
      unqualified(last, clause.nearest(), found);
      return Optional.of(List.copyOf(found));
    }
    Optional<Source> source =
        switch (names.size()) {
          case 2 -> clause.named(text(names.get(0)));
          case 3 -> clause.named(text(names.get(0)), text(names.get(1)));
          default -> Optional.empty();
        };
    source.ifPresent(s -> through(s, last, found));
    return source.map(_ -> List.copyOf(found));
  }

  private void unqualified(String column, FromClause clause, Set<BoundColumn> found) {
    List<TableUse> candidates = new ArrayList<>();
    for (Source source : clause.sources()) {
      if (source instanceof Table table && table.columnAliases().isEmpty()) {
        candidates.add(table.use());
      } else {
        through(source, column, found);
      }
    }
    if (!candidates.isEmpty()) {
      found.add(new BoundColumn(column, List.copyOf(candidates)));
    }
    alias(column, clause, found);
  }

  /** DuckDB lets WHERE name a column of the select list: {@code ts::DATE AS day}. */
  private void alias(String column, FromClause clause, Set<BoundColumn> found) {
    for (Json item : clause.select().get("select_list").elements()) {
      Json inner = withoutCasts(item);
      if (item.text("alias").equalsIgnoreCase(column)
          && isColumn(inner)
          && !text(inner.get("column_names").elements().getLast()).equalsIgnoreCase(column)) {
        of(inner, clause).ifPresent(found::addAll);
      }
    }
  }

  private void through(Source source, String column, Set<BoundColumn> found) {
    switch (source) {
      case Table(_, TableUse use, List<String> renamed) -> {
        if (renamed.isEmpty()) {
          found.add(new BoundColumn(column, List.of(use)));
        }
      }
      case Derived(_, Json query, List<String> renamed) -> {
        if (renamed.isEmpty()) {
          derived(query, column, found);
        } else {
          int place = indexOf(renamed, column);
          if (place >= 0) {
            derivedAt(query, place, found);
          }
        }
      }
      case Other _ -> {}
    }
  }

  private void derived(Json query, String column, Set<BoundColumn> found) {
    if (shared.contains(query) || !isWhole(query)) {
      return;
    }
    for (Json child : query.get("children").elements()) {
      derived(child, column, found); // of a UNION: a branch that names it otherwise adds nothing
    }
    FromClause clause = clauses.get(query);
    if (clause == null || !isRowWise(query)) {
      return;
    }
    for (Json item : query.get("select_list").elements()) {
      Json inner = withoutCasts(item);
      if (isStar(inner)) {
        star(inner, column, clause, found);
      } else if (isColumn(inner)) {
        List<Json> names = inner.get("column_names").elements();
        String alias = item.text("alias");
        String name = alias.isEmpty() ? text(names.getLast()) : alias;
        if (name.equalsIgnoreCase(column)) {
          direct(inner, clause, found);
        }
      }
    }
  }

  private void derivedAt(Json query, int place, Set<BoundColumn> found) {
    FromClause clause = clauses.get(query);
    List<Json> items = query.get("select_list").elements();
    if (clause == null || shared.contains(query) || !isRowWise(query) || place >= items.size()) {
      return;
    }
    for (Json item : items.subList(0, place + 1)) {
      if (isStar(item)) {
        return;
      }
    }
    Json inner = withoutCasts(items.get(place));
    if (isColumn(inner)) {
      direct(inner, clause, found);
    }
  }

  /** A column of a select list, where aliases of that list are not seen. */
  private void direct(Json column, FromClause clause, Set<BoundColumn> found) {
    List<Json> names = column.get("column_names").elements();
    if (names.size() > 1) {
      of(column, clause).ifPresent(found::addAll);
    } else {
      clause.nearest().sources().forEach(s -> through(s, text(names.getLast()), found));
    }
  }

  private void star(Json star, String column, FromClause clause, Set<BoundColumn> found) {
    if (star.text("columns").equals("true") || hides(star, column)) {
      return;
    }
    String relation = star.text("relation_name");
    for (Source source : clause.sources()) {
      if (relation.isEmpty() || source.alias().equalsIgnoreCase(relation)) {
        through(source, column, found);
      }
    }
  }

  private static boolean hides(Json star, String column) {
    for (String list : List.of("exclude_list", "replace_list", "rename_list")) {
      if (mentions(star.get(list), column)) {
        return true;
      }
    }
    return mentions(star.get("qualified_exclude_list"), column);
  }

  private static boolean mentions(Json list, String column) {
    return switch (list) {
      case Json.Scalar scalar -> scalar.isText() && scalar.text().equalsIgnoreCase(column);
      case Json.Arr(List<Json> values) -> values.stream().anyMatch(v -> mentions(v, column));
      case Json.Obj(_, List<Json> values) -> values.stream().anyMatch(v -> mentions(v, column));
    };
  }

  private static boolean isRowWise(Json select) {
    return select.text("type").equals("SELECT_NODE")
        && select.text("aggregate_handling").equals("STANDARD_HANDLING")
        && select.get("group_expressions").elements().isEmpty()
        && select.get("group_sets").elements().isEmpty()
        && select.get("qualify").isNull()
        && select.get("sample").isNull()
        && isWhole(select)
        && !hasWindow(select.get("select_list"));
  }

  private static boolean isWhole(Json query) {
    return query.get("modifiers").elements().stream()
        .allMatch(m -> m.text("type").equals("ORDER_MODIFIER"));
  }

  private static boolean hasWindow(Json value) {
    return switch (value) {
      case Json.Scalar _ -> false;
      case Json.Arr(List<Json> values) -> values.stream().anyMatch(Origins::hasWindow);
      case Json.Obj(_, List<Json> values) ->
          value.text("class").equals("WINDOW") || values.stream().anyMatch(Origins::hasWindow);
    };
  }

  static boolean isColumn(Json expression) {
    return expression.text("class").equals("COLUMN_REF");
  }

  private static boolean isStar(Json expression) {
    return expression.text("class").equals("STAR");
  }

  static Json withoutCasts(Json expression) {
    Json inner = expression;
    while (inner.text("class").equals("CAST")) {
      inner = inner.get("child");
    }
    return inner;
  }

  private static int indexOf(List<String> names, String name) {
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }

  static String text(Json scalar) {
    return scalar instanceof Json.Scalar s ? s.text() : "";
  }
}
