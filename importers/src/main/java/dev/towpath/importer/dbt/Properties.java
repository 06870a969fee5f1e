package dev.towpath.importer.dbt;

import dev.towpath.core.yaml.YamlMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the YAML files beside the models say, by kind. */
final class Properties {
  private final Map<String, Map<String, YamlMap>> described = new HashMap<>();
  private final Map<String, List<YamlMap>> lists = new LinkedHashMap<>();
  private final Map<YamlMap, String> files = new HashMap<>();

  /** Adds a file; a second description of one thing is noted. */
  void add(String file, YamlMap map, Notes notes) {
    for (YamlMap.Entry entry : map.entries()) {
      for (YamlMap item : Plain.maps(map, entry.key())) {
        lists.computeIfAbsent(entry.key(), _ -> new ArrayList<>()).add(item);
        files.put(item, file);
        Plain.text(item, "name")
            .ifPresent(name -> {
              YamlMap earlier =
                  described
                      .computeIfAbsent(entry.key(), _ -> new HashMap<>())
                      .putIfAbsent(name, item);
              if (earlier != null && !entry.key().equals("sources")) {
                notes.missing(
                    item.value().location(),
                    "\"" + name + "\" is described twice",
                    "it is also at " + earlier.value().location());
              }
            });
      }
    }
  }

  /** What is said of one thing. */
  Optional<YamlMap> of(String kind, String name) {
    return Optional.ofNullable(described.getOrDefault(kind, Map.of()).get(name));
  }

  /** All entries of a kind, in order. */
  List<YamlMap> all(String kind) {
    return lists.getOrDefault(kind, List.of());
  }

  /** The kinds that there are. */
  Iterable<String> kinds() {
    return lists.keySet();
  }

  /** The file of an entry. */
  String file(YamlMap entry) {
    return files.getOrDefault(entry, "");
  }
}
