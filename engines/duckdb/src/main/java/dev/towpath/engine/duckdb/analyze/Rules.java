package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.SqlTokens;
import dev.towpath.engine.duckdb.SqlTokens.Token;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** What a query of a project may not do, though DuckDB would. Keeps the first breach. */
class Rules {
  private static final Set<String> OUTSIDE =
      Set.of("glob", "sniff_csv", "parquet_metadata", "parquet_schema", "st_read", "http_get");

  /** Functions that take the name of a table, or a query, as text. */
  private static final Set<String> HIDING =
      Set.of(
          "query", "query_table", "json_execute_serialized_sql", "histogram", "histogram_values");

  private static final Set<String> FILE_ENDINGS =
      Set.of("csv", "tsv", "parquet", "json", "ndjson", "jsonl", "gz", "zst", "xlsx", "txt", "db");
  private static final String AS_SOURCE =
      "declare it in sources/<name>.yml and read its table as schema.table";

  final String sql;
  private @Nullable SqlTokens tokens;
  private @Nullable Mistake first;

  Rules(String sql) {
    this.sql = sql;
  }

  Optional<Mistake> breach() {
    return Optional.ofNullable(first);
  }

  final void report(String message, String hint, int offset) {
    Mistake mistake = at(message, hint, offset);
    Mistake known = first;
    if (known == null || mistake.offset() < known.offset()) {
      first = mistake;
    }
  }

  final SqlTokens tokens() {
    SqlTokens known = tokens;
    if (known == null) {
      known = new SqlTokens(sql);
      tokens = known;
    }
    return known;
  }

  /** A mistake about the token at an offset. */
  private Mistake at(String message, String hint, int offset) {
    int index = tokens().indexAt(Math.max(0, offset));
    int length = 0;
    if (index < tokens().all().size()) {
      Token token = tokens().all().get(index);
      length = token.start() == offset ? token.end() - offset : 0;
    }
    return new Mistake(message, Optional.of(hint), Math.max(0, offset), length);
  }

  /** A table as the syntax tree has it, no CTE. */
  void table(Json from, int offset) {
    String name = from.text("table_name");
    String schema = from.text("schema_name");
    String catalog = from.text("catalog_name");
    boolean literal = offset < sql.length() && sql.charAt(offset) == '\'';
    if (literal || (schema.isEmpty() && isFile(name))) {
      report("a query cannot read the file \"" + name + "\" directly", AS_SOURCE, offset);
    } else if (!catalog.isEmpty()) {
      String hint = "write schema.table: " + schema + "." + name;
      report("\"" + catalog + "." + schema + "." + name + "\" names a database", hint, offset);
    } else if (schema.equalsIgnoreCase("information_schema")
        || schema.equalsIgnoreCase("pg_catalog")) {
      String hint = "read tables of the project, such as staging.orders";
      report("\"" + schema + "." + name + "\" is a table of the engine itself", hint, offset);
    }
    if (!from.get("at_clause").isNull()) {
      report("AT cannot read an older state", "take AT (...) out", offset);
    }
  }

  private static boolean isFile(String name) {
    int dot = name.lastIndexOf('.');
    String ending = dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    return FILE_ENDINGS.contains(ending) || name.contains("://");
  }

  /** Where a table's name stands, when the tree does not say it. */
  int tableOffset(int offset, String name) {
    return offset >= 0 ? offset : tokens().naming(name).map(Token::start).orElse(0);
  }

  /** Whether a table that the binder would refuse is reported as one that is read. */
  boolean isStrict() {
    return false;
  }

  /** A CTE's name. */
  void cte(String name) {
    // any will do
  }

  /** A function in FROM. */
  void tableFunction(Json function, int offset) {
    String name = function.text("function_name").toLowerCase(Locale.ROOT);
    if (HIDING.contains(name)) {
      String hint = "write the table's name in FROM";
      report(name + "() hides which tables are read", hint, offset);
    } else if (isOutside(name)) {
      report("a query cannot call " + name + "()", AS_SOURCE, offset);
    } else if (name.startsWith("duckdb_") || name.startsWith("pragma_")) {
      String hint = "read tables of the project, such as staging.orders";
      report(name + "() is about the engine itself", hint, offset);
    }
  }

  /** Whether a function reads what its arguments name, so that nobody else can tell what. */
  static boolean isHiding(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return HIDING.contains(lower) || isOutside(lower);
  }

  private static boolean isOutside(String name) {
    return OUTSIDE.contains(name)
        || name.startsWith("read_")
        || name.startsWith("parquet_")
        || name.endsWith("_scan");
  }

  /** A call in an expression, with its arguments. */
  void call(Json call, ToIntFunction<Json> offsets) {
    function(call.text("function_name").toLowerCase(Locale.ROOT), offsets.applyAsInt(call));
  }

  /** A function in an expression. */
  private void function(String name, int offset) {
    if (name.equals("nextval") || name.equals("currval")) {
      String hint = "number the rows with row_number() OVER (ORDER BY ...)";
      report(name + "() needs a sequence, and there is none", hint, offset);
    } else if (name.equals("getvariable")) {
      report("getvariable() is not known here", "write a parameter: $name", offset);
    }
  }

  /** A parameter by the name that the tree gives it, which for {@code ?} is its number. */
  void parameter(String name, int offset) {
    if (!name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9')) {
      report("parameters have names here", "write $name in the place of ? or $1", offset);
    }
  }

  /** A query node that changes data, such as INSERT in a CTE. */
  void changesData(String nodeType) {
    String verb = nodeType.replace("_QUERY_NODE", "").replace("_NODE", "");
    int offset = tokens().naming(verb).map(Token::start).orElse(0);
    report(verb + " is not allowed: a query only reads", "write a SELECT", offset);
  }

  /** DESCRIBE, SHOW or SUMMARIZE. */
  void describes() {
    for (String verb : Set.of("describe", "desc", "show", "summarize")) {
      Optional<Token> token = tokens().naming(verb);
      if (token.isPresent()) {
        String upper = verb.toUpperCase(Locale.ROOT);
        report(upper + " is not allowed here", "write a SELECT", token.get().start());
        return;
      }
    }
    report("only SELECT is allowed here", "write a SELECT", 0);
  }
}
