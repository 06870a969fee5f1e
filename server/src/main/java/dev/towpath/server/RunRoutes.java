package dev.towpath.server;

import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.RunFilter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs of flows. */
final class RunRoutes {
  private final Site site;

  RunRoutes(Site site) {
    this.site = site;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/api/v1/runs", "listRuns", "Runs of flows, newest first, page by page")
            .tag("runs")
            .query("flow", Schemas.text("Its name"), "Only runs of this flow")
            .query(
                "state",
                Schemas.oneOf(
                    Stream.of(FlowRun.State.values()).map(Enum::name).toList(), "Where they stand"),
                "Only runs in this state")
            .query("limit", Schemas.whole(1L, 500L, 50L), "The most runs on a page")
            .query("cursor", Schemas.text("What next said"), "Where the page begins")
            .gives(
                200,
                "Runs",
                Schemas.object(
                    "runs",
                    Schemas.list(Schemas.ref("Run")),
                    "next",
                    Schemas.orNull(Schemas.text("The cursor of the next page; null on the last"))))
            .by(call -> Answer.json(list(call))),
        Route.get("/api/v1/runs/{run}", "getRun", "A run")
            .tag("runs")
            .path("run", "Its id")
            .gives(200, "The run", Schemas.ref("Run"))
            .by(call -> Answer.json(Shapes.run(find(site, call.path("run"))))),
        Route.post("/api/v1/runs/{run}/cancel", "cancelRun", "Stops a run")
            .tag("runs")
            .path("run", "Its id")
            .gives(
                200,
                "The run, and whether it was still open",
                Schemas.object(
                    "run", Schemas.ref("Run"), "cancelled", Schemas.truth("Whether it was open")))
            .by(this::cancel));
  }

  /** The run of that id in this environment, or a 404. */
  static FlowRun find(Site site, String id) {
    return site.store()
        .flows()
        .run(id)
        .filter(r -> r.environment().equals(site.environment()))
        .orElseThrow(
            () -> Refusal.of(404, "there is no run \"" + id + "\"", "GET /api/v1/runs lists them"));
  }

  private Map<String, @Nullable Object> list(Call call) {
    int limit = call.number("limit");
    RunFilter filter =
        new RunFilter(
            call.text("flow"),
            call.text("state").map(FlowRun.State::valueOf).map(Set::of).orElse(Set.of()),
            call.text("cursor").map(Cursor::parse));
    List<FlowRun> runs = site.store().flows().runs(site.environment(), filter, limit + 1);
    Optional<String> next =
        runs.size() > limit
            ? Optional.of(Cursor.text(RunFilter.Position.of(runs.get(limit - 1))))
            : Optional.empty();
    return Json.object(
        "runs", runs.stream().limit(limit).map(Shapes::run).toList(), "next", next.orElse(null));
  }

  private Answer cancel(Call call) {
    FlowRun run = find(site, call.path("run"));
    boolean open =
        site.store().flows().cancel(run.id(), "somebody cancelled it", site.clock().instant());
    return Answer.json(Json.object("run", Shapes.run(find(site, run.id())), "cancelled", open));
  }
}
