package dev.towpath.core.check;

import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Dashboard.Filter;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TableName;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A dashboard whose queries type.
 *
 * @param queries by name
 * @param options the queries of filters' options, by the filter's name
 * @param figures what Python draws, by the block's id
 * @param regions hashes of the files that maps take their regions from, likewise
 */
public record CheckedDashboard(
    Map<String, Bound> queries,
    Map<String, Bound> options,
    Map<String, Drawn> figures,
    Map<String, String> regions) {
  public CheckedDashboard {
    queries = Map.copyOf(queries);
    options = Map.copyOf(options);
    figures = Map.copyOf(figures);
    regions = Map.copyOf(regions);
  }

  /**
   * A query of a page, with those that it reads put before it, on the lines of the file.
   *
   * @param reads the tables that it reads, sorted
   * @param columns its rows
   * @param types of the parameters that it uses: values of filters, and the project's variables
   */
  public record Bound(
      String sql, List<TableName> reads, Schema columns, Map<String, DataType> types) {
    public Bound {
      reads = List.copyOf(reads);
      types = Map.copyOf(types);
    }

    /** The filters whose values it takes, in the order of the file. */
    public List<String> uses(Dashboard dashboard) {
      return filters(dashboard, types.keySet());
    }
  }

  /**
   * A figure that Python draws.
   *
   * @param inputs what it may read, by the {@link #key} of the name that it asks by: a query of the
   *     page, or a table as a query of the columns that it asks for
   * @param types of the parameters that it may ask for: values of filters, and the project's
   *     variables
   * @param hash stands for the program, what it imports and the packages that it runs with
   */
  public record Drawn(Map<String, Bound> inputs, Map<String, DataType> types, String hash) {
    public Drawn {
      inputs = Map.copyOf(inputs);
      types = Map.copyOf(types);
    }

    /** The text that all spellings of a name share. */
    public static String key(String name) {
      return Names.identity(name.strip());
    }

    /** The filters on whose values it depends, in the order of the file. */
    public List<String> uses(Dashboard dashboard) {
      Set<String> names = new HashSet<>(types.keySet());
      inputs.values().forEach(input -> names.addAll(input.types().keySet()));
      return filters(dashboard, names);
    }
  }

  private static List<String> filters(Dashboard dashboard, Set<String> names) {
    return dashboard.filters().stream()
        .filter(f -> f.parameters().stream().anyMatch(p -> names.contains(Filter.inSql(p.name()))))
        .map(Filter::name)
        .toList();
  }

  /** All tables that the page reads. */
  public Set<TableName> reads() {
    Set<TableName> reads = new TreeSet<>();
    queries.values().forEach(q -> reads.addAll(q.reads()));
    options.values().forEach(q -> reads.addAll(q.reads()));
    figures.values().forEach(f -> f.inputs().values().forEach(q -> reads.addAll(q.reads())));
    return reads;
  }

  /** All texts of queries, each once. */
  public Set<Bound> all() {
    Set<Bound> all = new LinkedHashSet<>();
    queries.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(q -> all.add(q.getValue()));
    options.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(q -> all.add(q.getValue()));
    figures.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(f -> all.addAll(new TreeMap<>(f.getValue().inputs()).values()));
    return all;
  }
}
