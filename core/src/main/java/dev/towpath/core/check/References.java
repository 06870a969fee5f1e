package dev.towpath.core.check;

import dev.towpath.core.project.Model;
import dev.towpath.core.project.Project;
import dev.towpath.spi.Location;
import dev.towpath.spi.Names;
import dev.towpath.spi.SqlAnalyzer.Parsed;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.SqlAnalyzer.TableUse;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the table behind every name in a FROM clause, and cycles among the models. */
final class References {
  private final Project project;
  private final Map<TableName, Node> nodes;
  private final Problems problems;

  References(Project project, Map<TableName, Node> nodes, Problems problems) {
    this.project = project;
    this.nodes = nodes;
    this.problems = problems;
  }

  /**
   * Fills the queries and reads of all SQL models, after those of Python models are filled. Models
   * in a cycle are left unresolved.
   */
  void resolve(Map<String, Parsed> parsed) {
    for (Model model : project.models()) {
      Node node = nodes.get(model.name());
      if (node == null || !node.declared.equals(model) || model.python().isPresent()) {
        continue; // a second file for one table, which the reader has said; or Python
      }
      if (Checker.isQuery(parsed.get(model.text()), model.file(), model.text(), problems)
          && parsed.get(model.text()) instanceof Query query
          && tables(query, model.file(), model.text(), node.reads)) {
        node.query = query;
      }
    }
    reportCycles();
  }

  /** Adds the tables that a query reads; false when one of them is unknown. */
  boolean tables(Query query, String file, String text, Set<TableName> into) {
    boolean known = true;
    for (TableUse use : query.reads()) {
      Optional<Node> found = find(use);
      if (found.isPresent()) {
        into.add(found.get().name);
      } else {
        unknown(use, Location.at(file, text, use.offset()));
        known = false;
      }
    }
    return known;
  }

  Optional<Node> find(TableUse use) {
    return use.schema().map(s -> nodes.get(new TableName(s, use.table())));
  }

  void unknown(TableUse use, Location at) {
    List<String> all = nodes.keySet().stream().map(TableName::toString).toList();
    if (use.schema().isPresent()) {
      String name = use.schema().get() + "." + use.table();
      problems.error(
          at,
          "unknown table \"" + name + "\"",
          Problems.didYouMean(name, all)
              .or(() ->
                  Optional.of(
                      "a table is a file of models/ or seeds/, or stands in one of sources/")));
      return;
    }
    String same =
        nodes.keySet().stream()
            .filter(n -> Names.identity(n.table()).equals(Names.identity(use.table())))
            .map(TableName::toString)
            .collect(Collectors.joining(" or "));
    Optional<String> hint =
        same.isEmpty()
            ? Problems.didYouMean(
                use.table(), nodes.keySet().stream().map(TableName::table).toList())
            : Optional.of("write " + same);
    problems.error(
        at,
        "unknown table \"" + use.table() + "\"; tables are written schema.table",
        hint.or(() -> Optional.of("write the schema in front, such as staging." + use.table())));
  }

  private void reportCycles() {
    Map<Node, Integer> colour = new HashMap<>();
    for (Node node : List.copyOf(nodes.values())) {
      walk(node, colour);
    }
  }

  /** Depth first without recursion, since chains may be thousands long. 1 is open, 2 is done. */
  private void walk(Node root, Map<Node, Integer> colour) {
    if (colour.containsKey(root)) {
      return;
    }
    List<Node> path = new ArrayList<>(List.of(root));
    List<List<TableName>> open = new ArrayList<>(List.of(new ArrayList<>(root.reads)));
    colour.put(root, 1);
    while (!path.isEmpty()) {
      List<TableName> rest = open.getLast();
      if (rest.isEmpty()) {
        colour.put(path.removeLast(), 2);
        open.removeLast();
        continue;
      }
      Node next = java.util.Objects.requireNonNull(nodes.get(rest.removeFirst()));
      Integer seen = colour.get(next);
      if (seen == null) {
        colour.put(next, 1);
        path.add(next);
        open.add(new ArrayList<>(next.reads));
      } else if (seen == 1) {
        report(path.subList(path.indexOf(next), path.size()));
      }
    }
  }

  private void report(List<Node> cycle) {
    Set<Node> all = new LinkedHashSet<>(cycle);
    String shown =
        all.stream().map(n -> n.name.toString()).collect(Collectors.joining(" -> "))
            + " -> "
            + cycle.getFirst().name;
    Node last = cycle.getLast();
    Location at = last.location;
    if (last.declared instanceof Model model && last.query != null) {
      for (TableUse use : last.query.reads()) {
        if (find(use).filter(n -> n == cycle.getFirst()).isPresent()) {
          at = Location.at(model.file(), model.text(), use.offset());
        }
      }
    }
    if (last.declared instanceof Model model && last.parsed != null) {
      at =
          PythonChecks.at(model.file(), last.parsed, cycle.getFirst().name)
              .orElseGet(() -> model.at("reads"));
    }
    problems.error(at, "cycle: " + shown, "take one of these reads out");
    for (Node node : all) {
      node.query = null;
      node.python = null;
      node.reads.clear(); // a contract keeps its table in the graph, which has no cycles
    }
  }
}
