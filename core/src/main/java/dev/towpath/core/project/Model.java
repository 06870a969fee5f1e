package dev.towpath.core.project;

import dev.towpath.spi.Location;
import dev.towpath.spi.PartitionField;
import dev.towpath.spi.SortField;
import dev.towpath.spi.TableName;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A file of {@code models/}.
 *
 * @param file path relative to the root
 * @param text the whole file without a byte order mark; the comment block is part of it, so that
 *     offsets in the SQL are offsets in the file
 * @param columns the contract, when declared; empty when not
 * @param contract whether {@code columns} (with types) came from the model's own header or sidecar
 *     as the complete list
 * @param time what makes it incremental; present exactly for that kind
 * @param sortBy how rows are sorted within a file
 * @param changes what becomes of rows that are there already
 * @param exports where it is written out to after it was published
 * @param ignoreChanges inputs whose changes do not make it stale
 * @param isVolatile {@code volatile: true}
 * @param refresh how often {@code now()} makes it stale
 * @param python what a Python file says besides; empty for SQL
 * @param keys where each header key stands, by name
 */
public record Model(
    TableName name,
    String file,
    String text,
    Kind kind,
    Optional<String> description,
    List<ColumnDeclaration> columns,
    boolean contract,
    List<Check> checks,
    List<String> tags,
    Optional<Time> time,
    List<String> key,
    List<PartitionField> partitionBy,
    List<SortField> sortBy,
    Changes changes,
    List<Export> exports,
    List<TableName> ignoreChanges,
    boolean isVolatile,
    Optional<Duration> refresh,
    Optional<Python> python,
    Map<String, Location> keys) {
  public Model {
    columns = List.copyOf(columns);
    checks = List.copyOf(checks);
    tags = List.copyOf(tags);
    key = List.copyOf(key);
    partitionBy = List.copyOf(partitionBy);
    sortBy = List.copyOf(sortBy);
    exports = List.copyOf(exports);
    ignoreChanges = List.copyOf(ignoreChanges);
    keys = Map.copyOf(keys);
  }

  /**
   * What only Python files say.
   *
   * @param reads tables whose names the code computes
   * @param drivenBy of an incremental model: inputs of which it gets only the rows between its
   *     bounds, and the column that tells which these are
   * @param alone whether it gets an interpreter of its own
   * @param memory bytes that it may take
   * @param timeout how long one build may last
   */
  public record Python(
      List<TableName> reads,
      Map<TableName, String> drivenBy,
      boolean alone,
      Optional<Long> memory,
      Optional<Duration> timeout) {
    public Python {
      reads = List.copyOf(reads);
      drivenBy = Map.copyOf(drivenBy);
    }
  }

  /** How its rows come and go. */
  public enum Kind {
    /** All rows are replaced. */
    TABLE,
    /** Nothing is stored. */
    VIEW,
    /** The intervals that are built are replaced. */
    INCREMENTAL,
    /** Rows take the place of those with the same key. */
    MERGE,
    /** Rows are added. */
    APPEND,
    /** Every version of a key is kept, with the time it held. */
    SCD2;

    /** Whether it holds what its inputs may no longer tell, so that it is never rebuilt unasked. */
    public boolean isHistory() {
      return this == APPEND || this == SCD2;
    }
  }

  /**
   * What becomes of rows that are there already.
   *
   * @param batch which rows of its driving input it reads; empty when it is left to the kind
   * @param deleteWhen of a merge: a {@link Check.Expression} over its columns; rows for which it is
   *     true go
   * @param updatedAt its column that says when a row changed: in a merge an older row never
   *     replaces a newer one, in an scd2 a version holds since then
   * @param closeDeleted of an scd2: whether keys that the query no longer gives are closed
   * @param keep whether rows stay when its definition changes, instead of being computed again
   */
  public record Changes(
      Optional<Batch> batch,
      Optional<Check> deleteWhen,
      Optional<String> updatedAt,
      boolean closeDeleted,
      boolean keep) {
    /** Nothing was said. */
    public static final Changes NONE =
        new Changes(Optional.empty(), Optional.empty(), Optional.empty(), false, false);
  }

  /** Which rows of its driving input a model reads. */
  public enum Batch {
    /** All of them, each time. */
    ALL,
    /** Those that came, or changed, since it last read them. */
    CHANGES
  }

  /** The name that a column had before, by its name now. */
  public Map<String, String> renames() {
    Map<String, String> renames = new java.util.HashMap<>();
    for (ColumnDeclaration column : columns) {
      column.renamedFrom().ifPresent(before -> renames.put(column.name(), before));
    }
    return renames;
  }

  /** The place of a header key, or the top of the file. */
  public Location at(String keyName) {
    return keys.getOrDefault(keyName, new Location(file, 1, 1));
  }

  /**
   * The time of an incremental model.
   *
   * @param column its own column that the intervals cut
   * @param grain HOURS, DAYS, WEEKS, MONTHS or YEARS
   * @param lookback intervals before the missing ones that are built again with them
   * @param start the first interval's start, in the zone; empty means one first pass over all
   */
  public record Time(
      String column, ChronoUnit grain, ZoneId zone, int lookback, Optional<ZonedDateTime> start) {}
}
