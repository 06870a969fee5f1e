package dev.towpath.server;

import dev.towpath.core.access.Role;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.Release;
import dev.towpath.spi.TowpathException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Releases of the lake. */
final class ReleaseRoutes {
  private final Site site;

  ReleaseRoutes(Site site) {
    this.site = site;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/api/v1/releases", "listReleases", "Releases, newest first")
            .tag("releases")
            .query("limit", Schemas.whole(1L, 500L, 50L), "The most releases on a page")
            .query(
                "before",
                Schemas.whole("A release"),
                "Only those with a lower number, such as the last of the page before")
            .gives(
                200,
                "Releases",
                Schemas.object(
                    "releases",
                    Schemas.list(Schemas.ref("Release")),
                    "more",
                    Schemas.truth("Whether there are older ones")))
            .by(call -> Answer.json(list(call))),
        Route.get("/api/v1/releases/{release}", "getRelease", "A release and its tables")
            .tag("releases")
            .path("release", Schemas.whole(0L, Long.MAX_VALUE, 0L), "Its number")
            .gives(
                200,
                "The release",
                Schemas.object(
                    "release",
                    Schemas.ref("Release"),
                    "tables",
                    Schemas.list(
                        Schemas.object(
                            "name",
                            Schemas.text("schema.table"),
                            "kind",
                            Schemas.text("How its rows come and go"),
                            "state",
                            Schemas.text("Its state's id"),
                            "version",
                            Schemas.text("Names the content: the same rows have the same version"),
                            "built",
                            Schemas.moment("The logical time of its run"),
                            "rows",
                            Schemas.orNull(Schemas.whole("null when they were not counted")),
                            "bytes",
                            Schemas.whole("On disk")))))
            .by(call -> Answer.json(one(call))),
        Route.post(
                "/api/v1/rollback",
                "rollback",
                "Publishes a release that has what an earlier one had")
            .tag("releases")
            .needs(Role.ADMIN)
            .takes(
                Schemas.requiring(
                    Schemas.object(
                        "to",
                        Schemas.whole("The release to go back to; the one before without it"))),
                false)
            .gives(
                200,
                "The new release, and flows that are paused since they write what was taken back",
                Schemas.object(
                    "release",
                    Schemas.ref("Release"),
                    "paused",
                    Schemas.list(Schemas.text("A flow"))))
            .by(this::rollback));
  }

  private Map<String, @Nullable Object> list(Call call) {
    int limit = call.number("limit");
    long before = call.whole("before").orElse(Long.MAX_VALUE);
    List<Release> releases = site.store().releases(site.environment(), before, limit + 1);
    return Json.object(
        "releases",
        releases.stream().limit(limit).map(Shapes::release).toList(),
        "more",
        releases.size() > limit);
  }

  private Map<String, @Nullable Object> one(Call call) {
    long number = call.whole("release").orElseThrow();
    Sight sight = new Sight(site, call.principal());
    LakeView view;
    try {
      view = site.store().view(site.environment(), number);
    } catch (TowpathException e) {
      throw Refusal.of(404, String.valueOf(e.getMessage()), e.hint().orElse(null));
    }
    Release release = view.release();
    return Json.object(
        "release",
        Shapes.release(release),
        "tables",
        view.tables().values().stream()
            .filter(s -> sight.sees(s.table()))
            .sorted(Comparator.comparing(s -> s.table().toString()))
            .map(s ->
                Json.object(
                    "name",
                    s.table().toString(),
                    "kind",
                    s.kind(),
                    "state",
                    s.id(),
                    "version",
                    s.version(),
                    "built",
                    s.logicalTime().toString(),
                    "rows",
                    s.rows() < 0 ? null : s.rows(),
                    "bytes",
                    s.bytes()))
            .toList());
  }

  private Answer rollback(Call call) {
    OptionalLong to =
        Call.whole(call.body(), "to", 1, Long.MAX_VALUE)
            .map(OptionalLong::of)
            .orElseGet(OptionalLong::empty);
    try {
      Site.Rollback done = site.rollback(to, call.who());
      return Answer.json(
          Json.object("release", Shapes.release(done.release()), "paused", done.paused()));
    } catch (Refusal e) {
      throw e;
    } catch (TowpathException e) {
      throw Refusal.of(409, String.valueOf(e.getMessage()), e.hint().orElse(null));
    }
  }
}
