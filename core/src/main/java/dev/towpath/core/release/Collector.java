package dev.towpath.core.release;

import dev.towpath.core.store.HeadFile;
import dev.towpath.core.store.LakeOwner;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.MetadataStore.Expiry;
import dev.towpath.core.store.Release;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Lake;
import dev.towpath.spi.ObjectStore;
import dev.towpath.spi.ObjectStore.Stat;
import dev.towpath.spi.TowpathException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * Removes files that nothing can reach.
 *
 * <h2>Why no file that is needed can go</h2>
 *
 * It takes three steps, in this order: (1) list the lake's files; (2) expire: one synced
 * transaction that deletes the rows of what is not kept, under the store's write lock; (3) delete
 * listed files that no kept state, manifest or ledger reaches and that are old enough.
 *
 * <p>A file that is needed later and was not listed is safe, whatever its age. One that was listed
 * existed before the transaction, and whoever needs it got there in one of these ways:
 *
 * <ul>
 *   <li>Its state was staged or published before the transaction: the row is there, and is kept if
 *       a kept release, a live run or a young staging refers to it. If not, the row is gone with
 *       the same commit, and nobody can find the state any more: {@code view}, {@code read} and
 *       {@code staged} look at rows, and the latter two write what they found down (a hold, a
 *       staging by a live run) in the transaction that found it. So a reader or a run that starts
 *       meanwhile either has its claim on record before step 2, or finds nothing.
 *   <li>A run is about to stage it. Runs hold the head of the moment they began and all later
 *       releases, so the older files that a new state shares with the state it was based on are
 *       reached from kept states. The new files were written after the run began: while it lives,
 *       nothing younger than the oldest live run goes. If it is not alive in step 2 it can stage
 *       nothing that would be found or published.
 *   <li>It is the manifest of a release being published. It is written under the write lock, so
 *       when it was listed, its transaction had ended before step 2: it is on record, or the
 *       release will never be.
 *   <li>A rollback, a promotion or a new environment points at an older state again. The first two
 *       hold the release they read from, the third is one transaction.
 * </ul>
 *
 * The grace period is not needed for any of this on one machine. It is for readers that cannot
 * register, and for stores whose clocks differ.
 *
 * <p>Step 2 is on disk before step 3: no power loss brings back a row whose files are gone. A crash
 * in step 3 leaves files that the next gc lists again. Manifests go before data, so that a manifest
 * whose files are missing is rare; {@code restore} checks all the same.
 */
final class Collector {
  private static final String RELEASES = "releases/";

  /** Only in these; whatever else somebody put beside them is not ours. */
  private static final List<String> FOLDERS = List.of("tables/", "sources/", RELEASES);

  /** How far a file server's clock may be behind ours. */
  private static final Duration SKEW = Duration.ofMinutes(5);

  private final MetadataStore store;
  private final Lake lake;
  private final ObjectStore objects;

  Collector(MetadataStore store, Lake lake) {
    this.store = store;
    this.lake = lake;
    this.objects = lake.objects();
  }

  GcReport collect(ToIntFunction<String> keep, Duration grace, boolean dryRun, Instant now) {
    if (LakeOwner.of(objects).isEmpty()) {
      return new GcReport(List.of(), 0, 0, 0); // nobody has written anything yet
    }
    LakeOwner.claim(objects, store.id());
    List<Stat> files;
    try (var listed = objects.list("")) {
      files = listed.toList();
    }
    Instant young = now.minus(grace);
    Expiry expiry = store.expire(keep, young, dryRun);
    Instant limit =
        expiry.since().map(s -> s.minus(SKEW)).filter(s -> s.isBefore(young)).orElse(young);
    Set<String> reached = reach(expiry, files);
    List<Stat> garbage =
        files.stream()
            .filter(file -> file.modified().isBefore(limit))
            .filter(file -> !reached.contains(file.path()))
            .filter(file -> isOurs(file.path(), files))
            .sorted(
                Comparator.comparing((Stat file) -> !file.path().startsWith(RELEASES))
                    .thenComparing(Stat::path))
            .toList();
    List<String> paths = garbage.stream().map(Stat::path).toList();
    if (!dryRun) {
      announceDrops(files, paths, now);
      announceHeads();
      objects.delete(paths);
    }
    long bytes = garbage.stream().mapToLong(Stat::bytes).sum();
    return new GcReport(
        paths.stream().sorted().toList(), bytes, expiry.releases(), expiry.states());
  }

  /**
   * Marks environments as dropped where whoever dropped them died before: a restore would bring
   * them back, without the files that go now. One that is made anew meanwhile is announced after
   * this, by its maker or by {@link #announceHeads}.
   */
  private void announceDrops(List<Stat> files, List<String> garbage, Instant now) {
    List<String> known = store.environments();
    for (Stat file : files) {
      if (HeadFile.isHead(file.path()) && !garbage.contains(file.path())) {
        String environment = HeadFile.environment(file.path());
        if (!known.contains(environment)
            && !HeadFile.read(objects, environment).manifest().isEmpty()) {
          HeadFile.dropped(now).write(objects, environment);
        }
      }
    }
  }

  /**
   * Repairs head files that lag behind, since whoever should have written them died: they must not
   * name a manifest that goes now.
   */
  private void announceHeads() {
    for (String environment : store.environments()) {
      Release head = store.head(environment);
      HeadFile wanted = HeadFile.of(head.manifest());
      if (head.number() > 0 && !HeadFile.read(objects, environment).equals(wanted)) {
        wanted.write(objects, environment);
      }
    }
  }

  private Set<String> reach(Expiry expiry, List<Stat> files) {
    Set<String> reached = new HashSet<>(expiry.manifests());
    reached.addAll(expiry.sourceFiles());
    for (TableState state : expiry.kept()) {
      state.metadataFile().ifPresent(file -> reached.addAll(reach(file, files)));
    }
    for (String environment : store.environments()) {
      reached.add(HeadFile.path(environment));
    }
    return reached;
  }

  /** What a state reaches; all of its table where its own metadata is lost and cannot tell. */
  private Set<String> reach(String metadataFile, List<Stat> files) {
    try {
      return lake.reach(metadataFile);
    } catch (CancelledException e) {
      throw e;
    } catch (TowpathException e) {
      int end = metadataFile.indexOf("/metadata/");
      if (end < 0 || objects.stat(metadataFile).isPresent()) {
        throw e; // a disk that fails, for a moment maybe, is no reason to go on
      }
      String table = metadataFile.substring(0, end + 1);
      return files.stream()
          .map(Stat::path)
          .filter(p -> p.startsWith(table))
          .collect(Collectors.toSet());
    }
  }

  /** Whether gc may remove a file that nothing reaches. */
  private static boolean isOurs(String path, List<Stat> files) {
    if (HeadFile.isHead(path)) {
      // It marks a dropped environment as dropped, for as long as its manifests are there.
      String folder = path.substring(0, path.lastIndexOf('/') + 1);
      return files.stream().allMatch(f -> f.path().equals(path) || !f.path().startsWith(folder));
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    return name.startsWith(".tmp-") || FOLDERS.stream().anyMatch(path::startsWith);
  }
}
