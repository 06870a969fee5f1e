package dev.towpath.core.release;

import dev.towpath.core.store.HeadFile;
import dev.towpath.core.store.ManifestJson;
import dev.towpath.core.store.ReleaseManifest;
import dev.towpath.core.store.ReleaseManifest.Reference;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.Lake;
import dev.towpath.spi.ObjectStore.Stat;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** All release manifests that lie in a lake, and which of them still have all their files. */
final class Manifests {
  private final Lake lake;
  private final Map<String, Stat> files = new HashMap<>();
  private final Map<String, ReleaseManifest> byPath = new TreeMap<>();
  private final Map<String, List<ReleaseManifest>> byParent = new HashMap<>();
  private final Map<String, Recorded> states = new HashMap<>();
  private final Map<String, Boolean> whole = new HashMap<>();

  /** A state and the manifest that holds it; of several that do, any will do. */
  private record Recorded(TableState state, String manifest) {}

  /**
   * Reads them.
   *
   * @param owner those of other stores are passed over
   * @param problems told of manifests that cannot be read
   */
  Manifests(Lake lake, String owner, List<String> problems) {
    this.lake = lake;
    try (var listed = lake.objects().list("")) {
      listed.forEach(file -> files.put(file.path(), file));
    }
    for (String path : new TreeSet<>(files.keySet())) {
      if (path.startsWith("releases/") && path.endsWith(".json") && !HeadFile.isHead(path)) {
        try {
          ReleaseManifest manifest = ManifestJson.read(path, lake.objects().read(path));
          if (manifest.store().equals(owner)) {
            add(path, manifest);
          }
        } catch (TowpathException e) {
          problems.add(String.valueOf(e.getMessage()));
        }
      }
    }
  }

  private void add(String path, ReleaseManifest manifest) {
    byPath.put(path, manifest);
    byParent.computeIfAbsent(manifest.parent(), p -> new ArrayList<>()).add(manifest);
    manifest.states().forEach(state -> states.put(state.id(), new Recorded(state, path)));
  }

  Set<String> environments() {
    Set<String> names = new TreeSet<>();
    byPath.values().forEach(manifest -> names.add(manifest.release().environment()));
    return names;
  }

  Optional<ReleaseManifest> at(String path) {
    return Optional.ofNullable(byPath.get(path));
  }

  List<ReleaseManifest> of(String environment) {
    return byPath.values().stream()
        .filter(manifest -> manifest.release().environment().equals(environment))
        .toList();
  }

  List<ReleaseManifest> children(ReleaseManifest parent) {
    return byParent.getOrDefault(parent.release().manifest(), List.of());
  }

  /** When its file was written. */
  Instant written(ReleaseManifest manifest) {
    Stat file = files.get(manifest.release().manifest());
    return file == null ? Instant.MIN : file.modified();
  }

  /** Whether every state of a release is on record. */
  boolean isRecorded(ReleaseManifest manifest) {
    return manifest.tables().values().stream().map(Reference::state).allMatch(states::containsKey);
  }

  /** Whether every state of a release is on record and every file of them is there. */
  boolean isWhole(ReleaseManifest manifest) {
    return manifest.tables().values().stream()
        .allMatch(reference -> whole.computeIfAbsent(reference.state(), this::hasFiles));
  }

  private boolean hasFiles(String id) {
    Recorded recorded = states.get(id);
    if (recorded == null) {
      return false;
    }
    TableState state = recorded.state();
    try {
      return state.source().map(files::containsKey).orElse(true)
          && state.metadataFile().map(lake::reach).map(files.keySet()::containsAll).orElse(true);
    } catch (TowpathException e) {
      return false; // a file that names others is missing or damaged, which is what was asked
    }
  }

  /** The records of all states of some releases, by the manifest that holds them. */
  Map<String, List<TableState>> records(List<ReleaseManifest> releases) {
    Set<String> needed = new TreeSet<>();
    releases.forEach(release -> release.tables().values().forEach(r -> needed.add(r.state())));
    Map<String, List<TableState>> records = new TreeMap<>();
    for (String id : needed) {
      Recorded recorded = states.get(id);
      if (recorded != null) {
        records.computeIfAbsent(recorded.manifest(), p -> new ArrayList<>()).add(recorded.state());
      }
    }
    return records;
  }
}
