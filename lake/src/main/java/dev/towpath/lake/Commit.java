package dev.towpath.lake;

import dev.towpath.lake.TableStates.Loaded;
import dev.towpath.lake.iceberg.IcebergSchema;
import dev.towpath.lake.iceberg.Manifest;
import dev.towpath.lake.iceberg.ManifestEntry;
import dev.towpath.lake.iceberg.ManifestFile;
import dev.towpath.lake.iceberg.Spec;
import dev.towpath.lake.iceberg.StoredFile;
import dev.towpath.lake.iceberg.TableState;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.Field;
import dev.towpath.spi.Lake.Draft;
import dev.towpath.spi.Lake.Step;
import dev.towpath.spi.Names;
import dev.towpath.spi.ObjectStore;
import dev.towpath.spi.PartitionField;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * One commit: decides which manifests of the base stay as they are, writes the others anew, and
 * then a manifest list and a metadata file. Nothing refers to what it writes until the caller keeps
 * the path that it returns, so it may stop at any point.
 */
final class Commit {
  /** More manifests than this and the small ones become one. */
  private static final int MANY_MANIFESTS = 20;

  private static final long SMALL_MANIFEST_BYTES = 1 << 20;
  private static final int MAX_ENTRIES = 8_000;

  private final ObjectStore objects;
  private final TableStates states;
  private final TablePaths paths;
  private final Draft draft;
  private final Step step;
  private final Optional<Loaded> base;
  private final Spec spec;
  private final int schemaId;
  private final long snapshotId = UUID.randomUUID().getMostSignificantBits() & Long.MAX_VALUE;
  private final long sequence;
  private final List<ManifestFile> manifests = new ArrayList<>();

  /** What goes into new manifests. */
  private final Map<Kind, List<ManifestEntry>> pending = new LinkedHashMap<>();

  /**
   * What one manifest holds.
   *
   * @param deletes whether position deletes rather than data
   */
  private record Kind(int specId, boolean deletes) {}

  private final Map<Integer, Spec> specs = new LinkedHashMap<>();
  private final List<String> written = new ArrayList<>();

  Commit(ObjectStore objects, TableStates states, TablePaths paths, Draft draft, Step step) {
    this.step = step;
    this.objects = objects;
    this.states = states;
    this.paths = paths;
    this.draft = draft;
    base = draft.base().map(states::load);
    spec = Partitions.resolve(base.map(Loaded::state), draft.fields(), draft.partitionBy());
    specs.put(spec.id(), spec);
    sequence = base.map(b -> b.state().sequence()).orElse(0L) + 1;
    schemaId =
        base.map(b ->
                b.state().fields().equals(draft.fields())
                    ? b.state().schemaId()
                    : b.state().schemaId() + 1)
            .orElse(0);
  }

  /** Writes everything and returns the path of the metadata file. */
  String run(Map<String, String> notes, long now) {
    Totals totals = new Totals(base.map(b -> b.state().snapshot().summary()).orElse(Map.of()));
    base.ifPresent(b -> keep(b, totals));
    add(totals);
    mergeSmall();
    pending.forEach((kind, entries) -> write(specOf(kind.specId()), kind.deletes(), entries));
    boolean append = step.removed().isEmpty() && step.thinned().isEmpty();
    TableState state = state(totals.summary(notes, append), now);
    String metadataFile = TablePaths.unique(metadata(), ".metadata.json");
    stage(
        TablePaths.relative(draft.location(), state.snapshot().manifestList()),
        ManifestFile.writeList(manifests, snapshotId, sequence));
    stage(metadataFile, state.json());
    List<String> durable = new ArrayList<>(step.added().stream().map(DataFile::path).toList());
    step.thinned().forEach(f -> durable.add(f.deletes().orElseThrow().path()));
    durable.addAll(written);
    objects.sync(durable);
    if (step.added().isEmpty() && step.thinned().isEmpty()) {
      objects.delete(List.of(draft.directory() + "/none")); // takes the empty directory with it
    }
    states.remember(metadataFile, new Loaded(draft.location(), state, manifests));
    return metadataFile;
  }

  private String metadata() {
    return draft.location() + "/metadata";
  }

  private void stage(String path, byte[] content) {
    objects.stage(path, content);
    written.add(path);
  }

  /** Carries the base's manifests over. */
  private void keep(Loaded from, Totals totals) {
    Set<Integer> replaced = replacedIds(from.state().fields(), draft.fields());
    Set<String> missing = new HashSet<>(step.removed());
    Map<String, DataFile.Deletes> thinned = new HashMap<>();
    step.thinned().forEach(f -> thinned.put(f.path(), f.deletes().orElseThrow()));
    // The deletes of a data file go with it, and when there are others.
    Set<String> old = new HashSet<>(step.removed());
    old.addAll(thinned.keySet());
    boolean untouched = old.isEmpty() && replaced.isEmpty() && !draft.moved();
    for (ManifestFile manifest : from.manifests()) {
      Spec spec = from.state().spec(manifest.specId());
      boolean partitioned = Partitions.holds(spec, draft.fields());
      if (untouched && partitioned) {
        keep(manifest, spec);
        continue;
      }
      List<ManifestEntry> entries = states.entries(from, manifest);
      List<ManifestEntry> kept = new ArrayList<>();
      for (ManifestEntry entry : entries) {
        StoredFile file = entry.file();
        String path = from.path(file.path());
        if (file.deletesOf().isPresent()) {
          if (old.contains(from.path(file.deletesOf().get()))) {
            totals.remove(file);
          } else {
            refuseMoved(file);
            kept.add(entry);
          }
        } else if (missing.remove(path)) {
          totals.remove(file);
        } else {
          refuseReplaced(file, replaced, from.state().fields());
          kept.add(draft.moved() ? at(entry, paths.absolute(path)) : entry);
          Optional.ofNullable(thinned.remove(path))
              .ifPresent(d -> thin(kept.getLast().file(), d, spec, partitioned, totals));
        }
      }
      if (kept.size() == entries.size() && !draft.moved() && partitioned) {
        keep(manifest, spec);
      } else {
        rewrite(kept, manifest.deletes(), spec, partitioned);
      }
    }
    missing.addAll(thinned.keySet());
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException("not files of the base: " + missing);
    }
  }

  private void keep(ManifestFile manifest, Spec spec) {
    manifests.add(manifest);
    specs.putIfAbsent(spec.id(), Partitions.named(spec, draft.fields()));
  }

  /** Notes which rows of a file that stays are gone. */
  private void thin(
      StoredFile file, DataFile.Deletes gone, Spec spec, boolean partitioned, Totals totals) {
    StoredFile deletes =
        StoredFile.deletes(paths.absolute(gone.path()), gone.rows(), gone.bytes(), file);
    totals.add(deletes);
    rewrite(
        List.of(new ManifestEntry(snapshotId, sequence, sequence, deletes)),
        true,
        spec,
        partitioned);
  }

  /** Deletes name a data file in what they hold, which only writing them anew can change. */
  private void refuseMoved(StoredFile deletes) {
    if (draft.moved()) {
      throw new IllegalArgumentException("names a file by its old place: " + deletes.path());
    }
  }

  private static ManifestEntry at(ManifestEntry entry, String path) {
    return with(entry, entry.file().at(path));
  }

  private static ManifestEntry with(ManifestEntry entry, StoredFile file) {
    return new ManifestEntry(entry.snapshotId(), entry.sequence(), entry.fileSequence(), file);
  }

  private void rewrite(
      List<ManifestEntry> entries, boolean deletes, Spec old, boolean partitioned) {
    if (partitioned) {
      specs.computeIfAbsent(old.id(), _ -> Partitions.named(old, draft.fields()));
      pend(new Kind(old.id(), deletes), entries);
    } else {
      // A spec whose column is gone says nothing anybody could ask for.
      pend(
          new Kind(none().id(), deletes),
          entries.stream().map(e -> with(e, e.file().unpartitioned())).toList());
    }
  }

  private void pend(Kind kind, List<ManifestEntry> entries) {
    if (!entries.isEmpty()) {
      pending.computeIfAbsent(kind, _ -> new ArrayList<>()).addAll(entries);
    }
  }

  private Spec none() {
    List<Spec> known = new ArrayList<>(specs.values());
    base.ifPresent(b -> known.addAll(b.state().specs()));
    int next = known.stream().mapToInt(Spec::id).max().orElse(-1) + 1;
    Spec none =
        known.stream()
            .filter(s -> s.parts().isEmpty())
            .findFirst()
            .orElse(new Spec(next, List.of()));
    specs.putIfAbsent(none.id(), none);
    return none;
  }

  /** Ids of columns that are there under the same name, but with another id. */
  private static Set<Integer> replacedIds(List<Field> old, List<Field> now) {
    Map<String, Integer> ids = new HashMap<>();
    now.forEach(f -> ids.put(Names.identity(f.name()), f.id()));
    Set<Integer> replaced = new HashSet<>();
    for (Field field : old) {
      Integer id = ids.get(Names.identity(field.name()));
      if (id != null && id != field.id() && now.stream().noneMatch(f -> f.id() == field.id())) {
        replaced.add(field.id());
      }
    }
    return replaced;
  }

  private void refuseReplaced(StoredFile file, Set<Integer> replaced, List<Field> old) {
    for (int id : replaced) {
      if (file.values().containsKey(id)) {
        Field before = TableState.field(old, id).orElseThrow();
        throw new TowpathException(
            "the type of column \""
                + before.name()
                + "\" of "
                + draft.table()
                + " changed from "
                + before.type().sql()
                + " to one that its older rows cannot be read as",
            "rebuild the table with --full, or cast the column to its old type");
      }
    }
  }

  private void add(Totals totals) {
    FileStats stats = new FileStats(draft.fields());
    List<String> names = draft.partitionBy().stream().map(PartitionField::name).toList();
    List<ManifestEntry> entries = new ArrayList<>();
    for (DataFile file : step.added()) {
      StoredFile stored = stats.stored(file, paths.absolute(file.path()), spec, names);
      totals.add(stored);
      entries.add(new ManifestEntry(snapshotId, sequence, sequence, stored));
    }
    pend(new Kind(spec.id(), false), entries);
  }

  private void write(Spec of, boolean deletes, List<ManifestEntry> entries) {
    for (int start = 0; start < entries.size(); start += MAX_ENTRIES) {
      List<ManifestEntry> some =
          List.copyOf(entries.subList(start, Math.min(entries.size(), start + MAX_ENTRIES)));
      Manifest.Written manifest = Manifest.write(draft.fields(), schemaId, of, some, snapshotId);
      String path = TablePaths.unique(metadata(), "-m0.avro");
      stage(path, manifest.content());
      states.remember(path, some);
      manifests.add(
          new ManifestFile(
              paths.absolute(path),
              manifest.content().length,
              of.id(),
              deletes,
              sequence,
              manifest.minSequence(),
              snapshotId,
              manifest.counts(),
              manifest.partitions()));
    }
  }

  /** Merges small manifests of one spec once there are many, so that reading stays quick. */
  private void mergeSmall() {
    if (base.isEmpty() || manifests.size() + pending.size() <= MANY_MANIFESTS) {
      return;
    }
    for (ManifestFile manifest : List.copyOf(manifests)) {
      if (manifest.length() < SMALL_MANIFEST_BYTES) {
        manifests.remove(manifest);
        pend(new Kind(manifest.specId(), manifest.deletes()), states.entries(base.get(), manifest));
      }
    }
  }

  private Spec specOf(int id) {
    Spec of = specs.get(id);
    if (of == null) {
      throw new IllegalStateException("no spec " + id);
    }
    return of;
  }

  private TableState state(Map<String, String> summary, long now) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("gc.enabled", "false"); // only towpath knows which releases need which files
    properties.put("towpath.table", draft.table().toString());
    for (Field field : draft.fields()) {
      properties.put(IcebergSchema.TYPE_PROPERTY + field.id(), field.type().sql());
    }
    Set<Integer> ids = new HashSet<>();
    FileStats.ids(draft.fields(), ids);
    int lastId = ids.stream().mapToInt(i -> i).max().orElse(0);
    int lastPart = 999;
    for (Spec of : specs.values()) {
      lastPart =
          Math.max(lastPart, of.parts().stream().mapToInt(Spec.Part::fieldId).max().orElse(0));
    }
    Optional<TableState> before = base.map(Loaded::state);
    String list = TablePaths.unique(metadata(), "-list.avro");
    return new TableState(
        before.map(TableState::uuid).orElseGet(() -> UUID.randomUUID().toString()),
        paths.absolute(draft.location()),
        sequence,
        Math.max(lastId, before.map(TableState::lastColumnId).orElse(0)),
        schemaId,
        draft.fields(),
        List.copyOf(specs.values()),
        spec.id(),
        Math.max(lastPart, before.map(TableState::lastPartitionId).orElse(0)),
        SortOrders.resolve(before, draft.fields(), draft.sortBy()),
        properties,
        new TableState.Snapshot(
            snapshotId,
            Math.max(now, before.map(b -> b.snapshot().time()).orElse(0L)),
            paths.absolute(list),
            summary));
  }
}
