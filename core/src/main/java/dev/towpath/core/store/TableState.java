package dev.towpath.core.store;

import dev.towpath.core.interval.Intervals;
import dev.towpath.spi.Field;
import dev.towpath.spi.TableName;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One immutable state of a table: what it holds and what it was made from. Pointers say which state
 * a table has in which releases.
 *
 * @param id unique in the store
 * @param version names the content: states with one version hold the same rows under the same
 *     schema. It is the id of the state that first held them. Staleness compares versions
 * @param kind {@code source}, {@code seed}, {@code table}, {@code view} or {@code incremental}
 * @param metadataFile Iceberg metadata file, relative to the lake's root; empty for a view
 * @param fields columns; ids are 0 in a view
 * @param fingerprint of the definition
 * @param definition the source text; of a view, the SQL that readers expand
 * @param inputs version of every table read, by name
 * @param built intervals that are built, empty ones included; {@link Intervals#NONE} unless
 *     incremental
 * @param source file of the source's {@link dev.towpath.spi.SourceState} in the lake, for sources
 * @param logicalTime the run's logical time
 * @param change how the content differs from the parent's
 * @param parent the state before it, whose version {@code change} is relative to
 */
public record TableState(
    String id,
    String version,
    TableName table,
    String kind,
    Optional<String> metadataFile,
    List<Field> fields,
    long rows,
    long bytes,
    String fingerprint,
    String definition,
    Map<TableName, String> inputs,
    Intervals built,
    Optional<String> source,
    Instant logicalTime,
    Provenance provenance,
    Optional<String> parent,
    Change change) {
  public TableState {
    fields = List.copyOf(fields);
    inputs = Map.copyOf(inputs);
  }

  /** The same state, with another file for what its source said. */
  public TableState readAs(Optional<String> file) {
    return new TableState(
        id,
        version,
        table,
        kind,
        metadataFile,
        fields,
        rows,
        bytes,
        fingerprint,
        definition,
        inputs,
        built,
        file,
        logicalTime,
        provenance,
        parent,
        change);
  }

  /**
   * Where it comes from.
   *
   * @param run the run that made it
   * @param commit git commit of the project, empty outside git; {@code +} appended when dirty
   * @param project hash of all the project's files
   * @param engine name and version
   * @param towpath version of this program
   */
  public record Provenance(
      String run, Optional<String> commit, String project, String engine, String towpath) {}

  /**
   * What changed against the parent's version.
   *
   * @param column the time column that {@code ranges} are about; empty means anything may differ
   * @param ranges rows outside of these are the same
   * @param zone whose wall clock told {@code ranges} from the column's values; of no account for
   *     instants, which are the same in every zone
   * @param moved files of either state whose rows were only moved, from those that are gone to
   *     those that are new
   */
  public record Change(
      Optional<String> column, Intervals ranges, Optional<String> zone, Set<String> moved) {
    /** Anything may differ. */
    public static final Change ALL = new Change(Optional.empty(), Intervals.ALL);

    /** Nothing differs. */
    public static final Change NONE = new Change(Optional.empty(), Intervals.NONE);

    public Change {
      moved = Set.copyOf(moved);
    }

    /** A change that moved no rows. */
    public Change(Optional<String> column, Intervals ranges) {
      this(column, ranges, Optional.empty(), Set.of());
    }

    /** A change of some times, told by a zone's wall clock, that moved no rows. */
    public static Change of(String column, Intervals ranges, ZoneId zone) {
      return new Change(Optional.of(column), ranges, Optional.of(zone.getId()), Set.of());
    }

    /** The same change, with rows moved besides. */
    public Change moving(Set<String> files) {
      return new Change(column, ranges, zone, files);
    }
  }
}
