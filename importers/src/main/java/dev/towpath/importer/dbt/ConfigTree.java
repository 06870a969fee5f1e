package dev.towpath.importer.dbt;

import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What dbt_project.yml configures for folders of resources, and how configurations merge. */
final class ConfigTree {
  /** Settings that are maps themselves, and so are no folders. */
  private static final Set<String> MAPS =
      Set.of("meta", "column_types", "persist_docs", "contract", "grants", "docs", "partition_by");

  private final Optional<YamlMap> tree;
  private final UnaryOperator<Object> render;

  /**
   * A tree under {@code models:}, {@code seeds:}, ...
   *
   * @param render resolves Jinja in a value
   */
  ConfigTree(Optional<YamlMap> tree, UnaryOperator<Object> render) {
    this.tree = tree;
    this.render = render;
  }

  /** What the tree says of a resource in these folders of a project, nearest last. */
  Map<String, Object> of(String project, List<String> folders, String name) {
    Map<String, Object> config = new LinkedHashMap<>();
    Optional<YamlMap> here = tree;
    List<String> path = new ArrayList<>(List.of(project));
    path.addAll(folders);
    path.add(name);
    for (int i = 0; here.isPresent(); i++) {
      merge(config, settings(here.get(), i < path.size() ? path.get(i) : ""));
      if (i == path.size()) {
        break;
      }
      String folder = path.get(i);
      here = Plain.map(here.get(), folder);
    }
    return config;
  }

  /** What stands at one level: keys with a plus, and plain ones that are no folders. */
  private Map<String, Object> settings(YamlMap level, String nextFolder) {
    Map<String, Object> settings = new LinkedHashMap<>();
    for (YamlMap.Entry entry : level.entries()) {
      boolean plus = entry.key().startsWith("+");
      String key = normal(plus ? entry.key().substring(1) : entry.key());
      boolean folder =
          !plus
              && entry.value().kind() == YamlValue.Kind.MAP
              && (!MAPS.contains(key) || entry.key().equals(nextFolder));
      if (!folder) {
        settings.put(key, render.apply(Plain.of(entry.value())));
      }
    }
    return settings;
  }

  /** Lays more settings over others: tags and hooks add up, maps merge, the rest replaces. */
  static void merge(Map<String, Object> config, Map<String, Object> more) {
    more.forEach((rawKey, value) -> {
      String key = normal(rawKey);
      Object before = config.get(key);
      if (before != null && (key.equals("tags") || key.endsWith("_hook"))) {
        Set<Object> all = new LinkedHashSet<>(list(before));
        all.addAll(list(value));
        config.put(key, new ArrayList<>(all));
      } else if (before instanceof Map<?, ?> a && value instanceof Map<?, ?> b) {
        Map<Object, Object> both = new LinkedHashMap<>(a);
        both.putAll(b);
        config.put(key, both);
      } else {
        config.put(key, value);
      }
    });
  }

  private static List<Object> list(Object value) {
    return value instanceof List<?> l ? new ArrayList<>(l) : List.of(value);
  }

  private static String normal(String key) {
    return key.replace('-', '_');
  }
}
