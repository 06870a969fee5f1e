package dev.towpath.core.release;

import dev.towpath.core.store.HeadFile;
import dev.towpath.core.store.LakeOwner;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.Release;
import dev.towpath.core.store.ReleaseManifest;
import dev.towpath.spi.Lake;
import dev.towpath.spi.ObjectStore;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Rebuilds a lost metadata store from the lake.
 *
 * <h2>Which releases come back</h2>
 *
 * A manifest is written before its release is committed, {@code head.json} after. So {@code
 * head.json} names a committed release, but maybe not the last one: from there we go on to
 * manifests that name it as their parent. Of several children at most one was committed, and it was
 * written last, since nobody writes a child of a release that has a committed one. So the youngest
 * whole child is taken, again and again. This never loses a committed release. It may bring back
 * one that was about to be committed when its process died: it was built, checked and complete, and
 * its run would have published it.
 *
 * <p>Then the parents of the head are followed back, for as long as their manifests are there and
 * all their files exist; what gc has expired ends the line. The head itself is taken even when a
 * file is missing, and that is told.
 */
final class Restoring {
  private final MetadataStore store;
  private final ObjectStore objects;
  private final List<String> problems = new ArrayList<>();
  private final String owner;
  private final Manifests manifests;

  Restoring(MetadataStore store, Lake lake) {
    this.store = store;
    this.objects = lake.objects();
    this.owner =
        LakeOwner.of(objects)
            .orElseThrow(() ->
                new TowpathException(
                    "the lake has never been written to, so there is nothing to restore",
                    "is lake: in towpath.yml the right folder?"));
    this.manifests = new Manifests(lake, owner, problems);
  }

  Restoration restore() {
    List<ReleaseManifest> releases = new ArrayList<>();
    List<Release> heads = new ArrayList<>();
    for (String environment : manifests.environments()) {
      List<ReleaseManifest> line = line(environment);
      if (!line.isEmpty()) {
        releases.addAll(line);
        heads.add(line.getLast().release());
      }
    }
    store.restore(owner, releases, manifests.records(releases));
    for (Release head : heads) {
      HeadFile.of(head.manifest()).write(objects, head.environment());
    }
    return new Restoration(heads, releases.size(), problems);
  }

  /** The releases of an environment, oldest first. */
  private List<ReleaseManifest> line(String environment) {
    Optional<ReleaseManifest> start = start(environment);
    if (start.isEmpty()) {
      return List.of();
    }
    ReleaseManifest head = start.get();
    for (Optional<ReleaseManifest> next = next(head); next.isPresent(); next = next(head)) {
      head = next.get();
    }
    if (!manifests.isWhole(head)) {
      problems.add("release " + head.release().number() + " of " + environment + " has lost files");
      if (!manifests.isRecorded(head)) {
        return List.of();
      }
    }
    List<ReleaseManifest> line = new ArrayList<>();
    Optional<ReleaseManifest> at = Optional.of(head);
    while (at.isPresent()) {
      line.addFirst(at.get());
      at = manifests.at(at.get().parent()).filter(manifests::isWhole);
    }
    return line;
  }

  /** The release that is certainly committed, or the best guess where the lake does not tell. */
  private Optional<ReleaseManifest> start(String environment) {
    HeadFile head = head(environment);
    Optional<ReleaseManifest> told = manifests.at(head.manifest());
    if (told.isPresent()) {
      return told;
    }
    Instant since = head.dropped().orElse(Instant.MIN);
    List<ReleaseManifest> whole =
        manifests.of(environment).stream()
            .filter(m -> !m.release().published().isBefore(since))
            .filter(manifests::isWhole)
            .toList();
    if (head.manifest().isEmpty()) { // its first release has not been announced, or was dropped
      return whole.stream().filter(m -> m.parent().isEmpty()).max(youngest());
    }
    problems.add("the manifest " + head.manifest() + " is missing");
    return whole.stream()
        .max(
            Comparator.comparingLong((ReleaseManifest m) -> m.release().number())
                .thenComparing(youngest()));
  }

  private HeadFile head(String environment) {
    try {
      return HeadFile.read(objects, environment);
    } catch (TowpathException e) {
      problems.add(String.valueOf(e.getMessage()));
      return HeadFile.NONE;
    }
  }

  private Optional<ReleaseManifest> next(ReleaseManifest parent) {
    return manifests.children(parent).stream().filter(manifests::isWhole).max(youngest());
  }

  /** One that has children was committed; of the others, the one that was written last. */
  private Comparator<ReleaseManifest> youngest() {
    return Comparator.comparing((ReleaseManifest m) -> !manifests.children(m).isEmpty())
        .thenComparing(manifests::written)
        .thenComparing(m -> m.release().manifest());
  }
}
