package dev.towpath.source;

import dev.towpath.spi.Location;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceTable;
import dev.towpath.spi.TableName;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Source tables for tests, refined one thing at a time. */
public record Tables(SourceTable table) {

  /** A table {@code raw.things} in mode full without any keys. */
  public static Tables of(String type, Path project) {
    return new Tables(
        new SourceTable(
            TableName.parse("raw.things"),
            type,
            project,
            Map.of(),
            Map.of(),
            "full",
            Optional.empty(),
            new Location("sources/raw.yml", 4, 3)));
  }

  /** Another name. */
  public Tables named(String name) {
    return with(TableName.parse(name), table.options(), table.sourceOptions(), table.mode());
  }

  /** One more key of the table. */
  public Tables key(String key, Object value) {
    Map<String, Object> options = new java.util.HashMap<>(table.options());
    options.put(key, value);
    return with(table.name(), options, table.sourceOptions(), table.mode());
  }

  /** One more key of the source. */
  public Tables sourceKey(String key, Object value) {
    Map<String, Object> options = new java.util.HashMap<>(table.sourceOptions());
    options.put(key, value);
    return with(table.name(), table.options(), options, table.mode());
  }

  /** Mode append. */
  public Tables appending() {
    return with(table.name(), table.options(), table.sourceOptions(), "append");
  }

  /** Mode incremental. */
  public Tables incremental(String cursor, Object key) {
    Map<String, Object> options = new java.util.HashMap<>(table.options());
    options.put("cursor", cursor);
    options.put("key", key);
    return with(table.name(), options, table.sourceOptions(), "incremental");
  }

  /** Declared columns. */
  public Tables declaring(String... namesAndTypes) {
    return new Tables(
        new SourceTable(
            table.name(),
            table.type(),
            table.project(),
            table.sourceOptions(),
            table.options(),
            table.mode(),
            Optional.of(Schema.of(namesAndTypes)),
            table.location()));
  }

  private Tables with(
      TableName name, Map<String, Object> options, Map<String, Object> source, String mode) {
    return new Tables(
        new SourceTable(
            name,
            table.type(),
            table.project(),
            source,
            options,
            mode,
            table.columns(),
            table.location()));
  }
}
