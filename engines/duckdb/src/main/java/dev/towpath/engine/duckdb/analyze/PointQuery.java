package dev.towpath.engine.duckdb.analyze;

import dev.towpath.spi.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A query for the rows of one table in which a column has a given value: {@code SELECT a, b FROM
 * s.t WHERE k = $v}, maybe with a LIMIT, and nothing else.
 *
 * @param key the column that is compared, {@linkplain #folded folded}
 * @param parameter that it is compared with
 * @param columns that it gives, in order, folded; empty when it gives all
 * @param most rows that it gives
 */
public record PointQuery(
    TableName table, String key, String parameter, List<String> columns, long most) {
  private static final Set<String> OF_SELECT =
      Set.of(
          "type", "select_list", "from_table", "where_clause", "aggregate_handling", "modifiers");
  private static final Set<String> OF_LIMIT = Set.of("type", "limit", "limit_type");
  private static final Set<String> OF_TABLE =
      Set.of("type", "alias", "schema_name", "table_name", "qualified_name");
  private static final Set<String> OF_STAR = Set.of("class", "type", "relation_name");
  private static final Set<String> PLACES = Set.of("query_location", "query_location_length");

  public PointQuery {
    columns = List.copyOf(columns);
  }

  /** A name as DuckDB compares it, which knows no case but that of ASCII letters. */
  public static String folded(String name) {
    StringBuilder folded = new StringBuilder(name);
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        folded.setCharAt(i, (char) (c + 'a' - 'A'));
      }
    }
    return folded.toString();
  }

  /** What a text asks for; empty when it is no such query, or none at all. */
  public static Optional<PointQuery> of(Connection connection, String sql) throws SQLException {
    Json answer = Json.read(Serializer.serialized(connection, List.of(sql)).getFirst());
    List<Json> statements = answer.get("statements").elements();
    return statements.size() == 1 ? of(statements.getFirst().get("node")) : Optional.empty();
  }

  private static Optional<PointQuery> of(Json select) {
    Json from = select.get("from_table");
    Json where = select.get("where_clause");
    boolean plain =
        select.text("type").equals("SELECT_NODE")
            && select.text("aggregate_handling").equals("STANDARD_HANDLING")
            && hasOnly(OF_SELECT, select)
            && from.text("type").equals("BASE_TABLE")
            && !from.text("schema_name").isEmpty()
            && hasOnly(OF_TABLE, from)
            && where.text("type").equals("COMPARE_EQUAL");
    if (!plain) {
      return Optional.empty();
    }
    TableName table = new TableName(from.text("schema_name"), from.text("table_name"));
    String called = folded(from.text("alias").isEmpty() ? table.table() : from.text("alias"));
    boolean turned = isParameter(where.get("left"));
    Json parameter = where.get(turned ? "left" : "right");
    Optional<String> key = column(where.get(turned ? "right" : "left"), called);
    Optional<List<String>> columns = columns(select.get("select_list").elements(), called);
    OptionalLong most = most(select.get("modifiers").elements());
    return isParameter(parameter) && key.isPresent() && columns.isPresent() && most.isPresent()
        ? Optional.of(
            new PointQuery(
                table, key.get(), parameter.text("identifier"), columns.get(), most.getAsLong()))
        : Optional.empty();
  }

  /** How many rows a LIMIT leaves; empty when something else is done with them. */
  private static OptionalLong most(List<Json> modifiers) {
    if (modifiers.isEmpty()) {
      return OptionalLong.of(Long.MAX_VALUE);
    }
    Json modifier = modifiers.getFirst();
    Json literal = modifier.get("limit").get("literal");
    boolean plain =
        modifiers.size() == 1
            && modifier.text("type").equals("LIMIT_MODIFIER")
            && modifier.text("limit_type").equals("ROW_COUNT")
            && hasOnly(OF_LIMIT, modifier)
            && modifier.get("limit").text("class").equals("CONSTANT")
            && literal.text("kind").equals("INTEGER")
            && literal.number("text") >= 0;
    return plain ? OptionalLong.of(literal.number("text")) : OptionalLong.empty();
  }

  private static boolean isParameter(Json node) {
    return node.text("class").equals("PARAMETER");
  }

  /** The name of a column of the table that goes by a name. */
  private static Optional<String> column(Json node, String table) {
    List<String> names =
        node.text("class").equals("COLUMN_REF")
            ? node.get("column_names").elements().stream().map(Origins::text).toList()
            : List.of();
    boolean found =
        names.size() == 1 || (names.size() == 2 && folded(names.getFirst()).equals(table));
    return found ? Optional.of(folded(names.getLast())) : Optional.empty();
  }

  private static Optional<List<String>> columns(List<Json> items, String table) {
    if (items.size() == 1 && items.getFirst().text("class").equals("STAR")) {
      Json star = items.getFirst();
      String relation = star.text("relation_name");
      boolean all =
          (relation.isEmpty() || folded(relation).equals(table)) && hasOnly(OF_STAR, star);
      return all ? Optional.of(List.of()) : Optional.empty();
    }
    List<String> columns = new ArrayList<>();
    for (Json item : items) {
      Optional<String> column = column(item, table);
      if (column.isEmpty()) {
        return Optional.empty();
      }
      columns.add(column.get());
    }
    return Optional.of(columns);
  }

  /** Whether whatever else a node may say is left unsaid, in this version of DuckDB or the next. */
  private static boolean hasOnly(Set<String> known, Json node) {
    if (!(node instanceof Json.Obj(List<String> keys, List<Json> values))) {
      return false;
    }
    for (int i = 0; i < keys.size(); i++) {
      String key = keys.get(i);
      if (!known.contains(key) && !PLACES.contains(key) && !isUnsaid(values.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isUnsaid(Json value) {
    return switch (value) {
      case Json.Scalar(String text, boolean isText) ->
          text.isEmpty() || (!isText && text.equals("false"));
      case Json.Arr(List<Json> values) -> values.isEmpty();
      case Json.Obj(_, List<Json> values) -> values.stream().allMatch(PointQuery::isUnsaid);
    };
  }
}
