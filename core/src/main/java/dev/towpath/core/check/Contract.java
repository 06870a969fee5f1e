package dev.towpath.core.check;

import dev.towpath.core.project.ColumnDeclaration;
import dev.towpath.core.project.Model;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Schema;
import dev.towpath.spi.StoredType;
import dev.towpath.spi.TowpathException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Compares declared columns with those that a query really has. */
final class Contract {
  private Contract() {}

  /** Every declared name must exist; types, where given, must agree. */
  static void names(Node node, List<ColumnDeclaration> declared, Problems problems) {
    names(node, declared, "unknown column \"%s\" in " + node.name, problems);
  }

  private static void names(
      Node node, List<ColumnDeclaration> declared, String unknown, Problems problems) {
    Schema schema = Objects.requireNonNull(node.schema);
    for (ColumnDeclaration column : declared) {
      Optional<Column> actual = schema.column(column.name());
      if (actual.isEmpty()) {
        problems.error(
            column.location(),
            unknown.replace("%s", column.name()),
            Problems.didYouMean(column.name(), schema.names())
                .or(() -> Optional.of("it gives " + String.join(", ", schema.names()))));
      } else if (column.type().isPresent()) {
        type(column, actual.get(), column.type().get(), problems);
      }
    }
  }

  /** A model's contract: names and types as {@link #names}, and nothing else is there. */
  static void model(Node node, Model model, Problems problems) {
    String unknown =
        model.contract()
            ? "the contract names column \"%s\", which the query does not give"
            : "unknown column \"%s\" in " + node.name;
    names(node, model.columns(), unknown, problems);
    if (!model.contract()) {
      return;
    }
    for (Column column : Objects.requireNonNull(node.schema).columns()) {
      boolean declared =
          model.columns().stream()
              .anyMatch(d ->
                  dev.towpath.spi.Names.identity(d.name())
                      .equals(dev.towpath.spi.Names.identity(column.name())));
      if (!declared && !History.isOwn(model, column.name())) {
        problems.error(
            model.at("columns"),
            "column \"" + column.name() + "\" is not in the contract of " + node.name,
            "add \"" + column.name() + ": " + yaml(column.type()) + "\" to columns");
      }
    }
  }

  private static void type(
      ColumnDeclaration declared, Column actual, DataType wanted, Problems problems) {
    if (agree(wanted, actual.type())) {
      return;
    }
    problems.error(
        declared.location(),
        "column \""
            + declared.name()
            + "\" is "
            + actual.type().sql()
            + ", the contract says "
            + wanted.sql(),
        "write " + declared.name() + "::" + wanted.sql() + " in the query, or change the contract");
  }

  /** Types that are stored as one agree. */
  private static boolean agree(DataType a, DataType b) {
    if (a.equals(b)) {
      return true;
    }
    try {
      return StoredType.of(a).equals(StoredType.of(b));
    } catch (TowpathException e) {
      return false;
    }
  }

  private static String yaml(DataType type) {
    String sql = type.sql().toLowerCase(java.util.Locale.ROOT);
    return sql.contains(",") || sql.contains("[") ? "\"" + sql.replace("\"", "\\\"") + "\"" : sql;
  }
}
