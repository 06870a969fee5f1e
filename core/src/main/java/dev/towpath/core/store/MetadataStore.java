package dev.towpath.core.store;

import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * Releases, table states and runs, durably. Every method is atomic; several processes may use one
 * store at a time. Thread-safe. Failures are {@link dev.towpath.spi.TowpathException}s in plain
 * words.
 */
public interface MetadataStore extends AutoCloseable {

  /** The store's UUID, which the lake's root carries too. */
  String id();

  /** Names of all environments that have been created, sorted. */
  List<String> environments();

  /**
   * Creates an environment, empty or with the pointers of another's head (as its release 1).
   *
   * @throws dev.towpath.spi.TowpathException when it exists, or {@code from} does not
   */
  Release createEnvironment(String name, Optional<String> from, Instant now);

  /**
   * Forgets an environment, its releases and its runs; gc frees the files. Refuses while runs or
   * readers are live.
   */
  void dropEnvironment(String name);

  /** The newest release; number 0 when the environment has none or is not created yet. */
  Release head(String environment);

  /** Releases, newest first, that gc has not expired. */
  default List<Release> releases(String environment, int limit) {
    return releases(environment, Long.MAX_VALUE, limit);
  }

  /** Those of them that came before a release of this number. */
  List<Release> releases(String environment, long before, int limit);

  /**
   * Every table's state at a release.
   *
   * @throws dev.towpath.spi.TowpathException naming the kept releases when there is none of that
   *     number
   */
  LakeView view(String environment, long release);

  /** States of one table through the releases, newest first. */
  List<TableState> history(String environment, TableName table, int limit);

  /** One state by id, if it is still kept. */
  Optional<TableState> state(String id);

  /**
   * A state of a table that has this version, if one is still kept. The versions that published
   * states of kinds append, merge and scd2 have read last are.
   */
  Optional<TableState> version(TableName table, String version);

  /** Since when a table has the rows that it has in an environment now; empty when it has none. */
  Optional<Instant> since(String environment, TableName table);

  /**
   * Version that each table had when the environment last agreed with another one: when it was made
   * from it, or promoted into it. Empty for an environment of its own.
   */
  Map<TableName, String> bases(String environment);

  /**
   * Registers a run. The returned hold keeps it alive until closed: other processes then see it as
   * dead and mark it failed. The head of the moment and all later releases of the environment stay
   * readable until then, so call this before looking at the head.
   */
  Hold begin(RunRecord run);

  /** Registers a reader of a release, so that gc keeps it until the hold is closed. */
  Hold read(String environment, long release);

  /** Writes task rows; may group them with others, so that few transactions serve many. */
  void tasks(List<RunRecord.Task> tasks, List<RunRecord.CheckResult> checks);

  /**
   * Keeps a staged state for reuse by later runs.
   *
   * @param key fingerprint, input versions and interval in one text
   */
  void stage(String run, String key, TableState state);

  /** A state that was staged under that key, if one is still kept; without any claim to it. */
  Optional<TableState> staged(String key);

  /**
   * A state that was staged or published under that key and whose files are still kept. It counts
   * as staged by the given run too, which must be alive: gc keeps it for as long.
   */
  Optional<TableState> staged(String run, String key);

  /**
   * Keeps what a source said when it was read again and held the rows of a published state.
   *
   * @param again the published state, but for what the source said; found by {@link #staged} under
   *     {@link #rereading}
   * @param published the id of the published state
   */
  default void reread(String run, String published, TableState again) {
    stage(run, rereading(published), again);
  }

  /** The key that the newest rereading of a published state is staged under. */
  static String rereading(String published) {
    return "reread " + published;
  }

  /**
   * Publishes; writes the manifest into the lake first, then all in one synced transaction. When it
   * throws, the outcome may be unknown: no file may be deleted.
   *
   * @throws dev.towpath.spi.TowpathException when the run is not alive any more, or when a state
   *     that a rollback or promotion names has been forgotten
   */
  Publication.Outcome publish(Publication publication);

  /** What exports of an environment are owed and have got, by table. */
  List<ExportRecord> exports(String environment);

  /**
   * Owes what is published to exports that are not on record: those that were declared since.
   *
   * @param declared targets by table
   */
  void owe(LakeView view, Map<TableName, List<String>> declared);

  /**
   * Notes how a try to export went.
   *
   * @param done id of the state that got through, when it did
   * @param error how it failed, when it did, without secrets
   */
  void exported(ExportRecord export, Optional<String> done, Optional<String> error);

  /** Forgets an export that no file declares any more. */
  void forget(ExportRecord export);

  /**
   * Lets one process export from an environment at a time.
   *
   * @return empty while another one does
   */
  Optional<Hold> exporting(String environment);

  /** Ends a run that did not publish. */
  void finish(String run, RunRecord.State state, Optional<String> message, Instant now);

  /** Newest first. */
  default List<RunRecord> runs(String environment, int limit) {
    return runs(environment, Optional.empty(), limit);
  }

  /**
   * Newest first.
   *
   * @param before only those that come after this one in the list
   */
  List<RunRecord> runs(String environment, Optional<RunFilter.Position> before, int limit);

  /** The run of that id in an environment. */
  Optional<RunRecord> run(String environment, String id);

  /** Tasks of a run in the order they started. */
  List<RunRecord.Task> tasks(String run);

  /** Results of the checks of a table's newest run that ran them. */
  List<RunRecord.CheckResult> checks(String environment, TableName table);

  /** What checks of a table said in the newest runs that ran any, newest first. */
  List<RunRecord.Checked> checkHistory(String environment, TableName table, int runs);

  /**
   * Forgets what nothing can reach any more: releases beyond the kept ones of each environment,
   * staged states older than {@code staged}, and the states that only they reached. Never what live
   * runs and readers hold, nor the newest {@linkplain #reread rereading} of a state that stays.
   *
   * @param keep number of releases to keep, by environment; at least the head stays
   * @param dryRun only says what it would forget
   */
  Expiry expire(ToIntFunction<String> keep, Instant staged, boolean dryRun);

  /**
   * Puts releases from the lake's manifests into an empty store.
   *
   * @param store the UUID that the lake's root carries
   * @param releases of each environment a line without gaps, oldest first
   * @param states by the path of the manifest that records them; all that the releases refer to
   */
  void restore(String store, List<ReleaseManifest> releases, Map<String, List<TableState>> states);

  /** What flows have done and have to do. */
  FlowStore flows();

  /**
   * Calls a listener, once, when this process has been out of touch with the store for so long that
   * others may take over what it does. Every later call fails with the exception that it is given;
   * what runs should be stopped at once. Never happens to a store on one machine.
   */
  void onLost(Consumer<TowpathException> listener);

  /** The tasks of their runs. */
  TaskStore tasks();

  /** Their backfills. */
  BackfillStore backfills();

  /** What happened lately. */
  EventStore events();

  /** Who did what. */
  AuditLog audit();

  /** Who may come in. */
  AccessStore access();

  /** Messages that are owed. */
  Outbox outbox();

  /** The files that runs of flows began with. */
  VersionStore versions();

  /**
   * A number that differs when somebody has changed the store since it was last asked for: another
   * process, or this one. Cheap enough to be asked a hundred times a second.
   */
  long changes();

  @Override
  void close();

  /** Something alive that others can see. */
  interface Hold extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * What is kept and what goes.
   *
   * @param kept states that must stay readable
   * @param manifests manifest files that must stay
   * @param sourceFiles ledger files that must stay
   * @param releases number of releases forgotten
   * @param states number of states forgotten
   * @param liveRuns ids of runs that are alive
   * @param since when the oldest live run began; what was written later may be its work
   */
  record Expiry(
      List<TableState> kept,
      Set<String> manifests,
      Set<String> sourceFiles,
      int releases,
      int states,
      Set<String> liveRuns,
      Optional<Instant> since) {
    public Expiry {
      kept = List.copyOf(kept);
      manifests = Set.copyOf(manifests);
      sourceFiles = Set.copyOf(sourceFiles);
      liveRuns = Set.copyOf(liveRuns);
    }
  }
}
