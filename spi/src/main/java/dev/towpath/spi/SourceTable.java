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
 * @param places where the values of its keys stand, and those of the source's keys which it has not
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
    Map<String, Location> places,
    Redaction secrets) {
  public SourceTable {
    places = Map.copyOf(places);
    sourceOptions = Map.copyOf(sourceOptions);
    options = Map.copyOf(options);
  }

  /** A table that is in no file, without secrets. */
  public SourceTable(
      TableName name,
      String type,
      Path project,
      Map<String, Object> sourceOptions,
      Map<String, Object> options,
      String mode,
      Optional<Schema> columns,
      Location location) {
    this(
        name,
        type,
        project,
        sourceOptions,
        options,
        mode,
        columns,
        location,
        Map.of(),
        Redaction.NONE);
  }

  /** Where the value of a key stands, or of that above it; else where the table is declared. */
  public Location at(String key) {
    int dot = key.indexOf('.');
    return places.getOrDefault(dot < 0 ? key : key.substring(0, dot), location);
  }

  /** A text option of the table, else of the source. */
  public Optional<String> text(String key) {
    Object value = options.getOrDefault(key, sourceOptions.get(key));
    return Optional.ofNullable(value).map(Object::toString);
  }
}
