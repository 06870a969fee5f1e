package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.interval.Interval;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.Extract;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableName;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Computes the rows of models, whichever language their files are in. */
final class ModelRows {
  private final RunContext context;
  private final Staging staging;

  ModelRows(RunContext context, Staging staging) {
    this.context = context;
    this.staging = staging;
  }

  /** Rows that are not computed before somebody writes them. */
  @FunctionalInterface
  interface Pending {
    /** Computes and writes them. */
    List<DataFile> write(Function<Extract, List<DataFile>> writer);
  }

  /** All rows of a model that has no bounds. */
  Pending all(Asset asset, Asset.FromModel definition) {
    return of(asset, definition, Optional.empty(), Map.of());
  }

  /**
   * Rows of a model.
   *
   * @param range the interval that {@code start} and {@code end} bound
   * @param instead work tables that it reads under the names of others
   */
  Pending of(
      Asset asset,
      Asset.FromModel definition,
      Optional<Interval> range,
      Map<TableName, TableName> instead) {
    return definition.isPython()
        ? python(asset, definition, range, instead)
        : sql(asset, definition, range, instead);
  }

  private Pending sql(
      Asset asset,
      Asset.FromModel definition,
      Optional<Interval> range,
      Map<TableName, TableName> instead) {
    Map<String, Object> values =
        Parameters.variables(definition.parameters(), context.project().vars());
    range.ifPresent(r ->
        values.putAll(
            Parameters.bounds(
                definition.parameters(),
                r,
                definition.model().time().map(t -> t.zone()).orElse(ZoneOffset.UTC))));
    Map<TableName, TableName> names = new HashMap<>();
    if (!instead.isEmpty()) {
      asset.reads().forEach(r -> names.put(r, r));
      names.putAll(instead);
    }
    Statement query = new Statement(definition.model().text(), values);
    return writer -> writer.apply(new Extract.Query(query, names));
  }

  private Pending python(
      Asset asset,
      Asset.FromModel definition,
      Optional<Interval> range,
      Map<TableName, TableName> instead) {
    return writer ->
        context
            .python()
            .build(
                asset,
                definition,
                PythonModels.bounds(definition, range),
                table -> relation(table, instead),
                writer::apply,
                staging::drop);
  }

  /** What this run sees of a table, pinned: nothing that is published meanwhile comes in. */
  private Relation relation(TableName table, Map<TableName, TableName> instead) {
    Optional<TableState> state =
        instead.containsKey(table) ? Optional.empty() : context.states().now(table);
    return state
        .flatMap(TableState::metadataFile)
        .<Relation>map(file -> new Relation.Lake(context.lake().files(file)))
        .orElseGet(() ->
            new Relation.View("SELECT * FROM " + instead.getOrDefault(table, table).quoted()));
  }
}
