package dev.towpath.importer.dbt;

import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.importer.jinja.Interpreter;
import dev.towpath.importer.jinja.JinjaException;
import dev.towpath.importer.jinja.Listener;
import dev.towpath.importer.jinja.Template;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What is said of tables: descriptions, columns and checks, for sidecars and source files. */
final class Descriptions {
  private final Context context;
  private final Catalog catalog;
  private final Map<String, Object> testDefaults;
  private final Notes notes;
  private final Map<TableName, Map<String, Object>> said = new TreeMap<>();

  Descriptions(Context context, Catalog catalog, YamlMap project, Notes notes) {
    this.context = context;
    this.catalog = catalog;
    this.notes = notes;
    Optional<YamlMap> tests =
        Plain.map(project, "data_tests").or(() -> Plain.map(project, "tests"));
    this.testDefaults =
        new ConfigTree(tests, value -> value)
            .of(Plain.text(project, "name").orElse(""), List.of(), "");
  }

  /** Reads all that YAML files say. */
  void read(List<Resource> resources, SourceCatalog sources) {
    for (Resource resource : resources) {
      TableName table = catalog.table(resource.name()).orElseThrow();
      resource.properties().ifPresent(map -> put(resource, table, map));
    }
    for (SourceCatalog.Source source : sources.all()) {
      for (SourceCatalog.Entry entry : source.tables()) {
        put(owner(source, entry), entry.table(), entry.map());
        List<Object> fresh = SourceWriter.freshCheck(source.map(), entry.map());
        if (!fresh.isEmpty()) {
          checks(entry.table()).addAll(fresh);
        }
      }
    }
  }

  /** A table of a source is no resource; this stands for it while its texts are rendered. */
  private static Resource owner(SourceCatalog.Source source, SourceCatalog.Entry entry) {
    String file = source.map().value().location().file();
    return new Resource(
        Resource.Kind.SEED,
        entry.name(),
        file,
        java.nio.file.Path.of(file),
        List.of(),
        Optional.empty(),
        List.of(),
        Optional.of(entry.map()),
        Map.of());
  }

  private void put(Resource resource, TableName table, YamlMap map) {
    Map<String, Object> all = said.computeIfAbsent(table, _ -> new LinkedHashMap<>());
    Plain.text(map, "description")
        .map(text -> rendered(resource, text).strip())
        .filter(text -> !text.isEmpty())
        .ifPresent(text -> all.put("description", text));
    boolean contract =
        resource.config().get("contract") instanceof Map<?, ?> m
            && Boolean.TRUE.equals(m.get("enforced"));
    boolean source = !resource.file().endsWith(".csv") && resource.template().isEmpty();
    boolean complete =
        Plain.maps(map, "columns").stream().allMatch(c -> Plain.text(c, "data_type").isPresent());
    boolean typed = complete && (contract || source);
    Map<String, Object> columns = new LinkedHashMap<>();
    for (YamlMap column : Plain.maps(map, "columns")) {
      column(resource, column, typed)
          .ifPresent(c -> columns.put(Plain.text(column, "name").orElse(""), c));
    }
    if (!columns.isEmpty()) {
      all.put("columns", columns);
    }
    List<Object> checks =
        new GenericTests(context, resource, testDefaults, notes).checks(map, table);
    if (!checks.isEmpty()) {
      all.put("checks", checks);
    }
  }

  /** A description with its docs blocks; one that cannot be rendered stays as it is. */
  private String rendered(Resource owner, String text) {
    if (!text.contains("{{")) {
      return text;
    }
    try {
      Template template = Template.parse(new SourceText(owner.file(), text));
      Session session = context.open(owner, Session.Mode.FULL, true);
      return new Interpreter(template, session.scope(), Listener.PLAIN).render(template.nodes());
    } catch (JinjaException e) {
      notes.missing(
          owner.properties().map(map -> map.value().location()).orElse(owner.at()),
          e.what(),
          e.todo());
      return text;
    }
  }

  private Optional<Object> column(Resource resource, YamlMap column, boolean typed) {
    Map<String, Object> one = new LinkedHashMap<>();
    if (typed) {
      Plain.text(column, "data_type").ifPresent(t -> one.put("type", t));
    }
    Plain.text(column, "description")
        .map(text -> rendered(resource, text).strip())
        .filter(text -> !text.isEmpty())
        .ifPresent(text -> one.put("description", text));
    return one.isEmpty() ? Optional.empty() : Optional.of(one);
  }

  @SuppressWarnings("unchecked")
  private List<Object> checks(TableName table) {
    return (List<Object>)
        said.computeIfAbsent(table, _ -> new LinkedHashMap<>())
            .computeIfAbsent("checks", _ -> new ArrayList<>()); // only lists are put there
  }

  /** Gives a seed's columns their types, in the order of the file. */
  void types(TableName table, Map<String, Object> types) {
    Map<String, Object> all = said.computeIfAbsent(table, _ -> new LinkedHashMap<>());
    Map<?, ?> described = all.get("columns") instanceof Map<?, ?> m ? m : Map.of();
    Map<String, Object> columns = new LinkedHashMap<>();
    types.forEach((name, type) -> {
      Map<String, Object> column = new LinkedHashMap<>();
      column.put("type", type);
      if (described.get(name) instanceof Map<?, ?> more) {
        more.forEach((key, value) -> column.put(String.valueOf(key), value));
      }
      columns.put(name, column.size() == 1 ? type : column);
    });
    Map<String, Object> ordered = new LinkedHashMap<>();
    Optional.ofNullable(all.get("description")).ifPresent(d -> ordered.put("description", d));
    ordered.put("columns", columns);
    Optional.ofNullable(all.get("checks")).ifPresent(c -> ordered.put("checks", c));
    said.put(table, ordered);
  }

  /** Adds a test that is a query to the table that it reads first. */
  void singular(Resource test) {
    try {
      Session session = context.open(test, Session.Mode.FULL, true);
      Parameters parameters = new Parameters(Map.of(), context.vars());
      session.text(session.render());
      String sql = SqlText.tidied(pasted(session, parameters));
      if (session.reads().isEmpty()) {
        notes.missing(
            test.at(), "the test " + test.name() + " reads no table", "write it as a check");
        return;
      }
      Map<String, Object> check = new LinkedHashMap<>();
      check.put("name", test.name());
      if (test.text("severity").orElse("").equalsIgnoreCase("warn")) {
        check.put("severity", "warn");
      }
      check.put("sql", sql);
      checks(session.reads().iterator().next()).add(check);
    } catch (JinjaException e) {
      notes.missing(e.location(), e.what(), e.todo());
    }
  }

  /** Checks take no variables, so their values are written. */
  private static String pasted(Session session, Parameters parameters) {
    String sql = session.text();
    for (Map.Entry<String, Object> var : session.marked().entrySet()) {
      sql =
          sql.replace(
              Parameters.mark(var.getKey()),
              dev.towpath.importer.jinja.Values.text(var.getValue()));
    }
    return parameters.place(sql);
  }

  /** Forgets a table that was not written. */
  void forget(TableName table) {
    said.remove(table);
  }

  /** What is said of a table; nothing when nobody says anything. */
  Map<String, Object> of(TableName table) {
    return said.getOrDefault(table, Map.of());
  }

  /** Writes the sidecars of models and seeds. */
  void write(Output output) {
    Map<String, Map<String, Object>> files = new TreeMap<>();
    said.forEach((table, all) -> {
      Optional<Resource> owner = catalog.owner(table).filter(_ -> !all.isEmpty());
      owner.ifPresent(r -> {
        String folder = r.kind() == Resource.Kind.SEED ? "seeds" : "models";
        files
            .computeIfAbsent(folder + "/" + table.schema() + "/_schema.yml", _ -> new TreeMap<>())
            .put(table.table(), all);
      });
    });
    files.forEach((file, tables) ->
        output.add(file, YamlOut.of(Map.of(file.substring(0, file.indexOf('/')), tables))));
  }
}
