package dev.towpath.spi;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * One table of a source as its file declares it.
 *
 * @param type the source's type
 * @param project the project's root, which relative paths start from
 * @param sourceOptions keys of the source, {@code ${NAME}}s resolved; values are String, Long,
 *     Double, Boolean, List or Map
 * @param options keys of the table, likewise
 * @param mode {@code full}, {@code append} or {@code incremental}
 * @param columns declared columns; empty means by inference
 * @param location where the table is declared
 * @param secrets the values of {@code ${NAME}}s, which no message and no row may hold
 */
public record SourceTable(
    TableName name,
    String type,
    Path project,
    Map<String, Object> sourceOptions,
    Map<String, Object> options,
    String mode,
    Optional<Schema> columns,
    Location location,
    Redaction secrets) {
  public SourceTable {
    sourceOptions = Map.copyOf(sourceOptions);
    options = Map.copyOf(options);
  }

  /** A table without secrets. */
  public SourceTable(
      TableName name,
      String type,
      Path project,
      Map<String, Object> sourceOptions,
      Map<String, Object> options,
      String mode,
      Optional<Schema> columns,
      Location location) {
    this(name, type, project, sourceOptions, options, mode, columns, location, Redaction.NONE);
  }

  /** A text option of the table, else of the source. */
  public Optional<String> text(String key) {
    Object value = options.getOrDefault(key, sourceOptions.get(key));
    return Optional.ofNullable(value).map(Object::toString);
  }
}
