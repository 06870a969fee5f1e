package dev.towpath.core.check;

import dev.towpath.core.project.Model;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Location;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.SqlAnalyzer.TableUse;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rules of the kinds that keep rows from one run to the next: merge, append and scd2. */
final class History {
  private final Problems problems;

  private final Functions functions;

  History(Problems problems, Functions functions) {
    this.problems = problems;
    this.functions = functions;
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
   * be named under {@code ignore_changes}, since what changes there is not looked at again. A merge
   * that does not say has one only when its query gives the same over new rows as over all: in
   * Python, whose {@code t.read} says that it gives new rows, that is left to the author.
   *
   * @param query its SQL; null in Python
   */
  Optional<TableName> driver(Node node, Model model, List<Node> inputs, @Nullable Query query) {
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
      TableName name = candidates.getFirst().name;
      if (must && query != null) {
        requireOnce(model, name, query);
      }
      return Optional.of(name).filter(_ -> must || query == null || isRowByRow(name, query));
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

  /** Whether the new rows of a table give just what they give among all. */
  private boolean isRowByRow(TableName table, Query query) {
    return query.functions().stream().noneMatch(functions::aggregates)
        && query.rowByRow().containsAll(uses(table, query.reads()));
  }

  private static List<TableUse> uses(TableName table, List<TableUse> reads) {
    return reads.stream()
        .filter(u -> u.schema().map(s -> new TableName(s, u.table())).equals(Optional.of(table)))
        .toList();
  }

  /** New rows stand for the table wherever the query names it, so they would miss the old ones. */
  private void requireOnce(Model model, TableName table, Query query) {
    List<TableUse> beside = uses(table, query.beside());
    if (!beside.isEmpty()) {
      problems.error(
          Location.at(model.file(), model.text(), beside.getLast().offset()),
          table
              + " is read again here, where the query would see only its new rows, as in the other"
              + " place",
          model.kind() == Model.Kind.APPEND
              ? "kind: append reads its driving input once; use kind: table, or merge with batch: all"
              : "read it once, or use batch: all");
    }
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
