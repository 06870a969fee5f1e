package dev.towpath.server;

import dev.towpath.core.access.Grants;
import dev.towpath.core.access.Principal;
import dev.towpath.core.check.CheckedDashboard;
import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Graph;
import dev.towpath.core.graph.JobSelector;
import dev.towpath.core.graph.Selector;
import dev.towpath.core.project.Endpoint;
import dev.towpath.core.project.Flow;
import dev.towpath.core.project.Project;
import dev.towpath.core.store.Event;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one person may see of what the server tells, as it is at a moment. Who may read every table
 * sees everything; anybody else, the tables they may read and what is about those alone. What is
 * not seen is answered as if there were no such thing.
 *
 * <p>Why flows go by what they read, too: the message of a failed run, and what a model prints, may
 * show rows of its inputs. What a job does nobody knows.
 */
final class Sight {
  private final Project project;
  private final Graph whole;
  private final Map<String, CheckedDashboard> dashboards;
  private final Grants grants;

  /** What somebody may see of a site. */
  Sight(Site site, Principal who) {
    this.project = site.current().checked().project();
    this.whole = site.current().checked().graph();
    this.dashboards = site.current().checked().dashboards();
    this.grants = who.grants();
  }

  /** Whether they see everything. */
  boolean all() {
    return grants.readsAll();
  }

  /**
   * Throws unless they see everything.
   *
   * @param what needs that, such as {@code metrics}
   */
  static void requireAll(Call call, String what) {
    if (!call.principal().grants().readsAll()) {
      throw Refusal.of(403, what + " are for who may read every table", null);
    }
  }

  /** The tables they see. */
  Graph graph() {
    return all()
        ? whole
        : new Graph(whole.assets().stream().filter(asset -> sees(asset.name())).toList());
  }

  boolean sees(TableName table) {
    return grants.reads(table);
  }

  /** Whether they see a check, which may read other tables than its own. */
  boolean sees(Asset.BoundCheck check) {
    return all() || check.reads().stream().allMatch(grants::reads);
  }

  /** Whether they see an endpoint, by its file. */
  boolean seesEndpoint(String file) {
    return all()
        || project.endpoints().stream()
            .filter(endpoint -> endpoint.file().equals(file))
            .map(Endpoint::name)
            .anyMatch(grants::calls);
  }

  /** Whether they see a dashboard, by its file. */
  boolean seesDashboard(String file) {
    return all()
        || project.dashboards().stream()
            .filter(dashboard -> dashboard.file().equals(file))
            .anyMatch(dashboard -> {
              CheckedDashboard page = dashboards.get(file);
              return page != null && Dashboards.sees(grants, dashboard, page);
            });
  }

  /** The flows they see. */
  List<Flow> flows() {
    return project.flows().stream().filter(this::sees).toList();
  }

  /** Whether they see a flow of that name and its runs; one that is gone only with everything. */
  boolean seesFlow(String name) {
    return all() || project.flow(name).filter(this::sees).isPresent();
  }

  private boolean sees(Flow flow) {
    if (all()) {
      return true;
    }
    List<String> words = flow.select().stream().map(Flow.Choice::text).toList();
    if (flow.trigger() instanceof Flow.After after
        && !after.tables().stream().allMatch(this::sees)) {
      return false;
    }
    if (!flow.last().isEmpty() || words.stream().anyMatch(JobSelector::isJob)) {
      return false;
    }
    return Selector.parse(words, List.of()).select(whole).stream()
        .map(whole::get)
        .allMatch(asset ->
            sees(asset.name())
                && asset.reads().stream().allMatch(grants::reads)
                && asset.checks().stream().allMatch(this::sees));
  }

  /** Whether they see an event: that a release was published, anybody does. */
  boolean sees(Event event) {
    return all()
        || event
            .flow()
            .map(this::seesFlow)
            .orElseGet(() -> event.type().equals("release.published"));
  }

  /** Lineage of a table, without the tables and readers that they do not see. */
  Map<String, @Nullable Object> lineage(Map<String, @Nullable Object> lineage) {
    if (all()) {
      return lineage;
    }
    return Json.object(
        "table",
        lineage.get("table"),
        "columns",
        objects(lineage, "columns").stream()
            .map(column ->
                Json.object(
                    "name",
                    column.get("name"),
                    "from",
                    objects(column, "from").stream()
                        .filter(from -> seesColumn(from.get("column")))
                        .toList()))
            .toList(),
        "rows",
        list(lineage, "rows").stream().filter(this::seesColumn).toList(),
        "readers",
        objects(lineage, "readers").stream().filter(this::seesReader).toList());
  }

  /** Lineage of a column, without what they do not see and all that lies behind it. */
  Map<String, @Nullable Object> traces(Map<String, @Nullable Object> lineage) {
    return all()
        ? lineage
        : Json.object(
            "column",
            lineage.get("column"),
            "upstream",
            traces(lineage, "upstream"),
            "downstream",
            traces(lineage, "downstream"));
  }

  private List<Map<Object, @Nullable Object>> traces(Map<?, ?> of, String direction) {
    List<Map<Object, @Nullable Object>> seen = new ArrayList<>();
    for (Map<?, ?> trace : objects(of, direction)) {
      if (seesTrace(trace)) {
        Map<Object, @Nullable Object> copy = new LinkedHashMap<>(trace);
        copy.put(direction, traces(trace, direction));
        seen.add(copy);
      }
    }
    return seen;
  }

  private boolean seesTrace(Map<?, ?> trace) {
    if (trace.containsKey("column")) {
      return seesColumn(trace.get("column"));
    }
    if (trace.containsKey("table")) {
      return seesColumn(trace.get("table"));
    }
    String file = String.valueOf(trace.get("file"));
    return (trace.containsKey("endpoint") && seesEndpoint(file))
        || (trace.containsKey("dashboard") && seesDashboard(file));
  }

  private boolean seesColumn(@Nullable Object column) {
    String[] parts = String.valueOf(column).split("\\.", 3); // names of tables hold no dots
    return parts.length > 1 && sees(new TableName(parts[0], parts[1]));
  }

  /** Checks and tests are of tables and may read others: they are for who sees everything. */
  private boolean seesReader(Map<?, ?> reader) {
    return switch (String.valueOf(reader.get("kind"))) {
      case "check", "test" -> false;
      case "endpoint" -> seesEndpoint(String.valueOf(reader.get("file")));
      case "dashboard" -> seesDashboard(String.valueOf(reader.get("file")));
      default -> seesColumn(reader.get("name"));
    };
  }

  private static List<?> list(Map<?, ?> object, String name) {
    return object.get(name) instanceof List<?> list ? list : List.of();
  }

  private static List<? extends Map<?, ?>> objects(Map<?, ?> object, String name) {
    return list(object, name).stream()
        .filter(Map.class::isInstance)
        .map(one -> (Map<?, ?>) one)
        .toList();
  }
}
