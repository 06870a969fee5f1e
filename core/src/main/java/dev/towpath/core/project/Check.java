package dev.towpath.core.project;

import dev.towpath.spi.Location;
import dev.towpath.spi.TableName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A rule on a table's data.
 *
 * @param name short and stable, such as {@code not_null(day)}; unique within its table
 * @param warn whether a failure only warns
 * @param location where it is declared
 */
public record Check(String name, Rule rule, boolean warn, Location location) {

  /** What must hold. */
  public sealed interface Rule {}

  /** No NULL in the column. */
  public record NotNull(String column) implements Rule {}

  /** No two rows with the same values; rows with a NULL among them do not count. */
  public record Unique(List<String> columns) implements Rule {
    public Unique {
      columns = List.copyOf(columns);
    }
  }

  /** Only these values, given as text that a CAST to the column's type accepts; NULL passes. */
  public record Accepted(String column, List<String> values) implements Rule {
    public Accepted {
      values = List.copyOf(values);
    }
  }

  /** Every value is in another table's column; NULL passes. */
  public record Relationship(String column, TableName table, String referenced) implements Rule {}

  /** Both bounds included; text that a CAST to the column's type accepts; NULL passes. */
  public record Range(String column, Optional<String> low, Optional<String> high) implements Rule {}

  /** Number of rows, both bounds included. */
  public record RowCount(Optional<Long> low, Optional<Long> high) implements Rule {}

  /** The newest value is at most this old; always only warns. */
  public record Fresh(String column, Duration age) implements Rule {}

  /** A boolean expression per row; NULL passes. {@link Check#location} is its first character. */
  public record Expression(String sql) implements Rule {}

  /** A query that returns the bad rows. */
  public record BadRows(String sql) implements Rule {}
}
