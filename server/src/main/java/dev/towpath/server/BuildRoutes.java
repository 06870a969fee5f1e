package dev.towpath.server;

import dev.towpath.core.access.Role;
import java.util.List;
import java.util.Map;
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
    return Answer.json(json(find(call)));
  }
}
