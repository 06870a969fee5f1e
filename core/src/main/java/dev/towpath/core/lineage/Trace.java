package dev.towpath.core.lineage;

import dev.towpath.spi.Lineage.Input;
import dev.towpath.spi.Lineage.Use;
import dev.towpath.spi.TableName;
import java.util.List;
import java.util.Optional;

/**
 * One step on the way up or down from a column, and the steps that follow it.
 *
 * @param to what is reached
 * @param use how; empty when a reader just reads it
 * @param rows whether it decides about rows, and so about all columns of a table alike, and is not
 *     gone on from
 * @param next further steps
 * @param shown whether it was reached before, so that its further steps stand there
 * @param cut whether there are further steps, deeper than was asked for
 */
public record Trace(
    Place to, Optional<Use> use, boolean rows, List<Trace> next, boolean shown, boolean cut) {
  public Trace {
    next = List.copyOf(next);
  }

  /** Where a step leads. */
  public sealed interface Place {}

  /** A column. */
  public record ColumnOf(Input column) implements Place {}

  /** Which rows a table has, and so all of its columns. */
  public record RowsOf(TableName table) implements Place {}

  /** A check, a unit test, an endpoint or a dashboard. */
  public record ReadBy(Reader reader) implements Place {}
}
