package dev.towpath.core.project;

import dev.towpath.core.yaml.YamlMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the keys that say what becomes of rows that are there already. */
final class ChangesReader {
  private static final Map<String, Boolean> ON_CHANGE = Map.of("keep", true, "rebuild", false);
  private static final Map<String, Boolean> DELETES = Map.of("close", true, "ignore", false);
  private static final Map<String, Model.Batch> BATCHES =
      Map.of("all", Model.Batch.ALL, "changes", Model.Batch.CHANGES);

  private final YamlMap map;
  private final Model.Kind kind;

  private ChangesReader(YamlMap map, Model.Kind kind) {
    this.map = map;
    this.kind = kind;
  }

  /** Reads them; those that mean nothing to the kind, and a key that is missing, are noted. */
  static Model.Changes read(YamlMap map, Model.Kind kind, List<String> key) {
    ChangesReader reader = new ChangesReader(map, kind);
    reader.needs("delete_when", Model.Kind.MERGE);
    reader.needs("updated_at", Model.Kind.MERGE, Model.Kind.SCD2);
    reader.needs("deletes", Model.Kind.SCD2);
    reader.needs("batch", Model.Kind.MERGE, Model.Kind.SCD2);
    reader.needs(
        "on_change", Model.Kind.INCREMENTAL, Model.Kind.MERGE, Model.Kind.APPEND, Model.Kind.SCD2);
    if (key.isEmpty() && (kind == Model.Kind.MERGE || kind == Model.Kind.SCD2)) {
      error(
          map,
          map.has("key") ? "key" : "kind",
          "a model of kind " + name(kind) + " needs \"key\"",
          "add key: and the columns that tell its rows apart, such as key: [order_id]");
    }
    return new Model.Changes(
        map.get("batch").flatMap(v -> v.asOneOf(BATCHES)),
        map.get("delete_when")
            .flatMap(v ->
                v.asText()
                    .map(sql ->
                        new Check(
                            "delete_when", new Check.Expression(sql), false, v.textLocation()))),
        map.text("updated_at"),
        map.get("deletes").flatMap(v -> v.asOneOf(DELETES)).orElse(false),
        map.get("on_change").flatMap(v -> v.asOneOf(ON_CHANGE)).orElse(false));
  }

  private void needs(String key, Model.Kind... kinds) {
    if (map.has(key) && !List.of(kinds).contains(kind)) {
      List<String> names = java.util.stream.Stream.of(kinds).map(ChangesReader::name).toList();
      String last = names.getLast();
      String list =
          names.size() == 1
              ? last
              : String.join(", ", names.subList(0, names.size() - 1)) + " or " + last;
      error(
          map,
          key,
          "\"" + key + "\" needs kind: " + list,
          "add \"kind: " + names.getFirst() + "\", or remove " + key);
    }
  }

  private static void error(YamlMap map, String key, String what, String hint) {
    map.value().problems().error(map.at(key), what, Optional.of(hint));
  }

  private static String name(Model.Kind kind) {
    return kind.name().toLowerCase(java.util.Locale.ROOT);
  }
}
