package dev.towpath.core.project;

import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.ExportTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the list under {@code exports:}. */
final class ExportReader {
  /** Keys of one export. */
  static final Set<String> KEYS = Set.of("to", "table", "mode", "key", "environments");

  private static final Map<String, ExportTarget.Mode> MODES =
      Map.of(
          "replace", ExportTarget.Mode.REPLACE,
          "append", ExportTarget.Mode.APPEND,
          "upsert", ExportTarget.Mode.UPSERT);

  private ExportReader() {}

  static List<Export> read(YamlMap map, List<String> modelKey) {
    List<Export> exports = new ArrayList<>();
    for (YamlValue item : map.get("exports").map(YamlValue::asListOrOne).orElse(List.of())) {
      item.asMap().flatMap(m -> export(m, modelKey)).ifPresent(exports::add);
    }
    return exports;
  }

  private static Optional<Export> export(YamlMap map, List<String> modelKey) {
    map.only(KEYS);
    Optional<String> to = map.text("to");
    if (to.isEmpty()) {
      map.value()
          .problems()
          .error(
              map.value().location(),
              "an export needs \"to\"",
              "write to: and a file such as exports/daily.csv, or a URL");
      return Optional.empty();
    }
    ExportTarget.Mode mode =
        map.get("mode").flatMap(v -> v.asOneOf(MODES)).orElse(ExportTarget.Mode.REPLACE);
    List<String> key = map.has("key") ? map.texts("key") : modelKey;
    boolean upsert = mode == ExportTarget.Mode.UPSERT;
    if (upsert && key.isEmpty()) {
      map.value()
          .problems()
          .error(
              map.at("mode"),
              "an upsert needs \"key\"",
              "add key: and the columns that tell its rows apart");
    } else if (!upsert && map.has("key")) {
      map.value()
          .problems()
          .error(map.at("key"), "\"key\" needs mode: upsert", "add it, or remove key");
    }
    return Optional.of(
        new Export(
            to.get(),
            map.text("table"),
            mode,
            upsert ? key : List.of(),
            map.texts("environments"),
            map.get("to").map(YamlValue::textLocation).orElse(map.value().location())));
  }
}
