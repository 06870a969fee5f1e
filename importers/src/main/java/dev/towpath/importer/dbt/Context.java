package dev.towpath.importer.dbt;

import dev.towpath.core.yaml.Problems;
import dev.towpath.importer.jinja.Arguments;
import dev.towpath.importer.jinja.Builtins;
import dev.towpath.importer.jinja.Function;
import dev.towpath.importer.jinja.Macro;
import dev.towpath.importer.jinja.Member;
import dev.towpath.importer.jinja.None;
import dev.towpath.importer.jinja.Scope;
import dev.towpath.importer.jinja.Undefined;
import dev.towpath.importer.jinja.Values;
import dev.towpath.spi.TableName;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What a template of dbt can use: {@code ref}, {@code var}, {@code config}, {@code target}, ... */
final class Context {
  private final String project;
  private final Catalog catalog;
  private final MacroLibrary macros;
  private final Vars vars;
  private final Profile profile;
  private final Map<String, String> docs;

  Context(
      String project,
      Catalog catalog,
      MacroLibrary macros,
      Vars vars,
      Profile profile,
      Map<String, String> docs) {
    this.project = project;
    this.catalog = catalog;
    this.macros = macros;
    this.vars = vars;
    this.profile = profile;
    this.docs = docs;
  }

  Vars vars() {
    return vars;
  }

  MacroLibrary macros() {
    return macros;
  }

  /** Opens a rendering of a resource. */
  Session open(Resource resource, Session.Mode mode, boolean execute) {
    Map<String, Object> globals = new HashMap<>(Builtins.all());
    Scope scope = Scope.of(Map.of());
    Session session = new Session(resource, mode, execute, scope);
    fill(globals, session);
    globals.forEach(scope::set);
    macros.bind(scope);
    return session;
  }

  private void fill(Map<String, Object> globals, Session session) {
    Function ref = a -> ref(a, session);
    Function source = a -> source(a, session);
    Function config = a -> config(a, session);
    Function variable = a -> session.use(vars, a);
    globals.put("ref", ref);
    globals.put("source", source);
    globals.put("var", variable);
    globals.put(
        "builtins",
        new LinkedHashMap<Object, Object>(
            Map.of("ref", ref, "source", source, "config", config, "var", variable)));
    globals.put("config", new ConfigValue(config, session.resource()));
    globals.put("env_var", (Function) a -> environment(a, session));
    globals.put("return", Macro.RETURN);
    globals.put("execute", session.execute());
    globals.put("is_incremental", (Function) _ -> session.mode() == Session.Mode.INTERVALS);
    globals.put("target", (Member) name -> target(name, session));
    globals.put("log", (Function) _ -> "");
    globals.put("print", (Function) _ -> "");
    globals.put("doc", (Function) this::doc);
    globals.put("exceptions", (Member) Context::exceptions);
    globals.put("adapter", (Member) name -> adapter(name, session));
    globals.put("flags", new LinkedHashMap<Object, Object>(Map.of("FULL_REFRESH", false)));
    globals.put("project_name", project);
    globals.put("dbt_version", "1.11.0");
    globals.put("database", None.NONE);
    globals.put("modules", (Member) name -> module(name));
    warehouse(globals, "run_query", "statement", "load_result", "run_started_at", "graph");
    TableName table =
        catalog
            .table(session.resource().name())
            .orElse(new TableName(profile.schema(), session.resource().name()));
    globals.put("this", Relation.self(table));
    globals.put("schema", table.schema());
    globals.put("model", model(session.resource(), table));
  }

  private static void warehouse(Map<String, Object> globals, String... names) {
    for (String name : names) {
      Function fails =
          a -> {
            throw a.error(
                name + " needs the warehouse while it is rendered", "write by hand what it gives");
          };
      globals.put(name, fails);
    }
  }

  private Object model(Resource resource, TableName table) {
    Map<Object, Object> model = new LinkedHashMap<>();
    model.put("name", resource.name());
    model.put("alias", table.table());
    model.put("schema", table.schema());
    model.put("path", resource.file());
    model.put("original_file_path", resource.file());
    model.put("package_name", project);
    model.put("resource_type", resource.kind().name().toLowerCase(java.util.Locale.ROOT));
    model.put("unique_id", model.get("resource_type") + "." + project + "." + resource.name());
    model.put("fqn", new java.util.ArrayList<Object>(resource.folders()));
    model.put("tags", new java.util.ArrayList<Object>(resource.texts("tags")));
    model.put("config", new LinkedHashMap<Object, Object>(resource.config()));
    return model;
  }

  private Object ref(Arguments a, Session session) {
    int count = a.positional().size();
    String name = a.text(count > 1 ? 1 : 0, "model_name");
    Optional<TableName> table = catalog.table(name);
    if (table.isEmpty() && session.execute()) {
      throw a.error(
          "there is no model \"" + name + "\"",
          Problems.knownNames(name, catalog.names()).orElse("it is of a package, or was left out"));
    }
    TableName found = table.orElse(new TableName(profile.schema(), name));
    session.reads().add(found);
    return filtered(found, name, session);
  }

  /** In a microbatch model, an input that has a time of events is cut by it. */
  private Object filtered(TableName table, String name, Session session) {
    Optional<String> time = catalog.resource(name).flatMap(r -> r.text("event_time"));
    if (session.mode() != Session.Mode.INTERVALS
        || !session.resource().text("incremental_strategy").orElse("").equals("microbatch")
        || time.isEmpty()) {
      return Relation.of(table);
    }
    return new Relation(
        table,
        "(select * from %s where %s >= $start and %s < $end)"
            .formatted(Relation.sql(table), time.get(), time.get()));
  }

  private Object source(Arguments a, Session session) {
    String source = a.text(0, "source_name");
    String name = a.text(1, "table_name");
    Optional<TableName> table = catalog.source(source, name);
    if (table.isEmpty() && session.execute()) {
      throw a.error(
          "there is no source \"" + source + "." + name + "\"",
          Problems.knownNames(source + "." + name, catalog.sourceNames())
              .orElse("declare it under sources: in a YAML file"));
    }
    TableName found = table.orElse(new TableName(source, name));
    session.reads().add(found);
    return Relation.of(found);
  }

  private static Object config(Arguments a, Session session) {
    Map<String, Object> given = new LinkedHashMap<>(a.named());
    if (a.get(0, "config") instanceof Map<?, ?> map) {
      map.forEach((key, value) -> given.put(Values.text(key), value));
    }
    ConfigTree.merge(session.config(), given);
    return "";
  }

  /** {@code config(...)}, {@code config.get('key', default)} and {@code config.require('key')}. */
  private record ConfigValue(Function call, Resource resource) implements Function, Member {
    @Override
    public Object call(Arguments arguments) {
      return call.call(arguments);
    }

    @Override
    public Object member(String name) {
      return switch (name) {
        case "get", "require" ->
            (Function)
                a -> {
                  Object value = resource.config().get(a.text(0, "name"));
                  return value == null ? a.get(1, "default", None.NONE) : value;
                };
        default -> new Undefined(name);
      };
    }
  }

  /** The value of the importer's own environment is never written into a file. */
  private static Object environment(Arguments a, Session session) {
    String name = a.text(0, "var");
    Object otherwise = a.get(1, "default");
    if (otherwise instanceof Undefined) {
      throw a.error(
          "the environment variable \"" + name + "\" cannot stand in SQL",
          "make it a variable under vars: in dbt_project.yml");
    }
    session.tell("the environment variable \"" + name + "\" was replaced by its default", a.at());
    return otherwise;
  }

  private Object target(String name, Session session) {
    if (name.equals("name")) {
      session.tell(
          "target.name was taken as \"" + profile.target() + "\"",
          session.resource().at("target.name"));
    }
    return switch (name) {
      case "name", "target_name" -> profile.target();
      case "schema", "dataset" -> profile.schema();
      case "type" -> "duckdb"; // whatever it was: Towpath's SQL is DuckDB's
      case "profile_name" -> project;
      case "threads" -> Long.valueOf(profile.threads().orElse("1"));
      case "database", "dbname" -> None.NONE;
      case "get" -> (Function) a -> target(a.text(0, "key"), session);
      default -> new Undefined("target." + name);
    };
  }

  private Object doc(Arguments a) {
    String name = a.text(a.positional().size() - 1, "name");
    String text = docs.get(name);
    if (text == null) {
      throw a.error("there is no docs block \"" + name + "\"", "write the description itself");
    }
    return text;
  }

  private static Object exceptions(String name) {
    return (Function)
        a -> {
          if (name.startsWith("warn")) {
            return "";
          }
          throw a.error(a.text(0, "msg", name), "the dbt project itself refuses this");
        };
  }

  private Object adapter(String name, Session session) {
    return switch (name) {
      case "dispatch" -> (Function) a -> macros.dispatch(a, session.scope());
      case "quote" -> (Function) a -> dev.towpath.spi.Names.quote(a.text(0, "identifier"));
      case "type" -> (Function) _ -> "duckdb";
      default ->
          (Function)
              a -> {
                throw a.error(
                    "adapter." + name + " needs the warehouse while it is rendered",
                    "write by hand what it gives");
              };
    };
  }

  private static Object module(String name) {
    return (Member)
        function ->
            (Function)
                a -> {
                  throw a.error(
                      "modules." + name + "." + function + " is Python's, which is not run here",
                      "write by hand what it gives");
                };
  }
}
