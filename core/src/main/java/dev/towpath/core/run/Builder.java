package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Hash;
import dev.towpath.core.interval.Intervals;
import dev.towpath.core.plan.Plan;
import dev.towpath.core.project.Model;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.Field;
import dev.towpath.spi.Lake;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.TowpathException;
import dev.towpath.spi.WriteRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Builds one asset by its kind: tables and views here, the others in classes of their own. */
final class Builder {
  private final RunContext context;
  private final Staging staging;
  private final IncrementalBuilder incremental;
  private final HistoryBuilder history;
  private final SourceBuilder sources;

  Builder(RunContext context, Staging staging) {
    this.context = context;
    this.staging = staging;
    this.incremental = new IncrementalBuilder(context, staging);
    this.history = new HistoryBuilder(context, staging);
    this.sources = new SourceBuilder(context, staging);
  }

  /** Builds a step and makes its result readable. */
  Built build(Plan.Step planned, Plan.Request request, Monitor monitor) {
    Plan.Step step = request.full() ? withoutLost(planned) : planned;
    Built built =
        switch (step.asset().definition()) {
          case Asset.FromSource source -> sources.source(step, source, request, monitor);
          case Asset.FromSeed seed -> sources.seed(step, seed, request, monitor);
          case Asset.FromModel model ->
              switch (model.model().kind()) {
                case VIEW -> view(step, model, request);
                case TABLE -> table(step, model, request, monitor);
                case INCREMENTAL -> incremental.build(step, model, request, monitor);
                case MERGE, APPEND, SCD2 -> history.build(step, model, request, monitor);
              };
        };
    built.state().ifPresent(this::expose);
    built.companions().forEach(this::expose);
    return built;
  }

  /** A table whose metadata is lost or damaged can be built anew, as if it had never been. */
  private Plan.Step withoutLost(Plan.Step step) {
    try {
      step.current().flatMap(TableState::metadataFile).ifPresent(context.lake()::files);
      return step;
    } catch (CancelledException e) {
      throw e;
    } catch (TowpathException e) {
      context.listener().note(e.getMessage() + "; " + step.asset().name() + " is built without");
      return new Plan.Step(
          step.asset(),
          Optional.empty(),
          step.reasons(),
          step.window(),
          step.changes(),
          step.downstream());
    }
  }

  /** Makes a state readable under its own name. */
  void expose(TableState state) {
    context.session().expose(state.table(), relation(context.lake(), state));
    context.states().stage(state);
  }

  /** How a state is read. */
  static dev.towpath.spi.Relation relation(Lake lake, TableState state) {
    return state
        .metadataFile()
        .<dev.towpath.spi.Relation>map(file -> new dev.towpath.spi.Relation.Lake(lake.files(file)))
        .orElseGet(() -> new dev.towpath.spi.Relation.View(state.definition()));
  }

  private Built view(Plan.Step step, Asset.FromModel definition, Plan.Request request) {
    Asset asset = step.asset();
    Map<dev.towpath.spi.TableName, String> inputs = staging.inputs(asset);
    Hash version = new Hash().add("view").add(asset.name().identity()).add(asset.fingerprint());
    new TreeMap<>(inputs).forEach((name, v) -> version.add(name.identity()).add(v));
    String sql =
        Parameters.inline(
            definition.model().text(),
            Parameters.variables(definition.parameters(), context.project().vars()));
    List<Field> fields =
        asset.columns().columns().stream()
            .map(c -> new Field(0, c.name(), c.type(), List.of()))
            .toList();
    return Built.of(
        new TableState(
            context.states().nextId(),
            version.hex(),
            asset.name(),
            asset.kind(),
            Optional.empty(),
            fields,
            -1,
            0,
            asset.fingerprint(),
            sql,
            inputs,
            Intervals.NONE,
            Optional.empty(),
            request.logicalTime(),
            context.provenance(),
            step.current().map(TableState::id),
            TableState.Change.ALL),
        "view");
  }

  private Built table(
      Plan.Step step, Asset.FromModel definition, Plan.Request request, Monitor monitor) {
    Asset asset = step.asset();
    Model model = definition.model();
    Staging.Extra extra =
        new Staging.Extra(
            staging.inputs(asset), Intervals.NONE, Optional.empty(), request.logicalTime());
    String key = stageKey(asset, extra, definition.timeDependent() ? request : null, "");
    Optional<TableState> reusable =
        request.full() || model.isVolatile()
            ? Optional.empty()
            : context.store().staged(context.provenance().run(), key);
    if (reusable.isPresent()) {
      return Built.of(staging.adopt(reusable.get(), asset, step.current(), extra, false), "reused");
    }
    Lake.Draft draft =
        context
            .lake()
            .draft(
                asset.name(),
                step.current().flatMap(TableState::metadataFile),
                asset.columns(),
                model.partitionBy(),
                model.sortBy(),
                model.renames());
    List<DataFile> files =
        new ModelRows(context, staging)
            .all(asset, definition)
            .write(rows ->
                context
                    .session()
                    .write(
                        new WriteRequest(
                            rows,
                            draft.fields(),
                            draft.directory(),
                            model.partitionBy(),
                            model.sortBy(),
                            Optional.empty()),
                        monitor)
                    .files());
    TableState state = staging.replace(asset, step.current(), draft, files, extra);
    context.store().stage(context.provenance().run(), key, state);
    return Built.of(state, same(step, state) ? "same rows as before" : "");
  }

  static boolean same(Plan.Step step, TableState state) {
    return step.current().filter(c -> c.version().equals(state.version())).isPresent();
  }

  /** What decides the content of a table, in one text. */
  static String stageKey(
      Asset asset,
      Staging.Extra extra,
      Plan.@org.jspecify.annotations.Nullable Request time,
      String more) {
    List<String> parts = new ArrayList<>();
    parts.add("stage 1");
    parts.add(asset.name().identity());
    parts.add(asset.fingerprint());
    new TreeMap<>(extra.inputs()).forEach((name, v) -> parts.add(name.identity() + "=" + v));
    if (time != null) {
      parts.add("at " + time.logicalTime());
    }
    parts.add(more);
    return Hash.of(parts.toArray(new String[0]));
  }
}
