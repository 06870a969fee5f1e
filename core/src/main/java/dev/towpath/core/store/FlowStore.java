package dev.towpath.core.store;

import dev.towpath.core.project.Flow;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What flows have done and have to do, durably. Every method is atomic; several processes may use
 * one store at a time. Thread-safe.
 */
public interface FlowStore {

  /** How far a flow has come; empty when no process has seen to it yet. */
  Optional<FlowState> flow(String environment, String flow);

  /**
   * Moves a flow on, makes the runs that this sets off, and cancels those whose place they take,
   * all or nothing.
   *
   * @param from how far it is thought to have come; empty when it should not be known yet
   * @param replaced ids of runs; those that are over meanwhile stay as they are
   * @return false, and nothing is done, when another process has moved it meanwhile
   */
  boolean advance(
      Optional<FlowState> from,
      FlowState to,
      List<FlowRun> made,
      List<String> replaced,
      Instant now);

  /**
   * Pauses a flow or lets it go on; firings of the time in between are those of a catch-up, and
   * what waits already waits on, unless people asked for it.
   *
   * @param beginning where it begins, should no process have seen to it yet
   */
  void pause(FlowState beginning, boolean paused, AuditLog.Act by, Instant now);

  /** Adds a run that waits for its start; says who asked for it, when somebody did. */
  void enqueue(FlowRun run, Optional<AuditLog.Act> by);

  /** The run of that id. */
  Optional<FlowRun> run(String id);

  /** Runs that are not over and of no backfill, in the order in which they are due. */
  List<FlowRun> open(String environment);

  /**
   * Ids of waiting runs that their flow's pause holds back: those that a schedule, a table or a
   * webhook set off and nobody retried. They cannot be {@linkplain #start started}.
   */
  Set<String> held(String environment);

  /** Number of runs that are not over, those of backfills included, by flow and state. */
  Map<String, Map<FlowRun.State, Integer>> openCounts(String environment);

  /** Runs of an environment, newest first; of one flow when it is given. */
  List<FlowRun> runs(String environment, Optional<String> flow, int limit);

  /** Runs that a filter lets through, newest first. */
  List<FlowRun> runs(String environment, RunFilter filter, int limit);

  /**
   * Starts a waiting run: adds its tasks and makes those ready that wait for nothing. One without
   * any task is over at once.
   *
   * @return false when it does not wait any more, or may not start now: its flow or its backfill is
   *     paused, or others of these run
   */
  boolean start(String id, FlowRun.Start start, Instant now);

  /**
   * Ends a waiting run that cannot start.
   *
   * @return false when it does not wait any more
   */
  boolean refuse(String id, String message, List<Flow.Notice> notices, Instant now);

  /**
   * Cancels a run: at once when it waits; else its tasks that do not run are cancelled, and whoever
   * has the others finds it among {@link #cancelling}. What comes last ({@code finally}) still
   * runs, unless somebody cancels once more.
   *
   * @return false when it is over already
   */
  boolean cancel(String id, String message, Optional<AuditLog.Act> by, Instant now);

  /**
   * Lets a run wait for its start again that is over and never came to have tasks: it was cancelled
   * while it waited, or could not start.
   *
   * @return false when it is none
   */
  boolean requeue(String id, AuditLog.Act by, Instant now);

  /** Running runs that are being cancelled; true for those whose last tasks are to stop, too. */
  Map<String, Boolean> cancelling(String environment);

  /** Cancels running runs that took longer than they may; they fail. Returns their ids. */
  List<String> expire(String environment, Instant now);

  /**
   * Tells people, once, that a run is not over in time.
   *
   * @return false when they have been told, or it is over
   */
  boolean late(String id, List<Flow.Notice> notices, Instant now);
}
