package dev.towpath.core.check;

import dev.towpath.core.project.Model;
import dev.towpath.core.project.Project;
import dev.towpath.core.project.UnitTest;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TableName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Checks that unit tests name models, tables and columns that exist. */
final class TestChecks {
  private final Project project;
  private final Map<TableName, Node> nodes;
  private final Problems problems;

  TestChecks(Project project, Map<TableName, Node> nodes, Problems problems) {
    this.project = project;
    this.nodes = nodes;
    this.problems = problems;
  }

  void run() {
    project.tests().forEach(this::check);
  }

  private void check(UnitTest test) {
    Node model = nodes.get(test.model());
    if (model == null || model.model().isEmpty()) {
      problems.error(
          test.location(),
          "unknown model \"" + test.model() + "\"",
          Problems.didYouMean(
              test.model().toString(),
              project.models().stream().map(Model::name).map(TableName::toString).toList()));
      return;
    }
    test.given().forEach((table, rows) -> given(test, model, table, rows));
    for (UnitTest.Row row : test.expect()) {
      columns(model, row);
    }
  }

  private void given(UnitTest test, Node model, TableName table, List<UnitTest.Row> rows) {
    dev.towpath.spi.Location at = test.givenAt(table);
    Node input = nodes.get(table);
    if (input == null) {
      problems.error(
          at,
          "unknown table \"" + table + "\"",
          Problems.didYouMean(
                  table.toString(), model.reads.stream().map(TableName::toString).toList())
              .or(() -> reads(model)));
    } else if (model.isResolved() && !model.reads.contains(table)) {
      problems.error(
          at,
          model.name + " does not read \"" + table + "\"",
          Problems.didYouMean(
                  table.toString(), model.reads.stream().map(TableName::toString).toList())
              .or(() -> reads(model)));
    } else {
      rows.forEach(row -> columns(input, row));
    }
  }

  private static Optional<String> reads(Node model) {
    return Optional.of(
        model.reads.isEmpty()
            ? "it reads no table"
            : "it reads "
                + model.reads.stream().map(TableName::toString).collect(Collectors.joining(", ")));
  }

  private void columns(Node node, UnitTest.Row row) {
    Schema schema = node.schema;
    if (schema == null) {
      return;
    }
    for (String name : row.values().keySet()) {
      if (schema.column(name).isEmpty()) {
        problems.error(
            row.location(),
            "unknown column \"" + name + "\" in " + node.name,
            Problems.didYouMean(name, schema.names()));
      }
    }
  }
}
