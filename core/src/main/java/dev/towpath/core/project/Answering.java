package dev.towpath.core.project;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How an endpoint answers.
 *
 * @param page how its rows are cut into pages; empty when all come at once
 * @param kept whether answers may be kept, by the server and by who asks
 * @param fresh for how long who asks may use an answer again without asking; empty for not at all
 * @param rate how often one person may ask
 * @param timeout after which a query is stopped; empty for the server's own
 */
public record Answering(
    Optional<Page> page,
    boolean kept,
    Optional<Duration> fresh,
    Optional<Rate> rate,
    Optional<Duration> timeout) {
  /** All rows at once, as often as it is asked. */
  public static final Answering DEFAULT =
      new Answering(Optional.empty(), true, Optional.empty(), Optional.empty(), Optional.empty());

  /**
   * Pages.
   *
   * @param size rows of one, unless asked otherwise
   * @param most rows of one that may be asked for
   * @param by the order of the rows; together the columns are unique
   */
  public record Page(int size, int most, List<Key> by) {
    public Page {
      by = List.copyOf(by);
    }
  }

  /** A column that rows are ordered by. */
  public record Key(String column, boolean descending) {}

  /** So many calls in a time. */
  public record Rate(int calls, Duration per) {}
}
