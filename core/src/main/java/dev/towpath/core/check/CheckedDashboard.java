package dev.towpath.core.check;

import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Dashboard.Filter;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TableName;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A dashboard whose queries type.
 *
 * @param queries by name
 * @param options the queries of filters' options, by the filter's name
 */
public record CheckedDashboard(Map<String, Bound> queries, Map<String, Bound> options) {
  public CheckedDashboard {
    queries = Map.copyOf(queries);
    options = Map.copyOf(options);
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
      return dashboard.filters().stream()
          .filter(
              f -> f.parameters().stream().anyMatch(p -> types.containsKey(Filter.inSql(p.name()))))
          .map(Filter::name)
          .toList();
    }
  }

  /** All tables that the page reads. */
  public Set<TableName> reads() {
    Set<TableName> reads = new TreeSet<>();
    queries.values().forEach(q -> reads.addAll(q.reads()));
    options.values().forEach(q -> reads.addAll(q.reads()));
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
    return all;
  }
}
