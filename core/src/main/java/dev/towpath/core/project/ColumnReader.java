package dev.towpath.core.project;

import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the map under {@code columns:}. */
final class ColumnReader {
  /** Keys of a column's long form. */
  static final Set<String> KEYS = Set.of("type", "description", "renamed_from");

  private ColumnReader() {}

  static List<ColumnDeclaration> read(YamlValue value) {
    if (value.kind() == YamlValue.Kind.LIST) {
      value.error("\"columns\" must be a map, not a list", "write one line for each: name: type");
      return List.of();
    }
    Optional<YamlMap> map = value.asMap();
    List<ColumnDeclaration> columns = new ArrayList<>();
    Map<String, String> seen = new HashMap<>();
    boolean skipping = false;
    for (YamlMap.Entry entry : map.map(YamlMap::entries).orElse(List.of())) {
      if (skipping) { // what YAML cut off the type before
        skipping = !entry.key().contains(")");
        continue;
      }
      YamlValue type = entry.value();
      Optional<String> whole = CheckReader.cutCall(type);
      whole.ifPresent(w ->
          type.error("YAML cuts this type at its comma", "put quotes around it: \"" + w + "\""));
      skipping = whole.isPresent();
      String earlier = seen.putIfAbsent(Names.identity(entry.key()), entry.key());
      if (entry.key().isEmpty()) {
        value.problems().error(entry.at(), "a column's name is empty");
      } else if (earlier != null) {
        value
            .problems()
            .error(
                entry.at(),
                "the columns \"" + earlier + "\" and \"" + entry.key() + "\" are one name",
                "names differ by more than upper and lower case; rename one");
      } else if (skipping) {
        columns.add(
            new ColumnDeclaration(
                entry.key(), Optional.empty(), Optional.empty(), Optional.empty(), entry.at()));
      } else {
        columns.add(column(entry));
      }
    }
    return columns;
  }

  private static ColumnDeclaration column(YamlMap.Entry entry) {
    Optional<DataType> type = Optional.empty();
    Optional<String> description = Optional.empty();
    Optional<String> renamedFrom = Optional.empty();
    switch (entry.value().kind()) {
      case NULL -> {} // named, nothing said
      case MAP -> {
        YamlMap map = entry.value().asMap().orElseThrow();
        map.only(KEYS);
        type = map.get("type").flatMap(ColumnReader::type);
        description = map.text("description");
        renamedFrom = map.text("renamed_from");
      }
      default -> type = type(entry.value());
    }
    return new ColumnDeclaration(entry.key(), type, description, renamedFrom, entry.at());
  }

  /** Reads a type; notes it when it is none. */
  static Optional<DataType> type(YamlValue value) {
    return value
        .asText()
        .flatMap(text -> {
          try {
            return Optional.of(DataType.parse(text));
          } catch (TowpathException e) {
            value.problems().error(value.location(), String.valueOf(e.getMessage()), e.hint());
            return Optional.empty();
          }
        });
  }
}
