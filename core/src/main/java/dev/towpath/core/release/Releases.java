package dev.towpath.core.release;

import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.MetadataStore.Hold;
import dev.towpath.core.store.Publication;
import dev.towpath.core.store.Publication.Outcome;
import dev.towpath.core.store.Publication.Published;
import dev.towpath.core.store.Release;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.Lake;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * What is done with whole releases. Holds what it reads, so that a gc of another process takes
 * nothing away meanwhile. Thread-safe.
 */
public final class Releases {
  /** How old a file without use must be before gc removes it, unless told otherwise. */
  public static final Duration GRACE = Duration.ofDays(1);

  /** How many releases of an environment gc keeps, unless told otherwise. */
  public static final int KEEP = 20;

  private static final int ATTEMPTS = 20;

  private final MetadataStore store;
  private final Lake lake;

  /** Operations on a store and its lake. */
  public Releases(MetadataStore store, Lake lake) {
    this.store = store;
    this.lake = lake;
  }

  /** The same with nothing else. */
  public Release rollback(String environment, OptionalLong to, Instant now) {
    return rollback(environment, to, _ -> Optional.empty(), now);
  }

  /**
   * Publishes a release that has what an earlier one had.
   *
   * @param along what else happens in the same transaction, given the tables that have other rows
   *     then
   * @param to the earlier one; empty means the one before what the head holds, so that twice goes
   *     back twice
   * @throws TowpathException when there is nothing to go back to, when that release is unknown or
   *     not kept any more, and when the head holds it already
   */
  public Release rollback(
      String environment,
      OptionalLong to,
      Function<Set<TableName>, Optional<Publication.Along>> along,
      Instant now) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Release head = head(environment);
      long target = to.orElse(head.effective() - 1);
      if (target < 1) {
        throw new TowpathException(
            to.isEmpty()
                ? environment + " holds its first release, so there is none to go back to"
                : environment + " has no release " + target,
            "\"towpath releases\" lists what there is");
      }
      if (publishAgain(head, target, along, now) instanceof Published(Release release)) {
        return release;
      }
      if (to.isEmpty()) { // which one is before the head depends on the head
        throw new TowpathException(
            "another release has been published in " + environment + " meanwhile",
            "look at \"towpath releases\" and say which one to go back to");
      }
    }
    throw busy(environment);
  }

  private Outcome publishAgain(
      Release head,
      long target,
      Function<Set<TableName>, Optional<Publication.Along>> along,
      Instant now) {
    String environment = head.environment();
    try (Hold _ = store.read(environment, head.number());
        Hold _ = store.read(environment, target)) {
      LakeView wanted = store.view(environment, target);
      if (wanted.release().effective() == head.effective()) {
        throw new TowpathException(
            environment + " holds what release " + target + " held already",
            "\"towpath releases\" lists the others");
      }
      LakeView present = store.view(environment, head.number());
      List<TableState> writes =
          wanted.tables().values().stream().filter(s -> !has(present, s)).toList();
      Set<TableName> removes = new HashSet<>(present.tables().keySet());
      removes.removeAll(wanted.tables().keySet());
      Publication publication =
          new Publication(
              environment,
              head.number(),
              Release.Kind.ROLLBACK,
              writes,
              removes,
              OptionalLong.of(wanted.release().effective()),
              Optional.empty(),
              Optional.empty(),
              "rollback to " + target,
              now);
      Set<TableName> moved = new HashSet<>(removes);
      writes.stream().filter(s -> !hasRows(present, s)).map(TableState::table).forEach(moved::add);
      return store.publish(along.apply(moved).map(publication::with).orElse(publication));
    }
  }

  private static boolean hasRows(LakeView view, TableState state) {
    return view.table(state.table()).filter(s -> s.version().equals(state.version())).isPresent();
  }

  private static boolean has(LakeView view, TableState state) {
    return view.table(state.table()).filter(s -> s.id().equals(state.id())).isPresent();
  }

  /**
   * Publishes in one environment what was changed and tested in another: tables whose definition
   * differs and whose data in {@code into} is still what it was when the two last agreed.
   *
   * @throws TowpathException when there is nothing in {@code from}
   */
  public Promotion promote(String from, String into, Instant now) {
    if (from.equals(into)) {
      throw new TowpathException(from + " cannot be promoted into itself");
    }
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Release source = head(from);
      Release target = store.head(into);
      try (Hold _ = store.read(from, source.number());
          Hold _ = store.read(into, target.number())) {
        Promotable found =
            Promotable.of(
                store.view(from, source.number()),
                store.view(into, target.number()),
                store.bases(from));
        if (found.isEmpty()) {
          return new Promotion(Optional.empty(), List.of(), List.of(), found.rebuild());
        }
        Outcome outcome =
            store.publish(
                new Publication(
                    into,
                    target.number(),
                    Release.Kind.PROMOTE,
                    found.writes(),
                    Set.copyOf(found.removes()),
                    OptionalLong.empty(),
                    Optional.of(from),
                    Optional.empty(),
                    "from " + from + " at " + source.number(),
                    now));
        if (outcome instanceof Published(Release release)) {
          return new Promotion(
              Optional.of(release),
              found.writes().stream().map(TableState::table).toList(),
              found.removes(),
              found.rebuild());
        }
      }
    }
    throw busy(into);
  }

  /**
   * Removes what nothing can reach: see {@link MetadataStore#expire}.
   *
   * @param keep number of releases to keep, by environment; at least the head stays
   * @param grace files that were written less than this before {@code now} stay, and so do states
   *     that failed runs left for the next one; longer than any lease of a remote reader
   * @param dryRun only tells
   * @throws TowpathException before anything is forgotten when the lake belongs to another store
   */
  public GcReport gc(ToIntFunction<String> keep, Duration grace, boolean dryRun, Instant now) {
    return new Collector(store, lake).collect(keep, grace, dryRun, now);
  }

  /**
   * Fills an empty store from what a lake says of itself: the releases of every environment that
   * are whole, back from the newest.
   *
   * @throws TowpathException when the store is not empty or the lake was never written to
   */
  public Restoration restore() {
    return new Restoring(store, lake).restore();
  }

  private Release head(String environment) {
    Release head = store.head(environment);
    if (head.number() == 0) {
      throw new TowpathException(
          "nothing has been published in " + environment + " yet",
          "\"towpath --env " + environment + " run\" publishes");
    }
    return head;
  }

  private static TowpathException busy(String environment) {
    return new TowpathException(
        "others kept publishing in " + environment, "try again when they are done");
  }
}
