package dev.towpath.core.lineage;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Graph;
import dev.towpath.core.project.Check;
import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Endpoint;
import dev.towpath.core.project.UnitTest;
import dev.towpath.spi.Column;
import dev.towpath.spi.Lineage.Input;
import dev.towpath.spi.TableName;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Something that reads columns and is no table: a check, a unit test, an endpoint, a dashboard.
 *
 * @param kind {@code check}, {@code test}, {@code endpoint} or {@code dashboard}
 * @param name what people know it by
 * @param file where it is declared
 * @param reads the columns it reads
 */
public record Reader(String kind, String name, String file, Set<Input> reads) {
  public Reader {
    reads = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(reads));
  }

  Reader reading(Set<Input> columns) {
    return new Reader(kind, name, file, columns);
  }

  /** A check; of one with SQL of its own, the columns are not filled in. */
  static Reader of(Asset asset, Check check) {
    Set<Input> reads = new LinkedHashSet<>();
    switch (check.rule()) {
      case Check.NotNull r -> add(asset, List.of(r.column()), reads);
      case Check.Unique r -> add(asset, r.columns(), reads);
      case Check.Accepted r -> add(asset, List.of(r.column()), reads);
      case Check.Range r -> add(asset, List.of(r.column()), reads);
      case Check.Fresh r -> add(asset, List.of(r.column()), reads);
      case Check.Relationship r -> {
        add(asset, List.of(r.column()), reads);
        reads.add(new Input(r.table(), r.referenced()));
      }
      case Check.RowCount _, Check.Expression _, Check.BadRows _ -> {}
    }
    return new Reader("check", asset.name() + " " + check.name(), check.location().file(), reads);
  }

  /** A unit test: the columns that it gives and those that it expects. */
  static Reader of(UnitTest test, Graph graph) {
    Set<Input> reads = new LinkedHashSet<>();
    test.given().forEach((table, rows) -> rows(graph, table, rows, reads));
    rows(graph, test.model(), test.expect(), reads);
    return new Reader("test", test.name(), test.location().file(), reads);
  }

  private static void rows(
      Graph graph, TableName table, List<UnitTest.Row> rows, Set<Input> reads) {
    graph
        .asset(table)
        .ifPresent(
            asset -> rows.forEach(row -> add(asset, List.copyOf(row.values().keySet()), reads)));
  }

  /** An endpoint, whose columns are not filled in. */
  static Reader of(Endpoint endpoint) {
    return new Reader(
        "endpoint", endpoint.method() + " " + endpoint.path(), endpoint.file(), Set.of());
  }

  /** A dashboard, whose columns are not filled in. */
  static Reader of(Dashboard dashboard) {
    return new Reader("dashboard", dashboard.name(), dashboard.file(), Set.of());
  }

  private static void add(Asset asset, List<String> columns, Set<Input> reads) {
    for (String name : columns) {
      asset
          .columns()
          .column(name)
          .map(Column::name)
          .ifPresent(c -> reads.add(new Input(asset.name(), c)));
    }
  }
}
