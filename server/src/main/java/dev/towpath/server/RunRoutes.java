package dev.towpath.server;

import dev.towpath.core.access.Principal;
import dev.towpath.core.flow.Waits;
import dev.towpath.core.graph.JobSelector;
import dev.towpath.core.project.Flow;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.RunFilter;
import dev.towpath.core.store.RunRecord;
import dev.towpath.spi.Names;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs of flows. */
final class RunRoutes {
  /** How many builds, from a run's end backwards, are looked at for those of the run. */
  private static final int BUILDS = 200;

  private final Site site;

  RunRoutes(Site site) {
    this.site = site;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
                "/api/v1/runs",
                "listRuns",
                "Runs of flows, newest first, page by page; a page may have fewer than the limit")
            .tag("runs")
            .query("flow", Schemas.text("Its name"), "Only runs of this flow")
            .query(
                "state",
                Schemas.oneOf(
                    Stream.of(FlowRun.State.values()).map(Enum::name).toList(), "Where they stand"),
                "Only runs in this state")
            .query("due_from", Schemas.moment("ISO 8601"), "Only runs that were due then or later")
            .query("due_to", Schemas.moment("ISO 8601"), "Only runs that were due before")
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
            .gives(200, "The run and its tasks", wholeSchema())
            .by(call -> Answer.json(whole(find(site, call, call.path("run"))))),
        Route.post(
                "/api/v1/runs/{run}/retry",
                "retryRun",
                "Lets tasks of a run that is over run again, and all that wait for them")
            .tag("runs")
            .path("run", "Its id")
            .takes(
                Schemas.requiring(
                    Schemas.object(
                        "tasks",
                        Schemas.list(
                            Schemas.text("Such as job:fetch"),
                            "Without it, those that did not end well"),
                        "whole",
                        Schemas.truth("Whether mapped tasks start afresh, with all their rows"))),
                false)
            .gives(200, "The run and its tasks", wholeSchema())
            .by(this::retry),
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

  /** The run of that id in this environment, if who asks may see it, or a 404. */
  static FlowRun find(Site site, Call call, String id) {
    return seen(site, call.principal(), id)
        .orElseThrow(
            () -> Refusal.of(404, "there is no run \"" + id + "\"", "GET /api/v1/runs lists them"));
  }

  /** The run of that id in this environment; empty when there is none that somebody may see. */
  static Optional<FlowRun> seen(Site site, Principal who, String id) {
    return site.store()
        .flows()
        .run(id)
        .filter(r -> r.environment().equals(site.environment()))
        .filter(r -> new Sight(site, who).seesFlow(r.flow()));
  }

  /** Why runs wait just now. */
  static Waits waits(Site site) {
    return new Waits(
        site.environment(),
        site.store(),
        flow -> site.current().checked().project().flow(flow).isPresent(),
        site.clock().instant());
  }

  private Map<String, @Nullable Object> list(Call call) {
    int limit = call.number("limit");
    RunFilter filter =
        new RunFilter(
            call.text("flow"),
            call.text("state").map(FlowRun.State::valueOf).map(Set::of).orElse(Set.of()),
            call.instant("due_from"),
            call.instant("due_to"),
            call.text("cursor").map(Cursor::parse));
    List<FlowRun> runs = site.store().flows().runs(site.environment(), filter, limit + 1);
    Optional<String> next =
        runs.size() > limit
            ? Optional.of(Cursor.text(RunFilter.Position.of(runs.get(limit - 1))))
            : Optional.empty();
    Sight sight = new Sight(site, call.principal());
    Waits waits = waits(site);
    return Json.object(
        "runs",
        runs.stream()
            .limit(limit)
            .filter(r -> sight.seesFlow(r.flow()))
            .map(r -> Shapes.run(r, waits))
            .toList(),
        "next",
        next.orElse(null));
  }

  private static Map<String, @Nullable Object> wholeSchema() {
    return Schemas.object(
        "run",
        Schemas.ref("Run"),
        "tasks",
        Schemas.list(Schemas.ref("Task")),
        "builds",
        Schemas.list(Schemas.text("Its id"), "The builds of its tables, newest first"));
  }

  private Map<String, @Nullable Object> whole(FlowRun run) {
    List<FlowTask> tasks = site.store().tasks().tasks(run.id());
    return Json.object(
        "run",
        Shapes.run(run, waits(site)),
        "tasks",
        tasks.stream().map(t -> TaskShapes.task(t, run, tasks)).toList(),
        "builds",
        builds(run, tasks));
  }

  /**
   * The builds of its tables. A run names only the last that ended well; those that failed are
   * known by what they built, and when.
   */
  private List<String> builds(FlowRun run, List<FlowTask> tasks) {
    Optional<FlowTask> build =
        tasks.stream().filter(t -> t.key().name().equals(FlowTask.TABLES)).findFirst();
    if (build.isEmpty() || build.get().started().isEmpty()) {
      return List.of();
    }
    List<String> words =
        site.current().checked().project().flow(run.flow()).stream()
            .flatMap(f -> JobSelector.tables(texts(f)).stream())
            .toList();
    Instant from = run.started().orElse(run.created());
    Instant to = build.get().finished().orElse(Instant.MAX);
    Optional<RunFilter.Position> end =
        build.get().finished().map(at -> new RunFilter.Position(at, ""));
    return site.store().runs(site.environment(), end, BUILDS).stream()
        .filter(b ->
            run.run().filter(b.id()::equals).isPresent()
                || (b.selection().equals(words)
                    && !b.started().isBefore(from)
                    && !b.started().isAfter(to)))
        .map(RunRecord::id)
        .toList();
  }

  private static List<String> texts(Flow flow) {
    return flow.select().stream().map(Flow.Choice::text).toList();
  }

  private Answer retry(Call call) {
    FlowRun run = find(site, call, call.path("run"));
    Map<String, @Nullable Object> body = call.body();
    if (!run.state().isOver()) {
      throw Refusal.of(409, "the run is not over", "cancel it first");
    }
    List<String> names = Call.texts(body, "tasks");
    if (names.isEmpty()
        && site.store()
            .flows()
            .requeue(run.id(), call.does("retry", run.id(), ""), site.clock().instant())) {
      return Answer.json(whole(find(site, call, run.id()))); // it had never started
    }
    Set<String> wanted = wanted(run, names);
    if (wanted.isEmpty()) {
      throw Refusal.of(409, "every task of the run ended well", "name the tasks to run again");
    }
    Set<FlowTask.Key> again =
        site.store()
            .tasks()
            .reset(
                run.id(),
                wanted,
                Call.truth(body, "whole"),
                call.does("retry", run.id(), String.join(" ", wanted)),
                site.clock().instant());
    if (again.isEmpty()) {
      throw Refusal.of(409, "the run is not over any more", "somebody else was first");
    }
    return Answer.json(whole(find(site, call, run.id())));
  }

  private Set<String> wanted(FlowRun run, List<String> names) {
    List<FlowTask> tasks = site.store().tasks().tasks(run.id());
    Set<String> known = new LinkedHashSet<>();
    tasks.forEach(t -> known.add(t.key().name()));
    Set<String> wanted = new LinkedHashSet<>(names);
    for (String name : wanted) {
      if (!known.contains(name)) {
        throw Refusal.bad(
            "tasks",
            "the run has no task \"" + name + "\"",
            Names.nearest(name, known)
                .map(n -> "did you mean \"" + n + "\"?")
                .orElse("there are: " + String.join(", ", known)));
      }
    }
    if (wanted.isEmpty()) {
      tasks.stream().filter(t -> !t.state().isWell()).forEach(t -> wanted.add(t.key().name()));
    }
    return wanted;
  }

  private Answer cancel(Call call) {
    FlowRun run = find(site, call, call.path("run"));
    boolean open =
        site.store()
            .flows()
            .cancel(
                run.id(),
                "cancelled by " + call.who(),
                Optional.of(call.does("cancel", run.id(), "flow " + run.flow())),
                site.clock().instant());
    return Answer.json(
        Json.object("run", Shapes.run(find(site, call, run.id()), waits(site)), "cancelled", open));
  }
}
