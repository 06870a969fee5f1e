package dev.towpath.core.check;

import dev.towpath.core.parameter.GivenValues;
import dev.towpath.core.project.Answering;
import dev.towpath.core.project.Endpoint;
import dev.towpath.core.project.Parameter;
import dev.towpath.core.project.Project;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlAnalyzer.Parsed;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.SqlAnalyzer.Typed;
import dev.towpath.spi.TableName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Types endpoints: their queries bind with the declared parameters, all of which are used. */
final class EndpointChecks {
  private static final Set<String> PAGING = Set.of("cursor", "limit");

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

  /**
   * What a sound endpoint does.
   *
   * @param reads the tables that it reads, sorted
   * @param columns its rows
   */
  record Sound(List<TableName> reads, Schema columns) {
    Sound {
      reads = List.copyOf(reads);
    }
  }

  /** What each sound endpoint does, by its file. */
  Map<String, Sound> run(Map<String, Parsed> parsed) {
    Map<String, Sound> sound = new HashMap<>();
    for (Endpoint endpoint : project.endpoints()) {
      if (Checker.isQuery(parsed.get(endpoint.text()), endpoint.file(), endpoint.text(), problems)
          && parsed.get(endpoint.text()) instanceof Query query) {
        bind(endpoint, query).ifPresent(found -> sound.put(endpoint.file(), found));
      }
    }
    return sound;
  }

  private Optional<Sound> bind(Endpoint endpoint, Query query) {
    TreeSet<TableName> reads = new TreeSet<>();
    boolean good =
        new References(project, nodes, problems)
            .tables(query, endpoint.file(), endpoint.text(), reads);
    Map<String, DataType> types = new HashMap<>();
    endpoint.parameters().forEach(p -> values(endpoint, p));
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
    return switch (analysis.bind(endpoint.text(), query.canonical(), inputs, types)) {
      case Mistake mistake -> {
        problems.mistake(endpoint.file(), endpoint.text(), mistake);
        yield Optional.empty();
      }
      case Typed typed -> {
        endpoint.answering().page().ifPresent(page -> keys(endpoint, page, typed.columns()));
        yield Optional.of(new Sound(List.copyOf(reads), typed.columns()));
      }
    };
  }

  /** Whether what people give can be looked at, and defaults, bounds and values are of the type. */
  private void values(Endpoint endpoint, Parameter parameter) {
    if (!GivenValues.knows(parameter.type())) {
      problems.error(
          parameter.location(),
          "a parameter of an endpoint cannot be of type " + parameter.type().sql(),
          Optional.of(
              parameter.type() instanceof DataType.ListOf
                  ? "write {type: ..., list: true}"
                  : "make it a varchar and write $"
                      + parameter.name()
                      + "::"
                      + parameter.type().sql()
                      + " in the query"));
    }
    ParameterChecks.fits(parameter, problems);
    boolean paged = endpoint.answering().page().isPresent();
    if (paged && PAGING.contains(parameter.name())) {
      problems.error(
          parameter.location(),
          "\"" + parameter.name() + "\" is a parameter of every endpoint with pages",
          Optional.of("give yours another name"));
    }
  }

  /** Whether the columns that pages are ordered by are there, and have an order. */
  private void keys(Endpoint endpoint, Answering.Page page, Schema columns) {
    for (Answering.Key key : page.by()) {
      Optional<DataType> type = columns.column(key.column()).map(Column::type);
      if (type.isEmpty()) {
        problems.error(
            endpoint.location(),
            "page: there is no column \"" + key.column() + "\" in the result",
            Problems.didYouMean(key.column(), columns.names()));
      } else if (!(type.get() instanceof DataType.Simple
          || type.get() instanceof DataType.Decimal)) {
        problems.error(
            endpoint.location(),
            "page: rows cannot be ordered by \"" + key.column() + "\", a " + type.get().sql(),
            Optional.of("name columns with single values"));
      }
    }
  }
}
