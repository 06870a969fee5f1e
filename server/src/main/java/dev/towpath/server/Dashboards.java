package dev.towpath.server;

import dev.towpath.core.access.Grants;
import dev.towpath.core.access.Principal;
import dev.towpath.core.check.Checked;
import dev.towpath.core.check.CheckedDashboard;
import dev.towpath.core.check.CheckedDashboard.Bound;
import dev.towpath.core.project.ChartType;
import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Dashboard.Block;
import dev.towpath.core.project.Dashboard.Filter;
import dev.towpath.core.project.Project;
import dev.towpath.core.project.Regions;
import dev.towpath.core.query.QueryText;
import dev.towpath.server.page.Figures;
import dev.towpath.server.page.PageRows;
import dev.towpath.server.page.Pivot;
import dev.towpath.spi.Names;
import dev.towpath.spi.Slice;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The dashboards of a project, as people see them: who may, and what is on them. Thread-safe.
 *
 * <p>Whoever may read all tables that a dashboard reads sees it, and whoever it is granted to.
 */
public final class Dashboards {
  /** The most rows of a chart, and of a table; an export has all. */
  public static final int MOST_MARKS = 20_000;

  public static final int MOST_ROWS = 10_000;

  private static final int MOST_OPTIONS = 5_000;
  private static final int TAG_DIGITS = 32;

  private final Supplier<Checked> project;
  private final Lakehouse lakehouse;
  private final Duration most;
  private final Painter painter;
  private final Path logs;

  /**
   * Dashboards of a project.
   *
   * @param project as it is in force
   * @param most how long a query may take
   * @param logs folder for what figures print that Python draws
   */
  public Dashboards(
      Supplier<Checked> project, Lakehouse lakehouse, Duration most, Painter painter, Path logs) {
    this.project = project;
    this.lakehouse = lakehouse;
    this.most = most;
    this.painter = painter;
    this.logs = logs.resolve("dashboards");
  }

  /**
   * A dashboard that somebody may see.
   *
   * @param reader who may read what it reads
   * @param all whether who sees it may read everything
   */
  public record Seen(
      Dashboard dashboard,
      CheckedDashboard checked,
      Project project,
      Principal reader,
      boolean all) {
    /** What its filters are; a 400 that names all mistakes. */
    public FilterValues values(Map<String, List<String>> given) {
      return FilterValues.read(dashboard, given, project.vars());
    }

    /** The regions of a map that has its own, as GeoJSON; null when it has none. */
    @Nullable Map<String, @Nullable Object> regions(Dashboard.Chart chart) {
      if (chart.geo().isEmpty()) {
        return null;
      }
      Dashboard.Geo geo = chart.geo().get();
      String file = geo.file().column();
      return Regions.read(file, project.files().resolve(file)).shapes(geo.key().column());
    }

    /** The query that a block shows. */
    Optional<Bound> query(Block block) {
      return block
          .source()
          .flatMap(ref -> dashboard.query(ref.column()))
          .map(query -> Objects.requireNonNull(checked.queries().get(query.name())));
    }
  }

  /** The dashboards that somebody may see, by name. */
  public List<Seen> seen(Principal who) {
    Checked now = project.get();
    List<Seen> seen = new ArrayList<>();
    for (Dashboard dashboard : now.project().dashboards()) {
      CheckedDashboard checked = now.dashboards().get(dashboard.file());
      if (checked != null && sees(who.grants(), dashboard, checked)) {
        // who sees a dashboard reads what its queries read
        Principal reader = new Principal(who.name(), who.role(), Grants.ALL);
        seen.add(new Seen(dashboard, checked, now.project(), reader, who.grants().readsAll()));
      }
    }
    return seen;
  }

  /** A tag that stands for all that a text says. */
  static String digest(String parts) {
    String digest = Signature.sha256(parts.getBytes(StandardCharsets.UTF_8));
    return '"' + digest.substring(0, TAG_DIGITS) + '"';
  }

  static boolean sees(Grants grants, Dashboard dashboard, CheckedDashboard checked) {
    return grants.opens(dashboard.name()) || checked.reads().stream().allMatch(grants::reads);
  }

  /** A dashboard; a 404 when there is none that they may see. */
  public Seen find(Principal who, String name) {
    List<Seen> seen = seen(who);
    return seen.stream()
        .filter(s -> s.dashboard().name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            Refusal.of(
                404,
                "there is no dashboard \"" + name + "\"",
                Names.nearest(name, seen.stream().map(s -> s.dashboard().name()).toList())
                    .map(n -> "did you mean \"" + n + "\"?")
                    .orElse("GET /api/v1/dashboards lists all")));
  }

  /** A block that can be asked for; a 404 when there is none. */
  static Block block(Seen seen, String id) {
    return seen.dashboard()
        .block(id)
        .filter(Block::asks)
        .orElseThrow(() -> {
          List<String> ids =
              seen.dashboard().blocks().stream().filter(Block::asks).map(Block::id).toList();
          return Refusal.of(
              404,
              "the dashboard has no block \"" + id + "\"",
              Names.nearest(id, ids)
                  .map(n -> "did you mean \"" + n + "\"?")
                  .orElse("it has " + String.join(", ", ids)));
        });
  }

  /** Opens a release, the newest unless one is given, to read a dashboard from. */
  public Reading open(Seen seen, FilterValues values, Optional<Long> release) {
    return new Reading(seen, values, lakehouse.open(seen.reader(), release));
  }

  /** A dashboard over one release, with its filters set. Used by one thread. */
  public final class Reading implements AutoCloseable {
    private final Seen seen;
    private final FilterValues values;
    private final Lakehouse.Snapshot snapshot;

    Reading(Seen seen, FilterValues values, Lakehouse.Snapshot snapshot) {
      this.seen = seen;
      this.values = values;
      this.snapshot = snapshot;
    }

    public long release() {
      return snapshot.release();
    }

    Seen seen() {
      return seen;
    }

    /** A query, looked at. */
    Lakehouse.Query prepare(Bound bound) {
      try {
        return snapshot.prepare(new QueryText(seen.dashboard().file(), bound.sql()), bound.types());
      } catch (Refusal e) {
        throw e;
      } catch (TowpathException e) {
        throw Refusal.notYet(snapshot.release(), e, seen.all(), "dashboard");
      }
    }

    /**
     * What an answer would be made of, as a text that differs when it would; empty when the query
     * looks at the clock or at chance.
     */
    Optional<String> tag(Bound bound, Lakehouse.Query query, String what) {
      if (!query.steady()) {
        return Optional.empty();
      }
      StringBuilder parts = new StringBuilder(what).append('\n').append(bound.sql()).append('\n');
      parts.append(values.text(bound.types()));
      seen.project().vars().forEach((name, v) -> parts.append('\n').append(name).append(v.text()));
      seen.project().macros().forEach(macro -> parts.append('\n').append(macro.text()));
      for (TableName table : query.reads()) {
        parts.append('\n').append(table).append(' ').append(snapshot.version(table).orElse(""));
      }
      return Optional.of(digest(parts.toString()));
    }

    /** A figure of Python, over this release. */
    PythonFigure figure(Dashboard.Figure figure) {
      return new PythonFigure(this, figure, painter, logs);
    }

    FilterValues values() {
      return values;
    }

    /** What filters are, in words, by the names that an address has for them; all in order. */
    public Map<String, String> filters() {
      Map<String, String> filters = new LinkedHashMap<>();
      values
          .shown()
          .forEach((name, value) ->
              filters.put(
                  name,
                  switch (value) {
                    case null -> "";
                    case List<?> list ->
                        list.stream().map(Call::plain).collect(Collectors.joining(", "));
                    default -> Call.plain(value);
                  }));
      return filters;
    }

    /** All rows of a block, in its order. */
    Lakehouse.Cursor all(Block block, Lakehouse.Query query) {
      Slice slice = new Slice(Long.MAX_VALUE, order(block, query), List.of());
      return query.run(values.bound(), new Lakehouse.Most(slice, most));
    }

    /**
     * All rows of a block as a Parquet file, which the caller removes; in the query's own order.
     */
    Path parquet(Lakehouse.Query query) {
      return query.parquet(values.bound(), new Lakehouse.Most(Slice.ALL, most));
    }

    /** The rows of a block in its order, at most so many. */
    PageRows rows(Block block, Lakehouse.Query query, int rows) {
      return read(query, new Slice(rows + 1L, order(block, query), List.of()), rows);
    }

    private List<Slice.Key> order(Block block, Lakehouse.Query query) {
      Optional<Dashboard.Sort> sort =
          switch (block) {
            case Dashboard.Chart chart -> chart.look().sort();
            case Dashboard.Table table -> table.look().sort();
            case Dashboard.Metric _, Dashboard.Prose _, Dashboard.Figure _ -> Optional.empty();
          };
      List<String> names = query.columns().names().stream().map(Names::identity).toList();
      return sort.map(s ->
              List.of(
                  new Slice.Key(names.indexOf(Names.identity(s.by().column())), s.descending())))
          .orElse(List.of());
    }

    private PageRows read(Lakehouse.Query query, Slice slice, int rows) {
      try (Lakehouse.Cursor cursor = query.run(values.bound(), new Lakehouse.Most(slice, most))) {
        return PageRows.read(cursor, query.columns(), rows);
      }
    }

    /** What a filter's query offers, as values and labels. */
    public Map<String, @Nullable Object> options() {
      Map<String, @Nullable Object> all = new LinkedHashMap<>();
      for (Filter filter : seen.dashboard().filters()) {
        Bound bound = seen.checked().options().get(filter.name());
        if (bound != null) {
          all.put(filter.name(), options(bound));
        } else if (!filter.choices().isEmpty()) {
          all.put(
              filter.name(),
              filter.choices().stream()
                  .map(c -> Json.object("value", c.value(), "label", c.label()))
                  .toList());
        }
      }
      return all;
    }

    private List<Map<String, @Nullable Object>> options(Bound bound) {
      PageRows rows = read(prepare(bound), Slice.first(MOST_OPTIONS), MOST_OPTIONS);
      boolean labelled = rows.columns().column("label").isPresent();
      List<Map<String, @Nullable Object>> options = new ArrayList<>();
      for (List<@Nullable Object> row : rows.rows()) {
        Object value = rows.value(row, "value");
        if (value != null) {
          Object label = labelled ? rows.value(row, "label") : null;
          options.add(
              Json.object(
                  "value",
                  Call.plain(value),
                  "label",
                  label == null ? Call.plain(value) : Call.plain(label)));
        }
      }
      return options;
    }

    /** What a block shows: columns, rows, and the figure or the value that is made of them. */
    public Map<String, @Nullable Object> answer(Block block) {
      if (block instanceof Dashboard.Figure figure) {
        return figure(figure).answer();
      }
      Bound bound = seen.query(block).orElseThrow();
      Object regions = block instanceof Dashboard.Chart chart ? seen.regions(chart) : null;
      return answer(block, prepare(bound), regions);
    }

    /**
     * The same of a query that has been looked at.
     *
     * @param regions of a map that has its own: GeoJSON, or an address of it
     */
    Map<String, @Nullable Object> answer(
        Block block, Lakehouse.Query query, @Nullable Object regions) {
      return switch (block) {
        case Dashboard.Prose _, Dashboard.Figure _ ->
            throw new IllegalArgumentException("it has no rows");
        case Dashboard.Chart chart -> {
          PageRows rows = rows(chart, query, MOST_MARKS);
          yield chart.type() == ChartType.PIVOT
              ? answer(Pivot.of(chart, rows), null)
              : answer(rows, Figures.of(chart, rows, regions));
        }
        case Dashboard.Table table -> answer(rows(table, query, MOST_ROWS), null);
        case Dashboard.Metric metric -> answer(rows(metric, query, 1), null);
      };
    }

    private static Map<String, @Nullable Object> answer(
        PageRows rows, @Nullable Map<String, @Nullable Object> figure) {
      Map<String, @Nullable Object> answer = new LinkedHashMap<>();
      answer.put("columns", rows.described());
      answer.put("rows", rows.rows());
      answer.put("rowCount", rows.rows().size());
      answer.put("truncated", rows.truncated());
      answer.put("figure", figure);
      return answer;
    }

    @Override
    public void close() {
      snapshot.close();
    }
  }
}
