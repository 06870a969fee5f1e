package dev.towpath.pgwire.text;

import java.util.List;
import java.util.Optional;

/** What a statement asks for. */
public sealed interface Command {

  /** Rows. */
  record Select(Sql sql) implements Command {}

  /**
   * A transaction begins.
   *
   * @param tag what completes it: BEGIN or START TRANSACTION
   */
  record Begin(String tag) implements Command {}

  /** It ends. */
  record Commit() implements Command {}

  /** It is given up. */
  record Rollback() implements Command {}

  record Savepoint(String name) implements Command {}

  record Release(String name) implements Command {}

  record RollbackTo(String name) implements Command {}

  /**
   * A setting changes.
   *
   * @param value empty for its default
   * @param local whether only until the transaction ends
   */
  record Set(String name, Optional<String> value, boolean local) implements Command {}

  /**
   * Settings go back to their defaults.
   *
   * @param name empty for all
   */
  record Reset(Optional<String> name) implements Command {}

  /**
   * A setting is asked for.
   *
   * @param name empty for all
   */
  record Show(Optional<String> name) implements Command {}

  /**
   * What the session holds is let go.
   *
   * @param what ALL, PLANS, SEQUENCES or TEMP
   */
  record Discard(String what) implements Command {}

  /**
   * A query gets a name.
   *
   * @param types what its parameters are, as far as it says so
   */
  record Prepare(String name, List<String> types, Sql query) implements Command {
    public Prepare {
      types = List.copyOf(types);
    }
  }

  /** A query that has a name is run. */
  record Execute(String name, List<Sql> values) implements Command {
    public Execute {
      values = List.copyOf(values);
    }
  }

  /**
   * It is told how a query is computed.
   *
   * @param analyze whether it is computed for that
   */
  record Explain(boolean analyze, Sql query) implements Command {}

  /**
   * A prepared statement is let go.
   *
   * @param name empty for all
   */
  record Deallocate(Optional<String> name) implements Command {}

  /**
   * A cursor is made.
   *
   * @param hold whether it outlives its transaction
   */
  record Declare(String name, boolean binary, boolean hold, Sql query) implements Command {}

  /**
   * Rows of a cursor.
   *
   * @param count how many, forward; Long.MAX_VALUE for all that are left
   * @param move whether they are only passed over
   */
  record Fetch(String name, long count, boolean move) implements Command {}

  /**
   * A cursor is let go.
   *
   * @param name empty for all
   */
  record Close(Optional<String> name) implements Command {}

  /** The rows of a query as a stream. */
  record Copy(Sql query, CopyFormat format) implements Command {}

  /**
   * Something that has no effect here and need not have one.
   *
   * @param tag what completes it
   */
  record Nothing(String tag) implements Command {}
}
