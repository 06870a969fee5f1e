package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.analyze.FromClause.Derived;
import dev.towpath.engine.duckdb.analyze.FromClause.Other;
import dev.towpath.engine.duckdb.analyze.FromClause.Table;
import dev.towpath.spi.SqlAnalyzer.BoundColumn;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlAnalyzer.Parsed;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.SqlAnalyzer.TableUse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Walks the syntax tree of one query. Names of tables are resolved against the CTEs in scope: a CTE
 * sees those before it and those further out, and itself only when it is recursive.
 */
final class TreeReader {
  /** Words that are functions though they stand without parentheses, unless a column hides them. */
  static final Set<String> BARE_FUNCTIONS =
      Set.of(
          "current_date",
          "current_time",
          "current_timestamp",
          "localtime",
          "localtimestamp",
          "current_user",
          "session_user",
          "user",
          "current_role",
          "current_catalog",
          "current_schema");

  private final String sql;
  private final Offsets offsets;
  private final Rules rules;
  private final List<TableUse> reads = new ArrayList<>();
  private final Map<String, Parameter> parameters = new java.util.LinkedHashMap<>();
  private final Set<String> functions = new TreeSet<>();
  private final BoundColumns bounds = new BoundColumns();
  private final List<Integer> elsewhere = new ArrayList<>();
  private final IdentityHashMap<Json, Boolean> compared = new IdentityHashMap<>();
  private final Map<Integer, FromClause> columns = new java.util.HashMap<>();
  private final Origins origins = new Origins();
  private final RowByRow rowByRow = new RowByRow();

  /** How often each name stands in a FROM clause, whatever it means there. */
  private final Map<String, Integer> named = new java.util.HashMap<>();

  private Json top = Json.Scalar.NULL;

  private record Parameter(String name, int offset) {}

  /**
   * A CTE in scope, and those it hides or stands beside.
   *
   * @param within whether this is its own body
   */
  private record Cte(
      String name, Json query, List<String> aliases, boolean within, @Nullable Cte next) {
    static Cte of(Json entry, @Nullable Cte next) {
      Json definition = entry.get("value");
      return new Cte(
          entry.text("key"),
          definition.get("query_node"),
          texts(definition.get("aliases")),
          false,
          next);
    }

    static Optional<Cte> find(@Nullable Cte first, String name) {
      for (Cte cte = first; cte != null; cte = cte.next) {
        if (isSame(cte.name, name)) {
          return Optional.of(cte);
        }
      }
      return Optional.empty();
    }

    /** A recursive CTE as its own body sees it, all of whose rows so far are {@code recurring}. */
    static Optional<Cte> findWithin(@Nullable Cte first, String name) {
      for (Cte cte = first; cte != null; cte = cte.next) {
        if (cte.within && isSame(cte.name, name)) {
          return Optional.of(cte);
        }
      }
      return Optional.empty();
    }

    /** Whether names are one to DuckDB, which knows no case but that of ASCII letters. */
    private static boolean isSame(String one, String other) {
      boolean same = one.length() == other.length();
      for (int i = 0; same && i < one.length(); i++) {
        same = lower(one.charAt(i)) == lower(other.charAt(i));
      }
      return same;
    }

    private static char lower(char c) {
      return c >= 'A' && c <= 'Z' ? (char) (c + 'a' - 'A') : c;
    }
  }

  TreeReader(String sql) {
    this(sql, new Rules(sql));
  }

  TreeReader(String sql, Rules rules) {
    this.sql = sql;
    this.offsets = new Offsets(sql);
    this.rules = rules;
  }

  /** Reads a serialized statement. */
  Parsed read(Json statement) {
    top = statement.get("node");
    countNames(top);
    query(top, null, null);
    Optional<Mistake> breach = rules.breach();
    if (breach.isPresent()) {
      return breach.get();
    }
    List<String> names =
        parameters.values().stream()
            .sorted(Comparator.comparingInt(Parameter::offset))
            .map(Parameter::name)
            .toList();
    elsewhere.sort(null);
    reads.sort(Comparator.comparingInt(TableUse::offset));
    return new Query(
        List.copyOf(reads),
        Canonical.hash(statement),
        names,
        java.util.Collections.unmodifiableSet(functions),
        bounds.columns(),
        List.copyOf(elsewhere),
        rowByRow.uses(reads),
        rowByRow.beside(reads));
  }

  private void countNames(Json value) {
    if (value.text("type").equals("BASE_TABLE")) {
      named.merge(value.text("table_name").toLowerCase(Locale.ROOT), 1, Integer::sum);
    }
    List<Json> inner = value instanceof Json.Obj(_, List<Json> values) ? values : value.elements();
    inner.forEach(this::countNames);
  }

  /** The FROM clause around the column that stands at a UTF-16 offset, of a tree that was read. */
  Optional<FromClause> clauseAt(int offset) {
    return Optional.ofNullable(columns.get(offset));
  }

  /** The first SELECT, which names the columns of the result. */
  Json firstSelect() {
    Json query = top;
    while (true) {
      Json left = query.get("left");
      List<Json> children = query.get("children").elements();
      if (!children.isEmpty()) {
        query = children.getFirst();
      } else if (left.isObject()) {
        query = left;
      } else {
        return query;
      }
    }
  }

  int offset(Json node) {
    return offsets.utf16(node.number("query_location"));
  }

  private void query(Json query, @Nullable Cte ctes, @Nullable FromClause outer) {
    Cte scope = ctes;
    for (Json entry : query.get("cte_map").get("map").elements()) {
      Cte cte = Cte.of(entry, scope);
      rules.cte(cte.name());
      List<TableUse> outside = rowByRow.begin();
      if (cte.query().text("type").equals("RECURSIVE_CTE_NODE")) {
        recursive(cte, scope, outer);
      } else if (!rules.isStrict()
          && Cte.find(scope, cte.name()).isEmpty()
          && !cte.name().isEmpty()) {
        query(cte.query(), cte, outer); // reads itself: the binder says so, it is no table
      } else {
        query(cte.query(), scope, outer);
      }
      rowByRow.end(cte.query(), outside);
      scope = cte;
    }
    switch (query.text("type")) {
      case "SELECT_NODE" -> select(query, scope, outer);
      case "SET_OPERATION_NODE" -> {
        List<Json> branches = new ArrayList<>(List.of(query.get("left"), query.get("right")));
        branches.addAll(query.get("children").elements());
        List<Integer> marks = new ArrayList<>();
        for (Json one : branches) {
          marks.add(rowByRow.mark());
          branch(one, scope, outer);
        }
        rowByRow.combination(query, marks);
        expressions(query.get("modifiers"), scope, new FromClause(query, outer));
      }
      default -> rules.changesData(query.text("type"));
    }
  }

  /**
   * A recursive CTE: what it begins with does not see it, and by its name means a table; nor do its
   * own CTEs, which may stand there.
   */
  private void recursive(Cte cte, @Nullable Cte scope, @Nullable FromClause outer) {
    Json body = cte.query();
    Cte before = scope;
    Cte inside = new Cte(cte.name(), body, cte.aliases(), true, scope);
    for (Json entry : body.get("cte_map").get("map").elements()) {
      Cte own = Cte.of(entry, before);
      rules.cte(own.name());
      List<TableUse> outside = rowByRow.begin();
      query(own.query(), before, outer);
      rowByRow.end(own.query(), outside);
      before = own;
      inside = Cte.of(entry, inside);
    }
    rowByRow.never();
    query(body.get("left"), before, outer);
    query(body.get("right"), inside, outer);
    expressions(body.get("modifiers"), inside, new FromClause(body, outer));
  }

  private void branch(Json query, @Nullable Cte scope, @Nullable FromClause outer) {
    if (query.isObject()) {
      query(query, scope, outer);
    }
  }

  private void select(Json select, @Nullable Cte scope, @Nullable FromClause outer) {
    FromClause clause = new FromClause(select, outer);
    origins.put(clause);
    rowByRow.select(select);
    from(select.get("from_table"), scope, clause);
    bounds.where(select.get("where_clause"));
    Json.Obj node = (Json.Obj) select;
    for (int i = 0; i < node.keys().size(); i++) {
      switch (node.keys().get(i)) {
        case "from_table", "cte_map", "sample" -> {}
        default -> expressions(node.values().get(i), scope, clause);
      }
    }
  }

  private void from(Json from, @Nullable Cte scope, FromClause clause) {
    String alias = from.text("alias");
    switch (from.text("type")) {
      case "BASE_TABLE" -> table(from, alias, scope, clause);
      case "SUBQUERY" -> {
        Json query = from.get("subquery").get("node");
        query(query, scope, clause);
        clause.sources().add(new Derived(alias, query, texts(from.get("column_name_alias"))));
      }
      case "JOIN" -> {
        int before = reads.size();
        int mark = rowByRow.mark();
        from(from.get("left"), scope, clause);
        int between = reads.size();
        int middle = rowByRow.mark();
        from(from.get("right"), scope, clause);
        List<TableUse> left = List.copyOf(reads.subList(before, between));
        List<TableUse> right = List.copyOf(reads.subList(between, reads.size()));
        bounds.join(from, left, right);
        rowByRow.join(from, mark, middle);
        expressions(from.get("condition"), scope, clause);
        expressions(from.get("ranking_expression"), scope, clause);
      }
      case "TABLE_FUNCTION" -> {
        Json function = from.get("function");
        rules.tableFunction(function, offset(from));
        expressions(function, scope, clause);
        String name = alias.isEmpty() ? function.text("function_name") : alias;
        clause.sources().add(new Other(name));
      }
      case "PIVOT" -> {
        rowByRow.never();
        FromClause inner = new FromClause(Json.Scalar.NULL, clause);
        from(from.get("source"), scope, inner);
        expressions(from.get("aggregates"), scope, inner);
        expressions(from.get("pivots"), scope, inner);
        clause.sources().add(new Other(alias));
      }
      case "SHOW_REF" -> rules.describes();
      case "EMPTY", "" -> {}
      default -> {
        expressions(from, scope, clause);
        clause.sources().add(new Other(alias));
      }
    }
  }

  private void table(Json from, String alias, @Nullable Cte scope, FromClause clause) {
    String schema = from.text("schema_name");
    String name = from.text("table_name");
    List<String> renamed = texts(from.get("column_name_alias"));
    String called = alias.isEmpty() ? name : alias;
    int offset = rules.tableOffset(offset(from), name);
    boolean bare = schema.isEmpty() && from.text("catalog_name").isEmpty();
    boolean recurring = Cte.isSame(schema, "recurring") && from.text("catalog_name").isEmpty();
    Optional<Cte> cte =
        bare ? Cte.find(scope, name) : recurring ? Cte.findWithin(scope, name) : Optional.empty();
    if (cte.isPresent()) {
      List<String> aliases = renamed.isEmpty() ? cte.get().aliases() : renamed;
      if (named.getOrDefault(name.toLowerCase(Locale.ROOT), 0) > 1) {
        origins.shared(cte.get().query());
      }
      rowByRow.cte(cte.get().query());
      clause.sources().add(new Derived(called, cte.get().query(), aliases));
      return;
    }
    rules.table(from, offset);
    TableUse use = new TableUse(Optional.of(schema).filter(s -> !s.isEmpty()), name, offset);
    reads.add(use);
    rowByRow.table(use);
    clause.sources().add(new Table(called, use, renamed));
  }

  private void expressions(Json value, @Nullable Cte scope, FromClause clause) {
    switch (value) {
      case Json.Scalar _ -> {}
      case Json.Arr(List<Json> values) -> {
        for (Json element : values) {
          expressions(element, scope, clause);
        }
      }
      case Json.Obj node -> expression(node, scope, clause);
    }
  }

  private void expression(Json.Obj node, @Nullable Cte scope, FromClause clause) {
    switch (node.text("class")) {
      case "FUNCTION", "WINDOW" -> {
        if (node.text("class").equals("WINDOW")) {
          rowByRow.never();
        }
        if (!node.text("is_operator").equals("true")) {
          String name = node.text("function_name").toLowerCase(Locale.ROOT);
          functions.add(name);
          if (name.equals("age") && node.get("arguments").elements().size() == 1) {
            functions.add("current_date"); // from which it counts
          }
          rules.call(node, this::offset);
        }
      }
      case "COLUMN_REF" -> column(node, clause);
      case "PARAMETER" -> parameter(node);
      case "COMPARISON" -> compare(node.get("left"), node.get("right"), node, clause);
      case "BETWEEN" -> {
        compare(node.get("input"), node.get("lower"), node, clause);
        compare(node.get("input"), node.get("upper"), node, clause);
      }
      case "SUBQUERY" -> {
        int mark = rowByRow.mark();
        query(node.get("subquery").get("node"), scope, clause);
        rowByRow.subquery(mark);
        expressions(node.get("child"), scope, clause);
        return;
      }
      case "LAMBDA" -> {
        // Its parameters are no columns: what it compares is compared elsewhere.
        expressions(node.get("expr"), scope, new FromClause(node, clause, List.of(new Other(""))));
        return;
      }
      default -> {}
    }
    node.values().forEach(v -> expressions(v, scope, clause));
  }

  private void column(Json node, FromClause clause) {
    List<String> names = texts(node.get("column_names"));
    columns.put(offset(node), clause);
    if (names.size() == 1 && BARE_FUNCTIONS.contains(names.getFirst().toLowerCase(Locale.ROOT))) {
      functions.add(names.getFirst().toLowerCase(Locale.ROOT));
    }
  }

  private void parameter(Json node) {
    String name = node.text("identifier");
    int offset = offset(node);
    rules.parameter(name, offset);
    parameters.merge(
        name.toLowerCase(Locale.ROOT),
        new Parameter(name, offset),
        (a, b) -> a.offset() <= b.offset() ? a : b);
    if (isBound(node) && !compared.containsKey(node)) {
      elsewhere.add(offset);
    }
  }

  private void compare(Json left, Json right, Json comparison, FromClause clause) {
    switch (comparison.text("type")) {
      case "COMPARE_EQUAL",
          "COMPARE_LESSTHAN",
          "COMPARE_LESSTHANOREQUALTO",
          "COMPARE_GREATERTHAN",
          "COMPARE_GREATERTHANOREQUALTO",
          "COMPARE_BETWEEN" -> {}
      default -> {
        return;
      }
    }
    Json one = Origins.withoutCasts(left);
    Json other = Origins.withoutCasts(right);
    boolean onLeft = isBound(one);
    Json bound = onLeft ? one : other;
    Json column = onLeft ? other : one;
    if (isBound(bound) && Origins.isColumn(column)) {
      Optional<List<BoundColumn>> found = origins.of(column, clause);
      if (found.isPresent() && !clause.select().text("class").equals("LAMBDA")) {
        compared.put(bound, true);
        // What is said of a column from further out does not hold for the rows there.
        FromClause here = new FromClause(clause.select(), null, clause.sources());
        bounds.compare(
            comparison,
            onLeft,
            bound.text("identifier"),
            origins.of(column, here).orElse(List.of()));
      }
    }
  }

  private static boolean isBound(Json node) {
    String name = node.text("class").equals("PARAMETER") ? node.text("identifier") : "";
    return name.equals("start") || name.equals("end");
  }

  private static List<String> texts(Json list) {
    return list.elements().stream().map(Origins::text).toList();
  }

  /** A mistake at a node. */
  Mistake mistake(String message, String hint, Json node) {
    int start = offset(node);
    int end = offsets.utf16(node.number("query_location") + node.number("query_location_length"));
    return start < 0
        ? new Mistake(message, Optional.of(hint), 0, 0)
        : new Mistake(
            message, Optional.of(hint), start, Math.clamp(end, start, sql.length()) - start);
  }
}
