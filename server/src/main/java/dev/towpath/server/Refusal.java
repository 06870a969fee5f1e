package dev.towpath.server;

import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An answer that is an error, as RFC 9457 writes it. */
public final class Refusal extends TowpathException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient List<Map<String, @Nullable Object>> errors;
  private final transient Map<String, String> headers;
  private final boolean noted;

  private Refusal(
      int status,
      String detail,
      @Nullable String hint,
      List<Map<String, @Nullable Object>> errors,
      Map<String, String> headers) {
    this(status, detail, hint, errors, headers, false);
  }

  private Refusal(
      int status,
      String detail,
      @Nullable String hint,
      List<Map<String, @Nullable Object>> errors,
      Map<String, String> headers,
      boolean noted) {
    super(detail, hint);
    this.status = status;
    this.errors = List.copyOf(errors);
    this.headers = Map.copyOf(headers);
    this.noted = noted;
  }

  /** An error with what to do about it. */
  public static Refusal of(int status, String detail, @Nullable String hint) {
    return new Refusal(status, detail, hint, List.of(), Map.of());
  }

  /** An error with a header that goes with it. */
  static Refusal of(int status, String detail, String hint, String header, String value) {
    return new Refusal(status, detail, hint, List.of(), Map.of(header, value));
  }

  /** What is said of a path that leads nowhere, and of what somebody may not see. */
  static Refusal nothingHere() {
    return of(404, "there is nothing at this path", "GET /api/v1/openapi.json lists all");
  }

  /**
   * A 503 when a query of the project does not fit a release: as it has been checked, the release
   * is older than it.
   *
   * @param all whether they may read everything; others are not told what the release lacks
   */
  static Refusal notYet(long release, TowpathException why, boolean all, String what) {
    return of(
        503,
        "release " + release + " cannot answer this yet" + (all ? ": " + of(why).getMessage() : ""),
        "\"towpath run\" builds what the " + what + " reads");
  }

  /** A 429, with when to come again. */
  public static Refusal busy(String detail, long seconds) {
    return of(429, detail, "try again in a moment", "Retry-After", Long.toString(seconds));
  }

  /** A 400 that names each mistake by the parameter or member where it is. */
  static Refusal bad(String detail, List<Map<String, @Nullable Object>> errors) {
    return new Refusal(400, detail, null, errors, Map.of());
  }

  /** A 400 about one parameter or member. */
  static Refusal bad(String name, String detail, @Nullable String hint) {
    return new Refusal(400, detail, hint, List.of(mistake(name, detail, hint)), Map.of());
  }

  /** One mistake in a list of them. */
  static Map<String, @Nullable Object> mistake(String name, String detail, @Nullable String hint) {
    return Json.object("name", name, "detail", detail, "hint", hint);
  }

  /** The answer to a failure that somebody is told about. */
  static Refusal of(TowpathException e) {
    if (e instanceof Refusal refusal) {
      return refusal;
    }
    if (e.problems().isEmpty()) {
      return of(422, String.valueOf(e.getMessage()), e.hint().orElse(null));
    }
    Problem first = e.problems().getFirst();
    return new Refusal(
        422,
        first.location() + ": " + first.message(),
        first.hint().orElse(null),
        e.problems().stream().map(Shapes::problem).toList(),
        Map.of());
  }

  /** The same, of which the audit log has already been told. */
  public Refusal noted() {
    return new Refusal(
        status, String.valueOf(getMessage()), hint().orElse(null), errors, headers, true);
  }

  boolean isNoted() {
    return noted;
  }

  /** The same with another status. */
  Refusal as(int other) {
    return new Refusal(other, String.valueOf(getMessage()), hint().orElse(null), errors, headers);
  }

  /** The HTTP status, which says what kind of failure it is at other doors, too. */
  public int status() {
    return status;
  }

  /** All that is wrong, each with what to do, for those who read no JSON. */
  public List<String> details() {
    return errors.isEmpty()
        ? List.of(String.valueOf(getMessage()))
        : errors.stream()
            .map(e ->
                e.get("hint") == null ? e.get("detail") : e.get("detail") + "; " + e.get("hint"))
            .map(String::valueOf)
            .toList();
  }

  Map<String, String> headers() {
    return headers;
  }

  /** The document. */
  String json() {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("type", "about:blank");
    body.put("title", title(status));
    body.put("status", status);
    body.put("detail", getMessage());
    hint().ifPresent(h -> body.put("hint", h));
    if (!errors.isEmpty()) {
      body.put("errors", errors);
    }
    return Json.write(body);
  }

  static Map<String, @Nullable Object> schema() {
    return Schemas.requiring(
        Schemas.object(
            "type",
            Schemas.text("about:blank: the status says it all"),
            "title",
            Schemas.text("The status in words"),
            "status",
            Schemas.whole("The HTTP status"),
            "detail",
            Schemas.text("What is wrong"),
            "hint",
            Schemas.text("What to do"),
            "errors",
            Schemas.list(
                Json.object("type", "object"),
                "Each mistake: name, detail and hint of a parameter, or file, line, column, message"
                    + " and hint of a problem in text")),
        "type",
        "title",
        "status",
        "detail");
  }

  static String title(int status) {
    return Optional.ofNullable(TITLES.get(status)).orElse("Error");
  }

  private static final Map<Integer, String> TITLES =
      Map.ofEntries(
          Map.entry(400, "Bad request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not found"),
          Map.entry(405, "Method not allowed"),
          Map.entry(406, "Not acceptable"),
          Map.entry(408, "Request timeout"),
          Map.entry(409, "Conflict"),
          Map.entry(413, "Content too large"),
          Map.entry(416, "Range not satisfiable"),
          Map.entry(414, "URI too long"),
          Map.entry(415, "Unsupported media type"),
          Map.entry(421, "Misdirected request"),
          Map.entry(422, "Unprocessable content"),
          Map.entry(429, "Too many requests"),
          Map.entry(431, "Request header fields too large"),
          Map.entry(500, "Internal server error"),
          Map.entry(503, "Service unavailable"),
          Map.entry(504, "Timeout"),
          Map.entry(505, "HTTP version not supported"));
}
