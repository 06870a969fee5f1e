package dev.towpath.core.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Backfills, durably. Every method is one transaction. Thread-safe. */
public interface BackfillStore {

  /** Adds a backfill with its runs. */
  void add(Backfill backfill, List<FlowRun> runs, AuditLog.Act by);

  /** The backfill of that id. */
  Optional<Backfill> backfill(String id);

  /** Backfills of an environment, newest first. */
  List<Backfill> list(String environment, int limit);

  /** How far one has come. */
  Backfill.Progress progress(String id);

  /** Runs of active backfills that may start: the next ones of each, as many as it has room for. */
  List<FlowRun> startable(String environment);

  /**
   * Pauses a backfill, lets it go on, or cancels it, with all of its runs.
   *
   * @return false when it is over, or is so already
   */
  boolean change(String id, Backfill.State to, AuditLog.Act by, Instant now);
}
