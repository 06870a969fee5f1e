package dev.towpath.core.check;

import dev.towpath.core.graph.Hash;
import dev.towpath.core.project.Model;
import dev.towpath.core.project.Project;
import dev.towpath.core.project.Variable;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Location;
import dev.towpath.spi.Names;
import dev.towpath.spi.PythonParser.Named;
import dev.towpath.spi.TableName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Types Python models: their contract is what they are, and what they ask for must be there. */
final class PythonTyping {
  private final Project project;
  private final Map<TableName, Node> nodes;
  private final Problems problems;
  private final ModelRules rules;
  private final History history;

  PythonTyping(
      Project project,
      Map<TableName, Node> nodes,
      Problems problems,
      ModelRules rules,
      History history) {
    this.project = project;
    this.nodes = nodes;
    this.problems = problems;
    this.rules = rules;
    this.history = history;
  }

  /** Types a model whose inputs are typed. */
  void type(Node node) {
    Model model = (Model) node.declared;
    PythonChecks.Sound python = Objects.requireNonNull(node.python);
    List<Node> inputs = node.reads.stream().map(nodes::get).map(Objects::requireNonNull).toList();
    node.schema =
        History.columns(model, Objects.requireNonNull(ModelTyping.contracted(model)), problems);
    Optional<Column> time = rules.time(node, model);
    node.parameters = parameters(python, time);
    node.timeDependent =
        python.parsed().now()
            || !python.parsed().escapes().isEmpty() // who gets t may ask for the time
            || model.refresh().isPresent()
            || inputs.stream().anyMatch(i -> i.isView() && i.timeDependent);
    bounds(model, python);
    drivers(node, model);
    rules.storable(node, model);
    rules.columns(node, model);
    node.driver = history.driver(node, model, inputs, null);
    node.fingerprint = fingerprint(node, model, python, inputs);
  }

  /** As in SQL: who computes with the bounds gets some. */
  private void bounds(Model model, PythonChecks.Sound python) {
    if (python.parsed().bounds().isEmpty()) {
      boolean first = model.time().isPresent() && model.time().get().start().isEmpty();
      if (first && !python.parsed().escapes().isEmpty()) {
        problems.error(
            python.parsed().escapes().getFirst().in(model.file()),
            "who gets t here may ask for its bounds, and the first build would have none",
            "add \"start:\" with the first moment of the data");
      }
      return;
    }
    Location at = python.parsed().bounds().get().in(model.file());
    if (model.kind() != Model.Kind.INCREMENTAL) {
      problems.error(
          at,
          "t.start and t.end are only known in an incremental model",
          "add \"kind: incremental\" and \"time:\" to the comment at the top");
    } else if (model.time().isPresent() && model.time().get().start().isEmpty()) {
      problems.error(
          at,
          "the first build would have no bounds, and t.start be None",
          "add \"start:\" with the first moment of the data, or leave the bounds to \"driven_by:\"");
    }
  }

  /** Types of the project variables that the code asks for, and of its bounds. */
  private Map<String, DataType> parameters(PythonChecks.Sound python, Optional<Column> time) {
    Map<String, DataType> types = new HashMap<>();
    if (python.parsed().computedVariables()) {
      project.vars().forEach((name, variable) -> types.put(name, variable.type()));
    }
    for (Named asked : python.parsed().variables()) {
      Variable variable = project.vars().get(asked.name());
      if (variable != null) {
        types.put(asked.name(), variable.type());
      }
    }
    time.ifPresent(column -> {
      types.put("start", column.type());
      types.put("end", column.type());
    });
    return types;
  }

  /** Inputs that the host cuts at the bounds, so that their changes stay in their intervals. */
  private void drivers(Node node, Model model) {
    Location at = model.at("driven_by");
    model
        .python()
        .orElseThrow()
        .drivenBy()
        .forEach((table, name) -> {
          Node input = nodes.get(table);
          if (input == null || !node.reads.contains(table)) {
            problems.error(
                at,
                node.name + " does not read \"" + table + "\"",
                Problems.didYouMean(
                    table.toString(), node.reads.stream().map(TableName::toString).toList()));
            return;
          }
          if (input.schema == null) {
            return;
          }
          Optional<Column> column = input.schema.column(name);
          if (column.isEmpty()) {
            problems.error(
                at,
                "unknown column \"" + name + "\" in " + table,
                Problems.didYouMean(name, input.schema.names()));
          } else if (!ModelRules.isTime(column.get().type())) {
            problems.error(
                at,
                "column \"" + name + "\" of " + table + " is " + column.get().type().sql(),
                "name a DATE or TIMESTAMP column, which time can cut");
          } else if (ModelRules.cuts(node, input, name)) {
            node.drivers.put(input.name, Set.of(Names.identity(name)));
          } else {
            problems.error(
                at,
                "column \""
                    + name
                    + "\" of "
                    + table
                    + " is "
                    + column.get().type().sql()
                    + ", which the model's time column does not cut in the same places",
                "only in timezone: UTC may one have a time zone and the other none");
          }
        });
  }

  private String fingerprint(Node node, Model model, PythonChecks.Sound python, List<Node> inputs) {
    Hash hash = new Hash().add("1").add("python").add(model.kind().name()).add(python.hash());
    new TreeMap<>(node.parameters)
        .forEach((name, type) -> {
          Variable variable = project.vars().get(name);
          hash.add(name).add(type.sql()).add(variable == null ? "" : variable.text());
        });
    new TreeMap<>(node.drivers)
        .forEach((table, columns) -> hash.add(table.identity()).add(columns.toString()));
    ModelTyping.options(hash, model, inputs);
    hash.add(node.schemaHash());
    return hash.hex();
  }
}
