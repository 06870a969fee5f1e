package dev.towpath.server;

import dev.towpath.core.check.Checked;
import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Graph;
import dev.towpath.core.graph.Selector;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.spi.Names;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The project and its tables. */
final class ProjectRoutes {
  private static final int HISTORY = 50;

  private final Site site;

  ProjectRoutes(Site site) {
    this.site = site;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
                "/api/v1/project", "getProject", "The project as it is in force, and its problems")
            .tag("project")
            .gives(200, "The project", projectSchema())
            .by(call -> Answer.json(project(sight(call)))),
        Route.get("/api/v1/assets", "listAssets", "All tables, inputs first")
            .tag("assets")
            .query(
                "select",
                Schemas.text("Such as marts.* or +marts.daily, tag:finance"),
                "Which ones, as commands select them; all without it")
            .gives(200, "Tables", Schemas.object("assets", Schemas.list(Schemas.ref("Asset"))))
            .by(call -> Answer.json(assets(sight(call).graph(), call.text("select")))),
        Route.get("/api/v1/assets/{asset}", "getAsset", "A table: columns, checks and history")
            .tag("assets")
            .path("asset", "Its name, such as marts.daily")
            .gives(200, "The table", Schemas.ref("AssetDetail"))
            .by(call -> Answer.json(asset(sight(call), call.path("asset")))),
        Route.get(
                "/api/v1/assets/{asset}/lineage",
                "getLineage",
                "What each column of a table is made of, and who reads which")
            .tag("assets")
            .path("asset", "Its name, such as marts.daily")
            .gives(200, "Lineage", lineageSchema())
            .by(call -> {
              Sight sight = sight(call);
              Asset asset = find(sight.graph(), call.path("asset"));
              return Answer.json(sight.lineage(site.lineage(asset)));
            }),
        Route.get(
                "/api/v1/assets/{asset}/columns/{column}/lineage",
                "getColumnLineage",
                "Where a column comes from, up to sources, and all that is made of it")
            .tag("assets")
            .path("asset", "Its name, such as marts.daily")
            .path("column", "Its name")
            .gives(
                200,
                "What `towpath lineage TABLE.COLUMN --json` says: trees of columns, of tables whose"
                    + " rows depend on it, and of checks, tests and endpoints",
                Schemas.object(
                    "column",
                    Schemas.text("schema.table.column"),
                    "upstream",
                    Schemas.list(Json.object("type", "object")),
                    "downstream",
                    Schemas.list(Json.object("type", "object"))))
            .by(call ->
                Answer.json(lineage(sight(call), call.path("asset"), call.path("column")))));
  }

  private Map<String, @Nullable Object> lineage(Sight sight, String table, String column) {
    Asset asset = find(sight.graph(), table);
    List<String> names = asset.columns().names();
    String found =
        names.stream()
            .filter(n -> Names.identity(n).equals(Names.identity(column)))
            .findFirst()
            .orElseThrow(() ->
                Refusal.of(
                    404,
                    "unknown column \"" + column + "\" in " + asset.name(),
                    Names.nearest(column, names)
                        .map(n -> "did you mean \"" + n + "\"?")
                        .orElse("there are: " + String.join(", ", names))));
    return sight.traces(site.lineage(asset, found));
  }

  private Sight sight(Call call) {
    return new Sight(site, call.principal());
  }

  private Map<String, @Nullable Object> project(Sight sight) {
    Site.Current current = site.current();
    Checked checked = current.checked();
    List<Problem> problems = sight.all() ? current.problems() : List.of();
    List<Problem> warnings = sight.all() ? checked.problems() : List.of();
    return Json.object(
        "name",
        checked.project().name(),
        "environment",
        site.environment(),
        "version",
        site.version(),
        "release",
        site.store().head(site.environment()).number(),
        "since",
        current.since().toString(),
        "assets",
        sight.graph().assets().size(),
        "flows",
        sight.flows().size(),
        "jobs",
        checked.project().jobs().size(),
        "endpoints",
        checked.project().endpoints().stream().filter(e -> sight.seesEndpoint(e.file())).count(),
        "current",
        current.problems().isEmpty(),
        "problems",
        problems.stream().map(Shapes::problem).toList(),
        "warnings",
        warnings.stream().filter(p -> !p.isError()).map(Shapes::problem).toList());
  }

  private static Map<String, @Nullable Object> projectSchema() {
    return Schemas.object(
        "name",
        Schemas.text("As towpath.yml says"),
        "environment",
        Schemas.text("The one that is served"),
        "version",
        Schemas.text("Of Towpath"),
        "release",
        Schemas.whole("The newest release; 0 when nothing is published"),
        "since",
        Schemas.moment("When this version of the files came into force"),
        "assets",
        Schemas.whole("Number of tables"),
        "flows",
        Schemas.whole("Number of flows"),
        "jobs",
        Schemas.whole("Number of jobs"),
        "endpoints",
        Schemas.whole("Number of endpoints"),
        "current",
        Schemas.truth("Whether the files as they are now are in force"),
        "problems",
        Schemas.list(Schemas.ref("Problem"), "Why they are not: the version before stays in force"),
        "warnings",
        Schemas.list(Schemas.ref("Problem"), "Of the version in force"));
  }

  private LakeView view() {
    MetadataStore store = site.store();
    return store.view(site.environment(), store.head(site.environment()).number());
  }

  private Map<String, @Nullable Object> assets(Graph graph, Optional<String> select) {
    List<TableName> names =
        select.isEmpty()
            ? graph.assets().stream().map(Asset::name).toList()
            : selected(graph, select.get());
    LakeView view = view();
    return Json.object(
        "assets", names.stream().map(n -> Shapes.asset(graph.get(n), graph, view)).toList());
  }

  private static List<TableName> selected(Graph graph, String words) {
    try {
      return Selector.parse(List.of(words), List.of()).select(graph);
    } catch (TowpathException e) {
      throw Refusal.bad("select", String.valueOf(e.getMessage()), e.hint().orElse(null));
    }
  }

  /** A table that somebody may see. */
  static Asset find(Graph graph, String name) {
    Optional<Asset> found =
        name.indexOf('.') < 1 || name.endsWith(".")
            ? Optional.empty()
            : graph.asset(TableName.parse(name));
    return found.orElseThrow(() ->
        Refusal.of(
            404,
            "unknown table \"" + name + "\"",
            Names.nearest(name, graph.assets().stream().map(a -> a.name().toString()).toList())
                .map(n -> "did you mean \"" + n + "\"?")
                .orElse("GET /api/v1/assets lists all")));
  }

  private Map<String, @Nullable Object> asset(Sight sight, String name) {
    Graph graph = sight.graph();
    Asset asset = find(graph, name);
    Checked checked = site.current().checked();
    List<String> endpoints =
        checked.endpointReads().entrySet().stream()
            .filter(e -> e.getValue().contains(asset.name()))
            .map(Map.Entry::getKey)
            .filter(sight::seesEndpoint)
            .sorted()
            .toList();
    return Shapes.detail(
        asset,
        asset.checks().stream().filter(sight::sees).toList(),
        graph,
        view(),
        site.store().checks(site.environment(), asset.name()),
        site.store().history(site.environment(), asset.name(), HISTORY),
        endpoints);
  }

  private static Map<String, @Nullable Object> lineageSchema() {
    return Schemas.object(
        "table",
        Schemas.text("Its name"),
        "columns",
        Schemas.list(
            Schemas.object(
                "name",
                Schemas.text("Of the column"),
                "from",
                Schemas.list(
                    Schemas.object(
                        "column",
                        Schemas.text("schema.table.column"),
                        "use",
                        Schemas.text("How it is used, such as copy or aggregate"))))),
        "rows",
        Schemas.list(Schemas.text("schema.table.column"), "What decides which rows there are"),
        "readers",
        Schemas.list(
            Schemas.object(
                "kind",
                Schemas.text("Of the reader, such as view, check or endpoint"),
                "name",
                Schemas.text("Of the reader"),
                "file",
                Schemas.text("Of the reader"),
                "columns",
                Schemas.list(Schemas.text("A column"), "None when only its rows are read"))));
  }
}
