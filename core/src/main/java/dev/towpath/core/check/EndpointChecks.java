package dev.towpath.core.check;

import dev.towpath.core.project.Endpoint;
import dev.towpath.core.project.Parameter;
import dev.towpath.core.project.Project;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlAnalyzer.Parsed;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.TableName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/** Types endpoints: their queries bind with the declared parameters, all of which are used. */
final class EndpointChecks {
  private final Project project;
  private final Analysis analysis;
  private final Map<TableName, Node> nodes;
  private final Problems problems;

  EndpointChecks(
      Project project, Analysis analysis, Map<TableName, Node> nodes, Problems problems) {
    this.project = project;
    this.analysis = analysis;
    this.nodes = nodes;
    this.problems = problems;
  }

  /** The tables that each sound endpoint reads, by its file. */
  Map<String, List<TableName>> run(Map<String, Parsed> parsed) {
    Map<String, List<TableName>> reads = new HashMap<>();
    for (Endpoint endpoint : project.endpoints()) {
      if (Checker.isQuery(parsed.get(endpoint.text()), endpoint.file(), endpoint.text(), problems)
          && parsed.get(endpoint.text()) instanceof Query query) {
        bind(endpoint, query).ifPresent(tables -> reads.put(endpoint.file(), tables));
      }
    }
    return reads;
  }

  private Optional<List<TableName>> bind(Endpoint endpoint, Query query) {
    TreeSet<TableName> reads = new TreeSet<>();
    boolean good =
        new References(project, nodes, problems)
            .tables(query, endpoint.file(), endpoint.text(), reads);
    Map<String, DataType> types = new HashMap<>();
    for (Parameter parameter : endpoint.parameters()) {
      types.put(
          parameter.name(),
          parameter.list() ? new DataType.ListOf(parameter.type()) : parameter.type());
      if (!query.parameters().contains(parameter.name())) {
        problems.add(
            Problem.warning(
                parameter.location(),
                "parameter \"" + parameter.name() + "\" is not used by the query",
                "use $" + parameter.name() + ", or take it out"));
      }
    }
    for (String name : query.parameters()) {
      if (types.containsKey(name)) {
        continue;
      }
      if (project.vars().containsKey(name)) {
        types.put(name, Objects.requireNonNull(project.vars().get(name)).type());
        continue;
      }
      good = false;
      problems.error(
          Location.at(endpoint.file(), endpoint.text(), endpoint.text().indexOf("$" + name)),
          "unknown parameter \"$" + name + "\"",
          Problems.didYouMean(name, List.copyOf(types.keySet()))
              .or(() -> Optional.of("declare it under params: in the header")));
    }
    List<Node> inputs = reads.stream().map(nodes::get).map(Objects::requireNonNull).toList();
    if (!good || inputs.stream().anyMatch(i -> i.schema == null)) {
      return Optional.empty();
    }
    if (analysis.bind(endpoint.text(), query.canonical(), inputs, types)
        instanceof Mistake mistake) {
      problems.mistake(endpoint.file(), endpoint.text(), mistake);
      return Optional.empty();
    }
    return Optional.of(List.copyOf(reads));
  }
}
