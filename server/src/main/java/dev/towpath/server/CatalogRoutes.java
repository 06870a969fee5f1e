package dev.towpath.server;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.project.Check;
import dev.towpath.core.store.RunRecord;
import dev.towpath.server.form.Form;
import dev.towpath.server.form.JsonRows;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Column;
import dev.towpath.spi.TowpathException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What became of a table over time: its checks, and its rows from one release to another. */
final class CatalogRoutes {
  private static final long MOST_ROWS = 1_000;

  private final Site site;
  private final Duration most;

  /**
   * Of a site.
   *
   * @param most how long a comparison may take
   */
  CatalogRoutes(Site site, Duration most) {
    this.site = site;
    this.most = most;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
                "/api/v1/assets/{asset}/checks",
                "listChecks",
                "What the checks of a table said, newest first")
            .tag("assets")
            .path("asset", "Its name, such as marts.daily")
            .query("limit", Schemas.whole(1L, 200L, 30L), "The most runs")
            .gives(
                200,
                "Runs that checked it",
                Schemas.object(
                    "runs",
                    Schemas.list(
                        Schemas.object(
                            "run",
                            Schemas.text("The run's id"),
                            "started",
                            Schemas.moment("When it began"),
                            "checks",
                            Schemas.list(
                                Schemas.object(
                                    "check",
                                    Schemas.text("As it is written"),
                                    "result",
                                    Schemas.oneOf(List.of("passed", "warned", "failed"), "Of it"),
                                    "failures",
                                    Schemas.whole("Bad rows")))))))
            .by(call -> Answer.json(checks(call))),
        Route.get(
                "/api/v1/assets/{asset}/diff",
                "diffAsset",
                "Which rows of a table came, went and changed between two releases")
            .tag("assets")
            .path("asset", "Its name, such as marts.daily")
            .query("from", Schemas.whole(0L, Long.MAX_VALUE, 0L), "The release before")
            .query("to", Schemas.whole(0L, Long.MAX_VALUE, 0L), "The release after")
            .query(
                "key",
                Schemas.text("Columns with commas between them"),
                "What a row is known by; without it, the table's own key")
            .query("limit", Schemas.whole(1L, MOST_ROWS, 200L), "The most rows that are told")
            .gives(
                200,
                "The difference",
                Schemas.object(
                    "key",
                    Schemas.list(Schemas.text("A column")),
                    "columns",
                    Schemas.list(Schemas.ref("Column"), "Of both, as the later one has them"),
                    "added",
                    Schemas.whole("Rows that came"),
                    "removed",
                    Schemas.whole("Rows that went"),
                    "changed",
                    Schemas.whole("Rows with the same key and other values"),
                    "rows",
                    Schemas.list(
                        Schemas.list(Schemas.any("added, removed or changed; then the values")),
                        "What happened, the values before and the values after")))
            .by(this::difference));
  }

  private Map<String, @Nullable Object> checks(Call call) {
    Sight sight = new Sight(site, call.principal());
    Asset asset = ProjectRoutes.find(sight.graph(), call.path("asset"));
    Set<String> hidden =
        asset.checks().stream()
            .filter(c -> !sight.sees(c))
            .map(c -> c.check().name())
            .collect(Collectors.toSet());
    List<RunRecord.Checked> history =
        site.store()
            .checkHistory(
                site.environment(), asset.name(), Math.toIntExact(call.whole("limit").orElse(30L)));
    return Json.object("runs", history.stream().map(run -> run(run, hidden)).toList());
  }

  private static Map<String, @Nullable Object> run(RunRecord.Checked run, Set<String> hidden) {
    return Json.object(
        "run",
        run.run(),
        "started",
        run.started().toString(),
        "checks",
        run.results().stream()
            .filter(r -> !hidden.contains(r.check()))
            .map(r ->
                Json.object(
                    "check",
                    r.check(),
                    "result",
                    r.passed() ? "passed" : r.warn() ? "warned" : "failed",
                    "failures",
                    r.failures()))
            .toList());
  }

  private Answer difference(Call call) {
    Sight sight = new Sight(site, call.principal());
    Asset asset = ProjectRoutes.find(sight.graph(), call.path("asset"));
    List<String> key =
        call.text("key")
            .map(text -> Arrays.stream(text.split(",")).map(String::strip).toList())
            .orElseGet(() -> key(asset));
    if (key.isEmpty()) {
      throw Refusal.bad(
          "key",
          "nothing says what a row of " + asset.name() + " is known by",
          "give key=COLUMN, or declare key: in " + asset.file());
    }
    long from = required(call, "from");
    long to = required(call, "to");
    int limit = Math.toIntExact(call.whole("limit").orElse(200L));
    try {
      Lakehouse.Comparison asked =
          new Lakehouse.Comparison(asset.name(), from, to, key, limit, most);
      return call.whileThere(() ->
          site.lakehouse()
              .compare(
                  call.principal(),
                  asked,
                  found -> new Answer.Bytes(200, Form.JSON.type(), json(found, limit), Map.of())));
    } catch (CancelledException e) {
      throw Refusal.of(503, "the comparison was stopped", "try again");
    } catch (TowpathException e) {
      Refusal refusal = Refusal.of(e);
      throw refusal.status() == 422 ? refusal.as(400) : refusal;
    }
  }

  private static long required(Call call, String name) {
    return call.whole(name)
        .orElseThrow(() -> Refusal.bad(name, name + " is missing", "give " + name + "=RELEASE"));
  }

  /** What a table's file says that a row is known by: its key, else columns that are unique. */
  private static List<String> key(Asset asset) {
    if (asset.definition() instanceof Asset.FromModel model && !model.model().key().isEmpty()) {
      return model.model().key();
    }
    return asset.checks().stream()
        .map(bound -> bound.check().rule())
        .filter(Check.Unique.class::isInstance)
        .map(rule -> ((Check.Unique) rule).columns())
        .findFirst()
        .orElse(List.of());
  }

  private static byte[] json(Lakehouse.Difference found, int limit) {
    return RowsOut.document(
        found.rows(),
        found.shown(),
        JsonRows.Shape.LIST,
        (out, _) -> {
          out.writeArrayFieldStart("key");
          for (String column : found.key()) {
            out.writeString(column);
          }
          out.writeEndArray();
          out.writeArrayFieldStart("columns");
          for (Column column : found.columns().columns()) {
            out.writeStartObject();
            out.writeStringField("name", column.name());
            out.writeStringField("type", column.type().sql());
            out.writeEndObject();
          }
          out.writeEndArray();
          out.writeNumberField("added", found.added());
          out.writeNumberField("removed", found.removed());
          out.writeNumberField("changed", found.changed());
        },
        "rows",
        limit,
        (_, _) -> {});
  }
}
