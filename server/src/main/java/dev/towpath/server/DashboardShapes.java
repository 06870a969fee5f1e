package dev.towpath.server;

import dev.towpath.core.check.CheckedDashboard.Bound;
import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Dashboard.Block;
import dev.towpath.core.project.Dashboard.Click;
import dev.towpath.core.project.Dashboard.Filter;
import dev.towpath.core.project.Dashboard.Link;
import dev.towpath.core.project.Dashboard.Look;
import dev.towpath.core.project.Parameter;
import dev.towpath.spi.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Dashboards as JSON has them. */
final class DashboardShapes {
  private DashboardShapes() {}

  /** A line in a list of dashboards. */
  static Map<String, @Nullable Object> line(Dashboard dashboard, List<Problem> problems) {
    return Json.object(
        "name",
        dashboard.name(),
        "title",
        dashboard.title(),
        "description",
        dashboard.description().orElse(null),
        "owner",
        dashboard.owner().orElse(null),
        "tags",
        dashboard.tags(),
        "file",
        dashboard.file(),
        "problems",
        problems.stream().map(Shapes::problem).toList());
  }

  /** A whole dashboard, without rows. */
  static Map<String, @Nullable Object> whole(
      Dashboards.Seen seen, long release, List<Problem> problems) {
    Map<String, @Nullable Object> whole = new LinkedHashMap<>(line(seen.dashboard(), problems));
    whole.put("release", release);
    whole.put("filters", seen.dashboard().filters().stream().map(f -> filter(seen, f)).toList());
    whole.put("blocks", seen.dashboard().blocks().stream().map(b -> block(seen, b)).toList());
    return whole;
  }

  private static Map<String, @Nullable Object> filter(Dashboards.Seen seen, Filter filter) {
    Bound options = seen.checked().options().get(filter.name());
    Parameter first = filter.parameters().getFirst();
    return Json.object(
        "name",
        filter.name(),
        "type",
        filter.type().sql(),
        "label",
        filter.label().orElse(filter.name().replace('_', ' ')),
        "default",
        fallback(filter),
        "list",
        filter.list(),
        "range",
        filter.range(),
        "required",
        filter.required(),
        "min",
        first.low().orElse(null),
        "max",
        first.high().orElse(null),
        "hasOptions",
        options != null || !filter.choices().isEmpty(),
        "optionsFrom",
        options == null ? List.of() : options.uses(seen.dashboard()));
  }

  private static @Nullable Object fallback(Filter filter) {
    if (filter.range()) {
      Map<String, @Nullable Object> ends = new LinkedHashMap<>();
      filter
          .fallback()
          .forEach((name, texts) ->
              ends.put(name.substring(name.lastIndexOf('.') + 1), texts.getFirst()));
      return ends.isEmpty() ? null : ends;
    }
    List<String> texts = filter.fallback().getOrDefault(filter.name(), List.of());
    return filter.list() ? texts : texts.stream().findFirst().orElse(null);
  }

  private static Map<String, @Nullable Object> block(Dashboards.Seen seen, Block block) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("id", block.id());
    switch (block) {
      case Dashboard.Prose prose -> {
        all.put("kind", "prose");
        all.put("html", prose.html());
        return all;
      }
      case Dashboard.Chart chart -> {
        all.put("kind", "chart");
        all.put("type", chart.type().word());
        Map<String, @Nullable Object> encoding = new LinkedHashMap<>();
        chart
            .type()
            .channels()
            .forEach(channel -> {
              if (!chart.of(channel).isEmpty()) {
                encoding.put(
                    channel.key(), chart.of(channel).stream().map(Dashboard.Ref::column).toList());
              }
            });
        all.put("encoding", encoding);
        look(all, chart.look());
        click(all, chart.click());
      }
      case Dashboard.Table table -> {
        all.put("kind", "table");
        all.put("page", table.page());
        all.put("columns", table.columns().stream().map(DashboardShapes::column).toList());
        look(all, table.look());
        click(all, table.click());
      }
      case Dashboard.Metric metric -> {
        all.put("kind", "metric");
        all.put("valueColumn", metric.value().column());
        all.put("compareColumn", metric.compare().map(Dashboard.Ref::column).orElse(null));
        all.put("better", metric.look().text("better").orElse(null));
        look(all, metric.look());
      }
    }
    Optional<Bound> query = seen.query(block);
    all.put("query", block.source().map(Dashboard.Ref::column).orElse(null));
    all.put("uses", query.map(q -> q.uses(seen.dashboard())).orElse(List.of()));
    all.put("line", block.location().line());
    return all;
  }

  private static void look(Map<String, @Nullable Object> all, Look look) {
    all.put("title", look.title().orElse(null));
    all.put("format", look.format().orElse(null));
    all.put("height", look.height().orElse(null));
    all.put("width", look.width());
  }

  private static void click(Map<String, @Nullable Object> all, Click click) {
    all.put(
        "filter",
        click
            .filter()
            .map(f -> Json.object("name", f.column(), "column", click.column().orElse(f).column()))
            .orElse(null));
    all.put("link", click.link().map(DashboardShapes::link).orElse(null));
    all.put("custom", click.columns());
  }

  private static Map<String, @Nullable Object> link(Link link) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    link.values()
        .forEach((name, value) ->
            values.put(
                name,
                Link.column(value)
                    .map(column -> Json.object("column", column))
                    .orElseGet(() -> Json.object("value", value))));
    return Json.object("dashboard", link.dashboard(), "values", values);
  }

  private static Map<String, @Nullable Object> column(Dashboard.Shown shown) {
    return Json.object(
        "name",
        shown.ref().column(),
        "label",
        shown.label().orElse(shown.ref().column().replace('_', ' ')),
        "format",
        shown.format().orElse(null),
        "link",
        shown.link().map(DashboardShapes::link).orElse(null));
  }
}
