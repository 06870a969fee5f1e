package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.SqlTokens;
import dev.towpath.engine.duckdb.SqlTokens.Token;
import dev.towpath.spi.Names;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whether the columns of a result have names that a table can have: no two alike, none reserved,
 * and none that DuckDB made up from an expression. A single column may go unnamed, as in a check's
 * {@code SELECT (amount >= 0) FROM ...}.
 */
final class OutputNames {
  private static final Set<String> RESERVED = Set.of("_file", "_row", "_run");
  private static final Pattern PLAIN = Pattern.compile("[\\p{L}_][\\p{L}\\p{M}\\p{N}_]*");

  private final Connection connection;
  private final String sql;
  private final SqlTokens tokens;

  OutputNames(Connection connection, String sql, SqlTokens tokens) {
    this.connection = connection;
    this.sql = sql;
    this.tokens = tokens;
  }

  Optional<Mistake> check(List<String> names) throws SQLException {
    Set<String> seen = new HashSet<>();
    boolean odd = false;
    for (String name : names) {
      String identity = Names.identity(name);
      if (RESERVED.contains(identity)) {
        return Optional.of(
            at(
                named(name, false),
                "the column name \"" + name + "\" is reserved",
                "give it another name with AS"));
      }
      if (!seen.add(identity)) {
        return Optional.of(
            at(
                named(name, true),
                "two columns are named \"" + name + "\"",
                "rename one with AS"
                    + (tokens.all().stream().anyMatch(t -> tokens.is(t, "*"))
                        ? ", or leave it out with * EXCLUDE (" + quoted(name) + ")"
                        : "")));
      }
      odd |= !PLAIN.matcher(name).matches();
    }
    return odd && names.size() > 1 ? unnamed(names) : Optional.empty();
  }

  private static String quoted(String name) {
    return PLAIN.matcher(name).matches() ? name : Names.quote(name);
  }

  /** An expression without a name, when the odd name really is one that DuckDB made up. */
  private Optional<Mistake> unnamed(List<String> names) throws SQLException {
    Optional<TreeReader> tree = Serializer.tree(connection, sql);
    if (tree.isEmpty()) {
      return Optional.empty();
    }
    List<Json> items = tree.get().firstSelect().get("select_list").elements();
    boolean aligned = items.size() == names.size();
    for (int i = 0; i < items.size(); i++) {
      Json item = items.get(i);
      boolean named =
          !item.text("alias").isEmpty()
              || Set.of("COLUMN_REF", "STAR", "POSITIONAL_REFERENCE").contains(item.text("class"));
      if (!named && !(aligned && PLAIN.matcher(names.get(i)).matches())) {
        int[] extent = extent(tree.get(), item);
        String text = sql.substring(extent[0], extent[1]).replaceAll("\\s+", " ");
        String shown = text.length() > 40 ? text.substring(0, 37) + "..." : text;
        return Optional.of(
            new Mistake(
                "column " + (i + 1) + " has no name: " + shown,
                Optional.of("name it: " + shown + " AS some_name"),
                extent[0],
                extent[1] - extent[0]));
      }
    }
    return Optional.empty();
  }

  /** The item of the select list that gives a column its name. */
  private int[] named(String name, boolean last) throws SQLException {
    Optional<TreeReader> tree = Serializer.tree(connection, sql);
    int[] found = {0, 0};
    if (tree.isPresent()) {
      String wanted = Names.identity(name);
      int[] star = null;
      boolean any = false;
      for (Json item : tree.get().firstSelect().get("select_list").elements()) {
        if (item.text("class").equals("STAR")) {
          star = extent(tree.get(), item);
        } else if (Names.identity(outputName(item)).equals(wanted) && (last || !any)) {
          found = extent(tree.get(), item);
          any = true;
        }
      }
      if (!any && star != null) {
        found = star;
      }
    }
    return found;
  }

  /** The name that an item says it has; empty when DuckDB makes one up. */
  static String outputName(Json item) {
    String alias = item.text("alias");
    List<Json> names = item.get("column_names").elements();
    return !alias.isEmpty() ? alias : names.isEmpty() ? "" : Origins.text(names.getLast());
  }

  private static Mistake at(int[] extent, String message, String hint) {
    return new Mistake(message, Optional.of(hint), extent[0], extent[1] - extent[0]);
  }

  /**
   * Where an item of a select list stands: from the first place inside of it to the last token
   * before the next comma, FROM or alias at its level.
   */
  private int[] extent(TreeReader tree, Json item) {
    int first = first(tree, item);
    if (first == Integer.MAX_VALUE) {
      return new int[] {0, 0};
    }
    int start = first;
    int index = tokens.indexAt(first);
    while (index > 0 && opens(tokens.all().get(index - 1))) {
      index--; // brackets around the expression are not in the tree
      start = tokens.all().get(index).start();
    }
    int end = start;
    int depth = 0;
    for (int i = index; i < tokens.all().size(); i++) {
      Token token = tokens.all().get(i);
      if (tokens.is(token, "(") || tokens.is(token, "[") || tokens.is(token, "{")) {
        depth++;
      } else if (tokens.is(token, ")") || tokens.is(token, "]") || tokens.is(token, "}")) {
        depth--;
      }
      boolean over =
          depth < 0
              || (depth == 0
                  && i > index
                  && (tokens.is(token, ",")
                      || tokens.is(token, "FROM")
                      || tokens.is(token, "AS")
                      || tokens.is(token, ";")));
      if (over) {
        break;
      }
      end = token.end();
    }
    return new int[] {start, end};
  }

  private boolean opens(Token token) {
    return tokens.is(token, "(") || tokens.is(token, "-") || tokens.is(token, "NOT");
  }

  private static int first(TreeReader tree, Json value) {
    int own = tree.offset(value);
    int least = own < 0 ? Integer.MAX_VALUE : own;
    List<Json> children =
        switch (value) {
          case Json.Obj(_, List<Json> values) -> values;
          case Json.Arr(List<Json> values) -> values;
          case Json.Scalar _ -> List.of();
        };
    for (Json child : children) {
      least = Math.min(least, first(tree, child));
    }
    return least;
  }
}
