package dev.towpath.importer.dbt;

import dev.towpath.core.yaml.SourceText;
import dev.towpath.importer.jinja.Arguments;
import dev.towpath.importer.jinja.Function;
import dev.towpath.importer.jinja.Macro;
import dev.towpath.importer.jinja.Member;
import dev.towpath.importer.jinja.Node;
import dev.towpath.importer.jinja.Scope;
import dev.towpath.importer.jinja.Template;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The macros of the project, of the packages that are installed in it, and of dbt. */
final class MacroLibrary {
  /** A macro and its file. */
  private record Entry(Template template, Node.Define definition) {}

  /** Packages whose macros this importer brings along, written for DuckDB. */
  private static final List<String> BUNDLED = List.of("dbt", "dbt_utils");

  private final String project;
  private final Map<String, Map<String, Entry>> packages = new LinkedHashMap<>();

  MacroLibrary(String project) {
    this.project = project;
    BUNDLED.forEach(name -> add(name, bundled(name)));
  }

  private static Template bundled(String name) {
    String file = name + ".sql";
    try (InputStream in = MacroLibrary.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IOException("this build lacks " + file);
      }
      return Template.parse(
          new SourceText(file, new String(in.readAllBytes(), StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds the macros of a file; the bundled ones of a package stay before those of its files. */
  void add(String owner, Template template) {
    Map<String, Entry> macros = packages.computeIfAbsent(owner, _ -> new HashMap<>());
    for (Node node : template.nodes()) {
      if (node instanceof Node.Define define) {
        Entry entry = new Entry(template, define);
        if (BUNDLED.contains(owner)) {
          macros.putIfAbsent(define.name(), entry);
        } else {
          macros.put(define.name(), entry);
        }
      }
    }
  }

  /** Makes every macro callable in a scope of globals. */
  void bind(Scope globals) {
    for (String owner : packages.keySet()) {
      globals.set(owner, (Member) name -> member(owner, name, globals));
    }
    bindAll("dbt", globals);
    bindAll(project, globals);
  }

  private void bindAll(String owner, Scope globals) {
    packages
        .getOrDefault(owner, Map.of())
        .forEach((name, entry) -> globals.set(name, macro(entry, globals)));
  }

  private Object member(String owner, String name, Scope globals) {
    return find(owner, name, globals)
        .<Object>map(macro -> macro)
        .orElse(
            (Function)
                arguments -> {
                  throw arguments.error(
                      owner + "." + name + " cannot be rendered without the warehouse",
                      "write by hand what it gives");
                });
  }

  private Optional<Macro> find(String owner, String name, Scope globals) {
    return Optional.ofNullable(packages.getOrDefault(owner, Map.of()).get(name))
        .map(entry -> macro(entry, globals));
  }

  private static Macro macro(Entry entry, Scope globals) {
    return new Macro(entry.template(), entry.definition(), globals);
  }

  /** A macro of the project; empty when there is none. */
  Optional<Macro> own(String name, Scope globals) {
    return find(project, name, globals);
  }

  /** A generic test, such as {@code positive} or {@code dbt_utils.at_least_one}. */
  Optional<Macro> test(String name, Scope globals) {
    int dot = name.indexOf('.');
    if (dot > 0) {
      return find(name.substring(0, dot), "test_" + name.substring(dot + 1), globals);
    }
    return find(project, "test_" + name, globals);
  }

  /** {@code adapter.dispatch}: the variant for DuckDB, or the default one. */
  Object dispatch(Arguments arguments, Scope globals) {
    String name = arguments.text(0, "macro_name");
    String owner = arguments.text(1, "macro_namespace", project);
    if (name.indexOf('.') > 0) {
      owner = name.substring(0, name.indexOf('.'));
      name = name.substring(name.indexOf('.') + 1);
    }
    for (String prefix : List.of("duckdb__", "default__")) {
      for (String where : List.of(project, owner, "dbt")) {
        Optional<Macro> macro = find(where, prefix + name, globals);
        if (macro.isPresent()) {
          return macro.get();
        }
      }
    }
    Optional<Macro> same = BUNDLED.contains(owner) ? find(owner, name, globals) : Optional.empty();
    String called = owner + "." + name;
    return same.<Object>map(macro -> macro)
        .orElseThrow(() ->
            arguments.error(
                "the macro \"" + called + "\" has no variant for DuckDB",
                "write by hand what it gives"));
  }
}
