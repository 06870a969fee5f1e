package dev.towpath.core.store;

import dev.towpath.core.project.TriggerRule;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One task of a run of a flow, as its row tells. All that decides what becomes of it is here, so
 * that any process can go on with a run without its project.
 *
 * @param key which one it is
 * @param type a job's type, or {@link #TABLES}
 * @param last whether it comes when all others are over: {@code finally}
 * @param sensor whether it waits for something outside, and holds no slot
 * @param mapped whether it stands for one task for each row of a query, which come when it starts
 * @param pool whose slots it takes, or {@link #NO_POOL}
 * @param priority higher first
 * @param needs names of the tasks that it waits for; those of {@code last} count only among
 *     themselves
 * @param successors names of the tasks that wait for it
 * @param counts how what it needs stands
 * @param children its mapped tasks that are not over; 0 before it has any
 * @param ready the moment before which it is not taken
 * @param attempts how often it was started, for whatever reason
 * @param failures how often it failed and is tried again
 * @param deaths how often its process died
 * @param fence grows each time that it is taken; who holds an older one holds nothing
 * @param outputs what it handed on, a JSON object
 * @param message why it failed, waits or was skipped
 * @param item the row that a mapped task is for, a JSON object
 */
public record FlowTask(
    Key key,
    String environment,
    String flow,
    String type,
    boolean last,
    boolean sensor,
    boolean mapped,
    State state,
    String pool,
    int priority,
    TriggerRule rule,
    List<String> needs,
    List<String> successors,
    TriggerRule.Counts counts,
    int children,
    Instant ready,
    int attempts,
    int failures,
    int deaths,
    long fence,
    Optional<Instant> started,
    Optional<Instant> finished,
    Optional<String> outputs,
    Optional<String> message,
    Optional<String> item) {
  /** The type and the name of the task that builds tables. */
  public static final String TABLES = "tables";

  /**
   * The pool of tasks that do nothing: they take no slot, and end well where others would start.
   */
  public static final String NO_POOL = "";

  /** The index of a task that no row made. */
  public static final int WHOLE = -1;

  /** Deaths of its process after which a task is given up. */
  public static final int MOST_DEATHS = 5;

  public FlowTask {
    needs = List.copyOf(needs);
    successors = List.copyOf(successors);
  }

  /**
   * Which task it is.
   *
   * @param name {@code job:fetch} or {@code tables}
   * @param index the number of its row, from 0, or {@link #WHOLE}
   */
  public record Key(String run, String name, int index) {
    @Override
    public String toString() {
      return index == WHOLE ? name : name + "[" + index + "]";
    }
  }

  /** Where it stands. */
  public enum State {
    /** For others, or for its mapped tasks. */
    WAITING,
    /** For a slot. */
    READY,
    RUNNING,
    SUCCESS,
    FAILED,
    SKIPPED,
    UPSTREAM_FAILED,
    CANCELLED,
    /** It failed and waits for its next try. */
    RETRY_WAIT,
    /** A sensor that waits for its next look. */
    DEFERRED;

    /** Whether nothing will happen to it any more. */
    public boolean isOver() {
      return switch (this) {
        case SUCCESS, FAILED, SKIPPED, UPSTREAM_FAILED, CANCELLED -> true;
        case WAITING, READY, RUNNING, RETRY_WAIT, DEFERRED -> false;
      };
    }

    /** Whether a run that is over may leave it so. */
    public boolean isWell() {
      return this == SUCCESS || this == SKIPPED;
    }

    /** Whether it ended, and not well. */
    public boolean isFailure() {
      return this == FAILED || this == UPSTREAM_FAILED || this == CANCELLED;
    }
  }

  /** A task of a run that starts; {@link #state} follows from the counts when it is added. */
  public static FlowTask waiting(
      FlowRun run, String name, String type, String pool, int priority, TriggerRule rule) {
    return new FlowTask(
        new Key(run.id(), name, WHOLE),
        run.environment(),
        run.flow(),
        type,
        false,
        false,
        false,
        State.WAITING,
        pool,
        priority,
        rule,
        List.of(),
        List.of(),
        TriggerRule.Counts.NONE,
        0,
        run.created(),
        0,
        0,
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The task with its place in the graph. */
  public FlowTask linked(boolean last, List<String> needs, List<String> successors) {
    return new FlowTask(
        key,
        environment,
        flow,
        type,
        last,
        sensor,
        mapped,
        state,
        pool,
        priority,
        rule,
        needs,
        successors,
        new TriggerRule.Counts(needs.size(), 0, 0, 0),
        children,
        ready,
        attempts,
        failures,
        deaths,
        fence,
        started,
        finished,
        outputs,
        message,
        item);
  }

  /** The task as a sensor or a mapped one. */
  public FlowTask of(boolean sensor, boolean mapped) {
    return new FlowTask(
        key,
        environment,
        flow,
        type,
        last,
        sensor,
        mapped,
        state,
        pool,
        priority,
        rule,
        needs,
        successors,
        counts,
        children,
        ready,
        attempts,
        failures,
        deaths,
        fence,
        started,
        finished,
        outputs,
        message,
        item);
  }

  /** One of the tasks that this mapped one stands for. */
  public FlowTask child(int index, String item, Instant now) {
    return new FlowTask(
        new Key(key.run(), key.name(), index),
        environment,
        flow,
        type,
        last,
        sensor,
        false,
        sensor ? State.DEFERRED : State.READY,
        pool,
        priority,
        TriggerRule.ALL_SUCCESS,
        List.of(),
        List.of(),
        TriggerRule.Counts.NONE,
        0,
        now,
        0,
        0,
        0,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(item));
  }

  /**
   * How a task ended.
   *
   * @param outputs what it hands on, a JSON object
   * @param tables the run of tables that it was, and the release that this published
   */
  public record End(
      State state, Optional<String> outputs, Optional<String> message, Optional<Tables> tables) {
    /** It ended so, for that reason. */
    public static End of(State state, String message) {
      return new End(state, Optional.empty(), Optional.of(message), Optional.empty());
    }

    /** It ended well. */
    public static End success() {
      return new End(State.SUCCESS, Optional.empty(), Optional.empty(), Optional.empty());
    }
  }

  /** A run of tables. */
  public record Tables(String run, Optional<Long> release) {}
}
