package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.interval.Intervals;
import dev.towpath.core.plan.Plan;
import dev.towpath.core.project.Check;
import dev.towpath.core.project.Model;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.Field;
import dev.towpath.spi.Lake;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.Relation;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Builds the kinds that keep rows from one run to the next: append, merge and scd2.
 *
 * <p>A model with a driving input reads of it only what came or changed since the version that its
 * own state was made from, so nothing is read twice and, after a rollback, what went back is read
 * again.
 */
final class HistoryBuilder {
  private final RunContext context;
  private final Staging staging;
  private final Changed changed;

  HistoryBuilder(RunContext context, Staging staging) {
    this.context = context;
    this.staging = staging;
    this.changed = new Changed(context.session(), context.lake());
  }

  Built build(Plan.Step step, Asset.FromModel definition, Plan.Request request, Monitor monitor) {
    return new Job(step, definition, request, monitor).build();
  }

  /** One build. */
  private final class Job {
    private final Plan.Step step;
    private final Asset asset;
    private final Asset.FromModel definition;
    private final Model model;
    private final Plan.Request request;
    private final Monitor monitor;
    private final Staging.Extra extra;

    /** The state that it goes on from; empty when all is built anew. */
    private final Optional<TableState> base;

    Job(Plan.Step step, Asset.FromModel definition, Plan.Request request, Monitor monitor) {
      this.step = step;
      this.asset = step.asset();
      this.definition = definition;
      this.model = definition.model();
      this.request = request;
      this.monitor = monitor;
      this.extra =
          new Staging.Extra(
              staging.inputs(asset), Intervals.NONE, Optional.empty(), request.logicalTime());
      this.base = step.current().filter(c -> !step.anew(request));
    }

    Built build() {
      String version = base.map(TableState::version).orElse("anew");
      boolean timed =
          definition.timeDependent()
              || (model.kind() == Model.Kind.SCD2
                  && (model.changes().updatedAt().isEmpty() || model.changes().closeDeleted()));
      String key = Builder.stageKey(asset, extra, timed ? request : null, version);
      Optional<TableState> reusable =
          model.isVolatile() || request.full()
              ? Optional.empty()
              : context.store().staged(context.provenance().run(), key);
      if (reusable.isPresent()) {
        return Built.of(
            staging.adopt(reusable.get(), asset, step.current(), extra, base.isPresent()),
            "reused");
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
      List<DataFile> written = new ArrayList<>();
      Keyed keyed = new Keyed(context, staging, draft, model.key(), model.sortBy(), monitor);
      try {
        Built built = build(draft, keyed, written);
        built.state().ifPresent(s -> context.store().stage(context.provenance().run(), key, s));
        return built;
      } catch (RuntimeException e) {
        staging.drop(written);
        throw e;
      } finally {
        keyed.forget();
      }
    }

    private Built build(Lake.Draft draft, Keyed keyed, List<DataFile> written) {
      TableFiles old =
          base.flatMap(TableState::metadataFile)
              .map(context.lake()::files)
              .orElse(new TableFiles(draft.fields(), List.of()));
      requireOldKeys(keyed, old);
      ModelRows.Pending rows = rows();
      return switch (model.kind()) {
        case APPEND -> {
          written.addAll(
              rows.write(r ->
                  keyed.write(
                      r, draft.partitionBy(), model.sortBy(), draft.fields(), old.bytes())));
          yield commit(draft, old, Keyed.Outcome.inserted(written));
        }
        case MERGE -> {
          List<DataFile> batch = stage(keyed, rows, draft.fields(), written, old.bytes());
          rules().ofBatch(keyed.expose(batch), model.key());
          Optional<String> delete =
              model.changes().deleteWhen().map(c -> ((Check.Expression) c.rule()).sql());
          if (old.files().isEmpty() && delete.isEmpty()) {
            yield commit(draft, old, Keyed.Outcome.inserted(batch));
          }
          Keyed.Outcome outcome = keyed.merge(old, batch, delete, model.changes().updatedAt());
          written.removeAll(batch);
          staging.drop(batch);
          yield commit(draft, old, outcome);
        }
        case SCD2 -> {
          Set<String> query = new HashSet<>(definition.queryColumns(asset).names());
          List<Field> fields =
              draft.fields().stream().filter(f -> query.contains(f.name())).toList();
          List<DataFile> batch = stage(keyed, rows, fields, written, 0);
          TableName now = staging.expose(new Relation.Lake(new TableFiles(fields, batch)));
          Scd2 scd2 = new Scd2(model, fields, asset.columns(), request.logicalTime());
          rules().ofBatch(now, scd2.identity());
          Keyed.Outcome outcome = scd2.apply(context.session(), keyed, old, now);
          staging.drop(batch);
          written.removeAll(batch);
          yield commit(draft, old, outcome);
        }
        case TABLE, VIEW, INCREMENTAL ->
            throw new IllegalStateException("not a kind with history: " + model.kind());
      };
    }

    private KeyRules rules() {
      return new KeyRules(context.session(), asset, model.key());
    }

    /** Where rows stay under another definition, its key must tell them apart as well. */
    private void requireOldKeys(Keyed keyed, TableFiles old) {
      if (base.filter(b -> !b.fingerprint().equals(asset.fingerprint())).isEmpty()
          || old.files().isEmpty()) {
        return;
      }
      switch (model.kind()) {
        case MERGE -> rules().ofOldRows(keyed.expose(old.files()));
        case SCD2 -> rules().ofOldVersions(keyed.expose(old.files()));
        case APPEND, TABLE, VIEW, INCREMENTAL -> {}
      }
    }

    private List<DataFile> stage(
        Keyed keyed,
        ModelRows.Pending rows,
        List<Field> fields,
        List<DataFile> written,
        long bytes) {
      boolean last = fields.size() == asset.columns().columns().size();
      List<DataFile> files =
          rows.write(r ->
              keyed.write(
                  r,
                  last ? model.partitionBy() : List.of(),
                  last ? model.sortBy() : List.of(),
                  fields,
                  bytes));
      written.addAll(files);
      return files;
    }

    /** The model's query, over the new rows of its driving input where it has one. */
    private ModelRows.Pending rows() {
      ModelRows models = new ModelRows(context, staging);
      if (base.isEmpty() || definition.driver().isEmpty()) {
        return models.all(asset, definition);
      }
      TableName driver = definition.driver().get();
      TableState input = context.states().now(driver).orElseThrow();
      Optional<TableFiles> before =
          Optional.ofNullable(base.get().inputs().get(driver))
              .flatMap(v -> context.states().version(driver, v))
              .flatMap(TableState::metadataFile)
              .map(context.lake()::files);
      if (before.isEmpty()) {
        if (model.kind() == Model.Kind.APPEND) {
          throw new dev.towpath.spi.TowpathException(
              "what "
                  + asset.name()
                  + " last read of "
                  + driver
                  + " is not kept any more, so nobody knows what is new",
              "run it with --full to build it anew from what is there now");
        }
        return models.all(asset, definition);
      }
      if (model.kind() == Model.Kind.APPEND) {
        changed.requireOnlyAdded(asset.name(), before.get(), input);
      }
      return models.of(
          asset, definition, Optional.empty(), Map.of(driver, changed.expose(before.get(), input)));
    }

    private Built commit(Lake.Draft draft, TableFiles old, Keyed.Outcome outcome) {
      try {
        return take(draft, old, outcome);
      } catch (RuntimeException e) {
        staging.drop(outcome.files());
        throw e;
      }
    }

    private Built take(Lake.Draft draft, TableFiles old, Keyed.Outcome outcome) {
      if (base.isEmpty()) {
        TableState state =
            staging.replace(asset, step.current(), draft, outcome.files().added(), extra);
        return Built.of(state, Builder.same(step, state) ? "same rows as before" : "");
      }
      TableState current = base.get();
      if (outcome.changesNothing() && draft.fields().equals(current.fields())) {
        return Built.of(staging.unchanged(asset, current, extra), "same rows as before");
      }
      TableState state =
          staging.advance(
              asset,
              current,
              draft,
              new Staging.Step(old, outcome.files(), model.sortBy()),
              extra,
              TableState.Change.ALL);
      return Built.of(state, outcome.toString());
    }
  }
}
