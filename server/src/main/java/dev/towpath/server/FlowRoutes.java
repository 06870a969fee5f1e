package dev.towpath.server;

import dev.towpath.core.project.Flow;
import dev.towpath.core.schedule.Beginning;
import dev.towpath.core.schedule.Firing;
import dev.towpath.core.schedule.Firings;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.JsonText;
import dev.towpath.spi.Names;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Flows: when they are due, and what people do with them. */
final class FlowRoutes {
  private final Site site;

  FlowRoutes(Site site) {
    this.site = site;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/api/v1/flows", "listFlows", "All flows, and when each is due next")
            .tag("flows")
            .gives(200, "Flows", Schemas.object("flows", Schemas.list(Schemas.ref("Flow"))))
            .by(call ->
                Answer.json(
                    Json.object(
                        "flows",
                        new Sight(site, call.principal())
                            .flows().stream().map(this::json).toList()))),
        Route.get("/api/v1/flows/{flow}", "getFlow", "A flow")
            .tag("flows")
            .path("flow", "Its name")
            .gives(200, "The flow", Schemas.ref("Flow"))
            .by(call -> Answer.json(json(find(site, call)))),
        Route.get(
                "/api/v1/flows/{flow}/firings",
                "listFirings",
                "When a flow is due in a time, and the interval of each firing")
            .tag("flows")
            .path("flow", "Its name")
            .query("from", Schemas.moment("ISO 8601"), "The first moment; now without it")
            .query(
                "to", Schemas.moment("ISO 8601"), "The first moment that is not looked at; a week")
            .query("limit", Schemas.whole(1L, 10_000L, 1_000L), "The most firings")
            .gives(
                200,
                "Firings",
                Schemas.object(
                    "firings",
                    Schemas.list(Schemas.ref("Firing")),
                    "more",
                    Schemas.truth("Whether there are more than the limit")))
            .by(call -> Answer.json(firings(call))),
        Route.post("/api/v1/flows/{flow}/runs", "triggerFlow", "Asks for a run of a flow")
            .tag("flows")
            .path("flow", "Its name")
            .takes(
                Schemas.requiring(
                    Schemas.object(
                        "params", Schemas.map(Schemas.any("A value of the parameter's type")))),
                false)
            .gives(202, "The run, which waits for its start", Schemas.ref("Run"))
            .by(this::trigger),
        Route.post(
                "/api/v1/flows/{flow}/pause",
                "pauseFlow",
                "Keeps a flow from running by itself; people may still trigger it")
            .tag("flows")
            .path("flow", "Its name")
            .gives(200, "The flow", Schemas.ref("Flow"))
            .by(call -> pause(call, true)),
        Route.post("/api/v1/flows/{flow}/resume", "resumeFlow", "Lets a paused flow go on")
            .tag("flows")
            .path("flow", "Its name")
            .gives(200, "The flow", Schemas.ref("Flow"))
            .by(call -> pause(call, false)));
  }

  /** The flow that the path names, if who asks may see it, or a 404. */
  static Flow find(Site site, Call call) {
    String name = call.path("flow");
    List<Flow> flows = new Sight(site, call.principal()).flows();
    return flows.stream()
        .filter(f -> f.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            Refusal.of(
                404,
                "unknown flow \"" + name + "\"",
                Names.nearest(name, flows.stream().map(Flow::name).toList())
                    .map(n -> "did you mean \"" + n + "\"?")
                    .orElse("GET /api/v1/flows lists all")));
  }

  private Map<String, @Nullable Object> json(Flow flow) {
    return Shapes.flow(
        flow, site.store().flows().flow(site.environment(), flow.name()), site.clock().instant());
  }

  private Map<String, @Nullable Object> firings(Call call) {
    Flow flow = find(site, call);
    Instant from = call.instant("from").orElseGet(() -> site.clock().instant());
    Instant to =
        call.instant("to")
            .orElseGet(() -> from.atZone(flow.zone()).plus(1, ChronoUnit.WEEKS).toInstant());
    int limit = call.number("limit");
    List<Firing> firings = Firings.of(flow).between(from, to, limit + 1);
    return Json.object(
        "firings",
        firings.stream().limit(limit).map(f -> Shapes.firing(f, flow.zone())).toList(),
        "more",
        firings.size() > limit);
  }

  private Answer trigger(Call call) {
    Flow flow = find(site, call);
    Map<String, @Nullable Object> params =
        GivenParameters.read(flow.parameters(), Call.object(call.body(), "params"), true);
    Instant now = site.clock().instant();
    FlowRun run =
        FlowRun.queued(
                site.newId(),
                site.environment(),
                flow.name(),
                FlowRun.Cause.PERSON,
                now,
                Optional.empty(),
                now)
            .with(JsonText.write(params));
    site.store()
        .flows()
        .enqueue(run, Optional.of(call.does("trigger", run.id(), "flow " + flow.name())));
    return Answer.json(202, Shapes.run(run, RunRoutes.waits(site)));
  }

  private Answer pause(Call call, boolean paused) {
    Flow flow = find(site, call);
    Instant now = site.clock().instant();
    site.store()
        .flows()
        .pause(
            new Beginning(site.environment(), site.store()).of(flow, now),
            paused,
            call.does(paused ? "pause" : "resume", flow.name(), ""),
            now);
    return Answer.json(json(flow));
  }
}
