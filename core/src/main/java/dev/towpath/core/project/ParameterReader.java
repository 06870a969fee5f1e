package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.DataType;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the typed parameters of an endpoint or a flow. */
final class ParameterReader {
  static final Set<String> KEYS = Set.of("type", "default", "min", "max", "values", "list");

  private ParameterReader() {}

  /**
   * All parameters of a map's {@code params}.
   *
   * @param nullable whether {@code default: null} is a default
   */
  static List<Parameter> read(YamlMap owner, Problems problems, boolean nullable) {
    return owner
        .get("params")
        .flatMap(YamlValue::asMap)
        .map(YamlMap::entries)
        .orElse(List.of())
        .stream()
        .flatMap(entry -> parameter(entry, problems, nullable).stream())
        .toList();
  }

  private static Optional<Parameter> parameter(
      YamlMap.Entry entry, Problems problems, boolean nullable) {
    if (!NameRules.isParameter(entry.key())) {
      problems.error(
          entry.at(),
          "\"" + NameRules.shown(entry.key()) + "\" cannot be the name of a parameter",
          "SQL says $name: use letters, digits and _");
      return Optional.empty();
    }
    if (entry.value().kind() != YamlValue.Kind.MAP) {
      return ColumnReader.type(entry.value())
          .map(type ->
              new Parameter(
                  entry.key(),
                  type,
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  List.of(),
                  false,
                  entry.at()));
    }
    return entry.value().asMap().flatMap(map -> parameter(entry, map, problems, nullable));
  }

  private static Optional<Parameter> parameter(
      YamlMap.Entry entry, YamlMap map, Problems problems, boolean nullable) {
    map.only(KEYS);
    boolean list = map.truth("list", false);
    Optional<DataType> type =
        map.required("type", "write type: and a type such as varchar").flatMap(ColumnReader::type);
    boolean none = nullable && isNull(map);
    Optional<String> fallback =
        none ? Optional.empty() : map.get("default").flatMap(YamlValue::asScalar);
    Optional<String> low = map.get("min").flatMap(YamlValue::asScalar);
    Optional<String> high = map.get("max").flatMap(YamlValue::asScalar);
    List<String> values =
        map.get("values").map(YamlValue::asList).orElse(List.of()).stream()
            .flatMap(value -> value.asScalar().stream())
            .toList();
    if (!list && fallback.isPresent() && !values.isEmpty() && !values.contains(fallback.get())) {
      problems.error(
          map.at("default"),
          "the default \"" + fallback.get() + "\" is not among the values",
          "use one of " + String.join(", ", values));
    }
    return type.map(
        t -> new Parameter(entry.key(), t, fallback, low, high, values, list, none, entry.at()));
  }

  /** Whether the default is the word null; nothing at all is a mistake. */
  private static boolean isNull(YamlMap map) {
    return map.entries().stream()
        .filter(e -> e.key().equals("default"))
        .map(YamlMap.Entry::value)
        .anyMatch(
            v -> v.kind() == YamlValue.Kind.NULL && v.scalar().filter("null"::equals).isPresent());
  }
}
