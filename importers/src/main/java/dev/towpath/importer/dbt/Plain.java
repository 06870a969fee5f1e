package dev.towpath.importer.dbt;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.Yaml;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.importer.jinja.None;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** YAML as the values that templates work with. dbt reads YAML 1.1, where {@code yes} is true. */
final class Plain {
  private Plain() {}

  /** Reads a file that holds a map; what is wrong with it is noted. */
  static Optional<YamlMap> map(String file, Path path, Notes notes) {
    Problems problems = new Problems();
    Optional<YamlMap> map =
        SourceText.read(file, path, problems)
            .flatMap(text -> Yaml.read(text, problems))
            .filter(value -> value.kind() != YamlValue.Kind.NULL)
            .flatMap(YamlValue::asMap);
    notes.all(problems.list());
    return map;
  }

  /** The value as Jinja has it. */
  static Object of(YamlValue value) {
    String text = value.scalar().orElse("");
    return switch (value.kind()) {
      case TEXT -> text(value, text);
      case INTEGER -> YamlValue.integer(text).<Object>map(n -> n).orElse(text);
      case DECIMAL -> Double.valueOf(text.replace(".inf", "Infinity").replace(".nan", "NaN"));
      case BOOLEAN -> Boolean.valueOf(text);
      case NULL -> None.NONE;
      case LIST -> {
        List<Object> list = new ArrayList<>();
        value.asList().forEach(item -> list.add(of(item)));
        yield list;
      }
      case MAP -> {
        Map<Object, Object> map = new LinkedHashMap<>();
        entries(value).forEach(e -> map.put(e.key(), of(e.value())));
        yield map;
      }
    };
  }

  private static Object text(YamlValue value, String text) {
    if (!value.isPlain()) {
      return text;
    }
    return switch (text) {
      case "yes", "Yes", "YES", "on", "On", "ON" -> true;
      case "no", "No", "NO", "off", "Off", "OFF" -> false;
      default -> text;
    };
  }

  /** The entries of a map; none when it is no map. */
  static List<YamlMap.Entry> entries(YamlValue value) {
    return value.kind() == YamlValue.Kind.MAP
        ? value.asMap().map(YamlMap::entries).orElse(List.of())
        : List.of();
  }

  /** The items of a list; none when it is no list. */
  static List<YamlValue> items(Optional<YamlValue> value) {
    return value
        .filter(v -> v.kind() == YamlValue.Kind.LIST)
        .map(YamlValue::asList)
        .orElse(List.of());
  }

  /** The maps in a list under a key. */
  static List<YamlMap> maps(YamlMap map, String key) {
    return items(value(map, key)).stream()
        .filter(v -> v.kind() == YamlValue.Kind.MAP)
        .flatMap(v -> v.asMap().stream())
        .toList();
  }

  /** The map under a key. */
  static Optional<YamlMap> map(YamlMap map, String key) {
    return value(map, key).filter(v -> v.kind() == YamlValue.Kind.MAP).flatMap(YamlValue::asMap);
  }

  /** The value under a key, whatever it is; nothing when it is null. */
  static Optional<YamlValue> value(YamlMap map, String key) {
    return map.entries().stream()
        .filter(e -> e.key().equals(key) && e.value().kind() != YamlValue.Kind.NULL)
        .map(YamlMap.Entry::value)
        .findFirst();
  }

  /** The characters of a single value under a key. */
  static Optional<String> text(YamlMap map, String key) {
    return value(map, key).flatMap(YamlValue::scalar);
  }

  /** The texts of a list, or of one text. */
  static List<String> texts(Object value) {
    return switch (value) {
      case List<?> list -> list.stream().map(String::valueOf).toList();
      case None _ -> List.of();
      default -> List.of(String.valueOf(value));
    };
  }
}
