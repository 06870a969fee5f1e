package dev.towpath.importer.dbt;

import dev.towpath.importer.jinja.None;
import dev.towpath.importer.jinja.Values;
import dev.towpath.spi.Names;
import dev.towpath.spi.TableName;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes tests that are known as checks of Towpath. */
final class CheckText {
  private static final Map<String, String> UNITS =
      Map.of("minute", "m", "hour", "h", "day", "d", "week", "w");

  private final TableName table;
  private final Set<String> notNull;
  private final Set<String> names = new HashSet<>();

  /**
   * Writes checks of a table.
   *
   * @param notNull columns that are checked for NULL
   */
  CheckText(TableName table, Set<String> notNull) {
    this.table = table;
    this.notNull = notNull;
  }

  /** The check; empty when the test is not one of those. */
  Optional<Object> known(GenericTests.Test t) {
    String c = column(t.column());
    String id = Relation.identifier(t.column());
    return switch (t.name()) {
      case "not_null", "dbt_expectations.expect_column_values_to_not_be_null" ->
          Optional.of(row(t, "not_null(" + c + ")", id + " IS NOT NULL"));
      case "unique", "dbt_expectations.expect_column_values_to_be_unique" ->
          Optional.of(
              t.where().isEmpty()
                  ? check(t, "unique(" + c + ")")
                  : query(t, duplicates(t, List.of(t.column()), true)));
      case "accepted_values", "dbt_expectations.expect_column_values_to_be_in_set" ->
          Optional.of(accepted(t, c, id));
      case "dbt_utils.not_accepted_values" ->
          Optional.of(row(t, "", id + " NOT IN (" + values(t) + ")"));
      case "relationships" -> Optional.of(relationship(t, c, id));
      case "dbt_utils.unique_combination_of_columns",
          "dbt_expectations.expect_compound_columns_to_be_unique" ->
          Optional.of(combination(t));
      case "dbt_utils.expression_is_true" ->
          Optional.of(row(t, "", (t.column().isEmpty() ? "" : id + " ") + text(t, "expression")));
      case "dbt_utils.not_empty_string" -> Optional.of(row(t, "", "trim(" + id + ") <> ''"));
      case "dbt_utils.accepted_range", "dbt_expectations.expect_column_values_to_be_between" ->
          Optional.of(range(t, c, id));
      case "dbt_expectations.expect_table_row_count_to_be_between" ->
          Optional.of(
              check(t, "row_count(" + bound(t, "min_value") + ", " + bound(t, "max_value") + ")"));
      case "dbt_utils.recency" -> recency(t);
      default -> Optional.empty();
    };
  }

  private Object accepted(GenericTests.Test t, String c, String id) {
    return row(
        t,
        "accepted(" + c + ", [" + values(t) + "])",
        "(" + id + " IS NULL OR " + id + " IN (" + values(t) + "))");
  }

  private static String values(GenericTests.Test t) {
    Object values =
        t.arguments().getOrDefault("values", t.arguments().getOrDefault("value_set", List.of()));
    boolean quote = !Boolean.FALSE.equals(t.arguments().get("quote"));
    return ((List<?>) values)
        .stream()
            .map(v -> v instanceof String || quote ? Names.literal(Values.text(v)) : Values.text(v))
            .collect(Collectors.joining(", "));
  }

  private Object relationship(GenericTests.Test t, String c, String id) {
    Object to = t.arguments().getOrDefault("to", None.NONE);
    String field = text(t, "field");
    if (to instanceof Relation other) {
      String target =
          quoted(other.table().schema())
              + "."
              + quoted(other.table().table())
              + "."
              + quoted(field);
      return t.where().isEmpty()
          ? check(t, "relationship(" + c + ", " + target + ")")
          : query(
              t,
              "SELECT t.%s FROM %s AS t\nWHERE (%s) AND t.%s IS NOT NULL\n  AND NOT EXISTS (SELECT 1 FROM %s AS o WHERE o.%s = t.%s)"
                  .formatted(
                      id,
                      Relation.sql(table),
                      t.where().get(),
                      id,
                      Relation.sql(other.table()),
                      Relation.identifier(field),
                      id));
    }
    throw new dev.towpath.importer.jinja.JinjaException(
        t.at(), "the test relationships has no model under \"to\"", "write to: ref('model')");
  }

  private Object combination(GenericTests.Test t) {
    List<String> columns =
        Plain.texts(
            t.arguments()
                .getOrDefault(
                    "combination_of_columns",
                    t.arguments().getOrDefault("column_list", List.of())));
    // dbt counts rows without a value too; "unique" leaves them out.
    return t.where().isEmpty() && notNull.containsAll(columns)
        ? check(
            t,
            "unique("
                + columns.stream().map(CheckText::column).collect(Collectors.joining(", "))
                + ")")
        : query(t, duplicates(t, columns, false));
  }

  private String duplicates(GenericTests.Test t, List<String> columns, boolean present) {
    String list = columns.stream().map(Relation::identifier).collect(Collectors.joining(", "));
    String where =
        t.where()
            .map(w -> "\nWHERE (" + w + ")" + (present ? " AND " + list + " IS NOT NULL" : ""))
            .orElse("");
    return "SELECT "
        + list
        + ", count(*) AS rows FROM "
        + Relation.sql(table)
        + where
        + "\nGROUP BY "
        + list
        + " HAVING count(*) > 1";
  }

  private Object range(GenericTests.Test t, String c, String id) {
    boolean inclusive =
        !Boolean.FALSE.equals(t.arguments().get("inclusive"))
            && !Boolean.TRUE.equals(t.arguments().get("strictly"));
    String low = bound(t, "min_value");
    String high = bound(t, "max_value");
    boolean plain = (low + high).matches("[-0-9.nul]*");
    String lower = low.equals("null") ? "" : id + (inclusive ? " >= " : " > ") + low;
    String upper = high.equals("null") ? "" : id + (inclusive ? " <= " : " < ") + high;
    String both = lower + (lower.isEmpty() || upper.isEmpty() ? "" : " AND ") + upper;
    return row(t, inclusive && plain ? "range(" + c + ", " + low + ", " + high + ")" : "", both);
  }

  private static String bound(GenericTests.Test t, String key) {
    Object value = t.arguments().get(key);
    return value == null || value == None.NONE ? "null" : Values.text(value);
  }

  private Optional<Object> recency(GenericTests.Test t) {
    Optional<String> unit = Optional.ofNullable(UNITS.get(text(t, "datepart")));
    return unit.map(
        u -> check(t, "fresh(" + column(text(t, "field")) + ", " + text(t, "interval") + u + ")"));
  }

  private static String text(GenericTests.Test t, String key) {
    Object value = t.arguments().get(key);
    if (value == null) {
      throw new dev.towpath.importer.jinja.JinjaException(
          t.at(), "the test " + t.name() + " lacks \"" + key + "\"", "dbt refuses that too");
    }
    return Values.text(value).strip();
  }

  /** A check of each row: its short form when it has one and nothing limits it. */
  private Object row(GenericTests.Test t, String shortForm, String condition) {
    if (t.where().isPresent()) {
      return check(t, "NOT (" + t.where().get() + ") OR " + condition);
    }
    return check(t, shortForm.isEmpty() ? condition : shortForm);
  }

  private Object check(GenericTests.Test t, String text) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("check", text.replaceAll("\\s*\\n\\s*", " "));
    t.text("name").ifPresent(name -> all.put("name", unique(name)));
    if (t.warns()) {
      all.put("severity", "warn");
    }
    return all.size() == 1 ? all.values().iterator().next() : all;
  }

  /** A check whose query returns the bad rows. */
  Object query(GenericTests.Test t, String sql) {
    Map<String, Object> all = new LinkedHashMap<>();
    String given =
        t.name().substring(t.name().indexOf('.') + 1)
            + (t.column().isEmpty() ? "" : "_" + t.column());
    all.put("name", unique(t.text("name").orElse(given)));
    if (t.warns()) {
      all.put("severity", "warn");
    }
    all.put("sql", sql);
    return all;
  }

  /** The name, numbered when it is taken. */
  String unique(String name) {
    String free = name;
    for (int i = 2; !names.add(Names.identity(free)); i++) {
      free = name + " " + i;
    }
    return free;
  }

  private static String column(String name) {
    return name.matches("\\w+") ? name : Names.quote(name);
  }

  private static String quoted(String name) {
    return column(name);
  }
}
