package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Graph;
import dev.towpath.core.interval.Interval;
import dev.towpath.core.interval.TimeValues;
import dev.towpath.core.project.Model;
import dev.towpath.core.project.Project;
import dev.towpath.core.project.UnitTest;
import dev.towpath.core.project.Variable;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Location;
import dev.towpath.spi.Names;
import dev.towpath.spi.Problem;
import dev.towpath.spi.PythonRunner;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Rows;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlException;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs unit tests: a model over given rows, compared with expected rows. */
public final class UnitTests {
  private static final int DAY_LENGTH = "2026-01-01".length();
  private static final String WORK = "towpath_test";

  private final Project project;
  private final Graph graph;
  private final EngineSession session;
  private final PythonModels python;
  private int counter;

  /** Tests in a session of their own, since given rows stand under the tables' real names. */
  public UnitTests(Project project, Graph graph, EngineSession session, PythonModels python) {
    this.project = project;
    this.graph = graph;
    this.session = session;
    this.python = python;
  }

  /**
   * How one test ended.
   *
   * @param missing expected rows that are not in the result
   * @param unexpected rows of the result that were not expected
   */
  public record Outcome(
      UnitTest test, Optional<Problem> problem, Rows missing, Rows unexpected, Rows actual) {
    /** Whether it passed. */
    public boolean passed() {
      return problem.isEmpty();
    }
  }

  /** Runs one test. */
  public Outcome run(UnitTest test) {
    Rows none = new Rows(new Schema(List.of()), List.of());
    try {
      return compare(test);
    } catch (SqlException e) {
      return new Outcome(test, Optional.of(failure(test, e)), none, none, none);
    } catch (TowpathException e) {
      if (!e.problems().isEmpty()) {
        Problem told = e.problems().getFirst();
        boolean own = told.location().file().equals(test.location().file());
        Problem named =
            own
                ? told
                : new Problem(
                    told.severity(),
                    told.location(),
                    "test " + test.name() + " of " + test.model() + ": " + told.message(),
                    told.hint());
        return new Outcome(test, Optional.of(named), none, none, none);
      }
      Problem problem =
          new Problem(
              Problem.Severity.ERROR,
              test.location(),
              "test " + test.name() + ": " + e.getMessage(),
              e.hint());
      return new Outcome(test, Optional.of(problem), none, none, none);
    }
  }

  private Problem failure(UnitTest test, SqlException e) {
    Asset asset = graph.get(test.model());
    Location at = test.location();
    if (e.offset() >= 0
        && asset.definition() instanceof Asset.FromModel model
        && !model.isPython()) {
      at = Location.at(asset.file(), model.model().text(), e.offset());
    }
    return new Problem(
        Problem.Severity.ERROR, at, "test " + test.name() + ": " + e.getMessage(), e.hint());
  }

  private Outcome compare(UnitTest test) {
    Asset asset = graph.get(test.model());
    Asset.FromModel definition = (Asset.FromModel) asset.definition();
    for (TableName read : asset.reads()) {
      Schema schema = graph.get(read).columns();
      List<UnitTest.Row> given = test.given().getOrDefault(read, List.of());
      session.expose(read, new Relation.Inline(schema, rows(given, schema)));
      fit(read, given, schema, "given");
    }
    List<Column> columns = compared(test, asset);
    Map<String, Object> values = definition.isPython() ? Map.of() : values(test, definition);
    String query =
        definition.isPython() ? built(test, asset, definition) : definition.model().text();
    List<String> names = columns.stream().map(Column::name).toList();
    TableName expected = work(new Schema(columns), rows(test.expect(), new Schema(columns)));
    fit(expected, test.expect(), new Schema(columns), "expected");
    String list = names.stream().map(Names::quote).collect(Collectors.joining(", "));
    Statement model = new Statement("SELECT " + list + " FROM (" + query + "\n)", values);
    Rows actual = session.query(model, 10_000);
    List<List<@Nullable String>> texts = new ArrayList<>();
    Rows asText =
        session.query(
            new Statement(
                "SELECT "
                    + names.stream()
                        .map(n -> Names.quote(n) + "::VARCHAR AS " + Names.quote(n))
                        .collect(Collectors.joining(", "))
                    + " FROM ("
                    + query
                    + "\n)",
                values),
            10_000);
    for (List<@Nullable Object> row : asText.rows()) {
      List<@Nullable String> text = new ArrayList<>();
      row.forEach(v -> text.add(v == null ? null : v.toString()));
      texts.add(text);
    }
    TableName result = work(new Schema(columns), texts);
    Rows missing = difference(expected, result, list);
    Rows unexpected = difference(result, expected, list);
    boolean misordered =
        test.ordered()
            && missing.rows().isEmpty()
            && unexpected.rows().isEmpty()
            && !session
                .query(Statement.of("SELECT * FROM " + expected.quoted()), 10_000)
                .rows()
                .equals(
                    session.query(Statement.of("SELECT * FROM " + result.quoted()), 10_000).rows());
    if (missing.rows().isEmpty() && unexpected.rows().isEmpty() && !misordered) {
      return new Outcome(test, Optional.empty(), missing, unexpected, actual);
    }
    String what =
        misordered
            ? "the rows come in another order"
            : count(missing.rows().size(), " expected row is", " expected rows are")
                + " missing, "
                + count(unexpected.rows().size(), " row was", " rows were")
                + " not expected";
    Problem problem =
        Problem.error(test.location(), "test " + test.name() + " of " + test.model() + ": " + what);
    return new Outcome(test, Optional.of(problem), missing, unexpected, actual);
  }

  /** Builds a Python model over the given rows, and says how its result is read. */
  private String built(UnitTest test, Asset asset, Asset.FromModel definition) {
    TableName result = new TableName(WORK, "t" + counter++);
    PythonModels.Bounds bounds =
        new PythonModels.Bounds(
            bound(test, definition, "start"),
            bound(test, definition, "end"),
            range(test, definition),
            test.parameters());
    return python.keep(asset, definition, bounds, result);
  }

  /** The interval that the given rows are cut to, as those of a run are. */
  private static Optional<Interval> range(UnitTest test, Asset.FromModel definition) {
    Instant start = moment(test, definition, "start").orElse(Instant.MIN);
    Instant end = moment(test, definition, "end").orElse(Instant.MAX);
    return start.isBefore(end) ? Optional.of(new Interval(start, end)) : Optional.empty();
  }

  private static Optional<Instant> moment(UnitTest test, Asset.FromModel definition, String name) {
    ZoneId zone = definition.model().time().map(Model.Time::zone).orElse(ZoneOffset.UTC);
    return bound(test, definition, name)
        .flatMap(v -> {
          boolean day = v.type().sql().equals("DATE") || v.text().length() > DAY_LENGTH;
          String text = v.text().replace('T', ' ').replace("Z", "+00");
          String zoned = v.type().sql().equals("TIMESTAMP WITH TIME ZONE") ? "+00" : "";
          return TimeValues.span(day ? text : text + " 00:00:00" + zoned, v.type(), zone);
        })
        .map(Interval::start);
  }

  private static Optional<PythonRunner.Variable> bound(
      UnitTest test, Asset.FromModel definition, String name) {
    DataType type = definition.parameters().get(name);
    String text = test.parameters().get(name);
    return type == null || text == null
        ? Optional.empty()
        : Optional.of(new PythonRunner.Variable(type, text));
  }

  private static String count(int number, String one, String many) {
    return number + (number == 1 ? one : many);
  }

  /** Reads rows of a test once, so that one whose values do not fit is told at its own place. */
  private void fit(TableName table, List<UnitTest.Row> rows, Schema schema, String what) {
    try {
      session.query(Statement.of("SELECT * FROM " + table.quoted()), rows.size() + 1);
    } catch (SqlException e) {
      for (UnitTest.Row row : rows) {
        TableName one = work(schema, rows(List.of(row), schema));
        try {
          session.query(Statement.of("SELECT * FROM " + one.quoted()), 1);
        } catch (SqlException own) {
          String message = "the " + what + " row does not fit: " + own.getMessage();
          TowpathException located =
              new TowpathException(
                  List.of(
                      new Problem(Problem.Severity.ERROR, row.location(), message, own.hint())));
          located.initCause(own);
          throw located;
        }
      }
      throw e;
    }
  }

  /** The columns that the expected rows name, in the model's order; all when there are no rows. */
  private static List<Column> compared(UnitTest test, Asset asset) {
    if (test.expect().isEmpty()) {
      return asset.columns().columns();
    }
    List<String> named =
        test.expect().stream()
            .flatMap(r -> r.values().keySet().stream())
            .map(Names::identity)
            .distinct()
            .toList();
    return asset.columns().columns().stream()
        .filter(c -> named.contains(Names.identity(c.name())))
        .toList();
  }

  private Map<String, Object> values(UnitTest test, Asset.FromModel definition) {
    Map<String, Object> values = new HashMap<>();
    definition
        .parameters()
        .forEach((name, type) -> {
          String given = test.parameters().get(name);
          Variable variable = project.vars().get(name);
          if (given != null) {
            values.put(name, new Statement.Bound(given, type));
          } else if (variable != null) {
            values.put(name, new Statement.Bound(variable.text(), variable.type()));
          } else {
            String bound = name.equals("start") ? "-infinity" : "infinity";
            values.put(name, new Statement.Bound(bound, type));
          }
        });
    return values;
  }

  private TableName work(Schema schema, List<List<@Nullable String>> rows) {
    TableName name = new TableName(WORK, "t" + counter++);
    session.expose(name, new Relation.Inline(schema, rows));
    return name;
  }

  private Rows difference(TableName left, TableName right, String columns) {
    return session.query(
        Statement.of(
            "SELECT "
                + columns
                + " FROM "
                + left.quoted()
                + " EXCEPT ALL SELECT "
                + columns
                + " FROM "
                + right.quoted()),
        20);
  }

  /** Rows in the schema's order; columns that a row does not name are NULL. */
  private static List<List<@Nullable String>> rows(List<UnitTest.Row> rows, Schema schema) {
    List<List<@Nullable String>> all = new ArrayList<>();
    for (UnitTest.Row row : rows) {
      Map<String, Optional<String>> byIdentity = new HashMap<>();
      row.values().forEach((name, value) -> byIdentity.put(Names.identity(name), value));
      List<@Nullable String> values = new ArrayList<>();
      for (Column column : schema.columns()) {
        values.add(
            Objects.requireNonNullElse(
                    byIdentity.get(Names.identity(column.name())), Optional.<String>empty())
                .orElse(null));
      }
      all.add(values);
    }
    return all;
  }
}
