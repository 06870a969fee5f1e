package dev.towpath.core.check;

import dev.towpath.core.parameter.GivenValues;
import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Dashboard.Filter;
import dev.towpath.core.project.Parameter;
import dev.towpath.core.project.Project;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlAnalyzer.Parsed;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.SqlAnalyzer.TableUse;
import dev.towpath.spi.SqlAnalyzer.Typed;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * Types dashboards: their queries bind with their filters, filters are used and their options can
 * be found, and every column that a block names is there and of a type that can be drawn.
 */
final class DashboardChecks {
  private final Project project;
  private final Analysis analysis;
  private final PythonFiles files;
  private final Map<TableName, Node> nodes;
  private final Problems problems;
  private final RegionChecks regions;

  DashboardChecks(
      Project project,
      Analysis analysis,
      PythonFiles files,
      Map<TableName, Node> nodes,
      Problems problems) {
    this.project = project;
    this.analysis = analysis;
    this.files = files;
    this.nodes = nodes;
    this.problems = problems;
    this.regions = new RegionChecks(project, problems);
  }

  /** The texts that have to be parsed for a dashboard. */
  static List<String> texts(Dashboard dashboard) {
    List<String> texts = new ArrayList<>();
    dashboard.queries().forEach(q -> texts.add(q.inPlace()));
    dashboard.filters().forEach(f -> f.options().ifPresent(q -> texts.add(q.inPlace())));
    return texts;
  }

  /** What each dashboard shows, by its file; without those in which something is wrong. */
  Map<String, CheckedDashboard> run(Map<String, Parsed> parsed) {
    Map<String, Page> pages = new LinkedHashMap<>();
    Map<String, Dashboard.Query> texts = new LinkedHashMap<>();
    for (Dashboard dashboard : project.dashboards()) {
      Page page = new Page(dashboard, parsed);
      pages.put(dashboard.file(), page);
      page.compose();
      page.composed.forEach((query, sql) -> texts.put(sql, query));
    }
    Map<String, Parsed> composed = analysis.parse(texts.keySet());
    Map<String, CheckedDashboard> sound = new HashMap<>();
    pages.forEach((file, page) -> page.bind(composed).ifPresent(d -> sound.put(file, d)));
    new DashboardJobs(project, problems).run();
    return sound;
  }

  /** One dashboard. */
  private final class Page {
    private final Dashboard dashboard;
    private final Map<String, Parsed> parsed;
    private final Map<Dashboard.Query, Set<Dashboard.Query>> before = new HashMap<>();
    private final Map<Dashboard.Query, String> composed = new LinkedHashMap<>();
    private final Map<String, DataType> filters;
    private final Set<String> used = new HashSet<>();
    private final Set<Dashboard.Query> read = new HashSet<>();
    private boolean good = true;

    Page(Dashboard dashboard, Map<String, Parsed> parsed) {
      this.dashboard = dashboard;
      this.parsed = parsed;
      this.filters = dashboard.types();
    }

    /** Finds what each query reads of the others, and puts those before it. */
    void compose() {
      for (Filter filter : dashboard.filters()) {
        filter.options().ifPresent(query -> compose(query, List.of()));
      }
      List<Dashboard.Query> above = new ArrayList<>();
      for (Dashboard.Query query : dashboard.queries()) {
        compose(query, above);
        if (query.named()) {
          above.add(query);
        }
      }
    }

    private void compose(Dashboard.Query query, List<Dashboard.Query> above) {
      String text = query.inPlace();
      switch (Objects.requireNonNull(parsed.get(text))) {
        case Mistake mistake -> mistake(query, text, mistake);
        case Query found -> {
          Set<Dashboard.Query> needs = new LinkedHashSet<>();
          boolean known = true;
          for (TableUse use : found.reads()) {
            Optional<Dashboard.Query> other = other(use, above);
            if (other.isPresent()) {
              read.add(other.get());
              known &= before.containsKey(other.get());
              needs.addAll(before.getOrDefault(other.get(), Set.of()));
              needs.add(other.get());
            } else if (use.schema().isEmpty()) {
              unknown(query, text, use);
              known = false;
            }
          }
          if (known) {
            before.put(query, needs);
            composed.put(query, PageSql.of(query, above.stream().filter(needs::contains).toList()));
          } else {
            good = false;
          }
        }
      }
    }

    private static Optional<Dashboard.Query> other(TableUse use, List<Dashboard.Query> above) {
      return use.schema().isPresent()
          ? Optional.empty()
          : above.stream().filter(q -> q.name().equalsIgnoreCase(use.table())).findFirst();
    }

    private void unknown(Dashboard.Query query, String text, TableUse use) {
      Optional<Dashboard.Query> later = dashboard.query(use.table()).filter(Dashboard.Query::named);
      if (later.isPresent()) {
        problems.error(
            at(query, text, use.offset()),
            "a query reads only those above it, and " + use.table() + " is not",
            "move " + use.table() + " up");
        return;
      }
      List<String> names =
          dashboard.queries().stream()
              .filter(Dashboard.Query::named)
              .map(Dashboard.Query::name)
              .toList();
      Optional<String> near = Problems.didYouMean(use.table(), names);
      if (near.isPresent()) {
        problems.error(
            at(query, text, use.offset()), "unknown table or query \"" + use.table() + "\"", near);
      } else {
        references().unknown(use, at(query, text, use.offset()));
      }
    }

    private References references() {
      return new References(project, nodes, problems);
    }

    private void mistake(Dashboard.Query query, String text, Mistake mistake) {
      problems.error(at(query, text, mistake.offset()), mistake.message(), mistake.hint());
      good = false;
    }

    /** The place in the file of a place in a text that stands on the file's lines. */
    private Location at(Dashboard.Query query, String text, int offset) {
      Location at = Location.at(dashboard.file(), text, offset);
      return at.line() > query.start().line()
          ? new Location(at.file(), at.line(), at.column() + query.indent())
          : at;
    }

    Optional<CheckedDashboard> bind(Map<String, Parsed> all) {
      Map<String, CheckedDashboard.Bound> queries = new HashMap<>();
      Map<String, CheckedDashboard.Bound> options = new HashMap<>();
      dashboard.filters().forEach(this::values);
      BiFunction<Dashboard.Query, Set<String>, Optional<CheckedDashboard.Bound>> bound =
          (query, uses) ->
              Optional.ofNullable(composed.get(query))
                  .flatMap(sql -> bind(query, sql, Objects.requireNonNull(all.get(sql)), uses));
      for (Filter filter : dashboard.filters()) {
        Set<String> uses = new TreeSet<>();
        filter
            .options()
            .flatMap(query -> bound.apply(query, uses))
            .ifPresent(b -> options.put(filter.name(), b));
        new FilterChecks(dashboard, problems).options(filter, options.get(filter.name()));
      }
      for (Dashboard.Query query : dashboard.queries()) {
        bound.apply(query, used).ifPresent(b -> queries.put(query.name(), b));
      }
      new FilterChecks(dashboard, problems).cycles(options);
      new BlockChecks(project, dashboard, problems).run(queries);
      Map<String, CheckedDashboard.Drawn> figures = figures(queries);
      Map<String, String> maps = maps();
      unused(figures);
      return good
          ? Optional.of(new CheckedDashboard(queries, options, figures, maps))
          : Optional.empty();
    }

    private Map<String, String> maps() {
      Map<String, String> maps = new HashMap<>();
      for (Dashboard.Block block : dashboard.blocks()) {
        if (block instanceof Dashboard.Chart chart && chart.geo().isPresent()) {
          Optional<String> hash = regions.check(chart.geo().get());
          good &= hash.isPresent();
          hash.ifPresent(h -> maps.put(chart.id(), h));
        }
      }
      return maps;
    }

    private Map<String, CheckedDashboard.Drawn> figures(
        Map<String, CheckedDashboard.Bound> queries) {
      Map<String, CheckedDashboard.Drawn> figures = new HashMap<>();
      FigureChecks checks = new FigureChecks(project, dashboard, files, references(), problems);
      for (Dashboard.Figure figure : FigureChecks.figures(dashboard).toList()) {
        Optional<CheckedDashboard.Drawn> drawn = checks.check(figure, queries);
        good &= drawn.isPresent();
        drawn.ifPresent(d -> {
          figures.put(figure.id(), d);
          used.addAll(d.types().keySet());
          dashboard.queries().stream()
              .filter(q -> d.inputs().containsKey(CheckedDashboard.Drawn.key(q.name())))
              .forEach(read::add);
        });
      }
      return figures;
    }

    private Optional<CheckedDashboard.Bound> bind(
        Dashboard.Query query, String sql, Parsed found, Set<String> uses) {
      if (found instanceof Mistake mistake) {
        mistake(query, sql, mistake);
        return Optional.empty();
      }
      Query whole = (Query) found;
      Set<TableName> reads = new TreeSet<>();
      boolean known = true;
      Set<TableName> blamed = blamed(query);
      for (TableUse use : whole.reads()) {
        Optional<Node> node = references().find(use);
        if (node.isPresent()) {
          reads.add(node.get().name);
        } else {
          known = false;
          if (use.schema().map(s -> !blamed.contains(new TableName(s, use.table()))).orElse(true)) {
            references().unknown(use, at(query, sql, use.offset()));
          }
        }
      }
      Optional<Map<String, DataType>> types = types(query, sql, whole, uses);
      List<Node> inputs =
          known
              ? reads.stream().map(nodes::get).map(Objects::requireNonNull).toList()
              : List.<Node>of();
      if (!known || types.isEmpty() || inputs.stream().anyMatch(i -> i.schema == null)) {
        good = false;
        return Optional.empty();
      }
      return switch (analysis.bind(sql, whole.canonical(), inputs, types.get())) {
        case Mistake mistake -> {
          if (isIn(query, sql, mistake.offset())) {
            mistake(query, sql, mistake);
          }
          good = false;
          yield Optional.empty();
        }
        case Typed typed ->
            Optional.of(
                new CheckedDashboard.Bound(sql, List.copyOf(reads), typed.columns(), types.get()));
      };
    }

    /** Tables whose absence the queries that this one reads have been blamed for. */
    private Set<TableName> blamed(Dashboard.Query query) {
      Set<TableName> blamed = new HashSet<>();
      for (Dashboard.Query other : before.getOrDefault(query, Set.of())) {
        if (parsed.get(other.inPlace()) instanceof Query found) {
          found
              .reads()
              .forEach(
                  use -> use.schema().ifPresent(s -> blamed.add(new TableName(s, use.table()))));
        }
      }
      return blamed;
    }

    /** Whether a place is the query's own, and not that of one that it reads. */
    private boolean isIn(Dashboard.Query query, String sql, int offset) {
      return Location.at("", sql, offset).line() >= query.start().line();
    }

    private Optional<Map<String, DataType>> types(
        Dashboard.Query query, String sql, Query found, Set<String> uses) {
      Map<String, DataType> types = new HashMap<>();
      boolean known = true;
      for (String name : found.parameters()) {
        DataType type = filters.get(name);
        if (type != null) {
          types.put(name, type);
          uses.add(name);
        } else if (project.vars().containsKey(name)) {
          types.put(name, Objects.requireNonNull(project.vars().get(name)).type());
        } else {
          known = false;
          int offset = sql.indexOf("$" + name);
          if (isIn(query, sql, offset)) {
            problems.error(
                at(query, sql, offset),
                "unknown filter \"$" + name + "\"",
                Problems.didYouMean(name, filters.keySet())
                    .or(() -> Optional.of("declare it under filters: at the top of the file")));
          }
        }
      }
      return known ? Optional.of(types) : Optional.empty();
    }

    /** Whether defaults, bounds and choices are of the filter's type. */
    private void values(Filter filter) {
      for (Parameter parameter : filter.parameters()) {
        Set<String> texts = new LinkedHashSet<>();
        texts.addAll(filter.fallback().getOrDefault(parameter.name(), List.of()));
        parameter.low().ifPresent(texts::add);
        parameter.high().ifPresent(texts::add);
        texts.addAll(parameter.values());
        for (String text : texts) {
          if (GivenValues.value(parameter.type(), text).isEmpty()) {
            good = false;
            ParameterChecks.misfit(filter.location(), parameter, text, problems);
          }
        }
      }
    }

    private void unused(Map<String, CheckedDashboard.Drawn> figures) {
      // else nobody knows
      boolean drawn = FigureChecks.figures(dashboard).allMatch(f -> figures.containsKey(f.id()));
      boolean all = drawn && dashboard.queries().stream().allMatch(before::containsKey);
      for (Filter filter : dashboard.filters()) {
        Set<String> names =
            filter.parameters().stream()
                .map(p -> Filter.inSql(p.name()))
                .collect(Collectors.toSet());
        if (all && names.stream().noneMatch(used::contains)) {
          problems.add(
              Problem.warning(
                  filter.location(),
                  "filter \""
                      + filter.name()
                      + "\" is used by no query"
                      + (figures.isEmpty() ? "" : " and no figure"),
                  "use $"
                      + names.stream().sorted().collect(Collectors.joining(" and $"))
                      + ", or take it out"));
        }
      }
      Set<String> shown =
          dashboard.blocks().stream()
              .flatMap(b -> b.source().stream())
              .map(ref -> ref.column().toLowerCase(Locale.ROOT))
              .collect(Collectors.toSet());
      for (Dashboard.Query query : dashboard.queries()) {
        if (drawn
            && query.named()
            && !read.contains(query)
            && !shown.contains(query.name().toLowerCase(Locale.ROOT))) {
          problems.add(
              Problem.warning(
                  query.start(),
                  "no block shows the query " + query.name(),
                  "add a chart, a table or a metric with query: " + query.name()));
        }
      }
    }
  }
}
