package dev.towpath.core.check;

import dev.towpath.core.project.ChartType.Channel;
import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Dashboard.Block;
import dev.towpath.core.project.Dashboard.Chart;
import dev.towpath.core.project.Dashboard.Click;
import dev.towpath.core.project.Dashboard.Figure;
import dev.towpath.core.project.Dashboard.Filter;
import dev.towpath.core.project.Dashboard.Link;
import dev.towpath.core.project.Dashboard.Metric;
import dev.towpath.core.project.Dashboard.Prose;
import dev.towpath.core.project.Dashboard.Ref;
import dev.towpath.core.project.Dashboard.Table;
import dev.towpath.core.project.Parameter;
import dev.towpath.core.project.Project;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Schema;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Checks blocks against the rows they show: columns are there, and can be drawn that way. */
final class BlockChecks {
  private final Project project;
  private final Dashboard dashboard;
  private final Problems problems;

  BlockChecks(Project project, Dashboard dashboard, Problems problems) {
    this.project = project;
    this.dashboard = dashboard;
    this.problems = problems;
  }

  /**
   * Checks all blocks.
   *
   * @param queries those that type, by name
   */
  void run(Map<String, CheckedDashboard.Bound> queries) {
    for (Block block : dashboard.blocks()) {
      Optional<Ref> source = block.source();
      if (source.isEmpty()) {
        continue;
      }
      Optional<Dashboard.Query> query = dashboard.query(source.get().column());
      if (query.isEmpty()) {
        problems.error(
            source.get().location(),
            "there is no query \"" + source.get().column() + "\" on this page",
            Problems.didYouMean(source.get().column(), names())
                .or(() -> Optional.of("write it in a block ```sql " + source.get().column())));
        continue;
      }
      CheckedDashboard.Bound bound = queries.get(query.get().name());
      Optional<Schema> columns = Optional.ofNullable(bound).map(CheckedDashboard.Bound::columns);
      new OneBlock(query.get().named() ? query.get().name() : "", columns).check(block);
    }
  }

  private List<String> names() {
    return dashboard.queries().stream()
        .filter(Dashboard.Query::named)
        .map(Dashboard.Query::name)
        .toList();
  }

  /** One block, over the columns of its query when that types. */
  private final class OneBlock {
    private final String query;
    private final Optional<Schema> columns;

    OneBlock(String query, Optional<Schema> columns) {
      this.query = query;
      this.columns = columns;
    }

    void check(Block block) {
      switch (block) {
        case Prose _, Figure _ -> {
          // they show no query's rows
        }
        case Chart chart -> {
          chart.type().channels().forEach(channel -> channel(chart, channel));
          chart.look().sort().ifPresent(s -> column(s.by()));
          click(chart.click());
        }
        case Table table -> {
          table
              .columns()
              .forEach(shown -> {
                column(shown.ref());
                shown.link().ifPresent(this::link);
              });
          table.look().sort().ifPresent(s -> column(s.by()));
          click(table.click());
        }
        case Metric metric -> {
          column(metric.value());
          metric
              .compare()
              .ifPresent(compare -> {
                number(compare, "compare");
                number(metric.value(), "value");
              });
        }
      }
    }

    private void channel(Chart chart, Channel channel) {
      for (Ref ref : chart.of(channel)) {
        if (chart.type().needsNumbers(channel)) {
          number(ref, channel.key());
        } else {
          column(ref);
        }
      }
    }

    private void number(Ref ref, String key) {
      Optional<DataType> type = column(ref);
      if (type.filter(t -> !t.isNumber()).isPresent()) {
        problems.error(
            ref.location(),
            key + ": must be a number, and \"" + ref.column() + "\" is " + type.get().sql(),
            "name a column of numbers, or cast it in the query");
      }
    }

    private Optional<DataType> column(Ref ref) {
      if (columns.isEmpty()) {
        return Optional.empty(); // the query has been blamed
      }
      Optional<DataType> type = columns.get().column(ref.column()).map(Column::type);
      if (type.isEmpty()) {
        problems.error(
            ref.location(),
            (query.isEmpty() ? "the query" : "query " + query)
                + " has no column \""
                + ref.column()
                + "\"",
            Problems.didYouMean(ref.column(), columns.get().names())
                .or(() -> Optional.of("it has " + String.join(", ", columns.get().names()))));
      }
      return type;
    }

    private void click(Click click) {
      click.link().ifPresent(this::link);
      if (click.filter().isEmpty()) {
        return;
      }
      Ref named = click.filter().get();
      Optional<Filter> filter = dashboard.filter(named.column());
      if (filter.isEmpty()) {
        problems.error(
            named.location(),
            "there is no filter \"" + named.column() + "\" on this page",
            Problems.didYouMean(
                    named.column(), dashboard.filters().stream().map(Filter::name).toList())
                .or(() -> Optional.of("declare it under filters: at the top of the file")));
        return;
      }
      if (filter.get().range()) {
        problems.error(
            named.location(),
            "a click chooses one value, and " + named.column() + " is a range",
            "name another filter");
        return;
      }
      Optional<DataType> type = column(click.column().orElse(named));
      type.filter(t -> !fits(t, filter.get().type()))
          .ifPresent(t ->
              problems.error(
                  click.column().orElse(named).location(),
                  "the filter "
                      + filter.get().name()
                      + " is "
                      + filter.get().type().sql()
                      + ", and the column is "
                      + t.sql(),
                  "name a column of that type: filter: {name: "
                      + filter.get().name()
                      + ", column: ...}"));
    }

    private boolean fits(DataType column, DataType filter) {
      return filter.sql().equals("VARCHAR")
          || filter.equals(column)
          || (column.isNumber() && filter.isNumber());
    }

    private void link(Link link) {
      Optional<Dashboard> target = project.dashboard(link.dashboard());
      if (target.isEmpty()) {
        problems.error(
            link.location(),
            "there is no dashboard \"" + link.dashboard() + "\"",
            Problems.didYouMean(
                    link.dashboard(), project.dashboards().stream().map(Dashboard::name).toList())
                .or(() -> Optional.of("a dashboard's name is its file's, without ending")));
        return;
      }
      List<String> known =
          target.get().filters().stream()
              .flatMap(f -> f.parameters().stream())
              .map(Parameter::name)
              .toList();
      link.values()
          .forEach((name, value) -> {
            if (!known.contains(name)) {
              problems.error(
                  link.location(),
                  "dashboard " + link.dashboard() + " has no filter \"" + name + "\"",
                  Problems.didYouMean(name, known)
                      .or(() ->
                          Optional.of(
                              known.isEmpty()
                                  ? "it has none"
                                  : "it has " + String.join(", ", known))));
            }
            Link.column(value).ifPresent(c -> column(new Ref(c, link.location())));
            if (Link.column(value).isEmpty()
                && (value.indexOf('{') >= 0 || value.indexOf('}') >= 0)) {
              problems.error(
                  link.location(),
                  "\"" + value.toLowerCase(Locale.ROOT) + "\" is neither text nor a column",
                  "a value is a column in braces, such as {origin}, or plain text");
            }
          });
    }
  }
}
