package dev.towpath.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.cli.Towpath;
import dev.towpath.core.store.ManifestJson;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.Release;
import dev.towpath.core.store.ReleaseManifest;
import dev.towpath.core.store.TableState;
import dev.towpath.lake.IcebergLake;
import dev.towpath.lake.LocalObjectStore;
import dev.towpath.metadata.SqliteStore;
import dev.towpath.spi.ObjectStore.Stat;
import dev.towpath.spi.TableName;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What must hold of a project's lake whatever happened to it. */
final class Audit {
  private final Path folder;
  private final Supplier<MetadataStore> stores;

  /** Of a project with its store in a file. */
  Audit(Path folder) {
    this(
        folder,
        () ->
            new SqliteStore(
                folder.resolve(".towpath/metadata.db"),
                new LocalObjectStore(folder.resolve(".towpath/lake")),
                Clock.systemUTC()));
  }

  Audit(Path folder, Supplier<MetadataStore> stores) {
    this.folder = folder;
    this.stores = stores;
  }

  /**
   * Number of rows and a sum over all of them for every table of the head: equal texts mean equal
   * bags of rows. Reads every column of every file.
   */
  Map<String, String> bags() {
    List<TableName> tables = tables();
    if (tables.isEmpty()) {
      return Map.of();
    }
    String sql =
        tables.stream()
            .map(t ->
                ("SELECT '%1$s' AS t, count(*) || ' rows ' || coalesce(sum(hash(x)::HUGEINT), 0)"
                        + " AS bag FROM %1$s AS x")
                    .formatted(t))
            .collect(Collectors.joining(" UNION ALL "));
    String csv = new Towpath(folder).run("query", sql, "--format", "csv").good().out();
    Map<String, String> bags = new TreeMap<>();
    csv.lines().skip(1).forEach(l -> bags.put(l.split(",")[0], l.split(",")[1]));
    return bags;
  }

  private List<TableName> tables() {
    try (MetadataStore store = store()) {
      Release head = store.head("dev");
      return head.number() == 0
          ? List.of()
          : store.view("dev", head.number()).tables().keySet().stream().sorted().toList();
    }
  }

  /** Number of the newest release; 0 when there is none. */
  long head() {
    try (MetadataStore store = store()) {
      return store.head("dev").number();
    }
  }

  /** The states of the runs, the newest first. */
  List<String> runs() {
    try (MetadataStore store = store()) {
      return store.runs("dev", 100).stream().map(r -> r.state().name()).toList();
    }
  }

  /**
   * The lake holds exactly what its releases reach: nothing is missing and nothing is left over.
   */
  void holdsWhatItReaches() {
    assertThat(orphans()).as("files that nothing reaches").isEmpty();
  }

  /** Files that no release reaches. Fails when one that is reached is missing. */
  Set<String> orphans() {
    LocalObjectStore objects = new LocalObjectStore(folder.resolve(".towpath/lake"));
    Set<String> files;
    try (Stream<Stat> listed = objects.list("")) {
      files = listed.map(Stat::path).collect(Collectors.toCollection(TreeSet::new));
    }
    files.removeIf(file -> file.startsWith("logs/")); // of runs, where machines share a lake
    Set<String> reached = reached(objects);
    assertThat(files).as("files of the lake").containsAll(reached);
    files.removeAll(reached);
    return files;
  }

  private Set<String> reached(LocalObjectStore objects) {
    IcebergLake lake = new IcebergLake(objects);
    Set<String> reached = new TreeSet<>(Set.of("store.json"));
    try (MetadataStore store = store()) {
      List<TableState> states = new ArrayList<>();
      for (String environment : store.environments()) {
        reached.add("releases/" + environment + "/head.json");
        for (Release release : store.releases(environment, Integer.MAX_VALUE)) {
          reached.add(release.manifest());
          ReleaseManifest manifest =
              ManifestJson.read(release.manifest(), objects.read(release.manifest()));
          manifest.tables().values().forEach(r -> reached.add(r.manifest()));
          states.addAll(store.view(environment, release.number()).tables().values());
        }
      }
      for (TableState state : states) {
        state.metadataFile().ifPresent(m -> reached.addAll(lake.reach(m)));
        state.source().ifPresent(reached::add);
      }
    }
    return reached;
  }

  private MetadataStore store() {
    return stores.get();
  }
}
