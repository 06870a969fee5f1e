package dev.towpath.core.check;

import dev.towpath.core.check.CheckedDashboard.Bound;
import dev.towpath.core.check.CheckedDashboard.Drawn;
import dev.towpath.core.graph.Hash;
import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Dashboard.Figure;
import dev.towpath.core.project.Project;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.PythonParser.Named;
import dev.towpath.spi.PythonParser.Parsed;
import dev.towpath.spi.PythonParser.Read;
import dev.towpath.spi.PythonParser.SourceFile;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer.TableUse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks the figures of a dashboard that Python draws: what they read and ask for by literal names
 * is there. What they return nobody knows before they run.
 */
final class FigureChecks {
  private final Project project;
  private final Dashboard dashboard;
  private final PythonFiles files;
  private final References references;
  private final Problems problems;

  FigureChecks(
      Project project,
      Dashboard dashboard,
      PythonFiles files,
      References references,
      Problems problems) {
    this.project = project;
    this.dashboard = dashboard;
    this.files = files;
    this.references = references;
    this.problems = problems;
  }

  /** The texts that have to be parsed. */
  static Stream<SourceFile> sources(Project project) {
    return project.dashboards().stream()
        .flatMap(dashboard -> figures(dashboard).map(f -> source(dashboard, f)));
  }

  /** The figures of a dashboard, in the order of the page. */
  static Stream<Figure> figures(Dashboard dashboard) {
    return dashboard.blocks().stream().filter(Figure.class::isInstance).map(Figure.class::cast);
  }

  private static SourceFile source(Dashboard dashboard, Figure figure) {
    return new SourceFile(dashboard.file(), figure.text(), SourceFile.FIGURE);
  }

  /**
   * What a figure reads and asks for; empty when something is wrong, which is noted or has been.
   *
   * @param queries those of the page that type, by name
   */
  Optional<Drawn> check(Figure figure, Map<String, Bound> queries) {
    Parsed parsed = files.get(source(dashboard, figure));
    if (parsed == null) {
      return Optional.empty(); // which has been said
    }
    boolean good =
        PythonChecks.isCalled(
            dashboard.file(),
            figure.location(),
            SourceFile.FIGURE,
            "a Plotly figure",
            parsed,
            problems);
    Map<String, Bound> inputs = new LinkedHashMap<>();
    for (Map.Entry<String, List<Read>> asked : byName(parsed).entrySet()) {
      Optional<Bound> input = input(figure, asked.getValue(), queries);
      good &= input.isPresent();
      input.ifPresent(bound -> inputs.put(asked.getKey(), bound));
    }
    parsed
        .computedReads()
        .forEach(place ->
            problems.error(
                place.in(dashboard.file()),
                "what this reads is computed, so nobody can tell what the page depends on",
                "write the names as they are: t.read(\"schema.table\"), or a query of the page"));
    parsed
        .escapes()
        .forEach(place ->
            problems.error(
                place.in(dashboard.file()),
                "t goes where it cannot be followed, so nobody can tell what the page depends on",
                "hand on tables and values instead, such as t.read(\"schema.table\")"));
    Map<String, DataType> types = new HashMap<>();
    good &= parsed.computedReads().isEmpty() && parsed.escapes().isEmpty();
    good &= parameters(parsed, types);
    return good
        ? Optional.of(new Drawn(inputs, types, Hash.of(parsed.canonical(), files.environment())))
        : Optional.empty();
  }

  /** All reads of each thing, by the text that the spellings of its name share. */
  private static Map<String, List<Read>> byName(Parsed parsed) {
    return parsed.reads().stream()
        .collect(
            Collectors.groupingBy(
                r -> Drawn.key(r.table().name()), LinkedHashMap::new, Collectors.toList()));
  }

  private Optional<Bound> input(Figure figure, List<Read> reads, Map<String, Bound> queries) {
    TableUse use = PythonChecks.use(reads.getFirst().table());
    if (use.schema().isEmpty()) {
      Optional<Dashboard.Query> query = dashboard.query(use.table()).filter(Dashboard.Query::named);
      if (query.isPresent()) {
        return query(figure, query.get(), reads, queries);
      }
      reads.forEach(read -> unknown(use, read.table()));
      return Optional.empty();
    }
    Optional<Node> node = references.find(use);
    if (node.isEmpty()) {
      reads.forEach(read -> references.unknown(use, read.table().at().in(dashboard.file())));
      return Optional.empty();
    }
    Schema schema = node.get().schema;
    if (schema == null || !columns(reads, node.get().name.toString(), schema)) {
      return Optional.empty();
    }
    Schema wanted = wanted(reads, schema);
    String list =
        wanted.names().stream().map(Names::quote).collect(Collectors.joining(", ", "SELECT ", ""));
    return Optional.of(
        new Bound(
            list + " FROM " + node.get().name.quoted(),
            List.of(node.get().name),
            wanted,
            Map.of()));
  }

  private Optional<Bound> query(
      Figure figure, Dashboard.Query query, List<Read> reads, Map<String, Bound> queries) {
    if (query.start().line() > figure.location().line()) {
      problems.error(
          reads.getFirst().table().at().in(dashboard.file()),
          "a figure reads only queries above it, and " + query.name() + " is not",
          "move " + query.name() + " up");
      return Optional.empty();
    }
    return Optional.ofNullable(queries.get(query.name())) // else it has been blamed
        .filter(bound -> columns(reads, "query " + query.name(), bound.columns()));
  }

  private void unknown(TableUse use, Named name) {
    List<String> names =
        dashboard.queries().stream()
            .filter(Dashboard.Query::named)
            .map(Dashboard.Query::name)
            .toList();
    Optional<String> near = Problems.didYouMean(use.table(), names);
    if (near.isPresent()) {
      problems.error(
          name.at().in(dashboard.file()), "unknown table or query \"" + use.table() + "\"", near);
    } else {
      references.unknown(use, name.at().in(dashboard.file()));
    }
  }

  private boolean columns(List<Read> reads, String of, Schema schema) {
    boolean known = true;
    for (Read read : reads) {
      known &= PythonChecks.columns(dashboard.file(), read, of, schema, problems);
    }
    return known;
  }

  /** The columns that any of the reads asks for, in the order of the table. */
  private static Schema wanted(List<Read> reads, Schema schema) {
    if (reads.stream().anyMatch(r -> r.columns().filter(c -> !c.isEmpty()).isEmpty())) {
      return schema;
    }
    Set<String> names = new TreeSet<>();
    reads.forEach(r -> r.columns().orElseThrow().forEach(c -> names.add(Names.identity(c.name()))));
    List<Column> columns = new ArrayList<>(schema.columns());
    columns.removeIf(c -> !names.contains(Names.identity(c.name())));
    return new Schema(columns);
  }

  private boolean parameters(Parsed parsed, Map<String, DataType> types) {
    Map<String, DataType> all = new HashMap<>(dashboard.types());
    project.vars().forEach((name, variable) -> all.putIfAbsent(name, variable.type()));
    if (parsed.computedVariables()) {
      types.putAll(all);
    }
    boolean known = true;
    for (Named asked : parsed.variables()) {
      DataType type = all.get(asked.name());
      if (type != null) {
        types.put(asked.name(), type);
      } else {
        known = false;
        problems.error(
            asked.at().in(dashboard.file()),
            "unknown filter \"" + asked.name() + "\"",
            Problems.didYouMean(asked.name(), all.keySet())
                .or(() -> Optional.of("declare it under filters: at the top of the file")));
      }
    }
    return known;
  }
}
