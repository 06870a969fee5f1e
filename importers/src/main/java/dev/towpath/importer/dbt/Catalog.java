package dev.towpath.importer.dbt;

import dev.towpath.spi.TableName;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Which table each model, seed, snapshot and source of dbt becomes. */
final class Catalog {
  private final Map<String, Resource> resources = new HashMap<>();
  private final Map<String, TableName> tables = new LinkedHashMap<>();
  private final Map<String, TableName> sources = new LinkedHashMap<>();
  private final Map<TableName, String> owners = new HashMap<>();

  /** Adds a resource under its name; returns who has the table already, if anybody. */
  Optional<String> add(Resource resource, TableName table) {
    String earlier = owners.putIfAbsent(table, resource.file());
    if (earlier != null) {
      return Optional.of(earlier);
    }
    resources.put(resource.name(), resource);
    tables.put(resource.name(), table);
    return Optional.empty();
  }

  /** Says which table a table of a source is. */
  void addSource(String source, String table, TableName name, String file) {
    sources.put(source + "." + table, name);
    owners.putIfAbsent(name, file);
  }

  /** Whether a table is there already. */
  boolean has(TableName table) {
    return owners.containsKey(table);
  }

  /** The table of a model, seed or snapshot. */
  Optional<TableName> table(String name) {
    return Optional.ofNullable(tables.get(name));
  }

  /** The model, seed or snapshot of that name. */
  Optional<Resource> resource(String name) {
    return Optional.ofNullable(resources.get(name));
  }

  /** The names of all models, seeds and snapshots. */
  java.util.Set<String> names() {
    return tables.keySet();
  }

  /** The names of all tables of sources, with dots. */
  java.util.Set<String> sourceNames() {
    return sources.keySet();
  }

  /** The table of a source. */
  Optional<TableName> source(String source, String table) {
    return Optional.ofNullable(sources.get(source + "." + table));
  }

  /** The resource that became a table; empty for tables of sources. */
  Optional<Resource> owner(TableName table) {
    return tables.entrySet().stream()
        .filter(e -> e.getValue().equals(table))
        .findFirst()
        .flatMap(e -> resource(e.getKey()));
  }
}
