package dev.towpath.engine.duckdb.analyze;

import dev.towpath.spi.SqlAnalyzer.TableUse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Finds the tables that a query may be given in portions ({@code Query.rowByRow}), and those that
 * it holds against themselves ({@code Query.beside}). In doubt a table is no such one: what groups
 * anywhere in a query speaks against all of its tables.
 */
final class RowByRow {
  private final Set<TableUse> not = new HashSet<>();
  private final Set<TableUse> beside = new HashSet<>();
  private final List<TableUse> inner = new ArrayList<>();
  private final IdentityHashMap<Json, List<TableUse>> ctes = new IdentityHashMap<>();
  private boolean never;

  /** What was read so far of the query at hand; what a CTE reads, as often as it is read. */
  private List<TableUse> here = new ArrayList<>();

  /** Something looks at several rows at once. */
  void never() {
    never = true;
  }

  /** Begins a CTE; returns what {@link #end} goes on with. */
  List<TableUse> begin() {
    List<TableUse> outside = here;
    here = new ArrayList<>();
    return outside;
  }

  void end(Json cte, List<TableUse> outside) {
    ctes.put(cte, here);
    here = outside;
  }

  void table(TableUse use) {
    here.add(use);
  }

  void cte(Json query) {
    here.addAll(ctes.getOrDefault(query, List.of()));
  }

  /** A place between what was read and what comes. */
  int mark() {
    return here.size();
  }

  void select(Json select) {
    never |=
        !select.get("group_expressions").elements().isEmpty()
            || !select.get("group_sets").elements().isEmpty()
            || select.text("aggregate_handling").equals("FORCE_AGGREGATES")
            || select.get("sample").isObject();
    modifiers(select);
  }

  private void modifiers(Json query) {
    for (Json modifier : query.get("modifiers").elements()) {
      never |= !modifier.text("type").equals("ORDER_MODIFIER");
    }
  }

  /** Several queries put together, each from its mark on. */
  void combination(Json query, List<Integer> marks) {
    modifiers(query);
    boolean adds =
        query.text("setop_type").startsWith("UNION") && query.text("setop_all").equals("true");
    if (adds) {
      return;
    }
    never();
    for (int mark : marks) {
      beside(here.subList(marks.getFirst(), mark), here.subList(mark, here.size()));
    }
  }

  /** A join of what came from one mark to the other with what came since. */
  void join(Json join, int from, int middle) {
    List<TableUse> left = here.subList(from, middle);
    List<TableUse> right = here.subList(middle, here.size());
    beside(left, right);
    switch (join.text("ref_type")) {
      case "REGULAR", "NATURAL", "CROSS" -> {}
      case "ASOF" -> not.addAll(right); // the nearest one
      default -> never();
    }
    switch (join.text("join_type")) {
      case "INNER", "" -> {}
      case "LEFT", "SEMI", "ANTI", "SINGLE", "MARK" -> not.addAll(right);
      case "RIGHT" -> not.addAll(left);
      default -> {
        not.addAll(left);
        not.addAll(right);
      }
    }
  }

  /** A query that stands for a value, or whose rows are asked for one: all since the mark. */
  void subquery(int mark) {
    inner.addAll(here.subList(mark, here.size()));
  }

  private void beside(List<TableUse> left, List<TableUse> right) {
    for (TableUse one : left) {
      for (TableUse other : right) {
        if (isSame(one, other)) {
          beside.add(one);
          beside.add(other);
        }
      }
    }
  }

  private static boolean isSame(TableUse one, TableUse other) {
    return lower(one.table()).equals(lower(other.table()))
        && one.schema().map(RowByRow::lower).equals(other.schema().map(RowByRow::lower));
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** The tables among those that are read that may be given in portions. */
  List<TableUse> uses(List<TableUse> reads) {
    if (never) {
      return List.of();
    }
    List<TableUse> uses = new ArrayList<>(reads);
    uses.removeAll(not);
    uses.removeAll(inner);
    uses.removeAll(besides());
    return List.copyOf(uses);
  }

  /** Those that are held against themselves. */
  List<TableUse> beside(List<TableUse> reads) {
    List<TableUse> uses = new ArrayList<>(reads);
    uses.retainAll(besides());
    return List.copyOf(uses);
  }

  private Set<TableUse> besides() {
    Set<TableUse> all = new HashSet<>(beside);
    for (TableUse use : inner) {
      List<TableUse> same = here.stream().filter(other -> isSame(use, other)).toList();
      if (same.size() > 1) {
        all.addAll(same);
      }
    }
    return all;
  }
}
