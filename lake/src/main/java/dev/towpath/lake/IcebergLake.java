package dev.towpath.lake;

import dev.towpath.lake.TableStates.Loaded;
import dev.towpath.lake.iceberg.FormatException;
import dev.towpath.lake.iceberg.ManifestEntry;
import dev.towpath.lake.iceberg.ManifestFile;
import dev.towpath.lake.iceberg.Spec;
import dev.towpath.lake.iceberg.StoredFile;
import dev.towpath.lake.iceberg.TableState;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.Field;
import dev.towpath.spi.Lake;
import dev.towpath.spi.ObjectStore;
import dev.towpath.spi.PartitionField;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SortField;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TableName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Iceberg tables, format version 2, in an object store. Thread-safe. */
public final class IcebergLake implements Lake {
  private static final long MAX_COLUMNS_OF_FILES = 200_000;

  private final ObjectStore objects;
  private final Clock clock;
  private final TablePaths paths;
  private final TableStates states;
  private final Lru<String, TableFiles> tables =
      new Lru<>(MAX_COLUMNS_OF_FILES, IcebergLake::weight);

  /** A lake whose snapshots carry the machine's time. */
  public IcebergLake(ObjectStore objects) {
    this(objects, Clock.systemUTC());
  }

  /** A lake whose snapshots carry the clock's time. */
  public IcebergLake(ObjectStore objects, Clock clock) {
    this.objects = objects;
    this.clock = clock;
    paths = new TablePaths(objects);
    states = new TableStates(objects);
  }

  private static long weight(TableFiles files) {
    return 2 + files.files().stream().mapToLong(f -> 2L + f.stats().size()).sum();
  }

  @Override
  public ObjectStore objects() {
    return objects;
  }

  @Override
  public Draft draft(
      TableName table,
      Optional<String> base,
      Schema schema,
      List<PartitionField> partitionBy,
      List<SortField> sortBy,
      Map<String, String> renames) {
    Optional<TableState> before = base.map(b -> states.load(b).state());
    List<Field> fields =
        FieldIds.assign(
            schema,
            before.map(TableState::fields).orElse(List.of()),
            before.map(TableState::lastColumnId).orElse(0),
            renames);
    Partitions.resolve(before, fields, partitionBy);
    String location = base.map(TablePaths::tableOf).orElseGet(() -> TablePaths.newTable(table));
    String directory = TablePaths.unique(location + "/data", "");
    Path local = objects.local(directory);
    try {
      LocalObjectStore.make(local);
    } catch (IOException e) {
      throw DiskFault.of(e, "make the directory", local);
    }
    boolean moved = before.filter(b -> !b.location().equals(paths.absolute(location))).isPresent();
    return new Draft(
        table,
        base,
        fields,
        List.copyOf(partitionBy),
        List.copyOf(sortBy),
        location,
        directory,
        moved);
  }

  @Override
  public String commit(Draft draft, Step step, Map<String, String> summary) {
    return new Commit(objects, states, paths, draft, step).run(summary, clock.millis());
  }

  @Override
  public String absolute(String path) {
    return paths.absolute(path);
  }

  @Override
  public TableFiles files(String metadataFile) {
    TableFiles known = tables.get(metadataFile);
    if (known != null) {
      return known;
    }
    Loaded loaded = states.load(metadataFile);
    TableFiles result = states.name(metadataFile, () -> files(loaded));
    tables.put(metadataFile, result);
    return result;
  }

  private TableFiles files(Loaded loaded) {
    TableState state = loaded.state();
    FileStats stats = new FileStats(state.fields());
    Map<String, DataFile.Deletes> deletes = deletes(loaded);
    List<DataFile> files = new ArrayList<>();
    for (ManifestFile manifest : loaded.manifests()) {
      if (manifest.deletes()) {
        continue;
      }
      Spec spec = state.spec(manifest.specId());
      for (ManifestEntry entry : states.entries(loaded, manifest)) {
        String path = loaded.path(entry.file().path());
        Optional<DataFile.Deletes> gone = Optional.ofNullable(deletes.remove(path));
        files.add(stats.file(entry.file(), path, spec, gone));
      }
    }
    if (!deletes.isEmpty()) { // rows that are gone must not come back unnoticed
      throw new FormatException("it names rows of files that are not there: " + deletes.keySet());
    }
    return new TableFiles(state.fields(), files);
  }

  /** Which rows are gone, by the path of their data file. */
  private Map<String, DataFile.Deletes> deletes(Loaded loaded) {
    Map<String, DataFile.Deletes> deletes = new HashMap<>();
    for (ManifestFile manifest : loaded.manifests()) {
      if (manifest.deletes()) {
        for (ManifestEntry entry : states.entries(loaded, manifest)) {
          StoredFile file = entry.file();
          deletes.put(
              loaded.path(
                  file.deletesOf()
                      .orElseThrow(
                          () -> new FormatException("it does not say whose rows are gone"))),
              new DataFile.Deletes(loaded.path(file.path()), file.rows(), file.bytes()));
        }
      }
    }
    return deletes;
  }

  @Override
  public Set<String> reach(String metadataFile) {
    Loaded loaded = states.load(metadataFile);
    return states.name(metadataFile, () -> reach(metadataFile, loaded));
  }

  private Set<String> reach(String metadataFile, Loaded loaded) {
    Set<String> reached = new LinkedHashSet<>();
    reached.add(metadataFile);
    reached.add(loaded.path(loaded.state().snapshot().manifestList()));
    for (ManifestFile manifest : loaded.manifests()) {
      reached.add(loaded.path(manifest.path()));
      for (ManifestEntry entry : states.entries(loaded, manifest)) {
        reached.add(loaded.path(entry.file().path()));
      }
    }
    return reached;
  }
}
