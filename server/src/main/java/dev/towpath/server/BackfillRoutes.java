package dev.towpath.server;

import dev.towpath.core.access.Role;
import dev.towpath.core.project.Flow;
import dev.towpath.core.schedule.Firing;
import dev.towpath.core.schedule.Firings;
import dev.towpath.core.store.AuditLog;
import dev.towpath.core.store.Backfill;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.JsonText;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Backfills, and the log of who did what. */
final class BackfillRoutes {
  private static final int MOST = 20_000;
  private static final long MOST_PARALLEL = 1_000;

  private final Site site;

  BackfillRoutes(Site site) {
    this.site = site;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/api/v1/backfills", "listBackfills", "Backfills, newest first")
            .tag("backfills")
            .query("limit", Schemas.whole(1L, 500L, 50L), "The most backfills")
            .gives(
                200,
                "Backfills",
                Schemas.object("backfills", Schemas.list(Schemas.ref("Backfill"))))
            .by(call -> Answer.json(list(call))),
        Route.get("/api/v1/backfills/{backfill}", "getBackfill", "A backfill")
            .tag("backfills")
            .path("backfill", "Its id")
            .gives(200, "The backfill", Schemas.ref("Backfill"))
            .by(call -> Answer.json(json(find(call)))),
        Route.post(
                "/api/v1/flows/{flow}/backfills",
                "startBackfill",
                "Runs a flow for past intervals, each once, beside its schedule")
            .tag("backfills")
            .path("flow", "Its name")
            .takes(
                Schemas.requiring(
                    Schemas.object(
                        "from",
                        Schemas.moment("The first moment that counts"),
                        "to",
                        Schemas.moment("The first that does not count any more"),
                        "parallel",
                        Schemas.whole(1L, MOST_PARALLEL, 1L),
                        "backwards",
                        Schemas.truth("Whether the newest interval comes first"),
                        "dry_run",
                        Schemas.truth("Whether only the intervals are told")),
                    "from",
                    "to"),
                true)
            .gives(202, "The backfill", started())
            .gives(200, "What it would run", started())
            .by(this::start),
        change("pause", "Starts no more of its runs", Backfill.State.PAUSED),
        change("resume", "Lets a paused one go on", Backfill.State.ACTIVE),
        change("cancel", "Ends it, and cancels its runs", Backfill.State.CANCELLED),
        Route.get("/api/v1/audit", "listAudit", "Who did what, newest first")
            .tag("audit")
            .needs(Role.ADMIN)
            .query("limit", Schemas.whole(1L, 1_000L, 100L), "The most entries on a page")
            .query(
                "before",
                Schemas.whole("An entry"),
                "Only those with a lower id, such as the last of the page before")
            .query("word", Schemas.text("Such as a name"), "Only those that have it somewhere")
            .gives(
                200,
                "Entries",
                Schemas.object(
                    "entries",
                    Schemas.list(Schemas.ref("AuditEntry")),
                    "more",
                    Schemas.truth("Whether there are older ones")))
            .by(call -> Answer.json(audit(call))));
  }

  private static Map<String, @Nullable Object> started() {
    return Schemas.object(
        "backfill",
        Schemas.orNull(Schemas.ref("Backfill")),
        "intervals",
        Schemas.list(Schemas.ref("Firing"), "In the order in which they run"));
  }

  private Route change(String word, String summary, Backfill.State to) {
    return Route.post("/api/v1/backfills/{backfill}/" + word, word + "Backfill", summary)
        .tag("backfills")
        .path("backfill", "Its id")
        .gives(200, "The backfill", Schemas.ref("Backfill"))
        .by(call -> {
          Backfill found = find(call);
          boolean changed =
              site.store()
                  .backfills()
                  .change(
                      found.id(),
                      to,
                      call.does(word + " backfill", found.id(), ""),
                      site.clock().instant());
          Backfill now = find(call);
          if (!changed && now.state() != to) {
            throw Refusal.of(409, "the backfill is over", null);
          }
          return Answer.json(json(now));
        });
  }

  private Backfill find(Call call) {
    String id = call.path("backfill");
    return site.store()
        .backfills()
        .backfill(id)
        .filter(b -> b.environment().equals(site.environment()))
        .filter(b -> new Sight(site, call.principal()).seesFlow(b.flow()))
        .orElseThrow(() ->
            Refusal.of(
                404, "there is no backfill \"" + id + "\"", "GET /api/v1/backfills lists them"));
  }

  private Map<String, @Nullable Object> json(Backfill backfill) {
    return TaskShapes.backfill(backfill, site.store().backfills().progress(backfill.id()));
  }

  private Map<String, @Nullable Object> list(Call call) {
    Sight sight = new Sight(site, call.principal());
    return Json.object(
        "backfills",
        site.store().backfills().list(site.environment(), call.number("limit")).stream()
            .filter(b -> sight.seesFlow(b.flow()))
            .map(this::json)
            .toList());
  }

  private Map<String, @Nullable Object> audit(Call call) {
    int limit = call.number("limit");
    long before = call.whole("before").orElse(Long.MAX_VALUE);
    String word = call.text("word").orElse("");
    List<AuditLog.Entry> entries =
        site.store().audit().list(site.environment(), word, before, limit + 1);
    return Json.object(
        "entries",
        entries.stream().limit(limit).map(TaskShapes::entry).toList(),
        "more",
        entries.size() > limit);
  }

  private Answer start(Call call) {
    Flow flow = FlowRoutes.find(site, call);
    Firings.without(flow)
        .ifPresent(how -> {
          throw Refusal.bad(
              "flow", "the flow has no schedule: " + how, "trigger it, or give it a schedule");
        });
    Map<String, @Nullable Object> body = call.body();
    Instant from = moment(body, "from");
    Instant to = moment(body, "to");
    if (!from.isBefore(to)) {
      throw Refusal.bad("to", "to is not after from", "to itself does not count");
    }
    List<Firing> firings = Firings.of(flow).between(from, to, MOST + 1);
    if (firings.isEmpty()) {
      throw Refusal.bad("from", "the flow is not due in that time", "its firings tell when it is");
    }
    if (firings.size() > MOST) {
      throw Refusal.bad("to", "these are more than " + MOST + " intervals", "make several");
    }
    boolean backwards = Call.truth(body, "backwards");
    int parallel = Math.toIntExact(Call.whole(body, "parallel", 1, MOST_PARALLEL).orElse(1L));
    String params = JsonText.write(GivenParameters.read(flow.parameters(), Map.of(), true));
    Optional<Backfill> made = Optional.empty();
    if (!Call.truth(body, "dry_run")) {
      Instant now = site.clock().instant();
      Backfill backfill =
          new Backfill(
              site.newId(),
              site.environment(),
              flow.name(),
              from,
              to,
              parallel,
              backwards,
              Backfill.State.ACTIVE,
              firings.size(),
              call.who(),
              now);
      site.store()
          .backfills()
          .add(
              backfill,
              runs(backfill, firings, params, now),
              call.does("backfill", backfill.id(), flow.name() + " from " + from + " to " + to));
      made = Optional.of(backfill);
    }
    List<Firing> ordered = backwards ? firings.reversed() : firings;
    return Answer.json(
        made.isPresent() ? 202 : 200,
        Json.object(
            "backfill",
            made.map(this::json).orElse(null),
            "intervals",
            ordered.stream().map(f -> Shapes.firing(f, flow.zone())).toList()));
  }

  private static List<FlowRun> runs(
      Backfill backfill, List<Firing> firings, String params, Instant now) {
    List<FlowRun> runs = new ArrayList<>();
    for (Firing firing : firings) {
      runs.add(
          FlowRun.queued(
                  backfill.id() + "-" + (runs.size() + 1),
                  backfill.environment(),
                  backfill.flow(),
                  FlowRun.Cause.BACKFILL,
                  firing.at(),
                  Optional.of(firing.start()),
                  now)
              .with(params)
              .of(backfill.id()));
    }
    return runs;
  }

  private static Instant moment(Map<String, @Nullable Object> body, String name) {
    String text = Call.text(body, name).orElse("");
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw Refusal.bad(name, name + " is no moment", "write one such as 2026-03-28T06:00:00Z");
    }
  }
}
