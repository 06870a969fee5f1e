package dev.towpath.engine.duckdb.analyze;

import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which functions aggregate or make several rows of one, and the bodies of the project's macros.
 *
 * @param aggregates lower-case names, among them macros that aggregate
 * @param unnesting lower-case names, among them macros such as {@code regexp_split_to_table}
 * @param macros by lower-case name, each with all its overloads
 */
record Functions(Set<String> aggregates, Set<String> unnesting, Map<String, List<Macro>> macros) {
  private static final Pattern CALL = Pattern.compile("(\\w+)\\s*\\(");

  /** A macro: of a scalar one, the body is a query with its expression as the only column. */
  record Macro(List<String> parameters, Json body, boolean isTable) {}

  static Functions load(Connection connection) throws SQLException {
    Set<String> aggregates = new HashSet<>();
    Map<String, List<Macro>> macros = new HashMap<>();
    Map<String, String> definitions = new HashMap<>();
    String sql =
        """
        SELECT function_name, function_type, parameters, macro_definition,
          CASE WHEN NOT internal THEN json_serialize_sql(
            CASE function_type WHEN 'macro' THEN 'SELECT ' ELSE '' END || macro_definition) END
        FROM duckdb_functions() WHERE function_type IN ('aggregate', 'macro', 'table_macro')
        """;
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        String name = rows.getString(1).toLowerCase(Locale.ROOT);
        if (rows.getString(2).equals("aggregate")) {
          aggregates.add(name);
        } else {
          definitions.merge(name, rows.getString(4), (a, b) -> a + " " + b);
          String body = rows.getString(5);
          if (body != null) {
            List<Json> statements = Json.read(body).get("statements").elements();
            Json node = statements.isEmpty() ? Json.Scalar.NULL : statements.getFirst().get("node");
            macros
                .computeIfAbsent(name, _ -> new ArrayList<>())
                .add(
                    new Macro(
                        texts(rows.getArray(3)), node, rows.getString(2).equals("table_macro")));
          }
        }
      }
    }
    Set<String> unnesting = new HashSet<>(Set.of("unnest", "unlist"));
    addCallers(definitions, aggregates);
    addCallers(definitions, unnesting);
    return new Functions(aggregates, unnesting, macros);
  }

  /** Adds the macros that call any of some functions, themselves or by way of others. */
  private static void addCallers(Map<String, String> definitions, Set<String> names) {
    boolean more = true;
    while (more) {
      more = false;
      for (Map.Entry<String, String> macro : definitions.entrySet()) {
        if (!names.contains(macro.getKey()) && calls(macro.getValue(), names)) {
          more = names.add(macro.getKey());
        }
      }
    }
  }

  private static List<String> texts(Array array) throws SQLException {
    List<String> texts = new ArrayList<>();
    for (Object one : (Object[]) array.getArray()) {
      texts.add(String.valueOf(one));
    }
    return texts;
  }

  private static boolean calls(String definition, Set<String> names) {
    Matcher call = CALL.matcher(definition);
    while (call.find()) {
      if (names.contains(call.group(1).toLowerCase(Locale.ROOT))) {
        return true;
      }
    }
    return false;
  }

  /** Whether an expression aggregates the rows of the query that it stands in. */
  boolean aggregates(Json value) {
    return switch (value) {
      case Json.Scalar _ -> false;
      case Json.Arr(List<Json> values) -> values.stream().anyMatch(this::aggregates);
      case Json.Obj node ->
          switch (node.text("class")) {
            case "SUBQUERY" -> false;
            case "FUNCTION" ->
                aggregates.contains(node.text("function_name").toLowerCase(Locale.ROOT))
                    || aggregates(node.get("arguments"));
            default -> node.values().stream().anyMatch(this::aggregates);
          };
    };
  }

  /** Whether an expression makes several rows of one. */
  boolean unnests(Json value) {
    return switch (value) {
      case Json.Scalar _ -> false;
      case Json.Arr(List<Json> values) -> values.stream().anyMatch(this::unnests);
      case Json.Obj node ->
          !node.text("class").equals("SUBQUERY")
              && (unnesting.contains(node.text("function_name").toLowerCase(Locale.ROOT))
                  || node.values().stream().anyMatch(this::unnests));
    };
  }
}
