package dev.towpath.core.check;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Graph;
import dev.towpath.core.graph.Hash;
import dev.towpath.core.project.Check;
import dev.towpath.core.project.Endpoint;
import dev.towpath.core.project.Macro;
import dev.towpath.core.project.Model;
import dev.towpath.core.project.Project;
import dev.towpath.core.project.Seed;
import dev.towpath.core.project.Source;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Problem;
import dev.towpath.spi.PythonParser;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlAnalyzer.Parsed;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Type-checks a project: references, columns and types of every query, checks on data, unit tests,
 * endpoints and dashboards. Collects all problems; a table that fails does not blame the tables
 * that read it.
 */
public final class Checker {
  private final Supplier<SqlAnalyzer> analyzer;
  private final Supplier<PythonParser> python;
  private final CheckCache cache;
  private final Contacts contacts;
  private final Set<String> exportSchemes;

  /**
   * A checker.
   *
   * @param analyzer opens the analyzer; called at most once per check, and closed by it
   * @param python opens the parser of Python files, likewise; not called when there is nothing new
   * @param exportSchemes of URLs that tables can be exported to
   */
  public Checker(
      Supplier<SqlAnalyzer> analyzer,
      Supplier<PythonParser> python,
      CheckCache cache,
      Contacts contacts,
      Set<String> exportSchemes) {
    this.analyzer = analyzer;
    this.python = python;
    this.cache = cache;
    this.contacts = contacts;
    this.exportSchemes = Set.copyOf(exportSchemes);
  }

  /** Checks the whole project. Writes {@code schemas.lock} when a source was met first. */
  public Checked check(Project project) {
    List<String> statements =
        project.macros().stream().flatMap(m -> Macros.statements(m).stream()).toList();
    Analysis analysis = new Analysis(analyzer, cache, statements);
    try (ExecutorService pool =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      return new Pass(project, analysis, pool).run();
    } finally {
      analysis.close();
      cache.save();
    }
  }

  /** One check from start to end. */
  private final class Pass {
    private final Project project;
    private final Analysis analysis;
    private final ExecutorService pool;
    private final Problems problems = new Problems();
    private final Map<TableName, Node> nodes = new LinkedHashMap<>();
    private final Map<TableName, Source> sources = new HashMap<>();

    Pass(Project project, Analysis analysis, ExecutorService pool) {
      this.project = project;
      this.analysis = analysis;
      this.pool = pool;
    }

    Checked run() {
      project.problems().forEach(problems::add);
      collect();
      checkMacros();
      contact();
      Map<String, Parsed> parsed = analysis.parse(texts());
      References references = new References(project, nodes, problems);
      PythonFiles files = new PythonFiles(project.files(), python, cache, problems);
      PythonChecks python = new PythonChecks(project, files, nodes, references, problems);
      files.parse(Stream.concat(python.sources().stream(), FigureChecks.sources(project)).toList());
      python.resolve();
      references.resolve(parsed);
      new ModelTyping(project, analysis, nodes, problems, pool).run();
      python.asked();
      DataChecks dataChecks = new DataChecks(analysis, nodes, problems);
      Map<TableName, List<Asset.BoundCheck>> checks = dataChecks.bindAll(parsed, pool);
      new TestChecks(project, nodes, problems).run();
      new JobChecks(project, nodes, problems).run();
      JobParameters parameters = new JobParameters(project);
      new ControlChecks(project, parameters, analysis, nodes, problems).run(parsed);
      new JobSqlChecks(project, parameters, analysis, nodes, problems).run(parsed);
      new FlowChecks(project, nodes, sources, problems).run();
      Map<String, EndpointChecks.Sound> endpoints =
          new EndpointChecks(project, analysis, nodes, problems).run(parsed);
      Map<String, CheckedDashboard> dashboards =
          new DashboardChecks(project, analysis, files, nodes, problems).run(parsed);
      new ExportChecks(project, nodes.values(), exportSchemes, problems).run();
      new AccessChecks(project, nodes.keySet(), problems).run();
      List<Asset> assets = new ArrayList<>();
      for (Node node : nodes.values()) {
        if (node.schema != null) {
          assets.add(node.asset(sources, checks.getOrDefault(node.name, List.of())));
        }
      }
      return new Checked(
          project,
          new Graph(assets),
          values(endpoints, EndpointChecks.Sound::reads),
          values(endpoints, EndpointChecks.Sound::columns),
          dashboards,
          problems.sorted(),
          analysis.hits(),
          analysis.misses());
    }

    private static <A, B> Map<String, B> values(Map<String, A> map, Function<A, B> part) {
      Map<String, B> values = new HashMap<>();
      map.forEach((key, value) -> values.put(key, part.apply(value)));
      return values;
    }

    private void collect() {
      for (Source source : project.sources()) {
        for (Source.Table table : source.tables()) {
          nodes.putIfAbsent(table.declaration().name(), Node.of(table));
          sources.putIfAbsent(table.declaration().name(), source);
        }
      }
      project.seeds().forEach(seed -> nodes.putIfAbsent(seed.name(), Node.of(seed)));
      project.models().forEach(model -> nodes.putIfAbsent(model.name(), Node.of(model)));
    }

    private Set<String> texts() {
      Set<String> texts = new java.util.LinkedHashSet<>();
      project.models().stream()
          .filter(m -> m.python().isEmpty())
          .map(Model::text)
          .forEach(texts::add);
      project.endpoints().stream().map(Endpoint::text).forEach(texts::add);
      project.dashboards().stream()
          .flatMap(d -> DashboardChecks.texts(d).stream())
          .forEach(texts::add);
      project.jobs().stream().flatMap(job -> JobSqlChecks.sql(job).stream()).forEach(texts::add);
      project.jobs().stream().flatMap(j -> ControlChecks.texts(j).stream()).forEach(texts::add);
      for (Node node : nodes.values()) {
        for (Check check : node.checks) {
          DataChecks.sql(node.name, check.rule()).ifPresent(texts::add);
        }
        node.model()
            .flatMap(m -> m.changes().deleteWhen())
            .flatMap(c -> DataChecks.sql(node.name, c.rule()))
            .ifPresent(texts::add);
      }
      return texts;
    }

    private void checkMacros() {
      for (Macro macro : project.macros()) {
        int from = 0;
        for (String statement : Macros.statements(macro)) {
          int start = macro.text().indexOf(statement, from);
          from = start + statement.length();
          SqlAnalyzer open = analysis.analyzer();
          open.declareMacro(statement)
              .ifPresent(m ->
                  problems.mistake(
                      macro.file(),
                      macro.text(),
                      new Mistake(m.message(), m.hint(), start + m.offset(), m.length())));
        }
      }
    }

    private void contact() {
      SchemaLock lock = new SchemaLock(project.files(), project.root());
      List<Future<?>> waiting = new ArrayList<>();
      for (Node node : nodes.values()) {
        switch (node.declared) {
          case Source.Table table -> waiting.add(pool.submit(() -> contact(node, table, lock)));
          case Seed seed -> waiting.add(pool.submit(() -> contact(node, seed)));
          default -> {
            // a model's columns come from its query
          }
        }
      }
      Waiting.all(waiting);
      if (!lock.save()) {
        problems.add(
            Problem.warning(
                dev.towpath.spi.Location.of(SchemaLock.FILE),
                "the columns of sources cannot be written down here",
                "make the project's folder writable, or commit " + SchemaLock.FILE));
      }
    }

    private void contact(Node node, Source.Table table, SchemaLock lock) {
      boolean unset =
          Stream.of(table.declaration().options(), table.declaration().sourceOptions())
              .anyMatch(options -> options.toString().contains("${"));
      if (unset) {
        return; // the reader of the file has said which variable is missing
      }
      try {
        Schema schema =
            table
                .declaration()
                .columns()
                .or(() -> lock.schema(table))
                .orElseGet(() -> {
                  Schema met = contacts.contact(table.declaration());
                  lock.put(table, met);
                  return met;
                });
        node.schema = schema;
        node.fingerprint = Hash.of("1", "source", table.fingerprint(), node.schemaHash());
        Contract.names(node, table.columns(), problems);
        OwnNames.check(node, table.declaration().location(), problems);
      } catch (CancelledException e) {
        throw e; // nothing is wrong with the source
      } catch (TowpathException e) {
        refuse(e, table.declaration().location());
      }
    }

    private void contact(Node node, Seed seed) {
      String key =
          Hash.of(
              "seed",
              seed.hash(),
              seed.columns().stream()
                  .map(c -> c.name() + " " + c.type().map(t -> t.sql()).orElse(""))
                  .collect(java.util.stream.Collectors.joining(",")));
      try {
        Schema schema =
            cache
                .typed(key)
                .map(SqlAnalyzer.Typed::columns)
                .orElseGet(() -> {
                  Schema met = contacts.seed(seed);
                  cache.put(key, new SqlAnalyzer.Typed(met, Map.of()));
                  return met;
                });
        node.schema = schema;
        node.fingerprint = Hash.of("1", "seed", seed.hash(), node.schemaHash());
        Contract.names(node, seed.columns(), problems);
        OwnNames.check(node, node.location, problems);
      } catch (CancelledException e) {
        throw e;
      } catch (TowpathException e) {
        refuse(e, node.location);
      }
    }

    private void refuse(TowpathException e, dev.towpath.spi.Location at) {
      if (e.problems().isEmpty()) {
        problems.error(at, java.util.Objects.requireNonNull(e.getMessage()), e.hint());
      } else {
        e.problems().forEach(problems::add);
      }
    }
  }

  /** The query that a check on a table's data is typed as; empty when it has no SQL of its own. */
  public static java.util.Optional<String> query(TableName table, Check.Rule rule) {
    return DataChecks.sql(table, rule);
  }

  /** Whether a parsed text is a query; otherwise the mistake is reported where it stands. */
  static boolean isQuery(
      @org.jspecify.annotations.Nullable Parsed parsed,
      String file,
      String text,
      Problems problems) {
    return switch (parsed) {
      case Query _ -> true;
      case Mistake mistake -> {
        problems.mistake(file, text, mistake);
        yield false;
      }
      case null -> throw new IllegalStateException("text was not parsed: " + file);
    };
  }
}
