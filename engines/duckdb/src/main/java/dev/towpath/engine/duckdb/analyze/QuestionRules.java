package dev.towpath.engine.duckdb.analyze;

import dev.towpath.spi.Names;
import java.util.Locale;
import java.util.Set;

/**
 * The rules for what people ask. A blocklist would have to know every function that reaches files,
 * settings or tables by their names in texts; so only what is known to be harmless is let through.
 */
final class QuestionRules extends Rules {
  private static final Set<String> HARMLESS =
      Set.of(
          "range",
          "generate_series",
          "generate_subscripts",
          "unnest",
          "repeat",
          "repeat_row",
          "json_each",
          "json_tree");

  /** Scalar functions that tell of the server itself, or write to its log. */
  private static final Set<String> TELLING = Set.of("current_setting", "getenv", "write_log");

  private final Set<String> macros;

  QuestionRules(String sql, Set<String> macros) {
    super(sql);
    this.macros = macros;
  }

  @Override
  void tableFunction(String written, int offset) {
    super.tableFunction(written, offset);
    String name = written.toLowerCase(Locale.ROOT);
    if (!HARMLESS.contains(name) && !macros.contains(name)) {
      report(
          "a query cannot call " + name + "() in FROM",
          Names.nearest(name, HARMLESS)
              .map(n -> "did you mean " + n + "()?")
              .orElse("read tables of the project, such as staging.orders"),
          offset);
    }
  }

  @Override
  void function(String name, int offset) {
    super.function(name, offset);
    if (TELLING.contains(name)) {
      report(name + "() is about the engine itself", "take it out", offset);
    }
  }

  @Override
  void parameter(String name, int offset) {
    if (offset >= 0 && offset < sql.length() && sql.charAt(offset) == '$') {
      return; // $1 is as good as $name
    }
    super.parameter(name, offset);
  }
}
