package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the keys that only Python models have. */
final class PythonReader {
  static final Set<String> KEYS = Set.of("reads", "driven_by", "isolation", "memory", "timeout");

  private static final Map<String, Boolean> ISOLATIONS = Map.of("process", true, "shared", false);

  private PythonReader() {}

  static Model.Python read(YamlMap map, Model.Kind kind) {
    Map<TableName, String> drivers = drivers(map);
    if (map.has("driven_by") && kind != Model.Kind.INCREMENTAL) {
      map.value()
          .problems()
          .error(
              map.at("driven_by"),
              "\"driven_by\" needs kind: incremental",
              "add kind: incremental, or remove it");
    }
    return new Model.Python(
        tables(map),
        drivers,
        map.get("isolation").flatMap(v -> v.asOneOf(ISOLATIONS)).orElse(false),
        map.get("memory").flatMap(Values::size),
        map.get("timeout").flatMap(Values::duration));
  }

  /** What a model without a block says: nothing. */
  static Model.Python nothing() {
    return new Model.Python(List.of(), Map.of(), false, Optional.empty(), Optional.empty());
  }

  private static List<TableName> tables(YamlMap map) {
    List<TableName> tables = new ArrayList<>();
    for (YamlValue item : map.get("reads").map(YamlValue::asListOrOne).orElse(List.of())) {
      item.asText().flatMap(text -> table(item, text)).ifPresent(tables::add);
    }
    return tables;
  }

  private static Optional<TableName> table(YamlValue value, String text) {
    Optional<TableName> table = NameRules.table(text);
    if (table.isEmpty()) {
      value.error("\"" + text + "\" is not a table", "write schema.table");
    }
    return table;
  }

  private static Map<TableName, String> drivers(YamlMap map) {
    Map<TableName, String> drivers = new LinkedHashMap<>();
    List<YamlMap.Entry> entries =
        map.get("driven_by").flatMap(YamlValue::asMap).map(YamlMap::entries).orElse(List.of());
    for (YamlMap.Entry entry : entries) {
      Optional<TableName> table = NameRules.table(entry.key());
      if (table.isEmpty()) {
        map.value()
            .problems()
            .error(entry.at(), "\"" + entry.key() + "\" is not a table", "write schema.table");
      }
      Optional<String> column = entry.value().asText();
      if (table.isPresent() && column.isPresent()) {
        drivers.put(table.get(), column.get());
      }
    }
    return drivers;
  }

  /** Whether a Python model may be of a kind; noted when not. */
  static Model.Kind kind(YamlMap map, Model.Kind kind) {
    if (kind != Model.Kind.VIEW) {
      return kind;
    }
    map.value()
        .problems()
        .error(
            map.at("kind"),
            "a Python model cannot be a view, since only SQL can be run where it is read",
            "use kind: table, which is the default");
    return Model.Kind.TABLE;
  }

  /** The contract is what readers of a Python model are checked against. */
  static void requireContract(Model model, Problems problems) {
    if (model.contract()) {
      return;
    }
    if (model.columns().isEmpty() && problems.list().isEmpty()) {
      problems.error(
          model.at("columns"),
          "a Python model needs \"columns\" with their types",
          "write them into the comment at its top, below \"# towpath:\", such as"
              + " \"#   columns: {region: varchar, score: double}\"");
    }
    for (ColumnDeclaration column : model.columns()) {
      boolean said =
          problems.list().stream().anyMatch(p -> p.location().line() == column.location().line());
      if (column.type().isEmpty() && !said) {
        problems.error(
            column.location(),
            "column \"" + column.name() + "\" of a Python model needs a type",
            "write such as " + column.name() + ": varchar");
      }
    }
  }
}
