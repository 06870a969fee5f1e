package dev.towpath.server;

import dev.towpath.core.access.Principal;
import dev.towpath.core.store.Event;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What happens, live: the store's events as server-sent events. */
final class EventRoutes {
  private static final long BEAT_MILLIS = 10_000;
  private static final long RETRY_MILLIS = 1_000;
  static final int MOST_FOLLOWERS = 256;

  private final Site site;
  private final EventHub hub;

  EventRoutes(Site site, EventHub hub) {
    this.site = site;
    this.hub = hub;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/api/v1/events", "followEvents", "What happens, as server-sent events")
            .tag("events")
            .header("Last-Event-ID", "The last event that was seen; those after it follow")
            .query(
                "after",
                Schemas.whole(0L, Long.MAX_VALUE, 0L),
                "The same, for clients that cannot set a header")
            .gives(
                200,
                "First `hello` with the newest id: a snapshot read after it misses nothing. Then"
                    + " each event under its own type, its data a JSON object with id, at, type,"
                    + " flow, run, task and detail; `project.changed` says that the files were edited,"
                    + " `tables.changed` what this server builds right now: they have no id. `reset` says that events were missed",
                Sse.TYPE,
                Json.object("type", "string"))
            .by(this::follow));
  }

  private Answer follow(Call call) {
    Optional<Long> seen = call.whole("after").or(() -> call.text("Last-Event-ID").map(this::id));
    if (!hub.join(MOST_FOLLOWERS)) {
      throw Refusal.of(
          503, "too many clients follow events and logs", "close some", "Retry-After", "10");
    }
    return new Answer.Stream(Sse.TYPE, out -> stream(out, call, seen));
  }

  private Long id(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw Refusal.bad("Last-Event-ID", "this is no id of an event", "it is a number");
    }
  }

  private void stream(OutputStream out, Call call, Optional<Long> seen) throws IOException {
    try {
      Sse sse = new Sse(out);
      sse.retry(RETRY_MILLIS);
      long noticed = hub.noticed();
      long newest = hub.last();
      long at = seen.orElse(newest);
      if (at > newest) {
        newest = hub.newest(); // who has followed another server may know more than this one yet
      }
      if (at > newest || (at < newest && hub.trimmed(at))) {
        sse.event("reset", Long.toString(newest), Json.write(Json.object("last", newest)));
        at = newest;
      } else {
        sse.event("hello", Long.toString(at), Json.write(Json.object("last", newest)));
      }
      while (!hub.isClosed()) {
        EventHub.News news = hub.next(at, noticed, BEAT_MILLIS);
        Optional<Principal> who =
            call.stillIn(); // after the wait, in which rights may have changed
        if (who.isEmpty()) {
          return;
        }
        Sight sight = new Sight(site, who.get());
        boolean told = false;
        for (EventHub.Notice notice : news.notices()) {
          sse.event(notice.type(), null, sight.all() ? notice.data() : "{}");
          noticed = notice.number();
          told = true;
        }
        for (Event event : news.events()) {
          at = event.id();
          if (sight.sees(event)) {
            sse.event(event.type(), Long.toString(event.id()), Json.write(json(event)));
            told = true;
          }
        }
        if (!told && !hub.isClosed()) {
          sse.beat();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      hub.leave();
    }
  }

  private static Map<String, @Nullable Object> json(Event event) {
    return Json.object(
        "id",
        event.id(),
        "at",
        event.at().toString(),
        "type",
        event.type(),
        "flow",
        event.flow().orElse(null),
        "run",
        event.run().orElse(null),
        "task",
        event.task().orElse(null),
        "detail",
        event.detail());
  }
}
