package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.Yaml;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.Location;
import dev.towpath.spi.Names;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Reads one file of {@code tests/}: a test, or a list of them. */
final class UnitTestReader {
  static final Set<String> KEYS = Set.of("name", "model", "given", "expect", "ordered", "params");

  private final Set<String> parameters;
  private final Problems problems;

  private UnitTestReader(Set<String> parameters, Problems problems) {
    this.parameters = parameters;
    this.problems = problems;
  }

  /**
   * Reads the tests of a file.
   *
   * @param fileName the file's name without ending
   * @param vars names of the project's variables
   */
  static List<UnitTest> read(
      SourceText source, String fileName, Set<String> vars, Problems problems) {
    Set<String> parameters = new TreeSet<>(vars);
    parameters.addAll(Set.of("start", "end"));
    UnitTestReader reader = new UnitTestReader(parameters, problems);
    List<YamlValue> items =
        Yaml.read(source, problems).map(YamlValue::asListOrOne).orElse(List.of());
    List<UnitTest> tests = new ArrayList<>();
    int number = 0;
    for (YamlValue item : items) {
      number++;
      String fallback = items.size() == 1 ? fileName : fileName + " " + number;
      item.asMap().flatMap(map -> reader.test(map, fallback)).ifPresent(tests::add);
    }
    return tests;
  }

  private Optional<UnitTest> test(YamlMap map, String fallback) {
    map.only(KEYS);
    Optional<TableName> model =
        map.required("model", "write model: schema.table").flatMap(UnitTestReader::table);
    Map<TableName, List<UnitTest.Row>> given = new HashMap<>();
    Map<TableName, Location> places = new HashMap<>();
    for (YamlMap.Entry entry :
        map.get("given").flatMap(YamlValue::asMap).map(YamlMap::entries).orElse(List.of())) {
      given(entry, given);
      NameRules.table(entry.key()).ifPresent(table -> places.putIfAbsent(table, entry.at()));
    }
    Optional<YamlValue> expected = map.required("expect", "list the rows that the model returns");
    List<UnitTest.Row> expect = expected.map(this::rows).orElse(List.of());
    String name = map.text("name").orElse(fallback);
    boolean ordered = map.truth("ordered", false);
    Map<String, String> params = params(map);
    return expected.isEmpty()
        ? Optional.empty()
        : model.map(
            m -> new UnitTest(name, m, given, expect, ordered, params, map.at("model"), places));
  }

  private static Optional<TableName> table(YamlValue value) {
    Optional<String> text = value.asText();
    Optional<TableName> table = text.flatMap(NameRules::table);
    if (text.isPresent() && table.isEmpty()) {
      value.error("\"" + text.get() + "\" is not a table", "write schema.table");
    }
    return table;
  }

  private void given(YamlMap.Entry entry, Map<TableName, List<UnitTest.Row>> given) {
    Optional<TableName> table = NameRules.table(entry.key());
    List<UnitTest.Row> rows =
        entry.value().kind() == YamlValue.Kind.NULL ? List.of() : rows(entry.value());
    if (table.isEmpty()) {
      problems.error(
          entry.at(),
          "\"" + NameRules.shown(entry.key()) + "\" is not a table",
          "write schema.table");
    } else if (given.putIfAbsent(table.get(), rows) != null) {
      problems.error(entry.at(), "the table \"" + entry.key() + "\" is given twice", "keep one");
    }
  }

  private List<UnitTest.Row> rows(YamlValue value) {
    List<UnitTest.Row> rows = new ArrayList<>();
    for (YamlValue item : value.asList()) {
      item.asMap().ifPresent(map -> rows.add(row(map)));
    }
    return rows;
  }

  private UnitTest.Row row(YamlMap map) {
    Map<String, Optional<String>> values = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    for (YamlMap.Entry entry : map.entries()) {
      if (seen.add(Names.identity(entry.key()))) {
        YamlValue value = entry.value();
        values.put(
            entry.key(),
            value.kind() == YamlValue.Kind.NULL ? Optional.empty() : Optional.of(text(value)));
      } else {
        problems.error(entry.at(), "the column \"" + entry.key() + "\" stands twice", "keep one");
      }
    }
    Location at = map.value().location();
    return new UnitTest.Row(values, at);
  }

  /** The text that a CAST takes: a number as written, lists and structs in the engine's form. */
  private static String text(YamlValue value) {
    return switch (value.kind()) {
      case LIST ->
          value.asList().stream()
              .map(UnitTestReader::member)
              .collect(Collectors.joining(", ", "[", "]"));
      case MAP ->
          value.asMap().map(YamlMap::entries).orElse(List.of()).stream()
              .map(e -> Names.literal(e.key()) + ": " + member(e.value()))
              .collect(Collectors.joining(", ", "{", "}"));
      case DECIMAL -> {
        String text = value.scalar().orElse("");
        String lower = text.toLowerCase(java.util.Locale.ROOT);
        yield lower.endsWith(".inf") || lower.endsWith(".nan") ? lower.replace(".", "") : text;
      }
      default -> value.scalar().orElse("");
    };
  }

  private static String member(YamlValue value) {
    return switch (value.kind()) {
      case NULL -> "NULL";
      case TEXT -> Names.literal(value.scalar().orElse(""));
      default -> text(value);
    };
  }

  private Map<String, String> params(YamlMap map) {
    Map<String, String> params = new HashMap<>();
    for (YamlMap.Entry entry :
        map.get("params").flatMap(YamlValue::asMap).map(YamlMap::entries).orElse(List.of())) {
      if (parameters.contains(entry.key())) {
        entry.value().asScalar().ifPresent(text -> params.put(entry.key(), text));
      } else {
        problems.error(
            entry.at(),
            "unknown parameter \"" + entry.key() + "\"",
            Problems.knownNames(entry.key(), parameters));
      }
    }
    return params;
  }
}
