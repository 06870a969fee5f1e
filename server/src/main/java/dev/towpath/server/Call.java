package dev.towpath.server;

import dev.towpath.core.access.Principal;
import dev.towpath.core.store.AuditLog;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpException;
import org.jspecify.annotations.Nullable;

/**
 * A request, read as its route says; whatever does not fit is refused with all mistakes at once.
 */
final class Call {
  /** The most that a body has unless a route says otherwise. */
  static final long BODY_BYTES = 1 << 20;

  /** What of a body that is too large is read all the same, and thrown away. */
  private static final long PASSED_OVER = 16 << 20;

  private final Context context;
  private final Route route;
  private final Guard.Visitor visitor;
  private final Map<String, Object> values = new HashMap<>();
  private byte @Nullable [] bytes;

  Call(Context context, Route route, Guard.Visitor visitor) {
    this(context, route, visitor, true);
  }

  private Call(Context context, Route route, Guard.Visitor visitor, boolean read) {
    this.context = context;
    this.route = route;
    this.visitor = visitor;
    if (read) {
      read();
    }
  }

  /** A call whose parameters the handler reads itself. */
  static Call unread(Context context, Route route, Guard.Visitor visitor) {
    return new Call(context, route, visitor, false);
  }

  /** Everything in the query of the URL, each with all its values. */
  Map<String, List<String>> query() {
    return context.queryParamMap();
  }

  private static boolean isFree(Route.Param param) {
    return param.name().equals(Route.FREE) && "object".equals(param.schema().get("type"));
  }

  /** What stands in the query of the URL besides the parameters that the route has names for. */
  Map<String, List<String>> free() {
    Map<String, List<String>> free = new LinkedHashMap<>(query());
    route.parameters().forEach(param -> free.remove(param.name()));
    return free;
  }

  /** Whether only the headers of the answer are wanted. */
  boolean isHead() {
    return context.method().equals(HandlerType.HEAD);
  }

  /** Whether the client has an answer with this tag already, and asks in a way that says so. */
  boolean knows(String tag) {
    boolean asks =
        context.method().equals(HandlerType.GET) || context.method().equals(HandlerType.HEAD);
    return asks && Tags.knows(header("If-None-Match"), tag);
  }

  /** The request as {@link Shortcuts} know it. */
  Shortcuts.Key key() {
    String query = context.req().getQueryString();
    String path = context.req().getRequestURI();
    return new Shortcuts.Key(query == null ? path : path + "?" + query, header("Accept"));
  }

  private void read() {
    List<Map<String, @Nullable Object>> mistakes = new ArrayList<>();
    Map<String, List<String>> query = context.queryParamMap();
    Set<String> known = new HashSet<>();
    for (Route.Param param : route.parameters()) {
      List<String> given =
          switch (param.place()) {
            case PATH -> List.of(context.pathParam(param.name()));
            case QUERY -> query.getOrDefault(param.name(), List.of());
            case HEADER ->
                Optional.ofNullable(context.header(param.name())).map(List::of).orElse(List.of());
          };
      if (isFree(param)) {
        continue;
      }
      if (param.place() == Route.Place.QUERY) {
        known.add(param.name());
      }
      if (given.size() > 1) {
        mistakes.add(
            Refusal.mistake(param.name(), param.name() + " is given twice", "give it once"));
      } else if (!given.isEmpty()) {
        read(param, given.getFirst(), mistakes);
      }
    }
    boolean free = route.parameters().stream().anyMatch(Call::isFree);
    for (String name : query.keySet()) {
      if (!free && !known.contains(name)) {
        String hint =
            known.isEmpty()
                ? "there are none here"
                : "there are: " + String.join(", ", known.stream().sorted().toList());
        mistakes.add(Refusal.mistake(name, "unknown parameter \"" + name + "\"", hint));
      }
    }
    if (!mistakes.isEmpty()) {
      throw Refusal.bad(String.valueOf(mistakes.getFirst().get("detail")), mistakes);
    }
  }

  private void read(Route.Param param, String text, List<Map<String, @Nullable Object>> mistakes) {
    Optional<String> wrong = Optional.empty();
    Object value = text;
    switch (String.valueOf(param.schema().get("type"))) {
      case "integer" -> {
        Optional<Long> number = parsed(text);
        if (number.isEmpty() || !within(param.schema(), number.get())) {
          wrong = Optional.of("a whole number" + bounds(param.schema()));
        } else {
          value = number.get();
        }
      }
      case "boolean" -> {
        if (!text.equals("true") && !text.equals("false")) {
          wrong = Optional.of("true or false");
        } else {
          value = Boolean.valueOf(text);
        }
      }
      default -> {
        if ("date-time".equals(param.schema().get("format"))) {
          Optional<Instant> moment = moment(text);
          if (moment.isEmpty()) {
            wrong = Optional.of("a moment such as 2026-03-28T06:00:00Z");
          } else {
            value = moment.get();
          }
        } else if (param.schema().get("enum") instanceof List<?> all && !all.contains(text)) {
          wrong =
              Optional.of(
                  "one of " + String.join(", ", all.stream().map(String::valueOf).toList()));
        }
      }
    }
    Object read = value;
    wrong.ifPresentOrElse(
        what ->
            mistakes.add(
                Refusal.mistake(
                    param.name(),
                    param.name() + " cannot be \"" + shown(text) + "\"",
                    "it is " + what)),
        () -> values.put(param.name(), read));
  }

  private static String shown(String text) {
    return text.length() > 100 ? text.substring(0, 100) + "…" : text;
  }

  private static Optional<Long> parsed(String text) {
    try {
      return Optional.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<Instant> moment(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static boolean within(Map<String, @Nullable Object> schema, long number) {
    return (!(schema.get("minimum") instanceof Long least) || number >= least)
        && (!(schema.get("maximum") instanceof Long most) || number <= most);
  }

  private static String bounds(Map<String, @Nullable Object> schema) {
    if (schema.get("minimum") instanceof Long least) {
      return schema.get("maximum") instanceof Long most
          ? " from " + least + " to " + most
          : ", at least " + least;
    }
    return "";
  }

  /** A parameter that is given. */
  Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name)).map(String::valueOf);
  }

  /** A parameter of the path. */
  String path(String name) {
    return text(name).orElseThrow();
  }

  /** A whole number, or its default. */
  int number(String name) {
    Object given = values.get(name);
    if (given instanceof Long number) {
      return Math.toIntExact(number);
    }
    for (Route.Param param : route.parameters()) {
      if (param.name().equals(name) && param.schema().get("default") instanceof Long fallback) {
        return Math.toIntExact(fallback);
      }
    }
    throw new IllegalStateException(name + " has no default");
  }

  Optional<Long> whole(String name) {
    return Optional.ofNullable((Long) values.get(name));
  }

  boolean truth(String name) {
    return Boolean.TRUE.equals(values.get(name));
  }

  Optional<Instant> instant(String name) {
    return Optional.ofNullable((Instant) values.get(name));
  }

  /** A header, whether declared or not. */
  Optional<String> header(String name) {
    return Optional.ofNullable(context.header(name));
  }

  /** Who asks; only of routes that need a token or a session. */
  Principal principal() {
    return visitor.who().orElseThrow();
  }

  /** The secret of the session by which they ask, if it is one. */
  Optional<String> session() {
    return visitor.session();
  }

  /**
   * Who asks, as they are by now, for answers that go on; empty when they may no longer come in.
   */
  Optional<Principal> stillIn() {
    return visitor.still().get();
  }

  /** The address they ask from. */
  String from() {
    return visitor.from();
  }

  /** Who asks, for the audit log. */
  String who() {
    return visitor
        .who()
        .map(Principal::name)
        .orElse(route.access() == Route.Access.SIGNED ? "webhook" : "unknown");
  }

  /** What is done by who asks, for the audit log. */
  AuditLog.Act does(String action, String subject, String detail) {
    return new AuditLog.Act(who(), action, subject, detail);
  }

  /** The first of these content types that the client takes; the first of all without a wish. */
  String accepted(List<String> types) {
    String accept = header("Accept").orElse("*/*").toLowerCase(Locale.ROOT);
    for (String wanted : accept.split(",")) {
      int parameters = wanted.indexOf(';');
      String type = (parameters < 0 ? wanted : wanted.substring(0, parameters)).strip();
      if (type.isEmpty() || type.equals("*/*")) {
        return types.getFirst();
      }
      for (String offered : types) {
        if (offered.equals(type)
            || (type.endsWith("/*") && offered.startsWith(type.substring(0, type.length() - 1)))) {
          return offered;
        }
      }
    }
    throw Refusal.of(
        406, "there is no answer of type " + shown(accept), "ask for " + String.join(", ", types));
  }

  /**
   * Does what takes long for as long as the client is there.
   *
   * @throws dev.towpath.spi.CancelledException when it has gone
   */
  <T> T whileThere(Supplier<T> work) {
    bytes();
    try (Presence presence = Presence.watch(context)) {
      T result = work.get();
      presence.end();
      if (presence.pipelined()) {
        context.header("Connection", "close");
      }
      return result;
    }
  }

  /** The body as it came, no longer than the route allows. */
  byte[] bytes() {
    byte[] known = bytes;
    if (known == null) {
      known = readBytes();
      bytes = known;
    }
    return known;
  }

  private byte[] readBytes() {
    long most = route.body().map(Route.Body::most).orElse(0L);
    try {
      InputStream in = context.req().getInputStream();
      if (context.req().getContentLengthLong() > most) {
        passOver(in);
        throw large(most);
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] piece = new byte[(int) Math.min(8 << 10, most + 1)];
      int length = in.read(piece);
      while (length >= 0) {
        out.write(piece, 0, length);
        if (out.size() > most) {
          passOver(in);
          throw large(most);
        }
        length = in.read(piece);
      }
      return out.toByteArray();
    } catch (IOException e) {
      throw isMalformed(e)
          ? Refusal.of(400, "the body is cut into pieces in a way that cannot be read", null)
          : Refusal.of(408, "the body did not come", "send all of it without a long break");
    }
  }

  private static boolean isMalformed(Throwable e) {
    return (e instanceof HttpException http && http.getCode() == 400)
        || (e.getCause() != null && isMalformed(e.getCause()));
  }

  private static Refusal large(long most) {
    return Refusal.of(413, "the body is larger than " + most + " bytes", "send less at once");
  }

  /**
   * Reads on without keeping anything, within bounds: a connection that is closed while its client
   * still sends is reset, and the client never sees why.
   */
  private static void passOver(InputStream in) throws IOException {
    byte[] piece = new byte[64 << 10];
    long left = PASSED_OVER;
    while (left > 0) {
      int length = in.read(piece);
      if (length < 0) {
        return;
      }
      left -= length;
    }
  }

  /** The body as an object with members that the route's schema names; an absent one is empty. */
  Map<String, @Nullable Object> body() {
    Route.Body declared = route.body().orElseThrow();
    byte[] text = bytes();
    if (text.length == 0 && !declared.required()) {
      return Map.of();
    }
    requireJson();
    Map<String, @Nullable Object> object = json(text);
    if (declared.schema().get("properties") instanceof Map<?, ?> members) {
      List<Map<String, @Nullable Object>> mistakes = new ArrayList<>();
      for (String name : object.keySet()) {
        if (!members.containsKey(name)) {
          mistakes.add(
              Refusal.mistake(
                  name,
                  "unknown member \"" + shown(name) + "\"",
                  "there are: "
                      + String.join(
                          ", ", members.keySet().stream().map(String::valueOf).toList())));
        }
      }
      if (declared.schema().get("required") instanceof List<?> required) {
        for (Object name : required) {
          if (object.get(String.valueOf(name)) == null) {
            mistakes.add(Refusal.mistake(String.valueOf(name), name + " is missing", null));
          }
        }
      }
      if (!mistakes.isEmpty()) {
        throw Refusal.bad(String.valueOf(mistakes.getFirst().get("detail")), mistakes);
      }
    }
    return object;
  }

  private void requireJson() {
    String type = header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
    if (!type.startsWith("application/json")) {
      throw Refusal.of(
          415,
          type.isEmpty() ? "the body has no Content-Type" : "the body is " + shown(type),
          "send application/json");
    }
  }

  /** A body that is a JSON object. */
  @SuppressWarnings("unchecked") // Json.parse makes maps with text as keys
  static Map<String, @Nullable Object> json(byte[] text) {
    try {
      if (Json.parse(text) instanceof Map<?, ?> object) {
        return (Map<String, @Nullable Object>) object;
      }
    } catch (Json.MalformedException e) {
      throw Refusal.of(400, "the body is not JSON: " + e.getMessage(), "send one JSON object");
    }
    throw Refusal.of(400, "the body is no JSON object", "send one such as {}");
  }

  /** A member of the body that is text. */
  static Optional<String> text(Map<String, @Nullable Object> body, String name) {
    Object value = body.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof String text) {
      return Optional.of(text);
    }
    throw Refusal.bad(name, name + " must be text", null);
  }

  /** A member of the body that is a whole number. */
  static Optional<Long> whole(
      Map<String, @Nullable Object> body, String name, long least, long most) {
    Object value = body.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Long number && number >= least && number <= most) {
      return Optional.of(number);
    }
    throw Refusal.bad(name, name + " must be a whole number from " + least + " to " + most, null);
  }

  /** A member of the body that is true or false. */
  static boolean truth(Map<String, @Nullable Object> body, String name) {
    Object value = body.get(name);
    if (value == null || value instanceof Boolean) {
      return Boolean.TRUE.equals(value);
    }
    throw Refusal.bad(name, name + " must be true or false", null);
  }

  /** A member of the body that is a list of texts. */
  static List<String> texts(Map<String, @Nullable Object> body, String name) {
    Object value = body.get(name);
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
      return list.stream().map(String.class::cast).toList();
    }
    throw Refusal.bad(name, name + " must be a list of texts", null);
  }

  /** A member of the body that is an object. */
  @SuppressWarnings("unchecked") // Json.parse makes maps with text as keys
  static Map<String, @Nullable Object> object(Map<String, @Nullable Object> body, String name) {
    Object value = body.get(name);
    if (value == null) {
      return Map.of();
    }
    if (value instanceof Map<?, ?> map) {
      return (Map<String, @Nullable Object>) map;
    }
    throw Refusal.bad(name, name + " must be an object", null);
  }

  /** A JSON value as text, as SQL reads it. */
  static String plain(Object value) {
    return switch (value) {
      case BigDecimal d -> d.toPlainString();
      case Map<?, ?> map -> Json.write(map);
      case List<?> list -> Json.write(list);
      default -> String.valueOf(value);
    };
  }
}
