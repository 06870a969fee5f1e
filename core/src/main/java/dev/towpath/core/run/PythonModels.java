package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Graph;
import dev.towpath.core.interval.Interval;
import dev.towpath.core.interval.TimeValues;
import dev.towpath.core.project.Check;
import dev.towpath.core.project.Model;
import dev.towpath.core.project.Project;
import dev.towpath.core.project.Variable;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Extract;
import dev.towpath.spi.Location;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.Names;
import dev.towpath.spi.PythonRunner;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Builds Python models: gives the child its tables, and hands its rows to somebody who writes them.
 */
public final class PythonModels {
  private static final AtomicInteger COUNTER = new AtomicInteger();

  private final Project project;
  private final Graph graph;
  private final EngineSession session;
  private final PythonRunner runner;
  private final Instant now;
  private final Path scratch;
  private final Path logs;

  /**
   * A builder of Python models.
   *
   * @param now the logical time
   * @param scratch folder for copies of tables that a child cannot read as they are
   * @param logs folder for what the children print
   */
  public PythonModels(
      Project project,
      Graph graph,
      EngineSession session,
      PythonRunner runner,
      Instant now,
      Path scratch,
      Path logs) {
    this.project = project;
    this.graph = graph;
    this.session = session;
    this.runner = runner;
    this.now = now;
    this.scratch = scratch;
    this.logs = logs;
  }

  /**
   * What a build is told besides its tables.
   *
   * @param variables text by name, in place of the project's
   */
  public record Bounds(
      Optional<PythonRunner.Variable> start,
      Optional<PythonRunner.Variable> end,
      Optional<Interval> range,
      Map<String, String> variables) {
    /** No bounds. */
    public static final Bounds NONE =
        new Bounds(Optional.empty(), Optional.empty(), Optional.empty(), Map.of());
  }

  /** The bounds of an interval as values of the time column's type. */
  public static Bounds bounds(Asset.FromModel definition, Optional<Interval> range) {
    if (range.isEmpty()) {
      return Bounds.NONE;
    }
    ZoneId zone = definition.model().time().map(Model.Time::zone).orElse(ZoneOffset.UTC);
    return new Bounds(
        bound(definition.parameters().get("start"), range.get().start(), zone),
        bound(definition.parameters().get("end"), range.get().end(), zone),
        range,
        Map.of());
  }

  private static Optional<PythonRunner.Variable> bound(
      @org.jspecify.annotations.Nullable DataType type, Instant at, ZoneId zone) {
    if (type == null || at.equals(Instant.MIN) || at.equals(Instant.MAX)) {
      return Optional.empty();
    }
    String text =
        type.sql().equals("TIMESTAMP WITH TIME ZONE")
            ? at.toString()
            : TimeValues.text(at, type, zone).replace(' ', 'T');
    return Optional.of(new PythonRunner.Variable(type, text));
  }

  /**
   * Builds a model.
   *
   * @param inputs what each table is that it reads
   * @param writer takes the rows
   * @param undo takes back what was written when the child fails in the end
   */
  public <T> T build(
      Asset asset,
      Asset.FromModel definition,
      Bounds bounds,
      Function<TableName, Relation> inputs,
      Function<Extract.Arrow, T> writer,
      Consumer<T> undo) {
    Schema columns = definition.queryColumns(asset);
    try (Inputs given = new Inputs(asset, definition, bounds, inputs);
        PythonRunner.Building building =
            runner.build(request(asset, definition, columns, bounds, given))) {
      T written;
      try {
        written = writer.apply(new Extract.Arrow(columns, building::rows));
      } catch (TowpathException e) {
        throw building.cause(e);
      }
      try {
        building.finish();
        return written;
      } catch (RuntimeException e) {
        undo.accept(written);
        throw e;
      }
    }
  }

  /**
   * Builds a model over the tables that are exposed under their names, and keeps its rows in the
   * session.
   *
   * @param result the name that they get
   * @return a query that reads them
   */
  public String keep(Asset asset, Asset.FromModel definition, Bounds bounds, TableName result) {
    String query = "SELECT * FROM " + result.quoted();
    return build(
        asset,
        definition,
        bounds,
        table -> new Relation.View("SELECT * FROM " + table.quoted()),
        rows -> {
          session.keep(result, rows);
          return query;
        },
        _ -> {});
  }

  private PythonRunner.Model request(
      Asset asset, Asset.FromModel definition, Schema columns, Bounds bounds, Inputs inputs) {
    Model model = definition.model();
    Model.Python python = model.python().orElseThrow();
    Map<String, PythonRunner.Variable> variables = new HashMap<>();
    definition
        .parameters()
        .keySet()
        .forEach(name -> {
          Variable variable = project.vars().get(name);
          if (variable != null) {
            String text = bounds.variables().getOrDefault(name, variable.text());
            variables.put(name, new PythonRunner.Variable(variable.type(), text));
          }
        });
    return new PythonRunner.Model(
        asset.name(),
        asset.file(),
        model.text(),
        asset.reads(),
        columns,
        places(model),
        required(asset),
        variables,
        bounds.start(),
        bounds.end(),
        now,
        new PythonRunner.Limits(
            python.alone(),
            python.timeout(),
            model.at("timeout"),
            python.memory(),
            model.at("memory")),
        inputs,
        logs.resolve(asset.name() + ".log"));
  }

  private static Map<String, Location> places(Model model) {
    Map<String, Location> places = new HashMap<>();
    model.columns().forEach(c -> places.put(c.name(), c.location()));
    places.put("", model.at("columns"));
    return places;
  }

  /** Columns for which the file says {@code not_null}, so that the child can name the row. */
  private static Set<String> required(Asset asset) {
    Set<String> required = new LinkedHashSet<>();
    for (Asset.BoundCheck check : asset.checks()) {
      if (!check.check().warn() && check.check().rule() instanceof Check.NotNull rule) {
        asset.columns().column(rule.column()).ifPresent(c -> required.add(c.name()));
      }
    }
    return required;
  }

  /** The tables of one build, and the copies that were made of them. */
  private final class Inputs implements PythonRunner.Inputs, AutoCloseable {
    private final Asset asset;
    private final Asset.FromModel definition;
    private final Bounds bounds;
    private final Function<TableName, Relation> relations;
    private final List<Path> copies = Collections.synchronizedList(new ArrayList<>());

    Inputs(
        Asset asset,
        Asset.FromModel definition,
        Bounds bounds,
        Function<TableName, Relation> relations) {
      this.asset = asset;
      this.definition = definition;
      this.bounds = bounds;
      this.relations = relations;
    }

    @Override
    public PythonRunner.Table read(TableName asked, Optional<List<String>> columns) {
      TableName table =
          asset.reads().stream()
              .filter(asked::equals)
              .findFirst()
              .orElseThrow(() ->
                  new TowpathException(
                      asset.name() + " does not say that it reads \"" + asked + "\"",
                      graph.asset(asked).isPresent()
                          ? "write its name as it is, t.read(\""
                              + asked
                              + "\"), or list it under \"reads:\" in the comment at the top"
                          : Names.nearest(
                                  asked.toString(),
                                  asset.reads().stream().map(TableName::toString).toList())
                              .map(n -> "did you mean \"" + n + "\"?")
                              .orElse("there is no such table")));
      Schema all = graph.get(table).columns();
      Schema wanted = columns.map(names -> some(table, all, names)).orElse(all);
      Path copy = scratch.resolve("python-" + COUNTER.incrementAndGet() + ".parquet");
      copies.add(copy);
      List<Path> files = session.parquet(relation(table), wanted, copy, Monitor.NONE);
      return new PythonRunner.Table(wanted, files);
    }

    private static Schema some(TableName table, Schema all, List<String> names) {
      List<Column> columns = new ArrayList<>();
      for (String name : names) {
        columns.add(
            all.column(name)
                .orElseThrow(() ->
                    new TowpathException(
                        "unknown column \"" + name + "\" in " + table,
                        Names.nearest(name, all.names())
                            .map(n -> "did you mean \"" + n + "\"?")
                            .orElse("it has " + String.join(", ", all.names())))));
      }
      if (columns.isEmpty()) {
        throw new TowpathException(
            "a read of " + table + " asks for no column", "leave columns= out to get all of them");
      }
      return new Schema(columns);
    }

    /** The table, cut at the bounds where the file says that it may be. */
    private Relation relation(TableName table) {
      Relation relation = relations.apply(table);
      Set<String> driving = definition.drivers().getOrDefault(table, Set.of());
      if (driving.isEmpty() || bounds.range().isEmpty()) {
        return relation;
      }
      Column column = graph.get(table).columns().column(driving.iterator().next()).orElseThrow();
      ZoneId zone = definition.model().time().map(Model.Time::zone).orElse(ZoneOffset.UTC);
      List<String> conditions = new ArrayList<>();
      Interval range = bounds.range().get();
      if (!range.start().equals(Instant.MIN)) {
        conditions.add(compare(column, ">=", range.start(), zone));
      }
      if (!range.end().equals(Instant.MAX)) {
        conditions.add(compare(column, "<", range.end(), zone));
      }
      if (conditions.isEmpty()) {
        return relation;
      }
      TableName name = Staging.expose(session, relation);
      return new Relation.View(
          "SELECT * FROM " + name.quoted() + " WHERE " + String.join(" AND ", conditions));
    }

    private static String compare(Column column, String sign, Instant at, ZoneId zone) {
      return Names.quote(column.name())
          + " "
          + sign
          + " CAST("
          + Names.literal(TimeValues.text(at, column.type(), zone))
          + " AS "
          + column.type().sql()
          + ")";
    }

    @Override
    public void close() {
      for (Path copy : copies) {
        try {
          Files.deleteIfExists(copy);
        } catch (IOException e) {
          throw new TowpathException("cannot remove " + copy + ": " + e.getMessage(), null, e);
        }
      }
    }
  }
}
