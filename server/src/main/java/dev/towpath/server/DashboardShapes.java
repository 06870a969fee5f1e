package dev.towpath.server;

import dev.towpath.core.check.CheckedDashboard.Bound;
import dev.towpath.core.check.CheckedDashboard.Drawn;
import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Dashboard.Block;
import dev.towpath.core.project.Dashboard.Click;
import dev.towpath.core.project.Dashboard.Filter;
import dev.towpath.core.project.Dashboard.Link;
import dev.towpath.core.project.Dashboard.Look;
import dev.towpath.core.project.Parameter;
import dev.towpath.spi.Column;
import dev.towpath.spi.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
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

  /** Says which filters a link holds fast, and at what. */
  @SuppressWarnings("unchecked") // made here
  static void fix(Map<String, @Nullable Object> whole, Map<String, List<String>> fixed) {
    List<Map<String, @Nullable Object>> filters = new ArrayList<>();
    for (Object one : (List<Object>) Objects.requireNonNull(whole.get("filters"))) {
      Map<String, @Nullable Object> filter =
          new LinkedHashMap<>((Map<String, @Nullable Object>) one);
      String name = String.valueOf(filter.get("name"));
      List<String> from = fixed.get(name + ".from");
      List<String> to = fixed.get(name + ".to");
      List<String> plain = fixed.get(name);
      boolean held = plain != null || from != null || to != null;
      filter.put("fixed", held);
      if (held && Boolean.TRUE.equals(filter.get("range"))) {
        filter.put("default", Json.object("from", first(from), "to", first(to)));
      } else if (plain != null) {
        filter.put("default", Boolean.TRUE.equals(filter.get("list")) ? plain : first(plain));
      }
      filters.add(filter);
    }
    whole.put("filters", filters);
  }

  private static @Nullable String first(@Nullable List<String> texts) {
    return texts == null ? null : texts.stream().filter(t -> !t.isEmpty()).findFirst().orElse(null);
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
                    channel.key(),
                    chart.of(channel).stream().map(ref -> spelled(seen, block, ref)).toList());
              }
            });
        all.put("encoding", encoding);
        look(all, chart.look());
        click(all, chart.click(), ref -> spelled(seen, block, ref));
      }
      case Dashboard.Table table -> {
        all.put("kind", "table");
        all.put("page", table.page());
        all.put(
            "columns",
            table.columns().stream()
                .map(shown -> column(shown, spelled(seen, block, shown.ref())))
                .toList());
        look(all, table.look());
        click(all, table.click(), ref -> spelled(seen, block, ref));
      }
      case Dashboard.Figure figure -> {
        all.put("kind", "figure");
        look(all, figure.look());
        all.put("query", null);
        all.put("uses", drawn(seen, figure).uses(seen.dashboard()));
        all.put("line", figure.location().line());
        return all;
      }
      case Dashboard.Metric metric -> {
        all.put("kind", "metric");
        all.put("value", spelled(seen, block, metric.value()));
        all.put("compare", metric.compare().map(ref -> spelled(seen, block, ref)).orElse(null));
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

  private static Drawn drawn(Dashboards.Seen seen, Dashboard.Figure figure) {
    return Objects.requireNonNull(seen.checked().figures().get(figure.id()));
  }

  private static void look(Map<String, @Nullable Object> all, Look look) {
    all.put("title", look.title().orElse(null));
    all.put("format", look.format().orElse(null));
    all.put("height", look.height().orElse(null));
    all.put("width", look.width());
  }

  /** A column as its query spells it. */
  private static String spelled(Dashboards.Seen seen, Block block, Dashboard.Ref ref) {
    return seen.query(block)
        .flatMap(query -> query.columns().column(ref.column()))
        .map(Column::name)
        .orElse(ref.column());
  }

  private static void click(
      Map<String, @Nullable Object> all, Click click, Function<Dashboard.Ref, String> spelled) {
    all.put(
        "filter",
        click
            .filter()
            .map(f ->
                Json.object("name", f.column(), "column", spelled.apply(click.column().orElse(f))))
            .orElse(null));
    all.put("link", click.link().map(Link::text).orElse(null));
  }

  private static Map<String, @Nullable Object> column(Dashboard.Shown shown, String name) {
    return Json.object(
        "name",
        name,
        "label",
        shown.label().orElse(shown.ref().column().replace('_', ' ')),
        "format",
        shown.format().orElse(null),
        "link",
        shown.link().map(Link::text).orElse(null));
  }
}
