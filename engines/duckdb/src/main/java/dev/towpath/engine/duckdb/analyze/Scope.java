package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.analyze.Relation.Found;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What names mean at one place of a query: the columns of its FROM clause, the aliases of its
 * select list, parameters of lambdas and macros, and what the queries around it offer.
 */
final class Scope {
  /** A CTE in scope, and those it hides or stands beside. */
  record Cte(String name, Relation relation, @Nullable Cte next) {}

  /** One entry of a FROM clause. */
  record Source(String schema, String alias, Relation relation) {}

  /** A column that {@code *} gives. */
  record Starred(Source source, String name, Value value) {}

  /**
   * A FROM clause.
   *
   * @param merged columns that USING made one of two, by lower-case name
   * @param exact whether {@code star} holds exactly the columns there are
   */
  record From(
      List<Source> sources,
      List<Starred> star,
      Map<String, Value> merged,
      boolean exact,
      BitSet rows) {
    static final From EMPTY = new From(List.of(), List.of(), Map.of(), true, Value.NO_BITS);

    static From of(String schema, String alias, Relation relation) {
      return of(List.of(new Source(schema, alias, relation))).where(relation.rows());
    }

    /** Sources side by side, all of their columns. */
    static From of(List<Source> sources) {
      List<Starred> star = new ArrayList<>();
      boolean exact = true;
      for (Source source : sources) {
        exact &= source.relation().exact();
        source
            .relation()
            .columns()
            .forEach(c -> star.add(new Starred(source, c.name(), c.value())));
      }
      return new From(sources, star, Map.of(), exact, Value.NO_BITS);
    }

    /** What a column may depend on that no source names; null when there is none such. */
    @Nullable Value rest() {
      Value rest = null;
      for (Source source : sources) {
        Value one = source.relation().rest();
        if (one != null) {
          rest = rest == null ? one : rest.or(one);
        }
      }
      return rest;
    }

    /** Everything that it offers. */
    Value any() {
      Value all = Value.NONE;
      for (Source source : sources) {
        all = all.or(source.relation().any());
      }
      return all;
    }

    From where(BitSet more) {
      return new From(sources, star, merged, exact, Value.union(rows, more));
    }
  }

  final From from;
  final @Nullable Scope outer;
  final @Nullable Cte ctes;

  /** Parameters by lower-case name. */
  private final Map<String, Value> bound;

  /** The expressions behind the aliases of the select list, by lower-case name. */
  private final Map<String, Json> aliases = new HashMap<>();

  private final java.util.Set<String> open = new java.util.HashSet<>();
  private Function<Json, Value> aliasValue = _ -> Value.NONE;
  private boolean aliasesFirst;

  /** The column that stands for a star inside of an expression such as {@code min(COLUMNS(*))}. */
  final @Nullable Value starred;

  private Scope(
      From from,
      @Nullable Scope outer,
      @Nullable Cte ctes,
      Map<String, Value> bound,
      @Nullable Value starred) {
    this.from = from;
    this.outer = outer;
    this.ctes = ctes;
    this.bound = bound;
    this.starred = starred;
  }

  /** The scope of a FROM clause inside of another scope. */
  static Scope of(From from, @Nullable Scope outer, @Nullable Cte ctes) {
    return new Scope(from, outer, ctes, Map.of(), null);
  }

  /** A scope that knows parameters only, as a macro's body does. */
  static Scope parameters(Map<String, Value> bound) {
    return new Scope(From.EMPTY, null, null, bound, null);
  }

  /** This scope with parameters in front. */
  Scope with(Map<String, Value> parameters) {
    return new Scope(From.EMPTY, this, ctes, parameters, starred);
  }

  /** This scope, where a star is one column. */
  Scope star(Value column) {
    return new Scope(From.EMPTY, this, ctes, Map.of(), column);
  }

  /** Lets aliases of the select list be seen. */
  void aliases(List<Json> items, Function<Json, Value> value) {
    for (Json item : items) {
      String alias = item.text("alias");
      if (!alias.isEmpty()) {
        aliases.putIfAbsent(lower(alias), item);
      }
    }
    aliasValue = value;
  }

  /** From here on a name may be an alias even where a column has it too: WHERE, ORDER BY, ... */
  void seeAliasesEverywhere() {
    aliasesFirst = true;
  }

  /** The CTE of a name. */
  static @Nullable Relation cte(@Nullable Cte first, String name) {
    for (Cte cte = first; cte != null; cte = cte.next()) {
      if (cte.name().equalsIgnoreCase(name)) {
        return cte.relation();
      }
    }
    return null;
  }

  /** What a column reference means; null when nothing here or further out has that name. */
  @Nullable Value resolve(List<String> names) {
    Value maybe = null;
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Found found = scope.here(names);
      if (found != null) {
        maybe = maybe == null ? found.value() : maybe.or(found.value());
        if (found.sure()) {
          return maybe;
        }
      }
    }
    return maybe;
  }

  private @Nullable Found here(List<String> names) {
    String first = names.getFirst();
    Value parameter = bound.get(lower(first));
    if (parameter != null) {
      return new Found(path(parameter, names, 1), true);
    }
    Found maybe = null;
    for (Source source : from.sources()) {
      if (names.size() > 1 && source.alias().equalsIgnoreCase(first)) {
        maybe = Found.surer(maybe, path(source.relation().find(names.get(1)), names, 2));
      }
      if (names.size() > 2
          && source.schema().equalsIgnoreCase(first)
          && source.alias().equalsIgnoreCase(names.get(1))) {
        maybe = Found.surer(maybe, path(source.relation().find(names.get(2)), names, 3));
      }
    }
    if (maybe != null && maybe.sure()) {
      return maybe;
    }
    return merge(unqualified(names), maybe);
  }

  private @Nullable Found unqualified(List<String> names) {
    String first = names.getFirst();
    Value merged = from.merged().get(lower(first));
    Found found = null;
    if (merged != null) {
      found = new Found(path(merged, names, 1), true);
    } else {
      for (Source source : from.sources()) {
        found = Found.surer(found, path(source.relation().find(first), names, 1));
      }
    }
    if (found == null || !found.sure() || aliasesFirst) {
      found = merge(found, alias(names));
    }
    if (found == null || !found.sure()) {
      for (Source source : from.sources()) {
        if (source.alias().equalsIgnoreCase(first)) {
          found = merge(found, new Found(path(row(source.relation()), names, 1), true));
        }
      }
    }
    return found;
  }

  private @Nullable Found alias(List<String> names) {
    String name = lower(names.getFirst());
    Json item = aliases.get(name);
    if (item == null || !open.add(name)) {
      return null;
    }
    try {
      return new Found(path(aliasValue.apply(item), names, 1), true);
    } finally {
      open.remove(name);
    }
  }

  /** A whole row as a struct. */
  private static Value row(Relation relation) {
    if (!relation.exact()) {
      return relation.any().derived();
    }
    Map<String, Value> fields = new LinkedHashMap<>();
    relation.columns().forEach(c -> fields.put(c.name(), c.value()));
    return Value.struct(fields);
  }

  private static @Nullable Found path(@Nullable Found found, List<String> names, int from) {
    return found == null ? null : new Found(path(found.value(), names, from), found.sure());
  }

  private static Value path(Value value, List<String> names, int from) {
    Value inner = value;
    for (String name : names.subList(Math.min(from, names.size()), names.size())) {
      inner = inner.field(name);
    }
    return inner;
  }

  /** Either of two. */
  private static @Nullable Found merge(@Nullable Found a, @Nullable Found b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return new Found(a.value().or(b.value()), a.sure() || b.sure());
  }

  static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
