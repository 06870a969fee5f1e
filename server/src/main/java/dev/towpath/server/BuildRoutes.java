package dev.towpath.server;

import dev.towpath.core.access.Role;
import dev.towpath.core.store.RunFilter;
import dev.towpath.core.store.RunRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs that somebody asks for by a selection, as {@code towpath run} does them. */
final class BuildRoutes {
  private final Site site;

  BuildRoutes(Site site) {
    this.site = site;
  }

  List<Route> routes() {
    return List.of(
        Route.post(
                "/api/v1/builds",
                "startBuild",
                "Builds what is stale of a selection, and publishes it as one release")
            .tag("builds")
            .takes(
                Schemas.requiring(
                    Schemas.object(
                        "select",
                        Schemas.list(
                            Schemas.text("Such as marts.* or job:report"), "All without it"),
                        "exclude",
                        Schemas.list(Schemas.text("Such as marts.old"), "What is left out"),
                        "full",
                        Schemas.truth("Whether it is built anew, stale or not"))),
                false)
            .gives(202, "The build, which goes on", schema())
            .by(this::start),
        Route.get(
                "/api/v1/builds",
                "listBuilds",
                "Builds of tables by anybody, newest first, page by page")
            .tag("builds")
            .query("limit", Schemas.whole(1L, 500L, 50L), "The most builds on a page")
            .query("cursor", Schemas.text("What next said"), "Where the page begins")
            .gives(
                200,
                "Builds",
                Schemas.object(
                    "builds",
                    Schemas.list(recordSchema()),
                    "next",
                    Schemas.orNull(Schemas.text("The cursor of the next page; null on the last"))))
            .by(call -> Answer.json(list(call))),
        Route.get("/api/v1/builds/{build}/tables", "getBuildTables", "What became of each table")
            .tag("builds")
            .path("build", "Its id, or that of any build that is kept")
            .gives(
                200,
                "The build as it is listed, null until it has begun, and its tables",
                Schemas.object(
                    "build",
                    Schemas.orNull(recordSchema()),
                    "tables",
                    Schemas.list(
                        taskSchema(),
                        "In the order in which they began; those that wait are not there yet")))
            .by(call -> Answer.json(tables(call))),
        Route.get("/api/v1/builds/{build}", "getBuild", "A build of this server")
            .tag("builds")
            .path("build", "Its id")
            .gives(200, "The build", schema())
            .needs(Role.EDITOR)
            .by(call -> Answer.json(json(find(call)))),
        Route.post("/api/v1/builds/{build}/cancel", "cancelBuild", "Stops a build")
            .tag("builds")
            .path("build", "Its id")
            .gives(200, "The build", schema())
            .by(this::cancel));
  }

  private static Map<String, @Nullable Object> schema() {
    return Schemas.object(
        "id",
        Schemas.text("Known to the server that does it, until it has done a hundred more"),
        "state",
        Schemas.oneOf(List.of("RUNNING", "SUCCESS", "FAILED", "CANCELLED"), "Where it stands"),
        "result",
        Json.object(
            "type",
            List.of("object", "null"),
            "description",
            "What towpath run --json says, when it is over and came to anything"),
        "problems",
        Schemas.list(Schemas.ref("Problem"), "Why it failed"),
        "message",
        Schemas.orNull(Schemas.text("Why it failed, in a line")));
  }

  private static Map<String, @Nullable Object> json(Site.Build build) {
    return Json.object(
        "id",
        build.id(),
        "state",
        build.state(),
        "result",
        build.result().orElse(null),
        "problems",
        build.problems().stream().map(Shapes::problem).toList(),
        "message",
        build.message().orElse(null));
  }

  private static Map<String, @Nullable Object> recordSchema() {
    return Schemas.object(
        "id",
        Schemas.text("Unique in the store"),
        "state",
        stateSchema(),
        "started",
        Schemas.moment("When it began"),
        "finished",
        Schemas.orNull(Schemas.moment("When it was over")),
        "select",
        Schemas.list(Schemas.text("As it was written"), "All when there is none"),
        "release",
        Schemas.orNull(Schemas.whole("What it published")),
        "message",
        Schemas.orNull(Schemas.text("Why it failed")));
  }

  private static Map<String, @Nullable Object> stateSchema() {
    return Schemas.oneOf(
        Stream.of(RunRecord.State.values()).map(Enum::name).toList(), "Where it stands");
  }

  private static Map<String, @Nullable Object> taskSchema() {
    return Schemas.object(
        "table",
        Schemas.text("schema.table"),
        "state",
        stateSchema(),
        "started",
        Schemas.moment("When it began"),
        "finished",
        Schemas.orNull(Schemas.moment("When it was over")),
        "rows",
        Schemas.orNull(Schemas.whole("Of the table after it, when they were counted")),
        "reason",
        Schemas.text("Why it was built"),
        "message",
        Schemas.orNull(Schemas.text("Why it failed or was skipped")));
  }

  private Map<String, @Nullable Object> list(Call call) {
    Sight.requireAll(call, "builds");
    int limit = call.number("limit");
    List<RunRecord> builds =
        site.store().runs(site.environment(), call.text("cursor").map(Cursor::parse), limit + 1);
    return Json.object(
        "builds",
        builds.stream().limit(limit).map(BuildRoutes::record).toList(),
        "next",
        builds.size() > limit ? Cursor.text(RunFilter.Position.of(builds.get(limit - 1))) : null);
  }

  private static Map<String, @Nullable Object> record(RunRecord run) {
    return Json.object(
        "id",
        run.id(),
        "state",
        run.state().name(),
        "started",
        run.started().toString(),
        "finished",
        run.finished().map(Instant::toString).orElse(null),
        "select",
        run.selection(),
        "release",
        run.release().orElse(null),
        "message",
        run.message().orElse(null));
  }

  private Map<String, @Nullable Object> tables(Call call) {
    Sight.requireAll(call, "builds");
    String id = call.path("build");
    Optional<RunRecord> build = site.store().run(site.environment(), id);
    if (build.isEmpty() && site.build(id).isEmpty()) {
      throw Refusal.of(404, "there is no build \"" + id + "\"", "GET /api/v1/builds lists them");
    }
    return Json.object(
        "build",
        build.map(BuildRoutes::record).orElse(null),
        "tables",
        site.store().tasks(id).stream()
            .map(task ->
                Json.object(
                    "table",
                    task.asset(),
                    "state",
                    task.state().name(),
                    "started",
                    task.started().toString(),
                    "finished",
                    task.finished().map(Instant::toString).orElse(null),
                    "rows",
                    task.rows() < 0 ? null : task.rows(),
                    "reason",
                    task.reason(),
                    "message",
                    task.message().orElse(null)))
            .toList());
  }

  /** What a build says may show rows of any table. */
  private Site.Build find(Call call) {
    Sight.requireAll(call, "builds");
    String id = call.path("build");
    return site.build(id)
        .orElseThrow(() ->
            Refusal.of(
                404,
                "this server has no build \"" + id + "\"",
                "it knows those of the last hundred that it did itself"));
  }

  private Answer start(Call call) {
    Sight.requireAll(call, "builds");
    Map<String, @Nullable Object> body = call.body();
    List<String> select = Call.texts(body, "select");
    Site.Build build =
        site.startBuild(select, Call.texts(body, "exclude"), Call.truth(body, "full"));
    site.store()
        .audit()
        .add(
            site.environment(),
            call.does("build", build.id(), String.join(" ", select)),
            site.clock().instant());
    return Answer.json(202, json(build));
  }

  private Answer cancel(Call call) {
    Site.Build build = find(call);
    site.cancelBuild(build.id());
    site.store()
        .audit()
        .add(site.environment(), call.does("cancel build", build.id(), ""), site.clock().instant());
    return Answer.json(json(find(call)));
  }
}
