package dev.towpath.importer.dbt;

import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.importer.jinja.Arguments;
import dev.towpath.importer.jinja.None;
import dev.towpath.importer.jinja.Undefined;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The project's variables, and which of them stay variables. */
final class Vars {
  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Map<String, Object> kept = new TreeMap<>();

  /** Reads {@code vars:}; those of the project itself win over general ones. */
  static Vars read(YamlMap project, String name) {
    Vars vars = new Vars();
    Optional<YamlMap> map = Plain.map(project, "vars");
    map.map(YamlMap::entries).stream()
        .flatMap(java.util.List::stream)
        .filter(e -> !e.key().equals(name) || e.value().kind() != YamlValue.Kind.MAP)
        .forEach(e -> vars.values.put(e.key(), Plain.of(e.value())));
    map.flatMap(m -> Plain.map(m, name)).map(YamlMap::entries).stream()
        .flatMap(java.util.List::stream)
        .forEach(e -> vars.values.put(e.key(), Plain.of(e.value())));
    return vars;
  }

  /** dbt's {@code var(name, default)}. */
  Object get(Arguments arguments) {
    String name = arguments.text(0, "var_name");
    Object value = values.get(name);
    if (value != null && value != None.NONE) {
      return value;
    }
    Object otherwise = arguments.get(1, "default");
    if (otherwise instanceof Undefined && value == null) {
      throw arguments.error(
          "the variable \"" + name + "\" has no value", "set it under vars: in dbt_project.yml");
    }
    return otherwise instanceof Undefined ? None.NONE : otherwise;
  }

  /** Whether SQL can say {@code $name} for it. */
  static boolean canStay(String name, Object value) {
    boolean scalar = value instanceof String || value instanceof Long || value instanceof Boolean;
    return scalar
        && name.matches("[A-Za-z_][A-Za-z0-9_]*")
        && !name.equals("start")
        && !name.equals("end");
  }

  /** Keeps it as a variable; false when it has another value elsewhere. */
  boolean keep(String name, Object value) {
    Object before = kept.putIfAbsent(name, value);
    return before == null || before.equals(value);
  }

  /** The variables that stay, by name. */
  Map<String, Object> kept() {
    return kept;
  }
}
