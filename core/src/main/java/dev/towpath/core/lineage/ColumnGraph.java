package dev.towpath.core.lineage;

import dev.towpath.core.graph.Graph;
import dev.towpath.core.lineage.Trace.ColumnOf;
import dev.towpath.core.lineage.Trace.Place;
import dev.towpath.core.lineage.Trace.ReadBy;
import dev.towpath.core.lineage.Trace.RowsOf;
import dev.towpath.spi.Lineage;
import dev.towpath.spi.Lineage.Input;
import dev.towpath.spi.Lineage.Output;
import dev.towpath.spi.Lineage.Use;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All columns of a project, what each is made of, and what is made of it. */
public final class ColumnGraph {
  private final Graph graph;
  private final Map<TableName, Lineage> models;
  private final List<Reader> readers;
  private final Map<Input, List<Edge>> down = new HashMap<>();
  private final Map<TableName, List<Reader>> readersOf = new HashMap<>();

  private record Edge(Place to, Optional<Use> use, boolean rows) {
    Edge(Place to, Optional<Use> use) {
      this(to, use, false);
    }
  }

  ColumnGraph(Graph graph, Map<TableName, Lineage> models, List<Reader> readers) {
    this.graph = graph;
    this.models = models;
    this.readers = List.copyOf(readers);
    models.forEach((name, lineage) -> {
      for (Output column : lineage.columns()) {
        Place place = new ColumnOf(new Input(name, column.name()));
        column.from().forEach((input, use) -> edge(input, place, Optional.of(use)));
      }
      for (Input input : lineage.rows()) {
        edge(input, new RowsOf(name), Optional.of(Use.FILTER));
      }
    });
    for (Reader reader : readers) {
      reader.reads().forEach(input -> edge(input, new ReadBy(reader), Optional.empty()));
      Set<TableName> tables = new LinkedHashSet<>();
      reader.reads().forEach(i -> tables.add(i.table()));
      tables.forEach(t -> readersOf.computeIfAbsent(t, _ -> new ArrayList<>()).add(reader));
    }
  }

  private void edge(Input from, Place to, Optional<Use> use) {
    down.computeIfAbsent(from, _ -> new ArrayList<>()).add(new Edge(to, use));
  }

  /** The lineage of a model. */
  public Optional<Lineage> model(TableName table) {
    return Optional.ofNullable(models.get(table));
  }

  /** Checks, unit tests, endpoints and dashboards. */
  public List<Reader> readers() {
    return readers;
  }

  /**
   * Where a column comes from, up to sources and seeds.
   *
   * @param depth steps at most, at least 1
   * @param rows whether to go on from what decides about rows, too
   */
  public List<Trace> up(Input column, int depth, boolean rows) {
    return new Walk(true, rows).next(new ColumnOf(column), depth);
  }

  /** Where a column goes to, down to all that reads it. */
  public List<Trace> down(Input column, int depth) {
    return new Walk(false, true).next(new ColumnOf(column), depth);
  }

  /**
   * Endpoints and dashboards below a table that use any of some columns of it, directly or by way
   * of others, by kind and name.
   */
  public List<Reader> served(TableName table, Set<String> columns) {
    Set<Reader> found = new HashSet<>();
    Walk walk = new Walk(false, true);
    for (String column : columns) {
      served(walk.next(new ColumnOf(new Input(table, column)), Integer.MAX_VALUE), found);
    }
    return found.stream()
        .sorted(Comparator.comparing(Reader::kind).thenComparing(Reader::name))
        .toList();
  }

  private static void served(List<Trace> traces, Set<Reader> found) {
    for (Trace trace : traces) {
      if (trace.to() instanceof ReadBy(Reader reader)
          && (reader.kind().equals("endpoint") || reader.kind().equals("dashboard"))) {
        found.add(reader);
      }
      served(trace.next(), found);
    }
  }

  /** The tables below a table that use any of some columns of it, directly or by way of others. */
  public Set<TableName> users(TableName table, Set<String> columns) {
    Set<TableName> users = new HashSet<>();
    Walk walk = new Walk(false, true);
    for (String column : columns) {
      collect(walk.next(new ColumnOf(new Input(table, column)), Integer.MAX_VALUE), users);
    }
    return users;
  }

  private static void collect(List<Trace> traces, Set<TableName> users) {
    for (Trace trace : traces) {
      switch (trace.to()) {
        case ColumnOf(Input column) -> users.add(column.table());
        case RowsOf(TableName table) -> users.add(table);
        case ReadBy _ -> {}
      }
      collect(trace.next(), users);
    }
  }

  /** One way through the graph, which goes on from each place once. */
  private final class Walk {
    private final boolean up;
    private final boolean rows;
    private final Set<Place> seen = new HashSet<>();

    Walk(boolean up, boolean rows) {
      this.up = up;
      this.rows = rows;
    }

    List<Trace> next(Place place, int depth) {
      List<Trace> traces = new ArrayList<>();
      for (Edge edge : up ? above(place) : below(place)) {
        boolean stays = edge.rows() && !rows;
        boolean ends = stays || (up ? above(edge.to()) : below(edge.to())).isEmpty();
        boolean cut = !ends && depth <= 1;
        boolean shown = !ends && !cut && !seen.add(edge.to());
        List<Trace> further = ends || cut || shown ? List.of() : next(edge.to(), depth - 1);
        traces.add(new Trace(edge.to(), edge.use(), stays, further, shown, cut));
      }
      return traces;
    }
  }

  private List<Edge> above(Place place) {
    if (!(place instanceof ColumnOf(Input column))) {
      return List.of();
    }
    Lineage lineage = models.get(column.table());
    if (lineage == null) {
      return List.of();
    }
    Map<Input, Use> from = new LinkedHashMap<>();
    lineage.columns().stream()
        .filter(c -> c.name().equals(column.column()))
        .forEach(c -> from.putAll(c.from()));
    List<Edge> edges = new ArrayList<>();
    from.forEach((input, use) -> edges.add(new Edge(new ColumnOf(input), Optional.of(use))));
    for (Input row : lineage.rows()) {
      if (!from.containsKey(row)) {
        edges.add(new Edge(new ColumnOf(row), Optional.of(Use.FILTER), true));
      }
    }
    return edges;
  }

  private List<Edge> below(Place place) {
    return switch (place) {
      case ColumnOf(Input column) -> down.getOrDefault(column, List.of());
      case RowsOf(TableName table) -> {
        List<Edge> edges = new ArrayList<>();
        for (TableName reader : graph.readers(table)) {
          edges.add(new Edge(new RowsOf(reader), Optional.of(Use.FILTER)));
        }
        readersOf
            .getOrDefault(table, List.of())
            .forEach(r -> edges.add(new Edge(new ReadBy(r), Optional.empty())));
        yield edges;
      }
      case ReadBy _ -> List.of();
    };
  }
}
