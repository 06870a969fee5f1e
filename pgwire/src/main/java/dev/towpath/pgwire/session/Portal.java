package dev.towpath.pgwire.session;

import dev.towpath.pgwire.text.Command;
import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A statement with its values, ready to run or half read. Used by one thread. */
final class Portal implements AutoCloseable {
  private final Optional<Command> command;
  private final Optional<Columns> columns;
  private final @Nullable Rows rows;
  private final @Nullable Runnable held;
  private boolean done;

  /**
   * A portal.
   *
   * @param columns of what it gives, when it gives rows
   * @param rows of its own query
   * @param held lets go of the release that it keeps beyond its transaction
   */
  Portal(
      Optional<Command> command,
      Optional<Columns> columns,
      @Nullable Rows rows,
      @Nullable Runnable held) {
    this.command = command;
    this.columns = columns;
    this.rows = rows;
    this.held = held;
  }

  Optional<Command> command() {
    return command;
  }

  Optional<Columns> columns() {
    return columns;
  }

  /** Its rows; a client may FETCH from a portal of its own that has none. */
  Rows rows() {
    if (rows == null) {
      throw withoutRows();
    }
    return rows;
  }

  static PgError withoutRows() {
    return PgError.of(SqlState.NOT_IN_STATE, "the portal is of a statement that gives no rows");
  }

  /** Whether it outlives its transaction. */
  boolean isHeld() {
    return held != null;
  }

  /** Whether it has been run to its end. */
  boolean done() {
    return done;
  }

  void finish() {
    done = true;
  }

  @Override
  public void close() {
    try {
      if (rows != null) {
        rows.close();
      }
    } finally {
      if (held != null) {
        held.run();
      }
    }
  }
}
