package dev.towpath.engine.duckdb.analyze;

import dev.towpath.spi.Names;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells two texts of a query apart by the columns that they compute otherwise.
 *
 * <p>Why this is right: both are one SELECT, alike but for items of their lists. Such an item
 * decides about its own value only, unless it makes several rows of one, takes part in grouping, or
 * another part of the query names it. Each of these is looked for, and is found rather too often:
 * then, and where a parameter or a macro may say something else by now, nothing is told.
 */
final class OtherColumns {
  private final Json before;
  private final Json after;
  private final Functions functions;
  private final Set<String> changed = new LinkedHashSet<>();

  private OtherColumns(Json before, Json after, Functions functions) {
    this.before = before;
    this.after = after;
    this.functions = functions;
  }

  /** Names of the columns, as {@link Names#identity} writes them; empty when rows may differ. */
  static Optional<Set<String>> between(Json before, Json after, Functions functions) {
    OtherColumns columns = new OtherColumns(before.get("node"), after.get("node"), functions);
    return columns.find() ? Optional.of(columns.changed) : Optional.empty();
  }

  private boolean find() {
    if (!before.text("type").equals("SELECT_NODE")
        || !hash(rest(before)).equals(hash(rest(after)))
        || !keepsItsRows()
        || isOpen(before)
        || isOpen(after)) {
      return false;
    }
    Optional<Map<String, Json>> first = items(before);
    Optional<Map<String, Json>> second = items(after);
    return first.isPresent()
        && second.isPresent()
        && compare(first.get(), second.get())
        && isReadByNothingElse(first.get());
  }

  private static String hash(Json tree) {
    return Canonical.hash(tree);
  }

  /** A SELECT without its list. */
  private static Json rest(Json select) {
    List<String> keys = new ArrayList<>();
    List<Json> values = new ArrayList<>();
    if (select instanceof Json.Obj(List<String> names, List<Json> parts)) {
      for (int i = 0; i < names.size(); i++) {
        if (!names.get(i).equals("select_list")) {
          keys.add(names.get(i));
          values.add(parts.get(i));
        }
      }
    }
    return new Json.Obj(keys, values);
  }

  /** Whether nothing sorts out rows by what the list says: no DISTINCT, LIMIT or sample. */
  private boolean keepsItsRows() {
    return before.get("sample").isNull()
        && before.get("modifiers").elements().stream()
            .allMatch(m -> m.text("type").equals("ORDER_MODIFIER"));
  }

  /** Whether anything in it means what it is given at a time: a parameter, or a macro's body. */
  private boolean isOpen(Json value) {
    return switch (value) {
      case Json.Scalar _ -> false;
      case Json.Arr(List<Json> values) -> values.stream().anyMatch(this::isOpen);
      case Json.Obj node ->
          node.text("class").equals("PARAMETER")
              || functions.macros().containsKey(Names.identity(node.text("function_name")))
              || node.values().stream().anyMatch(this::isOpen);
    };
  }

  /** The items by name, or by what they are when they have none; empty when two are alike. */
  private static Optional<Map<String, Json>> items(Json select) {
    Map<String, Json> items = new LinkedHashMap<>();
    for (Json item : select.get("select_list").elements()) {
      String name = OutputNames.outputName(item);
      String key = name.isEmpty() ? " " + hash(item) : Names.identity(name);
      if (items.put(key, item) != null) {
        return Optional.empty();
      }
    }
    return Optional.of(items);
  }

  private boolean compare(Map<String, Json> first, Map<String, Json> second) {
    List<String> order = new ArrayList<>(first.keySet());
    order.retainAll(second.keySet());
    List<String> now = new ArrayList<>(second.keySet());
    now.retainAll(first.keySet());
    if (!order.equals(now)) {
      return false; // a whole row is another one
    }
    Set<String> names = new LinkedHashSet<>(first.keySet());
    names.addAll(second.keySet());
    for (String name : names) {
      Json one = first.getOrDefault(name, Json.Scalar.NULL);
      Json other = second.getOrDefault(name, Json.Scalar.NULL);
      if (!hash(one).equals(hash(other))) {
        if (name.startsWith(" ") || !isValueOnly(one) || !isValueOnly(other)) {
          return false;
        }
        changed.add(name);
      }
    }
    return groupsAlike();
  }

  /** Whether an item is no part of what makes or groups rows. */
  private boolean isValueOnly(Json item) {
    boolean key =
        before.text("aggregate_handling").equals("FORCE_AGGREGATES")
            && !item.isNull()
            && !functions.aggregates(item);
    return !key && !functions.unnests(item) && !hasStar(item);
  }

  /** Whether it may stand for several columns. */
  private static boolean hasStar(Json value) {
    return switch (value) {
      case Json.Scalar _ -> false;
      case Json.Arr(List<Json> values) -> values.stream().anyMatch(OtherColumns::hasStar);
      case Json.Obj node ->
          node.text("class").equals("STAR")
              || node.values().stream().anyMatch(OtherColumns::hasStar);
    };
  }

  private boolean groupsAlike() {
    List<Json> keys = before.get("group_expressions").elements();
    if (keys.isEmpty()) {
      return functions.aggregates(before.get("select_list"))
          == functions.aggregates(after.get("select_list"));
    }
    return keys.stream()
        .noneMatch(k -> k.text("class").equals("CONSTANT")); // it means an item by its place
  }

  /** Whether no other item, and no clause that may see names of items, names one that changed. */
  private boolean isReadByNothingElse(Map<String, Json> items) {
    Set<String> read = new HashSet<>();
    for (String clause : List.of("where_clause", "group_expressions", "having", "qualify")) {
      names(before.get(clause), read);
    }
    items.forEach((name, item) -> {
      if (!changed.contains(name)) {
        names(item, read);
      }
    });
    return changed.stream().noneMatch(read::contains);
  }

  private static void names(Json value, Set<String> names) {
    switch (value) {
      case Json.Scalar _ -> {}
      case Json.Arr(List<Json> values) -> values.forEach(v -> names(v, names));
      case Json.Obj node -> {
        for (Json name : node.get("column_names").elements()) {
          names.add(Names.identity(Origins.text(name)));
        }
        node.values().forEach(v -> names(v, names));
      }
    }
  }
}
