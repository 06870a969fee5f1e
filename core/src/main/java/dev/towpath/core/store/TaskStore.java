package dev.towpath.core.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tasks of runs of flows, durably. Every method is one transaction; several processes may use
 * one store at a time. Thread-safe.
 *
 * <p>Whoever takes a task gets its row with a new fence, and every later write carries it: one that
 * returns false changed nothing, because the task is not this process's any more, and what it did
 * must be discarded.
 */
public interface TaskStore {

  /** The tasks of a run, those that start first first; mapped ones follow theirs. */
  List<FlowTask> tasks(String run);

  /** One task. */
  Optional<FlowTask> task(FlowTask.Key key);

  /**
   * Takes tasks that wait for a slot: by priority, then by how long they have waited, as many as
   * their pools have free slots. They are running then.
   *
   * @param pools number of slots by name; of others, {@code fallback}
   * @param most no more than so many
   */
  List<FlowTask> claim(
      String environment, Map<String, Integer> pools, int fallback, int most, Instant now);

  /**
   * Takes sensors whose next look is due. They stay deferred, and are looked at by nobody else
   * until then.
   *
   * @param mostDeaths processes that died in a row while they looked, after which one has failed
   */
  List<FlowTask> look(String environment, int most, int mostDeaths, Instant now, Instant until);

  /** Ends a task; releases what waited for it, and ends its run when nothing is left. */
  boolean end(FlowTask taken, FlowTask.End end, Instant now);

  /** Lets a task that failed wait for its next try; a cancelled run's is cancelled instead. */
  boolean retry(FlowTask taken, Instant ready, String message, Instant now);

  /** Lets another process take a task, because this one stops; it counts as no failure. */
  boolean giveBack(FlowTask taken, Instant now);

  /** Lets a task that could not begin wait for a moment; it counts as no failure. */
  boolean postpone(FlowTask taken, Instant ready, String why, Instant now);

  /** Tasks that run and belong to this process. */
  List<FlowTask> running(String environment);

  /** Lets sensors wait for their next look, each until a moment of its own. */
  void defer(Map<FlowTask, Instant> looked, Instant now);

  /** Makes a mapped task's tasks, one for each item, in order; without items, it is over. */
  boolean expand(FlowTask taken, List<String> items, Instant now);

  /**
   * Lets running tasks wait for a slot again whose process died.
   *
   * @param mostDeaths deaths after which one has failed instead
   * @return the tasks it found
   */
  List<FlowTask> recover(String environment, int mostDeaths, Instant now);

  /** When the next task of an environment may be tried or looked at again. */
  Optional<Instant> next(String environment);

  /**
   * Lets whatever waits for a moment wait for an earlier one, because the clock by which that
   * moment was chosen has gone back: another try or look of a task, the limit of a run, the next
   * try of a message that is owed.
   */
  void hasten(String environment, Duration by);

  /** Number of running tasks by pool. */
  Map<String, Integer> slots(String environment);

  /** Number of tasks that are not over, by state. */
  Map<FlowTask.State, Integer> open(String environment);

  /**
   * Lets tasks of a run that is over run again, and all that wait for them; the run waits for its
   * turn.
   *
   * @param names the tasks; of mapped ones that failed, only the rows that failed
   * @param whole whether mapped tasks start afresh, rows that ended well included
   * @return the tasks that run again; empty when the run is not over, or knows none of them
   */
  Set<FlowTask.Key> reset(
      String run, Collection<String> names, boolean whole, AuditLog.Act by, Instant now);
}
