package dev.towpath.core.project;

/** When a task starts, by how those that it needs ended. Pure: nothing but counts decides. */
public enum TriggerRule {
  /** When all succeeded; one that failed fails it, one that was skipped skips it. */
  ALL_SUCCESS,
  /** When all are over, however they ended. */
  ALL_DONE,
  /** When all failed; else it is skipped. */
  ALL_FAILED,
  /** As soon as one succeeded. */
  ONE_SUCCESS,
  /** As soon as one failed; else it is skipped. */
  ONE_FAILED,
  /** When all succeeded or were skipped. */
  NONE_FAILED,
  /** At once, whatever happens. */
  ALWAYS;

  /** What becomes of a task that waits. */
  public enum Verdict {
    WAIT,
    START,
    SKIP,
    /** It cannot start any more, because one that it needs failed. */
    FAIL
  }

  /**
   * How those that a task needs stand. Those that failed are the ones that failed themselves, were
   * cancelled, or could not start because of others.
   *
   * @param open not over
   */
  public record Counts(int open, int succeeded, int failed, int skipped) {
    /** Nothing is needed. */
    public static final Counts NONE = new Counts(0, 0, 0, 0);
  }

  /**
   * Decides. Once it is not {@link Verdict#WAIT}, no later end of what is still open would change
   * it, but for the rules that start as soon as one ended so.
   */
  public Verdict decide(Counts needs) {
    boolean over = needs.open() == 0;
    return switch (this) {
      case ALL_SUCCESS ->
          needs.failed() > 0
              ? Verdict.FAIL
              : !over ? Verdict.WAIT : needs.skipped() > 0 ? Verdict.SKIP : Verdict.START;
      case ALL_DONE -> over ? Verdict.START : Verdict.WAIT;
      case ALL_FAILED ->
          needs.succeeded() + needs.skipped() > 0
              ? Verdict.SKIP
              : over ? Verdict.START : Verdict.WAIT;
      case ONE_SUCCESS ->
          needs.succeeded() > 0 || needs.equals(Counts.NONE)
              ? Verdict.START
              : !over ? Verdict.WAIT : needs.failed() > 0 ? Verdict.FAIL : Verdict.SKIP;
      case ONE_FAILED -> needs.failed() > 0 ? Verdict.START : over ? Verdict.SKIP : Verdict.WAIT;
      case NONE_FAILED -> needs.failed() > 0 ? Verdict.FAIL : over ? Verdict.START : Verdict.WAIT;
      case ALWAYS -> Verdict.START;
    };
  }
}
