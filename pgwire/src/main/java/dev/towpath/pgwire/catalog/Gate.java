package dev.towpath.pgwire.catalog;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Lets only queries through that SELECT from tables of the catalog: each person has one of their
 * own beside others', and DuckDB's own views and functions would tell of those.
 */
final class Gate {
  private static final JsonFactory JSON = new JsonFactory();

  /** Functions that make rows of their arguments alone. */
  private static final Set<String> ROWS =
      Set.of("unnest", "generate_series", "range", "generate_subscripts", "regexp_split_to_table");

  private final Set<String> tables;
  private final Set<String> views;
  private final Set<String> refused;

  /**
   * A gate.
   *
   * @param tables that may be named, those of information_schema as {@code info.name}
   * @param views of DuckDB itself, whose names no CTE may have
   * @param refused functions that are not to be called
   */
  Gate(Set<String> tables, Set<String> views, Set<String> refused) {
    this.tables = Set.copyOf(tables);
    this.views = Set.copyOf(views);
    this.refused = Set.copyOf(refused);
  }

  /**
   * Looks at a query.
   *
   * @param tree as DuckDB's json_serialize_sql gives it
   */
  void check(String tree) {
    Found found = new Found();
    try (JsonParser json = JSON.createParser(tree)) {
      found.read(json);
    } catch (IOException e) {
      throw new IllegalStateException(e); // DuckDB writes JSON
    }
    if (found.error.isPresent()) {
      throw PgError.of(SqlState.SYNTAX_ERROR, found.error.get());
    }
    if (found.writes) {
      throw PgError.of(SqlState.READ_ONLY, "the catalog is only read");
    }
    if (found.shows) {
      throw PgError.of(
          SqlState.INSUFFICIENT_PRIVILEGE,
          "the catalog is asked by SELECT, not by SHOW or DESCRIBE");
    }
    for (List<String> path : found.relations) {
      String name = String.join(".", path);
      if (!(path.size() == 1 && found.ctes.contains(name)) && !tables.contains(name)) {
        throw PgError.of(
            SqlState.UNDEFINED_TABLE,
            "relation \""
                + name.replaceFirst("^info\\.", "information_schema.")
                + "\" does not exist",
            "tables of the lake and of the catalog are not read in one query");
      }
    }
    for (String cte : found.ctes) {
      String name = cte.toLowerCase(Locale.ROOT);
      if (views.contains(name) && !tables.contains(name)) {
        throw PgError.of(SqlState.SYNTAX_ERROR, "a query cannot have the name \"" + cte + "\"");
      }
    }
    for (String function : found.calls) {
      if (refused.contains(function.toLowerCase(Locale.ROOT))) {
        throw notCalled(function);
      }
    }
    for (String function : found.functions) {
      boolean known =
          ROWS.contains(function) || function.startsWith("pg_") || function.equals("aclexplode");
      if (!known) {
        throw notCalled(function);
      }
    }
  }

  private static PgError notCalled(String function) {
    return PgError.of(
        SqlState.INSUFFICIENT_PRIVILEGE, "function " + function + " is not to be called here");
  }

  /** What a tree names. */
  private static final class Found {
    private Optional<String> error = Optional.empty();
    private boolean writes;
    private boolean shows;
    private final List<List<String>> relations = new ArrayList<>();
    private final List<String> functions = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private final List<Boolean> calling = new ArrayList<>();
    private final Set<String> ctes = new HashSet<>();

    /** Each object in turn: what kind it is comes before what it names. */
    private void read(JsonParser json) throws IOException {
      List<String> kinds = new ArrayList<>();
      String member = "";
      JsonToken token = json.nextToken();
      while (token != null) {
        switch (token) {
          case START_OBJECT -> {
            kinds.add("");
            calling.add(false);
          }
          case END_OBJECT -> {
            kinds.removeLast();
            calling.removeLast();
          }
          case FIELD_NAME -> member = json.currentName();
          case VALUE_STRING -> text(member, json.getText(), kinds);
          case START_ARRAY -> {
            if (member.equals("path") && isInside("BASE_TABLE", kinds)) {
              relations.add(path(json));
            }
          }
          default -> {
            // Numbers and ends of lists name nothing.
          }
        }
        token = json.nextToken();
      }
    }

    private void text(String member, String text, List<String> kinds) {
      switch (member) {
        case "error_message" -> error = Optional.of(text);
        case "type" -> {
          kinds.set(kinds.size() - 1, text);
          // WITH x AS (DELETE ...) counts as a SELECT, too
          writes |= text.endsWith("_QUERY_NODE");
          shows |= text.equals("SHOW_REF"); // tells of the engine, and of others' catalogs
        }
        case "key" -> ctes.add(text);
        case "function_name" -> {
          calling.set(calling.size() - 1, true);
          (isInside("TABLE_FUNCTION", kinds) ? functions : calls).add(text);
        }
        case "schema", "catalog" -> {
          if (calling.getLast() && !text.isEmpty() && !text.equals("info")) {
            functions.add(text + ".*"); // it may be beneath what stands for PostgreSQL's
          }
        }
        default -> {
          // It names nothing.
        }
      }
    }

    /** Whether the object that is being read stands in one of that kind. */
    private static boolean isInside(String kind, List<String> kinds) {
      return kinds.size() > 1 && kinds.get(kinds.size() - 2).equals(kind);
    }

    private static List<String> path(JsonParser json) throws IOException {
      List<String> path = new ArrayList<>();
      while (json.nextToken() == JsonToken.VALUE_STRING) {
        path.add(json.getText());
      }
      return path;
    }
  }
}
