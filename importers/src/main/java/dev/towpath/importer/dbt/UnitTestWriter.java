package dev.towpath.importer.dbt;

import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.importer.jinja.Interpreter;
import dev.towpath.importer.jinja.JinjaException;
import dev.towpath.importer.jinja.Listener;
import dev.towpath.importer.jinja.None;
import dev.towpath.importer.jinja.Template;
import dev.towpath.spi.TableName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns {@code unit_tests:} into tests of Towpath. */
final class UnitTestWriter {
  private final Context context;
  private final Catalog catalog;
  private final Path fixtures;
  private final Notes notes;

  /**
   * Turns tests.
   *
   * @param fixtures the folder of fixture files
   */
  UnitTestWriter(Context context, Catalog catalog, Path fixtures, Notes notes) {
    this.context = context;
    this.catalog = catalog;
    this.fixtures = fixtures;
    this.notes = notes;
  }

  /** The test, and the table that it is of; empty when it cannot be turned, which is noted. */
  Optional<Map.Entry<TableName, Map<String, Object>>> write(YamlMap map) {
    String name = Plain.text(map, "name").orElse("test");
    Optional<Resource> model = Plain.text(map, "model").flatMap(catalog::resource);
    if (model.isEmpty()) {
      missing(map, "the unit test \"" + name + "\" is of a model that was left out");
      return Optional.empty();
    }
    try {
      return Optional.of(Map.entry(table(model.get()), test(map, name, model.get())));
    } catch (JinjaException e) {
      missing(map, "the unit test \"" + name + "\" was left out: " + e.what());
      return Optional.empty();
    }
  }

  private TableName table(Resource model) {
    return catalog.table(model.name()).orElseThrow();
  }

  private void missing(YamlMap map, String what) {
    notes.missing(map.value().location(), what, "write it by hand, see docs/models.md");
  }

  private Map<String, Object> test(YamlMap map, String name, Resource model) {
    Map<String, Object> test = new LinkedHashMap<>();
    test.put("name", name);
    test.put("model", table(model).toString());
    Map<String, Object> given = new LinkedHashMap<>();
    for (YamlMap input : Plain.maps(map, "given")) {
      String reference = Plain.text(input, "input").orElse("");
      given.put(input(reference, model, input), rows(input));
    }
    if (!given.isEmpty()) {
      test.put("given", given);
    }
    test.put(
        "expect",
        rows(
            Plain.map(map, "expect")
                .orElseThrow(
                    () -> new JinjaException(map.value().location(), "it expects nothing", ""))));
    Optional<YamlMap> overrides = Plain.map(map, "overrides");
    if (overrides.isPresent()) {
      overrides(overrides.get(), test);
    }
    return test;
  }

  private String input(String reference, Resource model, YamlMap input) {
    SourceText source = new SourceText(model.file(), reference);
    Session session = context.open(model, Session.Mode.FULL, true);
    Object value =
        new Interpreter(new Template(source, List.of()), session.scope(), Listener.PLAIN)
            .value(Template.expression(source, reference));
    if (value instanceof Relation relation && !relation.text().equals(Relation.THIS)) {
      return relation.table().toString();
    }
    throw new JinjaException(
        input.value().location(), "it gives rows of \"" + reference + "\"", "write it by hand");
  }

  private static void overrides(YamlMap overrides, Map<String, Object> test) {
    boolean firstRun =
        Plain.map(overrides, "macros")
            .map(m ->
                m.entries().stream()
                    .allMatch(e ->
                        e.key().equals("is_incremental")
                            && Boolean.FALSE.equals(Plain.of(e.value()))))
            .orElse(true);
    if (!firstRun || Plain.map(overrides, "env_vars").isPresent()) {
      throw new JinjaException(
          overrides.value().location(), "it overrides macros or the environment", "");
    }
    Plain.map(overrides, "vars")
        .ifPresent(vars -> {
          Map<String, Object> params = new LinkedHashMap<>();
          vars.entries().forEach(e -> params.put(e.key(), Plain.of(e.value())));
          test.put("params", params);
        });
  }

  private List<Object> rows(YamlMap part) {
    String format = Plain.text(part, "format").orElse("dict");
    Optional<YamlValue> rows = Plain.value(part, "rows");
    if (format.equals("sql")) {
      throw new JinjaException(part.value().location(), "its rows are SQL", "");
    }
    if (format.equals("csv")) {
      return csv(rows.flatMap(YamlValue::scalar).orElseGet(() -> fixture(part)));
    }
    List<Object> all = new ArrayList<>();
    for (YamlValue row : Plain.items(rows)) {
      Map<String, Object> values = new LinkedHashMap<>();
      Plain.entries(row).forEach(e -> values.put(e.key(), value(e.value())));
      all.add(values);
    }
    return all;
  }

  private String fixture(YamlMap part) {
    String name = Plain.text(part, "fixture").orElse("");
    Path path = fixtures.resolve(name.endsWith(".csv") ? name : name + ".csv");
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new JinjaException(
          part.value().location(), "its fixture \"" + name + "\" cannot be read", "");
    }
  }

  private static List<Object> csv(String text) {
    List<List<String>> rows = Csv.read(text.strip(), ',');
    List<Object> all = new ArrayList<>();
    for (List<String> row : rows.subList(Math.min(1, rows.size()), rows.size())) {
      Map<String, Object> map = new LinkedHashMap<>();
      for (int i = 0; i < row.size(); i++) {
        String cell = row.get(i).strip();
        map.put(rows.getFirst().get(i).strip(), cell.isEmpty() ? None.NONE : scalar(cell));
      }
      all.add(map);
    }
    return all;
  }

  /** A cell as YAML would read it, so that numbers and dates stand without quotes. */
  private static Object scalar(String cell) {
    return cell.matches("[-+]?\\d+(\\.\\d+)?|\\d{4}-\\d{2}-\\d{2}") ? new YamlOut.Word(cell) : cell;
  }

  private static Object value(YamlValue value) {
    return switch (value.kind()) {
      case INTEGER, DECIMAL -> new YamlOut.Word(value.scalar().orElse(""));
      case TEXT -> value.isPlain() ? scalar(value.scalar().orElse("")) : Plain.of(value);
      default -> Plain.of(value);
    };
  }
}
