package dev.towpath.server;

import dev.towpath.core.check.CheckedDashboard.Bound;
import dev.towpath.core.check.CheckedDashboard.Drawn;
import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Variable;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.HandedType;
import dev.towpath.spi.Names;
import dev.towpath.spi.PythonRunner;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A figure that Python draws, over one release with the filters set. What it reads are queries like
 * all others of the page, so it gets what its reader may see, of that release. Used by one thread.
 */
final class PythonFigure {
  private final Dashboards.Reading reading;
  private final Dashboard.Figure figure;
  private final Drawn drawn;
  private final Painter painter;
  private final Path logs;
  private final Map<String, Input> inputs = new TreeMap<>();
  private final List<Path> files = new ArrayList<>();

  /** A query, looked at, and its columns as Python is told of them. */
  private record Input(Bound bound, Lakehouse.Query query, Schema columns) {}

  /**
   * Looks at what it reads.
   *
   * @param logs folder for what it prints
   */
  PythonFigure(Dashboards.Reading reading, Dashboard.Figure figure, Painter painter, Path logs) {
    this.reading = reading;
    this.figure = figure;
    this.drawn = Objects.requireNonNull(reading.seen().checked().figures().get(figure.id()));
    this.painter = painter;
    this.logs = logs;
    drawn.inputs().forEach((name, bound) -> inputs.put(name, input(bound)));
  }

  private Input input(Bound bound) {
    boolean plain =
        bound.columns().columns().stream().allMatch(c -> HandedType.of(c.type()).equals(c.type()));
    if (plain) {
      Lakehouse.Query query = reading.prepare(bound);
      return new Input(bound, query, query.columns());
    }
    Bound handed = handed(bound);
    return new Input(handed, reading.prepare(handed), bound.columns());
  }

  /** A query whose columns are of types that Parquet has; its text keeps its lines. */
  private static Bound handed(Bound bound) {
    List<String> casts = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<Column> columns = new ArrayList<>();
    for (Column column : bound.columns().columns()) {
      DataType type = HandedType.of(column.type());
      String name = "c" + names.size();
      casts.add("CAST(" + name + " AS " + type.sql() + ") AS " + Names.quote(column.name()));
      names.add(name);
      columns.add(new Column(column.name(), type));
    }
    String sql =
        "SELECT "
            + String.join(", ", casts)
            + " FROM ("
            + bound.sql()
            + "\n) AS towpath_rows("
            + String.join(", ", names)
            + ")";
    return new Bound(sql, bound.reads(), new Schema(columns), bound.types());
  }

  /** What the answer is made of, as {@link Dashboards.Reading#tag} says it of a query. */
  Optional<String> tag() {
    StringBuilder parts = new StringBuilder(figure.toString()).append('\n').append(drawn.hash());
    parts.append('\n').append(reading.values().text(drawn.types()));
    for (Input input : inputs.values()) {
      Optional<String> tag = reading.tag(input.bound(), input.query(), "");
      if (tag.isEmpty()) {
        return Optional.empty();
      }
      parts.append('\n').append(tag.get());
    }
    reading
        .seen()
        .project()
        .vars()
        .forEach((name, v) -> parts.append('\n').append(name).append(v.text()));
    return Optional.of(Dashboards.digest(parts.toString()));
  }

  /** Draws it. */
  Map<String, @Nullable Object> answer() {
    String page = reading.seen().dashboard().name();
    Path log = logs.resolve(page + "." + figure.id() + ".log");
    try {
      Files.deleteIfExists(log); // it holds what the last one printed
      String json =
          painter.draw(
              reading.seen().project(),
              new PythonRunner.Drawing(
                  page + "." + figure.id(),
                  reading.seen().dashboard().file(),
                  figure.text(),
                  inputs.keySet(),
                  parameters(),
                  figure.limits(),
                  this::read,
                  log));
      return answer(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      files.forEach(PythonFigure::remove);
    }
  }

  private Map<String, @Nullable Object> answer(String json) {
    try {
      Map<String, @Nullable Object> answer = new LinkedHashMap<>();
      answer.put("columns", List.of());
      answer.put("rows", List.of());
      answer.put("rowCount", 0);
      answer.put("truncated", false);
      answer.put("figure", Json.parse(json.getBytes(StandardCharsets.UTF_8)));
      return answer;
    } catch (Json.MalformedException e) {
      throw new TowpathException(
          List.of(
              dev.towpath.spi.Problem.error(
                  figure.location(),
                  "the figure's JSON is malformed: " + e.getMessage(),
                  "return what plotly makes, or a dict with data and layout")));
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private PythonRunner.Table read(String name, Optional<List<String>> columns) {
    Input input = inputs.get(Drawn.key(name));
    if (input == null) {
      throw new TowpathException(
          "the page does not say that it reads \"" + name + "\"",
          "write the name out in the block itself: t.read(\"" + name + "\")");
    }
    Schema wanted =
        columns.map(names -> some(name, input.columns(), names)).orElse(input.columns());
    Path file = reading.parquet(input.query());
    files.add(file);
    return new PythonRunner.Table(wanted, List.of(file));
  }

  private static Schema some(String table, Schema all, List<String> names) {
    return new Schema(
        names.stream()
            .map(name ->
                all.column(name)
                    .orElseThrow(() ->
                        new TowpathException(
                            "unknown column \"" + name + "\" in " + table,
                            Names.nearest(name, all.names())
                                .map(n -> "did you mean \"" + n + "\"?")
                                .orElse("it has " + String.join(", ", all.names())))))
            .toList());
  }

  /** What filters and variables are, as far as it may ask for them. */
  private Map<String, PythonRunner.Parameter> parameters() {
    Map<String, PythonRunner.Parameter> parameters = new HashMap<>();
    for (Map.Entry<String, Variable> variable : reading.seen().project().vars().entrySet()) {
      Variable value = variable.getValue();
      parameters.put(
          variable.getKey(),
          new PythonRunner.Parameter(value.type(), false, List.of(value.text())));
    }
    for (Dashboard.Filter filter : reading.seen().dashboard().filters()) {
      filter
          .parameters()
          .forEach(p ->
              parameters.put(
                  Dashboard.Filter.inSql(p.name()),
                  new PythonRunner.Parameter(
                      p.type(), p.list(), texts(reading.values().shown().get(p.name())))));
    }
    parameters.keySet().retainAll(drawn.types().keySet());
    return parameters;
  }

  private static List<String> texts(@Nullable Object value) {
    return switch (value) {
      case null -> List.of();
      case List<?> list -> list.stream().map(Call::plain).toList();
      default -> List.of(Call.plain(value));
    };
  }
}
