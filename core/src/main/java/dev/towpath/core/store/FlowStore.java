package dev.towpath.core.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What flows have done and have to do, durably. Every method is atomic; several processes may use
 * one store at a time. Thread-safe.
 */
public interface FlowStore {

  /** How far a flow has come; empty when no process has seen to it yet. */
  Optional<FlowState> flow(String environment, String flow);

  /**
   * Moves a flow on, and makes the runs that this sets off, all or nothing.
   *
   * @param from how far it is thought to have come; empty when it should not be known yet
   * @return false, and nothing is done, when another process has moved it meanwhile
   */
  boolean advance(Optional<FlowState> from, FlowState to, List<FlowRun> made);

  /** Pauses a flow or lets it go on; firings of the time in between are those of a catch-up. */
  void pause(String environment, String flow, boolean paused, Instant now);

  /** Adds a run that waits for its start. */
  void enqueue(FlowRun run);

  /** The run of that id. */
  Optional<FlowRun> run(String id);

  /** Runs that are not over, in the order in which they are due. */
  List<FlowRun> open(String environment);

  /** Runs of an environment, newest first; of one flow when it is given. */
  List<FlowRun> runs(String environment, Optional<String> flow, int limit);

  /** Runs that a filter lets through, newest first. */
  List<FlowRun> runs(String environment, RunFilter filter, int limit);

  /**
   * Takes a waiting run for this process.
   *
   * @return false when it does not wait any more
   */
  boolean start(String id, Instant now);

  /**
   * Ends a run that this process has.
   *
   * @return false, and nothing is noted, when it is not this process's any more
   */
  boolean finish(String id, FlowRun.End end, Instant now);

  /**
   * Lets a run of this process that failed wait for another try.
   *
   * @return false, and nothing is noted, when it is not this process's any more
   */
  boolean retry(String id, Instant ready, String message);

  /**
   * Cancels a run: at once when it waits; else whoever has it finds it {@link #cancelled}.
   *
   * @return false when it is over already
   */
  boolean cancel(String id, String message, Instant now);

  /** Whether somebody wants a running run to be cancelled. */
  boolean cancelled(String id);

  /**
   * Lets runs wait again whose process died; those that were started too often have failed.
   *
   * @param mostAttempts starts after which a run is not started again
   * @return the runs it found
   */
  List<FlowRun> recover(String environment, int mostAttempts, Instant now);
}
