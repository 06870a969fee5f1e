package dev.towpath.server;

import dev.towpath.core.check.Checked;
import dev.towpath.core.check.CheckedDashboard;
import dev.towpath.core.graph.Asset;
import dev.towpath.core.project.Job;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.RunFilter;
import dev.towpath.core.store.RunRecord;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The graph: tables, jobs, endpoints and dashboards, what each reads, and how each is right now.
 */
final class GraphRoutes {
  /** How many of the newest runs are asked for the last that became of something. */
  private static final int RUNS = 20;

  private final Site site;

  GraphRoutes(Site site) {
    this.site = site;
  }

  /** How something is. */
  private enum Status {
    RUNNING,
    WAITING,
    FAILED,
    BLOCKED,
    OK,
    CHANGED,
    MISSING
  }

  private record Standing(Status status, Optional<String> message) {
    static Standing of(Status status) {
      return new Standing(status, Optional.empty());
    }
  }

  List<Route> routes() {
    return List.of(
        Route.get("/api/v1/graph", "getGraph", "Everything that there is, and how it is right now")
            .tag("project")
            .gives(
                200,
                "The graph",
                Schemas.object(
                    "release",
                    Schemas.whole("The newest release; 0 when nothing is published"),
                    "nodes",
                    Schemas.list(nodeSchema(), "Tables come after what they read")))
            .by(call -> Answer.json(graph(new Sight(site, call.principal())))),
        Route.get("/api/v1/columns", "listColumns", "The columns of all tables")
            .tag("assets")
            .gives(
                200,
                "Columns",
                Schemas.object(
                    "tables", Schemas.map(Schemas.list(Schemas.ref("Column"), "By schema.table"))))
            .by(call -> Answer.json(columns(new Sight(site, call.principal())))));
  }

  private static Map<String, @Nullable Object> nodeSchema() {
    return Schemas.object(
        "id",
        Schemas.text("schema.table, job:NAME, endpoint:NAME or dashboard:NAME"),
        "kind",
        Schemas.text("As a table's, or job, endpoint or dashboard"),
        "title",
        Schemas.text("What people call it"),
        "file",
        Schemas.text("Relative to the project"),
        "description",
        Schemas.text("May be empty"),
        "tags",
        Schemas.list(Schemas.text("A tag")),
        "reads",
        Schemas.list(Schemas.text("An id"), "What it reads, or waits for"),
        "status",
        Schemas.oneOf(
            Stream.of(Status.values()).map(Enum::name).toList(),
            "CHANGED: its file differs from what was built. MISSING: never built or run"),
        "message",
        Schemas.orNull(Schemas.text("Why it failed or waits")),
        "built",
        Schemas.orNull(Schemas.moment("When it was built or run last")),
        "rows",
        Schemas.orNull(Schemas.whole("Of a table, when they were counted")));
  }

  /**
   * What somebody sees of it. Messages may show rows of any table, and jobs do whatever they do.
   */
  private Map<String, @Nullable Object> graph(Sight sight) {
    Checked checked = site.current().checked();
    long head = site.store().head(site.environment()).number();
    LakeView view = site.store().view(site.environment(), head);
    List<Map<String, @Nullable Object>> nodes = new ArrayList<>();
    Map<String, RunRecord.Task> ends = ends();
    sight.graph().assets().forEach(asset -> nodes.add(table(asset, view, ends, sight)));
    if (sight.all() && !checked.project().jobs().isEmpty()) {
      Map<String, FlowTask> tasks = tasks();
      checked
          .project()
          .jobs()
          .forEach(job -> nodes.add(job(job, Optional.ofNullable(tasks.get("job:" + job.name())))));
    }
    checked.project().endpoints().stream()
        .filter(e -> sight.seesEndpoint(e.file()))
        .forEach(e -> {
          List<TableName> reads = checked.endpointReads().getOrDefault(e.file(), List.of());
          nodes.add(
              served(
                  "endpoint",
                  e.name(),
                  e.method() + " " + e.path(),
                  e.file(),
                  e.description(),
                  e.tags(),
                  seen(reads, sight)));
        });
    checked.project().dashboards().stream()
        .filter(d -> sight.seesDashboard(d.file()))
        .forEach(d -> {
          CheckedDashboard page = checked.dashboards().get(d.file());
          List<TableName> reads = page == null ? List.of() : List.copyOf(page.reads());
          nodes.add(
              served(
                  "dashboard",
                  d.name(),
                  d.title(),
                  d.file(),
                  d.description(),
                  d.tags(),
                  seen(reads, sight)));
        });
    return Json.object("release", head, "nodes", nodes);
  }

  private static List<String> seen(List<TableName> tables, Sight sight) {
    return tables.stream().filter(sight::sees).map(TableName::toString).toList();
  }

  /** How each table's newest task ended. */
  private Map<String, RunRecord.Task> ends() {
    Map<String, RunRecord.Task> newest = new HashMap<>();
    for (RunRecord run : site.store().runs(site.environment(), RUNS)) {
      site.store().tasks(run.id()).forEach(task -> newest.putIfAbsent(task.asset(), task));
    }
    return newest;
  }

  private Map<String, FlowTask> tasks() {
    Map<String, FlowTask> newest = new HashMap<>();
    for (FlowRun run : site.store().flows().runs(site.environment(), RunFilter.ALL, RUNS)) {
      site.store().tasks().tasks(run.id()).stream()
          .filter(t -> t.key().index() == FlowTask.WHOLE)
          .forEach(t -> newest.putIfAbsent(t.key().name(), t));
    }
    return newest;
  }

  private Map<String, @Nullable Object> table(
      Asset asset, LakeView view, Map<String, RunRecord.Task> ends, Sight sight) {
    Optional<TableState> state = view.table(asset.name());
    Standing standing =
        standing(asset, state, Optional.ofNullable(ends.get(asset.name().toString())));
    return Json.object(
        "id",
        asset.name().toString(),
        "kind",
        asset.kind(),
        "title",
        asset.name().toString(),
        "file",
        asset.file(),
        "description",
        asset.description(),
        "tags",
        asset.tags(),
        "reads",
        seen(asset.reads(), sight),
        "status",
        standing.status().name(),
        "message",
        standing.message().filter(_ -> sight.all()).orElse(null),
        "built",
        state.map(s -> s.logicalTime().toString()).orElse(null),
        "rows",
        state.map(TableState::rows).filter(r -> r >= 0).orElse(null));
  }

  private Standing standing(Asset asset, Optional<TableState> state, Optional<RunRecord.Task> end) {
    if (site.building().contains(asset.name())) {
      return Standing.of(Status.RUNNING);
    }
    if (end.isPresent() && end.get().state() == RunRecord.State.FAILED) {
      return new Standing(Status.FAILED, end.get().message());
    }
    if (end.isPresent() && end.get().state() == RunRecord.State.UPSTREAM_FAILED) {
      return new Standing(Status.BLOCKED, end.get().message());
    }
    if (state.isEmpty()) {
      return Standing.of(Status.MISSING);
    }
    boolean current = state.get().fingerprint().equals(asset.fingerprint());
    return Standing.of(current ? Status.OK : Status.CHANGED);
  }

  private static Map<String, @Nullable Object> job(Job job, Optional<FlowTask> last) {
    List<String> reads = new ArrayList<>(job.tables().stream().map(TableName::toString).toList());
    job.jobs().forEach(name -> reads.add("job:" + name));
    Status status = last.map(task -> status(task.state())).orElse(Status.MISSING);
    return Json.object(
        "id",
        "job:" + job.name(),
        "kind",
        "job",
        "title",
        job.name(),
        "file",
        job.file(),
        "description",
        job.description().orElse(""),
        "tags",
        job.tags(),
        "reads",
        reads,
        "status",
        status.name(),
        "message",
        status == Status.OK ? null : last.flatMap(FlowTask::message).orElse(null),
        "built",
        last.flatMap(FlowTask::finished).map(Object::toString).orElse(null),
        "rows",
        null);
  }

  private static Status status(FlowTask.State state) {
    return switch (state) {
      case RUNNING -> Status.RUNNING;
      case WAITING, READY, RETRY_WAIT, DEFERRED -> Status.WAITING;
      case SUCCESS -> Status.OK;
      case FAILED -> Status.FAILED;
      case UPSTREAM_FAILED -> Status.BLOCKED;
      case SKIPPED, CANCELLED -> Status.MISSING;
    };
  }

  /** An endpoint or a dashboard. */
  private static Map<String, @Nullable Object> served(
      String kind,
      String name,
      String title,
      String file,
      Optional<String> description,
      List<String> tags,
      List<String> reads) {
    return Json.object(
        "id",
        kind + ":" + name,
        "kind",
        kind,
        "title",
        title,
        "file",
        file,
        "description",
        description.orElse(""),
        "tags",
        tags,
        "reads",
        reads,
        "status",
        Status.OK.name(),
        "message",
        null,
        "built",
        null,
        "rows",
        null);
  }

  private static Map<String, @Nullable Object> columns(Sight sight) {
    Map<String, @Nullable Object> tables = new TreeMap<>();
    for (Asset asset : sight.graph().assets()) {
      tables.put(asset.name().toString(), Shapes.columns(asset.columns()));
    }
    return Json.object("tables", tables);
  }
}
