package dev.towpath.pgwire.catalog;

import static dev.towpath.pgwire.catalog.CatalogWords.isSymbol;

import dev.towpath.pgwire.text.Token;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A type that something is cast to and that DuckDB does not have or means otherwise.
 *
 * @param engine what it is cast to instead
 * @param tokens that the type stands in
 */
record CastTarget(String name, String engine, int tokens) {
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("oid", "UINTEGER"),
          Map.entry("xid", "UINTEGER"),
          Map.entry("name", "VARCHAR"),
          Map.entry("char", "VARCHAR"),
          Map.entry("bpchar", "VARCHAR"),
          Map.entry("regprocedure", "VARCHAR"),
          Map.entry("regrole", "VARCHAR"),
          Map.entry("regnamespace", "VARCHAR"),
          Map.entry("aclitem", "VARCHAR"),
          Map.entry("sql_identifier", "VARCHAR"),
          Map.entry("character_data", "VARCHAR"),
          Map.entry("cardinal_number", "INTEGER"),
          Map.entry("yes_or_no", "VARCHAR"),
          Map.entry("int2vector", "SMALLINT[]"),
          Map.entry("oidvector", "UINTEGER[]"),
          Map.entry("pg_node_tree", "VARCHAR"));

  /** Casts that look something up: the function for a name, and the one for a number. */
  private static final Map<String, String> LOOK_UPS =
      Map.of(
          "regclass",
          "towpath_regclass",
          "regtype",
          "towpath_regtype",
          "regproc",
          "towpath_regproc");

  /** The type after :: or AS, when it is one that DuckDB does not have or means otherwise. */
  static Optional<CastTarget> at(List<Token> tokens, int index) {
    int name = index;
    while (isSymbol(tokens, name + 1, ".")) {
      name += 2;
    }
    if (name >= tokens.size() || !tokens.get(name).isName()) {
      return Optional.empty();
    }
    String type = tokens.get(name).value();
    int passed = name + 1 - index;
    if (LOOK_UPS.containsKey(type)) {
      return Optional.of(new CastTarget(type, "UINTEGER", passed));
    }
    String list = isSymbol(tokens, name + 1, "[") && isSymbol(tokens, name + 2, "]") ? "[]" : "";
    boolean qualified = name > index;
    if (TYPES.containsKey(type) || qualified) {
      String engine = TYPES.getOrDefault(type, type) + list;
      return Optional.of(new CastTarget(type, engine, passed + list.length()));
    }
    return Optional.empty();
  }

  /** What begins the names of the functions that look it up, if that is to be done. */
  @Nullable String lookUp() {
    return LOOK_UPS.get(name);
  }
}
