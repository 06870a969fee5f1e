package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.Yaml;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.Names;
import dev.towpath.spi.TableName;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads a {@code _schema.yml}: what the tables of its folder say about themselves. */
final class SidecarReader {
  static final String FILE = "_schema.yml";

  private SidecarReader() {}

  /**
   * Reads a sidecar.
   *
   * @param kind {@code models} or {@code seeds}, which is also its only key
   * @param tables the tables of its folder
   */
  static Map<TableName, Described> read(
      SourceText source,
      String kind,
      String schema,
      Collection<TableName> tables,
      Problems problems) {
    Map<TableName, Described> found = new HashMap<>();
    Optional<YamlMap> map = Yaml.read(source, problems).flatMap(YamlValue::asMap);
    map.ifPresent(m -> m.only(Set.of(kind)));
    List<YamlMap.Entry> entries =
        map.flatMap(m -> m.get(kind))
            .flatMap(YamlValue::asMap)
            .map(YamlMap::entries)
            .orElse(List.of());
    List<String> known = tables.stream().map(TableName::table).toList();
    for (YamlMap.Entry entry : entries) {
      TableName table = new TableName(schema, withoutSchema(entry.key(), schema));
      if (!tables.contains(table)) {
        problems.error(
            entry.at(),
            "no file for \"" + NameRules.shown(entry.key()) + "\" in " + kind + "/" + schema,
            Problems.knownNames(table.table(), known));
      } else if (entry.value().kind() != YamlValue.Kind.NULL) {
        Optional<YamlMap> keys = entry.value().asMap();
        keys.ifPresent(k -> k.only(Described.KEYS));
        Described described =
            keys.map(k -> Described.read(k, entry.at())).orElse(Described.nothing(source.file()));
        if (found.putIfAbsent(table, described) != null) {
          problems.error(entry.at(), "\"" + entry.key() + "\" stands twice", "keep one");
        }
      }
    }
    return found;
  }

  private static String withoutSchema(String name, String schema) {
    int dot = name.indexOf('.');
    boolean same = dot > 0 && Names.identity(name.substring(0, dot)).equals(Names.identity(schema));
    return same ? name.substring(dot + 1) : name;
  }
}
