package dev.towpath.server;

import dev.towpath.core.access.Role;
import dev.towpath.core.query.QueryText;
import dev.towpath.core.store.Release;
import dev.towpath.server.form.Form;
import dev.towpath.server.form.JsonRows;
import dev.towpath.spi.Batch;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Slice;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TowpathException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Queries: a SELECT over one release, with limits on its text, its rows and its time. */
final class QueryRoutes {
  /** Rows of a JSON answer; the other forms have all. */
  static final long MOST_ROWS = 10_000;

  private static final long DEFAULT_ROWS = 1_000;
  private static final int MOST_SQL = 200_000;

  private static final Pattern NAME = Pattern.compile("[\\w-]{1,64}");

  private final Site site;
  private final Duration most;
  private final Watched watched = new Watched();

  /**
   * Queries of a site.
   *
   * @param most how long one may take
   */
  QueryRoutes(Site site, Duration most) {
    this.site = site;
    this.most = most;
  }

  List<Route> routes() {
    return List.of(
        Route.post(
                "/api/v1/query", "query", "Runs a SELECT over the newest release or an older one")
            .tag("query")
            .needs(Role.VIEWER)
            .header("Accept", "The form of the result: " + String.join(", ", Form.types()))
            .takes(
                Schemas.requiring(
                    Schemas.object(
                        "sql",
                        Json.object(
                            "type",
                            "string",
                            "maxLength",
                            (long) MOST_SQL,
                            "description",
                            "One SELECT; a parameter is written $name"),
                        "params",
                        Schemas.map(
                            Schemas.any(
                                "A value, or {\"type\": ..., \"value\": ...} to say its type")),
                        "release",
                        Schemas.whole("Which release is read; the newest without it"),
                        "limit",
                        Schemas.whole(1L, MOST_ROWS, DEFAULT_ROWS),
                        "watch",
                        Json.object(
                            "type",
                            "string",
                            "pattern",
                            "^" + NAME + "$",
                            "description",
                            "A name of your own, by which its progress is asked for meanwhile")),
                    "sql"),
                true)
            .gives(answers())
            .by(this::query),
        Route.get(
                "/api/v1/query/progress/{watch}",
                "getQueryProgress",
                "How far a query is that runs right now")
            .tag("query")
            .needs(Role.VIEWER)
            .path("watch", "What the query said as watch; nobody else's are known")
            .gives(
                200,
                "Its progress",
                Schemas.object(
                    "progress",
                    Schemas.orNull(
                        Schemas.number(
                            "From 0 to 1; null while it is not known, and when it is over"))))
            .by(this::progress),
        Route.post("/api/v1/query/plan", "planQuery", "Says how a SELECT would be run")
            .tag("query")
            .needs(Role.VIEWER)
            .takes(
                Schemas.requiring(
                    Schemas.object(
                        "sql",
                        Json.object("type", "string", "maxLength", (long) MOST_SQL),
                        "params",
                        Schemas.map(Schemas.any("As of a query")),
                        "release",
                        Schemas.whole("Which release would be read; the newest without it")),
                    "sql"),
                true)
            .gives(
                200,
                "DuckDB's plan",
                Schemas.object(
                    "plan",
                    Schemas.list(Schemas.any("A step: name, extra_info, children")),
                    "release",
                    Schemas.whole("The release that would be read")))
            .by(this::plan));
  }

  private static Route.Answers answers() {
    Map<String, Map<String, @Nullable Object>> content = new LinkedHashMap<>();
    content.put(
        Form.JSON.type(),
        Schemas.object(
            "columns",
            Schemas.list(Schemas.ref("Column")),
            "rows",
            Schemas.list(
                Schemas.list(Schemas.any("A value")), "Values in the order of the columns"),
            "truncated",
            Schemas.truth("Whether there are more rows than the limit"),
            "release",
            Schemas.whole("The release that was read")));
    Form.types().stream()
        .skip(1)
        .forEach(type ->
            content.put(
                type,
                Json.object("type", "string", "description", "All rows", "format", "binary")));
    return new Route.Answers(200, "The result", content);
  }

  /** A query with its values, ready to run. */
  private record Ready(
      Lakehouse.Query query, Map<String, Optional<Statement.Bound>> values, long release) {}

  private Answer query(Call call) {
    Form form = Form.of(call.accepted(Form.types()));
    Map<String, @Nullable Object> body = call.body();
    Optional<Long> limit = Call.whole(body, "limit", 1, MOST_ROWS);
    if (form != Form.JSON && limit.isPresent()) {
      throw Refusal.bad(
          "limit",
          "limit is for JSON; " + form.type() + " has all rows",
          "write LIMIT into the query");
    }
    Optional<String> name = Call.text(body, "watch");
    if (name.isPresent() && !NAME.matcher(name.get()).matches()) {
      throw Refusal.bad("watch", "this is no name", "up to 64 letters, digits, _ and -");
    }
    try (Watched.Watch watch = watched.begin(call.principal(), name)) {
      return asked(call, body, ready -> answer(ready, form, limit.orElse(DEFAULT_ROWS), watch));
    }
  }

  private Answer progress(Call call) {
    OptionalDouble known = watched.progress(call.principal(), call.path("watch"));
    return Answer.json(Json.object("progress", known.isPresent() ? known.getAsDouble() : null));
  }

  /** Does something with a query and its values while its release is open. */
  private Answer asked(
      Call call, Map<String, @Nullable Object> body, Function<Ready, Answer> answer) {
    String sql = Call.text(body, "sql").orElse("");
    if (sql.length() > MOST_SQL) {
      throw Refusal.bad("sql", "the query is longer than " + MOST_SQL + " characters", null);
    }
    QueryText text = new QueryText("query", sql);
    QueryValues given =
        new QueryValues(Call.object(body, "params"), site.current().checked().project().vars());
    Optional<Long> release =
        Call.whole(body, "release", 0, Long.MAX_VALUE)
            .map(number -> Release.named(site.environment(), number));
    try (Lakehouse.Snapshot snapshot = site.lakehouse().open(call.principal(), release)) {
      return call.whileThere(() -> {
        Lakehouse.Query query = snapshot.prepare(text, given.types());
        return answer.apply(
            new Ready(query, given.of(text, query.parameters()), snapshot.release()));
      });
    } catch (CancelledException e) {
      throw Refusal.of(503, "the query was stopped", "try again");
    } catch (TowpathException e) {
      throw badQuery(e);
    }
  }

  private Answer plan(Call call) {
    return asked(
        call,
        call.body(),
        ready -> {
          try (Lakehouse.Cursor cursor = ready.query().planTree(ready.values())) {
            Batch batch = cursor.next();
            String plan =
                batch == null ? "[]" : new String(batch.column(1).bytes(0), StandardCharsets.UTF_8);
            // as it is, since a plan may be deeper than what we read
            String json = "{\"plan\":" + plan + ",\"release\":" + ready.release() + "}";
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            return new Answer.Bytes(200, Form.JSON.type(), bytes, Map.of());
          }
        });
  }

  private Answer answer(Ready ready, Form form, long limit, Watched.Watch watch) {
    Map<String, String> headers = Map.of("Towpath-Release", Long.toString(ready.release()));
    return switch (form) {
      case JSON -> new Answer.Bytes(200, form.type(), json(ready, limit, watch), headers);
      case PARQUET ->
          new Answer.Temporary(
              form.type(), ready.query().parquet(ready.values(), most(Slice.ALL, watch)), headers);
      case ARROW, CSV, NDJSON -> {
        Lakehouse.Cursor cursor =
            form == Form.ARROW
                ? ready.query().handOver(ready.values(), most(Slice.ALL, watch))
                : ready.query().run(ready.values(), most(Slice.ALL, watch));
        yield new Answer.Rows(
            form.type(),
            headers,
            out -> {
              try (cursor) {
                RowsOut.all(form, cursor, ready.query().columns(), out);
              }
            });
      }
    };
  }

  private Lakehouse.Most most(Slice slice, Watched.Watch watch) {
    return new Lakehouse.Most(slice, most, watch::by);
  }

  private byte[] json(Ready ready, long limit, Watched.Watch watch) {
    try (Lakehouse.Cursor cursor =
        ready.query().run(ready.values(), most(Slice.first(limit + 1), watch))) {
      return RowsOut.document(
          cursor,
          ready.query().columns(),
          JsonRows.Shape.LIST,
          (out, _) -> {
            out.writeArrayFieldStart("columns");
            for (var column : ready.query().columns().columns()) {
              out.writeStartObject();
              out.writeStringField("name", column.name());
              out.writeStringField("type", column.type().sql());
              out.writeEndObject();
            }
            out.writeEndArray();
          },
          "rows",
          limit,
          (out, more) -> {
            out.writeBooleanField("truncated", more);
            out.writeNumberField("release", ready.release());
          });
    }
  }

  /** A mistake in the query is the client's. */
  private static Refusal badQuery(TowpathException e) {
    Refusal refusal = Refusal.of(e);
    return refusal.status() == 422 ? refusal.as(400) : refusal;
  }
}
