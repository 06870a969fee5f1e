package dev.towpath.server;

import dev.towpath.core.access.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One thing that the server answers: where, what it takes, what it gives, and how. The handler's
 * registration and the OpenAPI document are both made from it, so that they cannot differ.
 *
 * @param id names it in generated clients
 * @param role what one who comes in must at least be
 * @param parameters of path, query and header; a query parameter that is not among them is refused
 * @param body what it takes, if it takes anything
 * @param answers by status, besides the errors that any route may give
 */
record Route(
    String method,
    String path,
    String id,
    String tag,
    String summary,
    Access access,
    Role role,
    List<Param> parameters,
    Optional<Body> body,
    List<Answers> answers,
    Handler handler) {
  Route {
    parameters = List.copyOf(parameters);
    answers = List.copyOf(answers);
  }

  /** Who may call it. */
  enum Access {
    /** Anybody, by whatever name they call the server: whether it lives. */
    OPEN,
    /** Anybody, who may have followed a link from elsewhere: a page without data. */
    PAGE,
    /** Anybody who comes of a page of this server, or of no page: who wants to sign in. */
    LOGIN,
    /** Who has a token or a session. */
    TOKEN,
    /** Who has a token, a session, or a link that this server has signed. */
    LINK,
    /** Who signs. */
    SIGNED
  }

  /** Where a parameter stands. */
  enum Place {
    PATH,
    QUERY,
    HEADER
  }

  /** A parameter with its schema, by which it is read. */
  record Param(
      Place place,
      String name,
      Map<String, @Nullable Object> schema,
      boolean required,
      String description) {}

  /** What stands for all query parameters that the route does not know by name. */
  static final String FREE = "filters";

  /** What a request brings. */
  record Body(String type, Map<String, @Nullable Object> schema, boolean required, long most) {}

  /**
   * What an answer is.
   *
   * @param content schemas by content type; none for an empty answer
   */
  record Answers(
      int status, String description, Map<String, Map<String, @Nullable Object>> content) {}

  /** Makes an answer. */
  @FunctionalInterface
  interface Handler {
    Answer answer(Call call);
  }

  static Builder get(String path, String id, String summary) {
    return new Builder("GET", path, id, summary);
  }

  static Builder post(String path, String id, String summary) {
    return new Builder("POST", path, id, summary);
  }

  static Builder put(String path, String id, String summary) {
    return new Builder("PUT", path, id, summary);
  }

  static Builder delete(String path, String id, String summary) {
    return new Builder("DELETE", path, id, summary);
  }

  /** Puts a route together. */
  static final class Builder {
    private final String method;
    private final String path;
    private final String id;
    private final String summary;
    private final List<Param> parameters = new ArrayList<>();
    private final List<Answers> answers = new ArrayList<>();
    private String tag = "";
    private Access access = Access.TOKEN;
    private Role role;
    private @Nullable Body body;

    private Builder(String method, String path, String id, String summary) {
      this.method = method;
      this.path = path;
      this.id = id;
      this.summary = summary;
      this.role = method.equals("GET") ? Role.VIEWER : Role.EDITOR;
    }

    Builder tag(String name) {
      tag = name;
      return this;
    }

    Builder access(Access who) {
      access = who;
      return this;
    }

    /** Who may call it; without it, viewers may GET, and editors do the rest. */
    Builder needs(Role least) {
      role = least;
      return this;
    }

    Builder path(String name, String description) {
      parameters.add(new Param(Place.PATH, name, Json.object("type", "string"), true, description));
      return this;
    }

    Builder path(String name, Map<String, @Nullable Object> schema, String description) {
      parameters.add(new Param(Place.PATH, name, schema, true, description));
      return this;
    }

    Builder query(String name, Map<String, @Nullable Object> schema, String description) {
      parameters.add(new Param(Place.QUERY, name, schema, false, description));
      return this;
    }

    /** Takes query parameters of any name: the filters of a dashboard. */
    Builder filters() {
      parameters.add(
          new Param(
              Place.QUERY,
              FREE,
              Json.object(
                  "type",
                  "object",
                  "additionalProperties",
                  Json.object("type", "array", "items", Json.object("type", "string"))),
              false,
              "What filters are: name=value, a name again for each value of a list, name.from and"
                  + " name.to of a range; nothing behind the sign chooses nothing"));
      return this;
    }

    Builder header(String name, String description) {
      parameters.add(
          new Param(Place.HEADER, name, Json.object("type", "string"), false, description));
      return this;
    }

    Builder takes(Map<String, @Nullable Object> schema, boolean required) {
      return takes(schema, required, Call.BODY_BYTES);
    }

    Builder takes(Map<String, @Nullable Object> schema, boolean required, long most) {
      body = new Body("application/json", schema, required, most);
      return this;
    }

    Builder gives(int status, String description, Map<String, @Nullable Object> schema) {
      answers.add(new Answers(status, description, Map.of("application/json", schema)));
      return this;
    }

    Builder gives(
        int status, String description, String type, Map<String, @Nullable Object> schema) {
      answers.add(new Answers(status, description, Map.of(type, schema)));
      return this;
    }

    Builder gives(Answers more) {
      answers.add(more);
      return this;
    }

    Route by(Handler handler) {
      return new Route(
          method,
          path,
          id,
          tag,
          summary,
          access,
          role,
          parameters,
          Optional.ofNullable(body),
          answers,
          handler);
    }
  }
}
