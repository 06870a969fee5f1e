package dev.towpath.importer.dbt;

import dev.towpath.core.yaml.YamlMap;
import dev.towpath.spi.Location;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The sources of the dbt project and the tables that they become. */
final class SourceCatalog {
  private final Catalog catalog;
  private final Naming naming;
  private final Notes notes;
  private final Map<String, Source> sources = new LinkedHashMap<>();

  SourceCatalog(Catalog catalog, Naming naming, Notes notes) {
    this.catalog = catalog;
    this.naming = naming;
    this.notes = notes;
  }

  /** A source, and those of its tables that are not seeds. */
  record Source(YamlMap map, String name, String schema, List<Entry> tables) {}

  /** A table of a source. */
  record Entry(YamlMap map, String name, TableName table) {}

  /** Enters all tables into the catalog. */
  void add(Properties properties) {
    for (YamlMap map : properties.all("sources")) {
      String name = Plain.text(map, "name").orElse("source");
      for (YamlMap table : Plain.maps(map, "tables")) {
        table(map, name, table, properties.file(map));
      }
    }
  }

  private void table(YamlMap source, String name, YamlMap map, String file) {
    String table = Plain.text(map, "name").orElse("table");
    Optional<TableName> seed = seed(source, name, map, table);
    if (seed.isPresent()) {
      catalog.addSource(name, table, seed.get(), file);
      notes.different(
          map.value().location(),
          "the source \"" + name + "." + table + "\" is the seed " + seed.get(),
          "nothing is to be done");
      return;
    }
    Source whole =
        sources.computeIfAbsent(
            name, _ -> new Source(source, name, schema(source, name), new ArrayList<>()));
    TableName as = new TableName(whole.schema(), table);
    if (catalog.has(as)) {
      notes.missing(
          map.value().location(),
          "the source \"" + name + "." + table + "\" stands twice",
          "keep one");
      return;
    }
    catalog.addSource(name, table, as, file);
    whole.tables().add(new Entry(map, table, as));
  }

  /** The seed that a source reads back, as projects with example data do. */
  private Optional<TableName> seed(YamlMap source, String name, YamlMap map, String table) {
    String schema = Plain.text(source, "schema").orElse(name);
    String identifier = Plain.text(map, "identifier").orElse(table);
    return catalog
        .resource(identifier)
        .filter(r -> r.kind() == Resource.Kind.SEED)
        .flatMap(r -> catalog.table(r.name()))
        .filter(t ->
            t.schema().equalsIgnoreCase(naming.allowed(schema))
                || schema.endsWith("_" + t.schema()));
  }

  /** The source's name is its schema, unless a model has one of its tables. */
  private String schema(YamlMap source, String name) {
    String schema = naming.allowed(name);
    boolean taken =
        Plain.maps(source, "tables").stream()
            .flatMap(t -> Plain.text(t, "name").stream())
            .anyMatch(t -> catalog.has(new TableName(schema, t)));
    if (!taken) {
      return schema;
    }
    String other = schema + "_source";
    notes.different(
        source.value().location(),
        "tables of the source \"" + name + "\" have the names of models",
        "they are in the schema \"" + other + "\" now");
    return other;
  }

  /** The sources with tables of their own. */
  Iterable<Source> all() {
    return sources.values();
  }

  /** Writes a file for each source; returns how many. */
  int write(SourceWriter writer, Descriptions descriptions, Output output) {
    for (Source source : sources.values()) {
      List<SourceWriter.Table> tables = new ArrayList<>();
      for (Entry entry : source.tables()) {
        Location at = entry.map().value().location();
        tables.add(
            new SourceWriter.Table(
                entry.map(), entry.name(), entry.table(), descriptions.of(entry.table()), at));
      }
      output.add(
          "sources/" + source.name() + ".yml",
          writer.write(source.map(), source.name(), source.schema(), tables));
    }
    return sources.size();
  }
}
