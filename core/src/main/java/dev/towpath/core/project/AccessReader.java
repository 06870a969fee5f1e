package dev.towpath.core.project;

import dev.towpath.core.access.Access;
import dev.towpath.core.access.Grants;
import dev.towpath.core.access.Role;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code access:}, what each role may read. */
final class AccessReader {
  /** Roles that may be limited. */
  static final Set<String> ROLES = Set.of("viewer", "editor");

  static final Set<String> KEYS = Set.of("tables", "endpoints", "dashboards");

  private final List<Flow.Choice> tables = new ArrayList<>();
  private final List<Flow.Choice> endpoints = new ArrayList<>();
  private final List<Flow.Choice> dashboards = new ArrayList<>();

  private AccessReader() {}

  /** What {@code towpath.yml} says of it. */
  static AccessRules read(YamlMap project) {
    Optional<YamlMap> map = project.get("access").flatMap(YamlValue::asMap);
    return map.map(m -> new AccessReader().rules(m)).orElse(AccessRules.NONE);
  }

  private AccessRules rules(YamlMap map) {
    Map<Role, Grants> roles = new EnumMap<>(Role.class);
    for (YamlMap.Entry entry : map.entries()) {
      if (entry.key().equals(Role.ADMIN.word())) {
        entry.value().error("an admin reads everything", "limit viewer or editor");
      }
    }
    map.only(Set.of("viewer", "editor", "admin"));
    for (String word : ROLES) {
      map.get(word)
          .flatMap(YamlValue::asMap)
          .ifPresent(limits -> roles.put(Role.parse(word), grants(limits)));
    }
    return new AccessRules(new Access(roles), tables, endpoints, dashboards);
  }

  /** A role that is named reads what is named, and nothing else. */
  private Grants grants(YamlMap limits) {
    limits.only(KEYS);
    List<String> read = choices(limits, "tables", tables);
    List<String> called = choices(limits, "endpoints", endpoints);
    return limits.has("dashboards")
        ? new Grants(read, called, choices(limits, "dashboards", dashboards))
        : new Grants(read, called);
  }

  private static List<String> choices(YamlMap limits, String key, List<Flow.Choice> all) {
    List<String> texts = new ArrayList<>();
    for (YamlValue item : limits.get(key).map(YamlValue::asListOrOne).orElse(List.of())) {
      item.asText()
          .ifPresent(text -> {
            Optional<String> mistake =
                key.equals("tables") ? Grants.mistake(text) : Optional.empty();
            mistake.ifPresentOrElse(
                m -> item.error(m, "write \"*\", schema.* or schema.table"),
                () -> {
                  texts.add(text);
                  all.add(new Flow.Choice(text, item.location()));
                });
          });
    }
    return texts;
  }
}
