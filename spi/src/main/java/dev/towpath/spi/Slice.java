package dev.towpath.spi;

import java.util.List;
import java.util.Optional;

/**
 * Which rows of a result are wanted.
 *
 * @param rows the most; more are not computed
 * @param by the order of the rows; without one, the query's own
 * @param after what the row before the first had in the columns of {@code by}, NULL if empty; no
 *     values when the rows are wanted from the start
 */
public record Slice(long rows, List<Key> by, List<Optional<Statement.Bound>> after) {
  /** Everything. */
  public static final Slice ALL = first(Long.MAX_VALUE);

  public Slice {
    by = List.copyOf(by);
    after = List.copyOf(after);
  }

  /** A column that rows are ordered by, by its position from 0; NULLs come last. */
  public record Key(int column, boolean descending) {}

  /** The first rows in the query's own order. */
  public static Slice first(long rows) {
    return new Slice(rows, List.of(), List.of());
  }
}
