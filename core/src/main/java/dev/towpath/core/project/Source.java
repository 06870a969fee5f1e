package dev.towpath.core.project;

import dev.towpath.spi.Location;
import dev.towpath.spi.SourceTable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A file of {@code sources/}.
 *
 * @param name the file's name without ending
 * @param schema the schema of its tables; the name unless declared
 */
public record Source(
    String name,
    String type,
    String schema,
    List<Table> tables,
    Optional<Duration> freshness,
    List<String> tags,
    Optional<String> description,
    Location location) {
  public Source {
    tables = List.copyOf(tables);
    tags = List.copyOf(tags);
  }

  /**
   * One table of it.
   *
   * @param replayable whether what was read could be read again, so that a new definition may do so
   * @param fingerprint hash of everything that decides what is read, without secrets' values
   */
  public record Table(
      SourceTable declaration,
      Optional<String> description,
      List<ColumnDeclaration> columns,
      List<Check> checks,
      List<String> tags,
      boolean replayable,
      String fingerprint) {
    public Table {
      columns = List.copyOf(columns);
      checks = List.copyOf(checks);
      tags = List.copyOf(tags);
    }
  }
}
