package dev.towpath.engine.duckdb.analyze;

import dev.towpath.spi.Names;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Which of DuckDB's functions people may call in an expression. It is decided by what DuckDB itself
 * says of each: one with effects or that depends on more than its arguments is refused unless it is
 * the clock or chance, and a macro with what it calls. So a function that a new version brings is
 * not let through by being unknown to a list.
 *
 * @param refused in lower case
 * @param views that DuckDB itself has, in lower case
 */
record Callable(Set<String> refused, Set<String> views) {
  /** Chance, and the way to fail on purpose: they count as effects. */
  private static final Set<String> CHANCE =
      Set.of("random", "uuid", "uuidv4", "uuidv7", "gen_random_uuid", "error");

  /** The clock, and names that tell nothing: they are the same within one query only. */
  private static final Set<String> CLOCK =
      Set.of(
          "now",
          "today",
          "current_date",
          "get_current_time",
          "get_current_timestamp",
          "transaction_timestamp",
          "current_database",
          "current_schema",
          "current_schemas");

  /**
   * Steady by what DuckDB says, but they plan what stands in a text, or trust what is in a BLOB.
   */
  private static final Set<String> DEEP =
      Set.of(
          "json_serialize_plan",
          "json_serialize_sql",
          "json_deserialize_sql",
          "parse_duckdb_log_message",
          "combine",
          "combine_aggr",
          "finalize",
          "to_aggregate_state",
          "variant_bytes_to_variant",
          "reservoir_quantile", // which takes as much for each group as it is told to
          "json_pretty", // which indents what is nested deeply by the square of its length
          "getenv");

  /** Set by the first who loads it; a program has one DuckDB. */
  private static final AtomicReference<Callable> LOADED = new AtomicReference<>();

  Callable {
    refused = Set.copyOf(refused);
    views = Set.copyOf(views);
  }

  static Callable load(Connection connection) throws SQLException {
    Callable known = LOADED.get();
    if (known == null) {
      known = read(connection);
      LOADED.set(known);
    }
    return known;
  }

  private static Callable read(Connection connection) throws SQLException {
    Set<String> refused = new TreeSet<>();
    Map<String, Set<String>> calls = new HashMap<>();
    String sql =
        """
        SELECT lower(function_name), function_type, stability,
          CASE function_type WHEN 'macro' THEN json_serialize_sql('SELECT ' || macro_definition) END
        FROM duckdb_functions()
        WHERE internal AND function_type IN ('scalar', 'aggregate', 'window', 'macro')
        """;
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        String name = rows.getString(1);
        String tree = rows.getString(4);
        if (tree != null) {
          Json body = Json.read(tree);
          calls.computeIfAbsent(name, _ -> new HashSet<>()).addAll(called(body));
          if (body.text("error").equals("true") || readsRows(body)) {
            refused.add(name);
          }
        } else if (isRefused(name, rows.getString(3))) {
          refused.add(name);
        }
      }
    }
    boolean more = true;
    while (more) { // a macro may call another one
      more = false;
      for (Map.Entry<String, Set<String>> macro : calls.entrySet()) {
        if (macro.getValue().stream().anyMatch(refused::contains)) {
          more |= refused.add(macro.getKey());
        }
      }
    }
    return new Callable(refused, views(connection));
  }

  private static Set<String> views(Connection connection) throws SQLException {
    Set<String> views = new HashSet<>();
    String sql =
        "SELECT view_name FROM duckdb_views() WHERE internal AND schema_name <>"
            + " 'information_schema'"; // whose names need their schema
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        views.add(Names.identity(rows.getString(1)));
      }
    }
    return views;
  }

  private static boolean isRefused(String name, @Nullable String stability) {
    return name.startsWith("__")
        || DEEP.contains(name)
        || switch (stability) {
          case null -> false; // aggregates and windows
          case "CONSISTENT" -> false;
          case "CONSISTENT_WITHIN_QUERY" -> !CLOCK.contains(name);
          default -> !CHANCE.contains(name);
        };
  }

  private static boolean readsRows(Json value) {
    return switch (value) {
      case Json.Scalar _ -> false;
      case Json.Arr(List<Json> values) -> values.stream().anyMatch(Callable::readsRows);
      case Json.Obj node ->
          node.text("class").equals("SUBQUERY")
              || node.values().stream().anyMatch(Callable::readsRows);
    };
  }

  private static Set<String> called(Json value) {
    Set<String> names = new HashSet<>();
    if (value instanceof Json.Obj node) {
      if (!node.text("function_name").isEmpty()) {
        names.add(node.text("function_name").toLowerCase(Locale.ROOT));
      }
      node.values().forEach(v -> names.addAll(called(v)));
    } else {
      value.elements().forEach(v -> names.addAll(called(v)));
    }
    return names;
  }
}
