package dev.towpath.core.check;

import dev.towpath.core.project.Model;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Rules of the kinds that keep rows from one run to the next: merge, append and scd2. */
final class History {
  private final Problems problems;

  History(Problems problems) {
    this.problems = problems;
  }

  /** The columns that a model of kind scd2 has besides those of its query. */
  static List<Column> own(Model model, Schema query) {
    if (model.kind() != Model.Kind.SCD2) {
      return List.of();
    }
    DataType time =
        model
            .changes()
            .updatedAt()
            .flatMap(query::column)
            .map(Column::type)
            .orElse(DataType.parse("TIMESTAMP WITH TIME ZONE"));
    return List.of(
        new Column("valid_from", time),
        new Column("valid_to", time),
        new Column("is_current", DataType.parse("BOOLEAN")));
  }

  /** Whether a column is one that the kind adds. */
  static boolean isOwn(Model model, String name) {
    return model.kind() == Model.Kind.SCD2
        && List.of("valid_from", "valid_to", "is_current").contains(Names.identity(name));
  }

  /** The columns of a model's table: those of its query, and those that its kind adds. */
  static Schema columns(Model model, Schema query, Problems problems) {
    List<Column> columns = new ArrayList<>(query.columns());
    for (Column own : own(model, query)) {
      if (query.column(own.name()).isPresent()) {
        problems.error(
            ModelTyping.top(model),
            "column \"" + own.name() + "\" is one that kind: scd2 adds itself",
            "give the query's column another name");
      } else {
        columns.add(own);
      }
    }
    return new Schema(columns);
  }

  /**
   * The input of which a model reads only what came or changed since it last did. All others must
   * be named under {@code ignore_changes}, since what changes there is not looked at again.
   */
  Optional<TableName> driver(Node node, Model model, List<Node> inputs) {
    updatedAt(node, model);
    boolean asked = model.changes().batch().filter(b -> b == Model.Batch.CHANGES).isPresent();
    boolean may = model.kind() == Model.Kind.MERGE && model.changes().batch().isEmpty();
    boolean must = asked || model.kind() == Model.Kind.APPEND;
    if (!must && !may) {
      return Optional.empty();
    }
    if (asked && model.changes().closeDeleted()) {
      problems.error(
          model.at("batch"),
          "\"batch: changes\" and \"deletes: close\" contradict: what is gone is not among changes",
          "remove one of them");
    }
    List<Node> candidates =
        inputs.stream().filter(i -> !model.ignoreChanges().contains(i.name)).toList();
    if (candidates.size() == 1 && !candidates.getFirst().isView()) {
      return Optional.of(candidates.getFirst().name);
    }
    if (must) {
      problems.error(
          model.at(asked ? "batch" : "kind"),
          candidates.size() == 1
              ? candidates.getFirst().name + " is a view, of which nobody knows what rows are new"
              : "new rows must come from one table, and "
                  + node.name
                  + (candidates.isEmpty()
                      ? " reads none"
                      : " reads "
                          + String.join(
                              ", ", candidates.stream().map(n -> n.name.toString()).toList())),
          candidates.size() == 1
              ? "make it kind: table, or read what it reads"
              : "name the others under ignore_changes:");
    }
    return Optional.empty();
  }

  private void updatedAt(Node node, Model model) {
    Schema schema = Objects.requireNonNull(node.schema);
    Optional<String> name = model.changes().updatedAt();
    if (name.isEmpty()) {
      return;
    }
    Optional<Column> column = schema.column(name.get());
    if (column.isEmpty()) {
      problems.error(
          model.at("updated_at"),
          "unknown column \"" + name.get() + "\" in " + node.name,
          Problems.didYouMean(name.get(), schema.names()));
    } else if (!ModelRules.isTime(column.get().type())) {
      problems.error(
          model.at("updated_at"),
          "column \"" + name.get() + "\" is " + column.get().type().sql() + ", no date or time",
          "name the column that says when a row changed");
    }
  }
}
