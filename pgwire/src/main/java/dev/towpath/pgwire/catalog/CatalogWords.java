package dev.towpath.pgwire.catalog;

import dev.towpath.pgwire.text.Token;
import java.util.List;
import java.util.Set;

/** Tells queries about the database from queries about its data. */
final class CatalogWords {
  /** Functions that only PostgreSQL's catalog has, beside those whose name begins with pg_. */
  private static final Set<String> FUNCTIONS =
      Set.of(
          "version",
          "current_database",
          "current_schema",
          "current_schemas",
          "current_setting",
          "set_config",
          "format_type",
          "obj_description",
          "col_description",
          "shobj_description",
          "has_table_privilege",
          "has_any_column_privilege",
          "has_column_privilege",
          "has_schema_privilege",
          "has_database_privilege",
          "has_function_privilege",
          "has_sequence_privilege",
          "to_regclass",
          "to_regtype",
          "quote_ident",
          "txid_current",
          "inet_server_addr",
          "inet_server_port",
          "inet_client_addr",
          "inet_client_port");

  /** Words that are no names. */
  private static final Set<String> KEYWORDS =
      Set.of("current_user", "session_user", "current_role", "current_catalog", "current_schema");

  /** Types whose values are looked up in the catalog. */
  private static final Set<String> TYPES =
      Set.of("regclass", "regtype", "regproc", "regprocedure", "regnamespace", "regrole");

  private CatalogWords() {}

  /** Whether the catalog answers. */
  static boolean concern(List<Token> tokens) {
    boolean mentioned = false;
    for (int i = 0; i < tokens.size(); i++) {
      if (!tokens.get(i).isName()) {
        continue;
      }
      if (isRelation(tokens, i)) {
        return true;
      }
      mentioned |= isFunction(tokens, i) || isKeyword(tokens, i) || isType(tokens, i);
    }
    return mentioned && !readsData(tokens);
  }

  /** A name that only relations of the catalog have; behind a dot it may be a column's. */
  private static boolean isRelation(List<Token> tokens, int index) {
    String name = tokens.get(index).value();
    if (isSymbol(tokens, index - 1, ".") && !isCatalogSchema(tokens, index - 2)) {
      return false;
    }
    if (name.equals("information_schema")) {
      return isSymbol(tokens, index + 1, ".");
    }
    boolean begins = name.startsWith("pg_") && !name.equals("pg_catalog");
    return begins && !isSymbol(tokens, index + 1, "(") && comesAfterFrom(tokens, index);
  }

  private static boolean comesAfterFrom(List<Token> tokens, int index) {
    int before = isSymbol(tokens, index - 1, ".") ? index - 3 : index - 1;
    return before >= 0
        && (tokens.get(before).is("from")
            || tokens.get(before).is("join")
            || tokens.get(before).is("table")
            || tokens.get(before).is("only")
            || tokens.get(before).isSymbol(",")
            || tokens.get(before).isSymbol("("));
  }

  private static boolean isCatalogSchema(List<Token> tokens, int index) {
    return index >= 0
        && tokens.get(index).isName()
        && tokens.get(index).value().equals("pg_catalog");
  }

  private static boolean isFunction(List<Token> tokens, int index) {
    String name = tokens.get(index).value();
    return isSymbol(tokens, index + 1, "(") && (name.startsWith("pg_") || FUNCTIONS.contains(name));
  }

  private static boolean isKeyword(List<Token> tokens, int index) {
    return tokens.get(index).kind() == Token.Kind.WORD
        && KEYWORDS.contains(tokens.get(index).value())
        && !isSymbol(tokens, index - 1, ".");
  }

  private static boolean isType(List<Token> tokens, int index) {
    return TYPES.contains(tokens.get(index).value());
  }

  /** Whether it names a table by schema and name, as those of the lake are. */
  private static boolean readsData(List<Token> tokens) {
    for (int i = 0; i + 3 < tokens.size(); i++) {
      boolean from = tokens.get(i).is("from") || tokens.get(i).is("join");
      if (from
          && tokens.get(i + 1).isName()
          && tokens.get(i + 2).isSymbol(".")
          && !tokens.get(i + 1).value().equals("pg_catalog")) {
        return true;
      }
    }
    return false;
  }

  static boolean isSymbol(List<Token> tokens, int index, String symbol) {
    return index >= 0 && index < tokens.size() && tokens.get(index).isSymbol(symbol);
  }
}
