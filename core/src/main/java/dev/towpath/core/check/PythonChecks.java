package dev.towpath.core.check;

import dev.towpath.core.project.Model;
import dev.towpath.core.project.Project;
import dev.towpath.spi.Location;
import dev.towpath.spi.PythonParser.Named;
import dev.towpath.spi.PythonParser.Parsed;
import dev.towpath.spi.PythonParser.Place;
import dev.towpath.spi.PythonParser.Read;
import dev.towpath.spi.PythonParser.SourceFile;
import dev.towpath.spi.PythonParser.Wrong;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer.TableUse;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Finds what Python models declare: their {@code build}, and the tables behind their reads. */
final class PythonChecks {
  private final Project project;
  private final PythonFiles files;
  private final Map<TableName, Node> nodes;
  private final References references;
  private final Problems problems;

  PythonChecks(
      Project project,
      PythonFiles files,
      Map<TableName, Node> nodes,
      References references,
      Problems problems) {
    this.project = project;
    this.files = files;
    this.nodes = nodes;
    this.references = references;
    this.problems = problems;
  }

  /**
   * A Python model whose file is sound.
   *
   * @param columns the columns that it asks for, by table; none mean all
   * @param hash of the program and the packages that it runs with
   */
  record Sound(String file, Parsed parsed, Map<TableName, List<String>> columns, String hash) {
    Sound {
      columns = Map.copyOf(columns);
    }
  }

  /** Where a file reads a table first, of the reads that stand in its code. */
  static Optional<Location> at(String file, Parsed parsed, TableName table) {
    return parsed.reads().stream()
        .filter(r -> use(r.table()).schema().isPresent())
        .filter(r -> TableName.parse(r.table().name()).equals(table))
        .findFirst()
        .map(r -> r.table().at().in(file));
  }

  /** The files of the models, which have to be parsed before they are resolved. */
  List<SourceFile> sources() {
    return models().stream().map(PythonChecks::source).toList();
  }

  private List<Model> models() {
    return project.models().stream()
        .filter(m -> m.python().isPresent())
        .filter(m -> {
          Node node = nodes.get(m.name());
          return node != null && node.declared.equals(m);
        })
        .toList();
  }

  private static SourceFile source(Model model) {
    return new SourceFile(model.file(), model.text(), SourceFile.BUILD);
  }

  /** Fills the reads of all Python models. Broken ones are left unresolved. */
  void resolve() {
    List<Model> models = models();
    if (models.isEmpty()) {
      return;
    }
    String environment = files.environment();
    for (Model model : models) {
      Node node = java.util.Objects.requireNonNull(nodes.get(model.name()));
      node.schema = ModelTyping.contracted(model); // for its readers, whatever else is wrong
      Parsed parsed = files.get(source(model));
      node.parsed = parsed;
      if (parsed != null) {
        boolean good =
            isCalled(
                model.file(),
                new Location(model.file(), 1, 1),
                SourceFile.BUILD,
                "the table's rows",
                parsed,
                problems);
        Map<TableName, List<String>> columns = new HashMap<>();
        good &= reads(model, parsed, node, columns);
        if (good && node.schema != null) {
          node.python =
              new Sound(
                  model.file(),
                  parsed,
                  columns,
                  dev.towpath.core.graph.Hash.of(parsed.canonical(), environment));
        }
      }
    }
  }

  /**
   * Whether there is a function that can be called with {@code t} alone.
   *
   * @param at the place when there is none
   * @param made what it returns
   */
  static boolean isCalled(
      String file, Location at, String entry, String made, Parsed parsed, Problems problems) {
    if (parsed.build().isEmpty()) {
      problems.error(
          parsed.near().map(n -> n.at().in(file)).orElse(at),
          "there is no function \"" + entry + "\"",
          parsed
              .near()
              .map(n -> "did you mean \"" + entry + "\" instead of \"" + n.name() + "\"?")
              .orElse("write def " + entry + "(t): that returns " + made));
      return false;
    }
    for (Wrong wrong : parsed.wrong()) {
      problems.error(wrong.at().in(file), wrong.message(), wrong.hint());
    }
    if (!parsed.wrong().isEmpty()) {
      return false;
    }
    // What is no def is not looked into: it may well be a function that takes one argument.
    List<String> parameters = parsed.build().get().parameters().orElse(List.of("t"));
    Location found = parsed.build().get().at().in(file);
    if (parameters.equals(List.of("async"))) {
      problems.error(
          found,
          entry + " is an async def, which nobody awaits",
          "write def " + entry + "(t): and call asyncio.run(...) in it");
      return false;
    }
    if (parameters.size() != 1) {
      problems.error(
          found,
          entry
              + " takes one argument, not "
              + (parameters.isEmpty() ? "none" : String.join(", ", parameters)),
          "write def "
              + entry
              + "(t): and ask t for all else: t.read(...), t.param(...)"
              + (entry.equals(SourceFile.BUILD) ? ", t.start" : ""));
      return false;
    }
    return true;
  }

  private boolean reads(
      Model model, Parsed parsed, Node node, Map<TableName, List<String>> columns) {
    boolean good = true;
    Map<TableName, Optional<List<String>>> wanted = new TreeMap<>();
    for (Read read : parsed.reads()) {
      Optional<Node> table = table(read.table(), model.file());
      good &= table.isPresent();
      table.ifPresent(t -> {
        node.reads.add(t.name);
        Optional<List<String>> names =
            read.columns().map(list -> list.stream().map(Named::name).toList());
        wanted.merge(t.name, names, PythonChecks::both);
      });
    }
    for (TableName declared : model.python().orElseThrow().reads()) {
      Node table = nodes.get(declared);
      if (table == null) {
        references.unknown(
            new TableUse(Optional.of(declared.schema()), declared.table(), 0), model.at("reads"));
        good = false;
      } else {
        node.reads.add(table.name);
        wanted.put(table.name, Optional.empty());
      }
    }
    if (model.python().orElseThrow().reads().isEmpty()) {
      for (Place place : parsed.computedReads()) {
        problems.error(
            place.in(model.file()),
            "what this reads is computed, so nobody can tell what the model depends on",
            "write the names as they are: t.read(\"schema.table\"), or list the tables under"
                + " \"reads:\" in the comment at the top");
        good = false;
      }
      for (Place place : parsed.escapes()) {
        problems.error(
            place.in(model.file()),
            "t goes where it cannot be followed, so nobody can tell what the model depends on",
            "hand on tables and values instead, such as t.read(\"schema.table\"), or list the tables"
                + " under \"reads:\" in the comment at the top");
        good = false;
      }
    }
    wanted.forEach((table, names) -> columns.put(table, names.orElse(List.of())));
    return good;
  }

  private static Optional<List<String>> both(Optional<List<String>> a, Optional<List<String>> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return Optional.empty();
    }
    List<String> all = new ArrayList<>(a.get());
    b.get().stream().filter(n -> !all.contains(n)).forEach(all::add);
    return Optional.of(all);
  }

  private Optional<Node> table(Named name, String file) {
    TableUse use = use(name);
    Optional<Node> found = references.find(use);
    if (found.isEmpty()) {
      references.unknown(use, name.at().in(file));
    }
    return found;
  }

  static TableUse use(Named name) {
    int dot = name.name().indexOf('.');
    return dot <= 0 || dot == name.name().length() - 1
        ? new TableUse(Optional.empty(), name.name(), 0)
        : new TableUse(
            Optional.of(name.name().substring(0, dot)), name.name().substring(dot + 1), 0);
  }

  /** Looks at what they ask for of their inputs, once all tables are typed. */
  void asked() {
    for (Node node : nodes.values()) {
      Parsed parsed = node.parsed;
      if (parsed != null) {
        parsed.reads().forEach(read -> columns(node.file, read));
        parsed.variables().forEach(v -> variable(node.file, v));
      }
    }
  }

  private void columns(String file, Read read) {
    Optional<Node> input = references.find(use(read.table()));
    if (input.isEmpty() || input.get().schema == null) {
      return; // which has been said
    }
    boolean _ = columns(file, read, input.get().name.toString(), input.get().schema, problems);
  }

  /** Whether there are all columns that a read asks for. */
  static boolean columns(String file, Read read, String of, Schema schema, Problems problems) {
    boolean known = true;
    for (Named column : read.columns().orElse(List.of())) {
      if (schema.column(column.name()).isEmpty()) {
        known = false;
        problems.error(
            column.at().in(file),
            "unknown column \"" + column.name() + "\" in " + of,
            Problems.didYouMean(column.name(), schema.names())
                .or(() -> Optional.of("it has " + String.join(", ", schema.names()))));
      }
    }
    return known;
  }

  private void variable(String file, Named name) {
    if (!project.vars().containsKey(name.name())) {
      problems.error(
          name.at().in(file),
          "unknown variable \"" + name.name() + "\"",
          Problems.didYouMean(name.name(), project.vars().keySet())
              .or(() -> Optional.of("declare it under vars: in towpath.yml")));
    }
  }
}
