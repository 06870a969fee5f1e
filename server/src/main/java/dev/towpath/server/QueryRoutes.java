package dev.towpath.server;

import dev.towpath.core.access.Role;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.DataType;
import dev.towpath.spi.TowpathException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Queries: a SELECT over one release, with limits on its text, its rows, its time, and how many run
 * at once.
 */
final class QueryRoutes {
  /** Rows of a JSON answer; the other forms have all. */
  static final long MOST_ROWS = 10_000;

  private static final long DEFAULT_ROWS = 1_000;
  private static final int MOST_SQL = 200_000;
  private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*");

  /** The content types of the forms, in the order in which they are preferred. */
  private static final Map<String, Site.Form> FORMS = forms();

  private final Site site;
  private final Duration most;
  private final Semaphore slots;

  /**
   * Queries of a site.
   *
   * @param most how long one may take
   * @param atOnce how many run at a time; more are refused
   */
  QueryRoutes(Site site, Duration most, int atOnce) {
    this.site = site;
    this.most = most;
    this.slots = new Semaphore(atOnce);
  }

  private static Map<String, Site.Form> forms() {
    Map<String, Site.Form> forms = new LinkedHashMap<>();
    forms.put("application/json", Site.Form.JSON);
    forms.put("application/vnd.apache.arrow.stream", Site.Form.ARROW);
    forms.put("application/vnd.apache.parquet", Site.Form.PARQUET);
    forms.put("text/csv", Site.Form.CSV);
    forms.put("application/x-ndjson", Site.Form.NDJSON);
    return forms;
  }

  List<Route> routes() {
    return List.of(
        Route.post(
                "/api/v1/query", "query", "Runs a SELECT over the newest release or an older one")
            .tag("query")
            .needs(Role.VIEWER)
            .header("Accept", "The form of the result: " + String.join(", ", FORMS.keySet()))
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
                        Schemas.whole(1L, MOST_ROWS, DEFAULT_ROWS)),
                    "sql"),
                true)
            .gives(answers())
            .by(this::query));
  }

  private static Route.Answers answers() {
    Map<String, Map<String, @Nullable Object>> content = new LinkedHashMap<>();
    content.put(
        "application/json",
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
    FORMS.keySet().stream()
        .skip(1)
        .forEach(type ->
            content.put(
                type,
                Json.object("type", "string", "description", "All rows", "format", "binary")));
    return new Route.Answers(200, "The result", content);
  }

  private Answer query(Call call) {
    Sight.requireAll(call, "queries");
    String type = call.accepted(List.copyOf(FORMS.keySet()));
    Site.Form form = FORMS.getOrDefault(type, Site.Form.JSON);
    Map<String, @Nullable Object> body = call.body();
    String sql = Call.text(body, "sql").orElse("");
    if (sql.length() > MOST_SQL) {
      throw Refusal.bad("sql", "the query is longer than " + MOST_SQL + " characters", null);
    }
    Optional<Long> limit = Call.whole(body, "limit", 1, MOST_ROWS);
    if (form != Site.Form.JSON && limit.isPresent()) {
      throw Refusal.bad(
          "limit", "limit is for JSON; " + type + " has all rows", "write LIMIT into the query");
    }
    Site.Question question =
        new Site.Question(
            sql,
            parameters(Call.object(body, "params")),
            Call.whole(body, "release", 0, Long.MAX_VALUE),
            form == Site.Form.JSON
                ? Optional.of(Math.toIntExact(limit.orElse(DEFAULT_ROWS)))
                : Optional.empty(),
            form);
    Site.Result result = limited(question);
    Map<String, String> headers = Map.of("Towpath-Release", Long.toString(result.release()));
    return result
        .file()
        .<Answer>map(file -> new Answer.Temporary(type, file, headers))
        .orElseGet(() -> new Answer.Whole(200, type, Json.write(json(result)), headers));
  }

  private static Map<String, @Nullable Object> json(Site.Result result) {
    return Json.object(
        "columns",
        result.columns(),
        "rows",
        result.rows(),
        "truncated",
        result.truncated(),
        "release",
        result.release());
  }

  private static Map<String, Site.Value> parameters(Map<String, @Nullable Object> given) {
    Map<String, Site.Value> values = new LinkedHashMap<>();
    given.forEach((name, value) -> {
      if (!NAME.matcher(name).matches()) {
        throw Refusal.bad(
            "params." + name, "\"" + name + "\" is no name of a parameter", "SQL says $name");
      }
      values.put(name, value(name, value));
    });
    return values;
  }

  private static Site.Value value(String name, @Nullable Object given) {
    if (!(given instanceof Map<?, ?> map)) {
      return new Site.Value(type(given), Optional.ofNullable(given).map(Call::plain));
    }
    if (!(map.get("type") instanceof String type) || !map.containsKey("value") || map.size() != 2) {
      throw Refusal.bad(
          "params." + name,
          "params." + name + " is no value",
          "write {\"type\": \"date\", \"value\": \"2026-01-01\"}");
    }
    try {
      DataType.parse(type);
    } catch (TowpathException e) {
      throw Refusal.bad(
          "params." + name, String.valueOf(e.getMessage()), e.hint().orElse("write a type"));
    }
    return new Site.Value(
        Optional.of(type), Optional.ofNullable((Object) map.get("value")).map(Call::plain));
  }

  /** JSON tells a truth value from the rest; anything else is what the query uses it as. */
  private static Optional<String> type(@Nullable Object given) {
    return given instanceof Boolean ? Optional.of("BOOLEAN") : Optional.empty();
  }

  private Site.Result limited(Site.Question question) {
    if (!slots.tryAcquire()) {
      throw Refusal.of(
          429, "too many queries run already", "try again in a moment", "Retry-After", "1");
    }
    FutureTask<Site.Result> task = new FutureTask<>(() -> site.query(question));
    // the slot is free again when the work is over, not when somebody stops waiting for it
    Thread worker =
        Thread.ofVirtual()
            .name("query")
            .start(() -> {
              try {
                task.run();
              } finally {
                slots.release();
              }
            });
    try {
      return task.get(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      worker.interrupt();
      throw Refusal.of(
          504,
          "the query took longer than " + most.toSeconds() + " s and was stopped",
          "read less, or build a table of it");
    } catch (InterruptedException e) {
      worker.interrupt();
      Thread.currentThread().interrupt();
      throw Refusal.of(503, "the server stops", "try again when it is back");
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  private static RuntimeException failure(ExecutionException e) {
    return switch (e.getCause()) {
      case CancelledException _ -> Refusal.of(503, "the query was stopped", "try again");
      case TowpathException known -> badQuery(known);
      case RuntimeException other -> other;
      case null, default -> new IllegalStateException(e.getCause());
    };
  }

  /** A mistake in the query is the client's. */
  private static Refusal badQuery(TowpathException e) {
    Refusal refusal = Refusal.of(e);
    return refusal.status() == 422 ? refusal.as(400) : refusal;
  }
}
