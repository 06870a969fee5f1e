package dev.towpath.core.run;

import dev.towpath.core.check.Contacts;
import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Hash;
import dev.towpath.core.interval.Intervals;
import dev.towpath.core.plan.Plan;
import dev.towpath.core.store.SourceStateJson;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.Extract;
import dev.towpath.spi.HiddenColumns;
import dev.towpath.spi.Lake;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.SourceState;
import dev.towpath.spi.SourceTable;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import dev.towpath.spi.WriteRequest;
import dev.towpath.spi.WriteResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Ingests sources and seeds. */
final class SourceBuilder {
  private final RunContext context;
  private final Staging staging;
  private final Rejected rejected;

  SourceBuilder(RunContext context, Staging staging) {
    this.context = context;
    this.staging = staging;
    this.rejected = new Rejected(context, staging);
  }

  Built seed(Plan.Step step, Asset.FromSeed definition, Plan.Request request, Monitor monitor) {
    Asset asset = step.asset();
    Staging.Extra extra =
        new Staging.Extra(Map.of(), Intervals.NONE, Optional.empty(), request.logicalTime());
    Lake.Draft draft = draft(asset.name(), step.current(), asset.columns());
    WriteResult written =
        context
            .session()
            .write(
                write(
                    draft,
                    new Extract.Files(
                        Contacts.scan(definition.seed(), Optional.of(asset.columns()))),
                    false,
                    0),
                monitor);
    TableState state = staging.replace(asset, step.current(), draft, written.files(), extra);
    return Built.of(state, Builder.same(step, state) ? "same rows as before" : "");
  }

  Built source(Plan.Step step, Asset.FromSource definition, Plan.Request request, Monitor monitor) {
    return context.contacts().guarded(() -> read(step, definition, request, monitor));
  }

  private Built read(
      Plan.Step step, Asset.FromSource definition, Plan.Request request, Monitor monitor) {
    SourceTable table = definition.table().declaration();
    SourceReader reader = context.contacts().reader(table);
    boolean anew =
        request.full()
            || step.current()
                .filter(c -> c.fingerprint().equals(step.asset().fingerprint()))
                .isEmpty();
    Optional<TableState> base = anew ? Optional.empty() : step.current();
    Optional<SourceState> last = base.flatMap(TableState::source).map(this::last);
    try (SourceReader.Reading reading =
        reader.read(
            table,
            last,
            asked(step.asset().columns(), base),
            scan -> context.session().infer(scan),
            context.shared())) {
      Optional<String> key =
          reading
              .expected()
              .map(s -> stageKey(step.asset(), base, s, reading.effect(), reading.schema()));
      Optional<TableState> reusable =
          key.filter(_ -> !request.full()).flatMap(k -> context.store().staged(run(), k));
      if (reusable.isPresent()) {
        return Built.of(reusable.get(), "reused");
      }
      Built built = ingest(step, reading, base, request, monitor);
      built.state().ifPresent(s -> key.ifPresent(k -> context.store().stage(run(), k, s)));
      return built;
    }
  }

  /** The columns that are known of a table, and those that earlier readings added to it. */
  private static Schema asked(Schema known, Optional<TableState> base) {
    List<Column> columns = new ArrayList<>(known.columns());
    base.map(b -> HiddenColumns.visible(b.fields()).columns()).orElse(List.of()).stream()
        .filter(c -> known.column(c.name()).isEmpty())
        .forEach(columns::add);
    return new Schema(columns);
  }

  private Built ingest(
      Plan.Step step,
      SourceReader.Reading reading,
      Optional<TableState> base,
      Plan.Request request,
      Monitor monitor) {
    boolean hidden = reading.extract() instanceof Extract.Files;
    Schema schema = hidden ? Staging.withHidden(reading.schema()) : reading.schema();
    Lake.Draft draft = draft(step.asset().name(), step.current(), schema);
    WriteResult read = context.session().write(write(draft, reading, hidden), monitor);
    WriteResult written = newest(draft, reading, read, monitor);
    try {
      requireKeys(step.asset(), draft, reading.key(), written, monitor);
      SourceState next = reading.finish();
      if (base.isEmpty() && !request.full()) {
        requireKept(step, next);
      }
      Staging.Extra extra =
          new Staging.Extra(
              Map.of(),
              Intervals.NONE,
              Optional.of(remember(draft, base, next)),
              request.logicalTime());
      Built built =
          switch (reading.effect()) {
            case REPLACE -> replace(step, draft, written, extra);
            case APPEND ->
                base.map(b -> append(step, b, draft, written, extra))
                    .orElseGet(() -> replace(step, draft, written, extra));
            case UPSERT -> upsert(step, base, draft, reading.key(), written, extra, monitor);
          };
      return new Built(
          built.state(),
          rejected.states(step.asset(), written, reading.effect(), extra),
          Optional.empty(),
          detail(built.detail(), written, reading.note()));
    } catch (RuntimeException e) {
      staging.drop(written.files());
      throw e;
    }
  }

  /** With another definition all is read anew, which loses the rows of files that are gone. */
  private void requireKept(Plan.Step step, SourceState next) {
    if (!(step.asset().definition() instanceof Asset.FromSource source)
        || !source.table().declaration().mode().equals("append")
        || step.current().flatMap(TableState::source).isEmpty()) {
      return;
    }
    String path = step.current().flatMap(TableState::source).get();
    SourceState before = SourceStateJson.read(context.lake().objects().read(path), path);
    Set<String> there =
        next.files().stream().map(SourceState.SourceFile::name).collect(Collectors.toSet());
    List<String> lost =
        before.files().stream()
            .map(SourceState.SourceFile::name)
            .filter(name -> !there.contains(name))
            .toList();
    if (!lost.isEmpty()) {
      throw new TowpathException(
          List.of(
              Problem.error(
                  source.table().declaration().location(),
                  step.asset().name()
                      + " has another definition now, and the rows of "
                      + lost.getFirst()
                      + (lost.size() > 1 ? " and " + (lost.size() - 1) + " more files" : "")
                      + " cannot be read again: the file is gone",
                  "bring it back, or forget its rows: run " + step.asset().name() + " --full")));
    }
  }

  /** The rows of a reading that may tell of one thing more than once. */
  private WriteResult newest(
      Lake.Draft draft, SourceReader.Reading reading, WriteResult read, Monitor monitor) {
    if (reading.newest().isEmpty() || reading.key().isEmpty() || read.files().isEmpty()) {
      return read;
    }
    List<DataFile> newest;
    try {
      newest =
          new Keyed(context, staging, draft, reading.key(), List.of(), monitor)
              .newest(read.files(), reading.newest().get());
    } catch (RuntimeException e) {
      staging.drop(read.files());
      throw e;
    }
    if (newest.equals(read.files())) {
      return read;
    }
    staging.drop(read.files());
    return new WriteResult(newest, read.rejected());
  }

  /** Also of a first reading: what it holds twice, no later one could tell apart. */
  private void requireKeys(
      Asset asset, Lake.Draft draft, List<String> key, WriteResult written, Monitor monitor) {
    if (!key.isEmpty() && !written.files().isEmpty()) {
      Keyed keyed = new Keyed(context, staging, draft, key, List.of(), monitor);
      new KeyRules(context.session(), asset, key).ofBatch(keyed.expose(written.files()), key);
    }
  }

  private SourceState last(String path) {
    return SourceStateJson.read(context.lake().objects().read(path), path);
  }

  private static String detail(String text, WriteResult written, Optional<String> note) {
    int rejected = written.rejected().size();
    return Stream.of(text, rejected == 0 ? "" : rows(rejected) + " rejected", note.orElse(""))
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(", "));
  }

  private static String rows(long number) {
    return number == 1 ? "1 row" : number + " rows";
  }

  private Built replace(
      Plan.Step step, Lake.Draft draft, WriteResult written, Staging.Extra extra) {
    TableState state = staging.replace(step.asset(), step.current(), draft, written.files(), extra);
    return Built.of(state, Builder.same(step, state) ? "same rows as before" : "");
  }

  private Built append(
      Plan.Step step, TableState base, Lake.Draft draft, WriteResult written, Staging.Extra extra) {
    if (written.files().isEmpty()) {
      return Built.of(staging.unchanged(step.asset(), base, extra), "same rows as before");
    }
    return Built.of(
        advance(step, base, draft, new Lake.Step(written.files(), Set.of(), List.of()), extra),
        Keyed.Outcome.inserted(written.files()).toString());
  }

  /** Rows take the place of those with the same key. */
  private Built upsert(
      Plan.Step step,
      Optional<TableState> base,
      Lake.Draft draft,
      List<String> key,
      WriteResult written,
      Staging.Extra extra,
      Monitor monitor) {
    Keyed keyed = new Keyed(context, staging, draft, key, List.of(), monitor);
    try {
      if (base.isEmpty()) {
        return replace(step, draft, written, extra);
      }
      TableFiles old = context.lake().files(base.get().metadataFile().orElseThrow());
      Keyed.Outcome outcome = keyed.merge(old, written.files(), Optional.empty(), Optional.empty());
      try {
        TableState state =
            outcome.changesNothing() && draft.fields().equals(base.get().fields())
                ? staging.unchanged(step.asset(), base.get(), extra)
                : advance(step, base.get(), draft, outcome.files(), extra);
        staging.drop(written.files());
        return Built.of(state, outcome.toString());
      } catch (RuntimeException e) {
        staging.drop(outcome.files());
        throw e;
      }
    } finally {
      keyed.forget();
    }
  }

  private TableState advance(
      Plan.Step step, TableState base, Lake.Draft draft, Lake.Step files, Staging.Extra extra) {
    TableFiles old = context.lake().files(base.metadataFile().orElseThrow());
    return staging.advance(
        step.asset(),
        base,
        draft,
        new Staging.Step(old, files, List.of()),
        extra,
        TableState.Change.ALL);
  }

  /** Keeps the state beside the table's data; its own file, since it may be long. */
  private String remember(Lake.Draft draft, Optional<TableState> base, SourceState state) {
    Optional<String> before = base.flatMap(TableState::source);
    if (before.isPresent() && last(before.get()).equals(state)) {
      return before.get();
    }
    byte[] bytes = SourceStateJson.write(state);
    String path =
        draft.location()
            + (draft.location().endsWith("/") ? "" : "/")
            + "source/"
            + context.states().nextId()
            + ".json.gz";
    context.lake().objects().write(path, bytes);
    return path;
  }

  private Lake.Draft draft(TableName name, Optional<TableState> current, Schema schema) {
    return context
        .lake()
        .draft(name, current.flatMap(TableState::metadataFile), schema, List.of(), Map.of());
  }

  /** Rows that are replaced by key later are written into files that few of them share. */
  private WriteRequest write(Lake.Draft draft, SourceReader.Reading reading, boolean hidden) {
    boolean keyed = !reading.key().isEmpty();
    return write(draft, reading.extract(), hidden, keyed ? Keyed.fileBytes(0) : 0);
  }

  private WriteRequest write(Lake.Draft draft, Extract extract, boolean hidden, long fileBytes) {
    return new WriteRequest(
        extract,
        draft.fields(),
        Staging.part(draft),
        List.of(),
        List.of(),
        fileBytes,
        hidden ? Optional.of(new WriteRequest.Provenance(run())) : Optional.empty());
  }

  private static String stageKey(
      Asset asset,
      Optional<TableState> base,
      SourceState expected,
      SourceReader.Effect effect,
      Schema schema) {
    Hash hash =
        new Hash()
            .add("stage 1")
            .add(asset.name().identity())
            .add(asset.fingerprint())
            .add(
                effect == SourceReader.Effect.REPLACE
                    ? "replace"
                    : base.map(TableState::version).orElse(""));
    schema.columns().forEach(c -> hash.add(c.toString()));
    new java.util.TreeMap<>(expected.cursor()).forEach((k, v) -> hash.add(k).add(v));
    expected.files().forEach(f -> hash.add(f.name()).add(f.hash()));
    return hash.hex();
  }

  private String run() {
    return context.provenance().run();
  }
}
