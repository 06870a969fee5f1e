package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.interval.Intervals;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Lake;
import dev.towpath.spi.PartitionField;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SortField;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TableName;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Turns written files into a new state of a table, or into the old one when nothing differs. */
final class Staging {
  private static final String WORK = "towpath_work";
  private static final AtomicInteger COUNTER = new AtomicInteger();

  private final RunContext context;
  private final boolean full;

  /**
   * Staging for a run.
   *
   * @param full whether it was asked for {@code --full}: then no old file stays for holding the
   *     same rows
   */
  Staging(RunContext context, boolean full) {
    this.context = context;
    this.full = full;
  }

  /** A folder of its own below a draft's, since a write owns its whole folder. */
  static String part(Lake.Draft draft) {
    return draft.directory() + "/" + COUNTER.incrementAndGet();
  }

  /** Makes a relation readable under a name that no project can have. */
  TableName expose(Relation relation) {
    return expose(context.session(), relation);
  }

  /** Makes a relation readable in a session under a name that no project can have. */
  static TableName expose(EngineSession session, Relation relation) {
    TableName name = new TableName(WORK, "t" + COUNTER.incrementAndGet());
    session.expose(name, relation);
    return name;
  }

  /**
   * The state of a table whose whole content is in new files. When it holds the same rows under the
   * same columns as before, in the same layout, the files are dropped and the version stays.
   */
  TableState replace(
      Asset asset,
      Optional<TableState> current,
      Lake.Draft draft,
      List<DataFile> files,
      Extra extra) {
    Optional<TableFiles> old = current.flatMap(TableState::metadataFile).map(context.lake()::files);
    TableFiles fresh = new TableFiles(draft.fields(), files);
    if (!full
        && old.isPresent()
        && sameLayout(draft, current.get(), asset, old.get())
        && SameRows.sameAsLegible(context, old.get(), fresh)) {
      drop(files);
      return unchanged(asset, current.get(), extra);
    }
    String metadata =
        context.lake().commit(draft, files, removed(old), Map.of("towpath.run", run()));
    return state(asset, current, metadata, fresh, extra, TableState.Change.ALL);
  }

  /** What a state carries besides its data. */
  record Extra(
      Map<TableName, String> inputs,
      Intervals built,
      Optional<String> source,
      Instant logicalTime) {
    Extra {
      inputs = Map.copyOf(inputs);
    }
  }

  /**
   * Files that come and go in a table that is not replaced as a whole.
   *
   * @param old what the table holds now
   * @param sortBy how rows are sorted within a file
   */
  record Step(TableFiles old, Lake.Step files, List<SortField> sortBy) {
    /** A step after which all rows of the files that stay are there. */
    Step(TableFiles old, List<DataFile> added, Set<String> removed, List<SortField> sortBy) {
      this(old, new Lake.Step(added, removed, List.of()), sortBy);
    }
  }

  /** The state after some files came and went; small old files become larger ones on the way. */
  TableState advance(
      Asset asset,
      TableState current,
      Lake.Draft draft,
      Step step,
      Extra extra,
      TableState.Change change) {
    Compaction compaction = new Compaction(context, this, draft, step.sortBy());
    Compaction.Result moved = compaction.compact(step.old(), step.files());
    try {
      List<DataFile> added = new ArrayList<>(step.files().added());
      added.addAll(moved.added());
      Set<String> gone = new HashSet<>(step.files().removed());
      gone.addAll(moved.removed());
      Lake.Step files = new Lake.Step(added, gone, step.files().thinned());
      String metadata = context.lake().commit(draft, files, Map.of("towpath.run", run()));
      return state(
          asset,
          Optional.of(current),
          metadata,
          context.lake().files(metadata),
          extra,
          change.moving(moved.paths()));
    } catch (RuntimeException e) {
      drop(moved.added());
      throw e;
    }
  }

  TableState state(
      Asset asset,
      Optional<TableState> current,
      String metadata,
      TableFiles files,
      Extra extra,
      TableState.Change change) {
    String id = context.states().nextId();
    return new TableState(
        id,
        id,
        asset.name(),
        asset.kind(),
        Optional.of(metadata),
        files.fields(),
        files.rows(),
        files.bytes(),
        asset.fingerprint(),
        asset.text(),
        extra.inputs(),
        extra.built(),
        extra.source(),
        extra.logicalTime(),
        context.provenance(),
        current.map(TableState::id),
        change);
  }

  /** The old content with what it was made from brought up to date. */
  TableState unchanged(Asset asset, TableState current, Extra extra) {
    return new TableState(
        context.states().nextId(),
        current.version(),
        asset.name(),
        asset.kind(),
        current.metadataFile(),
        current.fields(),
        current.rows(),
        current.bytes(),
        asset.fingerprint(),
        asset.text(),
        extra.inputs(),
        extra.built(),
        extra.source(),
        extra.logicalTime(),
        context.provenance(),
        Optional.of(current.id()),
        TableState.Change.NONE);
  }

  /**
   * A staged state of an earlier run under a new id, so that its history is this run's.
   *
   * @param relative whether it was made on top of the very version that is current
   */
  TableState adopt(
      TableState staged, Asset asset, Optional<TableState> current, Extra extra, boolean relative) {
    boolean same = current.filter(c -> c.version().equals(staged.version())).isPresent();
    return new TableState(
        context.states().nextId(),
        staged.version(),
        asset.name(),
        asset.kind(),
        staged.metadataFile(),
        staged.fields(),
        staged.rows(),
        staged.bytes(),
        asset.fingerprint(),
        asset.text(),
        extra.inputs(),
        staged.built(),
        staged.source(),
        extra.logicalTime(),
        context.provenance(),
        current.map(TableState::id),
        same ? TableState.Change.NONE : relative ? staged.change() : TableState.Change.ALL);
  }

  /** The versions of everything that an asset reads, as this run sees them. */
  Map<TableName, String> inputs(Asset asset) {
    Map<TableName, String> inputs = new HashMap<>();
    for (TableName read : asset.reads()) {
      context.states().now(read).ifPresent(s -> inputs.put(read, s.version()));
    }
    return inputs;
  }

  /** Removes files that no state will ever name. */
  void drop(List<DataFile> files) {
    if (!files.isEmpty()) {
      context.lake().objects().delete(files.stream().map(DataFile::path).toList());
    }
  }

  /** Removes the new files of a step that was not taken. */
  void drop(Lake.Step files) {
    List<String> paths = new ArrayList<>();
    files.added().forEach(f -> paths.add(f.path()));
    files.thinned().forEach(f -> paths.add(f.deletes().orElseThrow().path()));
    if (!paths.isEmpty()) {
      context.lake().objects().delete(paths);
    }
  }

  private static Set<String> removed(Optional<TableFiles> old) {
    return old.map(f ->
            f.files().stream().map(DataFile::path).collect(java.util.stream.Collectors.toSet()))
        .orElse(Set.of());
  }

  /**
   * Whether files written before are laid out as the definition asks. Its fingerprint covers the
   * layout; with another one, files tell how they are split, and nothing tells how they are sorted.
   */
  private static boolean sameLayout(
      Lake.Draft draft, TableState current, Asset asset, TableFiles old) {
    if (!draft.fields().equals(current.fields())) {
      return false;
    }
    if (current.fingerprint().equals(asset.fingerprint())) {
      return true;
    }
    List<String> parts = draft.partitionBy().stream().map(PartitionField::name).toList();
    boolean sorted =
        asset.definition() instanceof Asset.FromModel model && !model.model().sortBy().isEmpty();
    return !sorted
        && old.files().stream().allMatch(f -> List.copyOf(f.partition().keySet()).equals(parts));
  }

  /** A number from a result, whatever type it came as. */
  static long number(@org.jspecify.annotations.Nullable Object value) {
    return switch (Objects.requireNonNull(value)) {
      case Number n when !(n instanceof BigDecimal) -> n.longValue();
      case Object o -> new BigDecimal(o.toString()).longValueExact();
    };
  }

  private String run() {
    return context.provenance().run();
  }

  /** Columns of a schema plus the hidden ones. */
  static Schema withHidden(Schema schema) {
    List<dev.towpath.spi.Column> columns = new java.util.ArrayList<>(schema.columns());
    columns.addAll(dev.towpath.spi.HiddenColumns.ALL);
    return new Schema(columns);
  }
}
