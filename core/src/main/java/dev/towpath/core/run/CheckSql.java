package dev.towpath.core.run;

import dev.towpath.core.project.Check;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TableName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The queries that checks on data run. All names are quoted, all values are typed literals. */
final class CheckSql {
  private CheckSql() {}

  /** For a row-wise rule: the condition under which a row is bad. */
  static Optional<String> badRow(Check.Rule rule, Schema schema) {
    return switch (rule) {
      case Check.NotNull r -> Optional.of(Names.quote(r.column()) + " IS NULL");
      case Check.Accepted r -> {
        String column = Names.quote(r.column());
        DataType type = type(schema, r.column());
        String values =
            r.values().stream().map(v -> literal(v, type)).collect(Collectors.joining(", "));
        yield Optional.of(column + " IS NOT NULL AND " + column + " NOT IN (" + values + ")");
      }
      case Check.Range r -> {
        String column = Names.quote(r.column());
        DataType type = type(schema, r.column());
        String low = r.low().map(v -> column + " < " + literal(v, type)).orElse("false");
        String high = r.high().map(v -> column + " > " + literal(v, type)).orElse("false");
        yield Optional.of(low + " OR " + high);
      }
      case Check.Expression r -> Optional.of("NOT (" + r.sql() + "\n)");
      case Check.Unique _, Check.Relationship _, Check.RowCount _, Check.Fresh _, Check.BadRows _ ->
          Optional.empty();
    };
  }

  /** For a rule over the whole table: the query that returns its bad rows. */
  static String badRows(Check.Rule rule, TableName table) {
    return switch (rule) {
      case Check.Unique r -> {
        String columns = r.columns().stream().map(Names::quote).collect(Collectors.joining(", "));
        String present =
            r.columns().stream()
                .map(c -> Names.quote(c) + " IS NOT NULL")
                .collect(Collectors.joining(" AND "));
        yield "SELECT "
            + columns
            + ", count(*) AS \"rows\" FROM "
            + table.quoted()
            + " WHERE "
            + present
            + " GROUP BY "
            + columns
            + " HAVING count(*) > 1";
      }
      case Check.Relationship r ->
          "SELECT t.* FROM "
              + table.quoted()
              + " t WHERE t."
              + Names.quote(r.column())
              + " IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
              + r.table().quoted()
              + " o WHERE o."
              + Names.quote(r.referenced())
              + " = t."
              + Names.quote(r.column())
              + ")";
      case Check.BadRows r -> "SELECT * FROM (" + r.sql() + "\n)";
      case Check.NotNull _,
          Check.Accepted _,
          Check.Range _,
          Check.Expression _,
          Check.RowCount _,
          Check.Fresh _ ->
          throw new IllegalStateException("not a rule over the whole table: " + rule);
    };
  }

  private static DataType type(Schema schema, String column) {
    return schema.column(column).map(Column::type).orElseThrow();
  }

  private static String literal(String value, DataType type) {
    return "CAST(" + Names.literal(value) + " AS " + type.sql() + ")";
  }

  /** Conditions joined by OR, or true when there are none. */
  static String any(List<String> conditions) {
    return conditions.isEmpty() ? "true" : String.join(" OR ", conditions);
  }
}
