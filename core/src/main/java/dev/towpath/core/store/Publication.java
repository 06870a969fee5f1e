package dev.towpath.core.store;

import dev.towpath.spi.TableName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A release to be published: all of it or nothing.
 *
 * @param base the head it was made against; publishing fails softly when the head has moved
 * @param writes new states; a table not named keeps its state
 * @param exports what tables among the writes are owed to, by {@link ExportRecord#target}; exports
 *     that are known already follow by themselves
 * @param removes tables that leave the lake
 * @param restores for a rollback, the effective release that it restores
 * @param origin for a promotion, the environment that the states come from
 * @param along what else happens with it
 * @param owner the task of a flow's run that it is the work of
 */
public record Publication(
    String environment,
    long base,
    Release.Kind kind,
    List<TableState> writes,
    Map<TableName, List<String>> exports,
    Set<TableName> removes,
    OptionalLong restores,
    Optional<String> origin,
    Optional<String> run,
    String note,
    Instant now,
    Optional<Along> along,
    Optional<Owner> owner) {
  public Publication {
    writes = List.copyOf(writes);
    exports = Map.copyOf(exports);
    removes = Set.copyOf(removes);
  }

  /** A release that owes nothing to exports which have not been there before. */
  public Publication(
      String environment,
      long base,
      Release.Kind kind,
      List<TableState> writes,
      Set<TableName> removes,
      OptionalLong restores,
      Optional<String> origin,
      Optional<String> run,
      String note,
      Instant now) {
    this(
        environment,
        base,
        kind,
        writes,
        Map.of(),
        removes,
        restores,
        origin,
        run,
        note,
        now,
        Optional.empty(),
        Optional.empty());
  }

  /** The same with something else in its transaction. */
  public Publication with(Along more) {
    return new Publication(
        environment,
        base,
        kind,
        writes,
        exports,
        removes,
        restores,
        origin,
        run,
        note,
        now,
        Optional.of(more),
        owner);
  }

  /** The same as the work of a task. */
  public Publication by(Owner task) {
    return new Publication(
        environment,
        base,
        kind,
        writes,
        exports,
        removes,
        restores,
        origin,
        run,
        note,
        now,
        along,
        Optional.of(task));
  }

  /**
   * What happens together with a release that somebody makes by hand.
   *
   * @param by who makes it, for the audit log
   * @param pauses where flows begin that are paused, since they would undo it
   */
  public record Along(AuditLog.Act by, List<FlowState> pauses) {
    public Along {
      pauses = List.copyOf(pauses);
    }
  }

  /**
   * The task of a flow's run that publishes. Its row is looked at in the transaction: one that is
   * another's meanwhile publishes nothing. The run then knows its release, whatever becomes of the
   * process.
   *
   * @param fence that the task was taken under
   */
  public record Owner(FlowTask.Key task, long fence) {}

  /** How publishing ended. */
  public sealed interface Outcome {}

  /** It is the head now. */
  public record Published(Release release) implements Outcome {}

  /** Somebody else published first; nothing was changed. */
  public record HeadMoved(long head) implements Outcome {}
}
