package dev.towpath.importer.dbt;

import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.importer.jinja.Arguments;
import dev.towpath.importer.jinja.Interpreter;
import dev.towpath.importer.jinja.JinjaException;
import dev.towpath.importer.jinja.Listener;
import dev.towpath.importer.jinja.Macro;
import dev.towpath.importer.jinja.None;
import dev.towpath.importer.jinja.Template;
import dev.towpath.importer.jinja.Values;
import dev.towpath.spi.Location;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Turns the tests in YAML files into checks. */
final class GenericTests {
  private static final Set<String> CONFIG =
      Set.of(
          "severity",
          "where",
          "enabled",
          "name",
          "tags",
          "limit",
          "error_if",
          "warn_if",
          "fail_calc",
          "store_failures",
          "store_failures_as",
          "meta",
          "description",
          "config",
          "test_name",
          "arguments");

  private final Context context;
  private final Resource owner;
  private final Map<String, Object> defaults;
  private final Notes notes;

  /**
   * Turns tests.
   *
   * @param owner whose rendering the arguments of tests are part of
   * @param defaults settings of all tests in dbt_project.yml
   */
  GenericTests(Context context, Resource owner, Map<String, Object> defaults, Notes notes) {
    this.context = context;
    this.owner = owner;
    this.defaults = defaults;
    this.notes = notes;
  }

  /** One test as its YAML says it. */
  record Test(
      String name,
      String column,
      Map<String, Object> arguments,
      Map<String, Object> config,
      Location at) {
    Optional<String> where() {
      return text("where");
    }

    Optional<String> text(String key) {
      Object value = config.get(key);
      return value == null || value == None.NONE
          ? Optional.empty()
          : Optional.of(Values.text(value));
    }

    boolean warns() {
      return text("severity").orElse("").equalsIgnoreCase("warn");
    }
  }

  /** The checks of a table, from its own tests and those of its columns. */
  List<Object> checks(YamlMap described, TableName table) {
    List<Test> tests = new ArrayList<>();
    for (YamlMap column : Plain.maps(described, "columns")) {
      String name = Plain.text(column, "name").orElse("");
      read(column, name, tests);
    }
    read(described, "", tests);
    Set<Object> checks = new LinkedHashSet<>();
    CheckText texts = new CheckText(table, notNull(tests));
    for (Test test : tests) {
      one(test, table, texts).ifPresent(checks::add);
    }
    return new ArrayList<>(checks);
  }

  private static Set<String> notNull(List<Test> tests) {
    Set<String> columns = new LinkedHashSet<>();
    tests.stream()
        .filter(t -> t.name().equals("not_null") && t.where().isEmpty() && !t.warns())
        .forEach(t -> columns.add(t.column()));
    return columns;
  }

  private void read(YamlMap map, String column, List<Test> tests) {
    for (String key : List.of("tests", "data_tests")) {
      for (YamlValue item : Plain.items(Plain.value(map, key))) {
        try {
          test(item, column)
              .filter(t -> !t.text("enabled").orElse("true").equalsIgnoreCase("false"))
              .ifPresent(tests::add);
        } catch (JinjaException e) {
          notes.missing(item.location(), e.what(), e.todo());
        }
      }
    }
  }

  private Optional<Test> test(YamlValue item, String column) {
    if (item.kind() != YamlValue.Kind.MAP) {
      return item.scalar().map(name -> new Test(name, column, Map.of(), defaults, item.location()));
    }
    YamlMap map = item.asMap().orElseThrow();
    Optional<String> named = Plain.text(map, "test_name");
    Optional<YamlMap.Entry> entry =
        map.entries().stream().filter(e -> !CONFIG.contains(e.key())).findFirst();
    String name = named.or(() -> entry.map(YamlMap.Entry::key)).orElse("");
    Map<String, Object> config = new LinkedHashMap<>(defaults);
    Map<String, Object> arguments = new LinkedHashMap<>();
    split(map, named.isEmpty() ? name : "", config, arguments);
    if (named.isEmpty()) {
      entry
          .filter(e -> e.value().kind() == YamlValue.Kind.MAP)
          .flatMap(e -> e.value().asMap())
          .ifPresent(m -> split(m, "", config, arguments));
    }
    arguments.replaceAll((_, value) -> argument(value));
    String on =
        arguments.containsKey("column_name")
            ? Values.text(arguments.remove("column_name"))
            : column;
    return Optional.of(new Test(name, on, arguments, config, item.location()));
  }

  private static void split(
      YamlMap map, String except, Map<String, Object> config, Map<String, Object> arguments) {
    for (YamlMap.Entry entry : map.entries()) {
      if (entry.key().equals("config") || entry.key().equals("arguments")) {
        Plain.entries(entry.value())
            .forEach(e ->
                (entry.key().equals("config") ? config : arguments)
                    .put(e.key(), Plain.of(e.value())));
      } else if (CONFIG.contains(entry.key())) {
        config.put(entry.key(), Plain.of(entry.value()));
      } else if (!entry.key().equals(except)) {
        arguments.put(entry.key(), Plain.of(entry.value()));
      }
    }
  }

  /** An argument that is a reference or a template is rendered; any other stays. */
  private Object argument(Object value) {
    if (value instanceof List<?> list) {
      List<Object> all = new ArrayList<>();
      list.forEach(item -> all.add(argument(item)));
      return all;
    }
    if (!(value instanceof String text)) {
      return value;
    }
    boolean reference = text.strip().matches("(ref|source|var)\\s*\\(.*\\)");
    if (!reference && !text.contains("{{")) {
      return value;
    }
    SourceText source = new SourceText(owner.file(), reference ? "{{ " + text + " }}" : text);
    Session session = context.open(owner, Session.Mode.FULL, true);
    Template template = Template.parse(source);
    Interpreter interpreter = new Interpreter(template, session.scope(), Listener.PLAIN);
    return reference
        ? interpreter.value(Template.expression(source, text.strip()))
        : interpreter.render(template.nodes());
  }

  private Optional<Object> one(Test test, TableName table, CheckText texts) {
    for (String key : List.of("error_if", "warn_if", "fail_calc", "limit")) {
      test.text(key)
          .ifPresent(value ->
              notes.different(
                  test.at(),
                  "\"" + key + ": " + value + "\" of the test " + test.name() + " was left out",
                  "the check fails on any bad row"));
    }
    try {
      Optional<Object> known = texts.known(test);
      if (known.isPresent()) {
        if (test.name().equals("dbt_utils.recency")) {
          notes.different(
              test.at(), "the check of recency only warns here", "nothing is to be done");
        }
        return known;
      }
      return custom(test, table, texts);
    } catch (JinjaException e) {
      notes.missing(test.at(), e.what(), e.todo());
      return Optional.empty();
    }
  }

  /** A test that is a macro: its query returns the bad rows. */
  private Optional<Object> custom(Test test, TableName table, CheckText texts) {
    Session session = context.open(owner, Session.Mode.FULL, true);
    Optional<Macro> macro = context.macros().test(test.name(), session.scope());
    if (macro.isEmpty()) {
      notes.missing(
          test.at(),
          "the test \"" + test.name() + "\" of " + table + " is not known",
          "write a check for it, see docs/models.md");
      return Optional.empty();
    }
    Map<String, Object> arguments = new LinkedHashMap<>();
    String model =
        test.where()
            .map(w -> "(select * from " + Relation.sql(table) + " where " + w + ") as tested")
            .orElse(Relation.sql(table));
    arguments.put("model", new Relation(table, model));
    if (!test.column().isEmpty()) {
      arguments.put("column_name", test.column());
    }
    arguments.putAll(test.arguments());
    String sql = Values.text(macro.get().call(new Arguments(List.of(), arguments, test.at())));
    return Optional.of(texts.query(test, SqlText.tidied(sql)));
  }
}
