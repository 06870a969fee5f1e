package dev.towpath.engine.duckdb.analyze;

import dev.towpath.spi.SqlAnalyzer.BoundColumn;
import dev.towpath.spi.SqlAnalyzer.TableUse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Collects the columns that lie between the bounds in every row that counts. A comparison says so
 * only where rows that fail it are thrown away: as a part of an AND in WHERE, or in the condition
 * of a join that drops what does not match.
 */
final class BoundColumns {
  /** Comparisons that throw rows away, with the tables whose rows they do that to. */
  private final IdentityHashMap<Json, Set<TableUse>> filters = new IdentityHashMap<>();

  private final IdentityHashMap<Json, Boolean> always = new IdentityHashMap<>();
  private final Set<BoundColumn> above = new HashSet<>();
  private final Set<BoundColumn> below = new HashSet<>();
  private final Set<BoundColumn> columns = new java.util.LinkedHashSet<>();

  /** The condition of a WHERE. */
  void where(Json condition) {
    parts(condition).forEach(p -> always.put(p, true));
  }

  /**
   * The condition of a join of two sides. An outer join throws away rows of its inner side only.
   */
  void join(Json join, List<TableUse> left, List<TableUse> right) {
    List<Json> parts = parts(join.get("condition"));
    if (!join.text("ref_type").equals("REGULAR")) {
      return;
    }
    switch (join.text("join_type")) {
      case "INNER" -> parts.forEach(p -> always.put(p, true));
      case "LEFT" -> parts.forEach(p -> filters.put(p, Set.copyOf(right)));
      case "RIGHT" -> parts.forEach(p -> filters.put(p, Set.copyOf(left)));
      default -> {}
    }
  }

  private static List<Json> parts(Json condition) {
    if (!condition.text("type").equals("CONJUNCTION_AND")) {
      return condition.isObject() ? List.of(condition) : List.of();
    }
    List<Json> parts = new ArrayList<>();
    condition.get("children").elements().forEach(c -> parts.addAll(parts(c)));
    return parts;
  }

  /** A comparison of a bound with a column that may be any of these. */
  void compare(Json comparison, boolean boundFirst, String bound, List<BoundColumn> found) {
    Set<TableUse> limited = filters.getOrDefault(comparison, Set.of());
    if (!always.containsKey(comparison) && limited.isEmpty()) {
      return;
    }
    String type = comparison.text("type");
    boolean lower =
        type.equals(boundFirst ? "COMPARE_LESSTHANOREQUALTO" : "COMPARE_GREATERTHANOREQUALTO");
    boolean upper = type.equals(boundFirst ? "COMPARE_GREATERTHAN" : "COMPARE_LESSTHAN");
    for (BoundColumn column : found) {
      if (!always.containsKey(comparison) && !limited.containsAll(column.candidates())) {
        continue;
      }
      BoundColumn folded =
          new BoundColumn(column.column().toLowerCase(Locale.ROOT), column.candidates());
      if (lower && bound.equals("start")) {
        above.add(folded);
      } else if (upper && bound.equals("end")) {
        below.add(folded);
      }
      if (above.contains(folded) && below.contains(folded)) {
        columns.add(column);
      }
    }
  }

  /** The columns, each as it was written last. */
  List<BoundColumn> columns() {
    return List.copyOf(columns);
  }
}
