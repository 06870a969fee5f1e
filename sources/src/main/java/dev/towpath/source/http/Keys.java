package dev.towpath.source.http;

import dev.towpath.source.common.Settings;
import dev.towpath.spi.Names;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A map inside a source's file: its keys are told from mistyped ones and read with their types. */
record Keys(Settings settings, String label, Map<String, Object> values) {

  /** The map under a key, or nothing when it is absent or, as is noted, no map. */
  static Optional<Keys> of(Settings settings, String label, Optional<Object> value) {
    if (value.isPresent() && value.get() instanceof Map<?, ?> map) {
      Map<String, Object> values = new LinkedHashMap<>();
      map.forEach((key, item) -> values.put(String.valueOf(key), item));
      return Optional.of(new Keys(settings, label, values));
    }
    if (value.isPresent()) {
      settings.problem(
          label, "\"" + label + "\" must be a map of keys and values", "see docs/sources.md");
    }
    return Optional.empty();
  }

  /** Notes every key that is none of these. */
  void only(Set<String> known) {
    for (String key : values.keySet()) {
      if (!known.contains(key)) {
        settings.problem(
            label,
            "unknown key \"" + key + "\" in \"" + label + "\"",
            Names.nearest(key, known)
                .map(near -> "did you mean \"" + near + "\"?")
                .orElse("there are " + String.join(", ", known.stream().sorted().toList())));
      }
    }
  }

  Optional<Object> value(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /** A text or number as text. */
  Optional<String> text(String key) {
    return settings.texts(label + "." + key, values.get(key)).stream().findFirst();
  }

  /** A text that must be there. */
  String required(String key, String hint) {
    Optional<String> text = text(key).filter(t -> !t.isBlank());
    if (text.isEmpty()) {
      settings.problem(label, "\"" + label + "\" has no \"" + key + "\"", hint);
    }
    return text.orElse("");
  }

  /** Where in an answer something stands, {@code a.b} or a list of keys; empty when absent. */
  List<String> path(String key) {
    return path(settings, label + "." + key, value(key));
  }

  /** The same for a key of a table. */
  static List<String> path(Settings settings, String label, Optional<Object> value) {
    if (value.isEmpty()) {
      return List.of();
    }
    if (value.get() instanceof List<?> list) {
      return settings.texts(label, list);
    }
    List<String> steps = new ArrayList<>();
    for (String text : settings.texts(label, value.get())) {
      String rest = text.startsWith("$.") ? text.substring(2) : text; // as JSONPath begins
      for (String step : rest.split("\\.", -1)) {
        steps.add(step);
      }
    }
    if (steps.contains("")) {
      settings.problem(
          label,
          "\"" + label + "\" cannot be \"" + value.get() + "\"",
          "write keys with dots between them, such as data.items");
    }
    return steps;
  }
}
