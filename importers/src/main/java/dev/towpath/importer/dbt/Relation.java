package dev.towpath.importer.dbt;

import dev.towpath.importer.jinja.Function;
import dev.towpath.importer.jinja.Member;
import dev.towpath.importer.jinja.None;
import dev.towpath.importer.jinja.Undefined;
import dev.towpath.spi.Names;
import dev.towpath.spi.TableName;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A table as a template has it.
 *
 * @param text what stands for it in SQL
 */
record Relation(TableName table, String text) implements Member {
  /** Stands for the model itself until it is known whether it may. */
  static final String THIS = "\uE002";

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Words that DuckDB takes for its own wherever a name may stand. */
  private static final Set<String> RESERVED =
      Set.of(
          "all",
          "analyse",
          "analyze",
          "and",
          "any",
          "array",
          "as",
          "asc",
          "both",
          "case",
          "cast",
          "check",
          "collate",
          "column",
          "constraint",
          "create",
          "default",
          "desc",
          "describe",
          "distinct",
          "do",
          "else",
          "end",
          "except",
          "false",
          "fetch",
          "for",
          "foreign",
          "from",
          "group",
          "having",
          "in",
          "initially",
          "intersect",
          "into",
          "lambda",
          "lateral",
          "leading",
          "limit",
          "not",
          "null",
          "offset",
          "on",
          "only",
          "or",
          "order",
          "pivot",
          "placing",
          "primary",
          "qualify",
          "references",
          "returning",
          "select",
          "show",
          "some",
          "summarize",
          "symmetric",
          "table",
          "then",
          "to",
          "trailing",
          "true",
          "union",
          "unique",
          "unpivot",
          "using",
          "variadic",
          "when",
          "where",
          "window",
          "with");

  /** A table that is named in SQL by its name. */
  static Relation of(TableName table) {
    return new Relation(table, sql(table));
  }

  /** The model itself. */
  static Relation self(TableName table) {
    return new Relation(table, THIS);
  }

  /** A name in SQL, quoted only when it must be. */
  static String sql(TableName table) {
    return identifier(table.schema()) + "." + identifier(table.table());
  }

  /** One identifier, quoted only when it must be. */
  static String identifier(String name) {
    return PLAIN.matcher(name).matches() && !RESERVED.contains(Names.identity(name))
        ? name
        : Names.quote(name);
  }

  @Override
  public Object member(String name) {
    return switch (name) {
      case "identifier", "name", "table" -> table.table();
      case "schema", "dataset" -> table.schema();
      case "database", "project" -> None.NONE;
      case "is_table", "is_view", "is_cte" -> false;
      case "render", "include", "quote" -> (Function) _ -> this;
      default -> new Undefined(name);
    };
  }

  @Override
  public String toString() {
    return text;
  }
}
