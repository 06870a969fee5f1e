package dev.towpath.server;

import dev.towpath.core.access.ApiToken;
import dev.towpath.core.access.Grants;
import dev.towpath.core.access.Role;
import dev.towpath.core.access.User;
import dev.towpath.spi.TowpathException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Users and tokens, for admins. */
final class PeopleRoutes {
  private static final long MOST_DAYS = 3_650;

  private final Site site;
  private final People people;

  PeopleRoutes(Site site) {
    this.site = site;
    this.people = new People(site.store().access(), site.environment(), site.clock());
  }

  List<Route> routes() {
    return List.of(
        Route.get("/api/v1/users", "listUsers", "Users, by name, and what each role may read")
            .tag("access")
            .needs(Role.ADMIN)
            .gives(
                200,
                "Users and roles",
                Schemas.object(
                    "users",
                    Schemas.list(Schemas.ref("User")),
                    "roles",
                    Schemas.list(
                        Schemas.object(
                            "role",
                            role("Whose"),
                            "tables",
                            tables("Read, as towpath.yml says"),
                            "endpoints",
                            names("Called, likewise"),
                            "dashboards",
                            names("Seen, likewise, besides those of the tables")))))
            .by(_ ->
                Answer.json(
                    Json.object(
                        "users",
                        people.users().stream().map(PeopleRoutes::json).toList(),
                        "roles",
                        Stream.of(Role.values()).map(this::reads).toList()))),
        Route.post("/api/v1/users", "addUser", "Adds a user")
            .tag("access")
            .needs(Role.ADMIN)
            .takes(
                Schemas.requiring(
                    Schemas.object(
                        "name",
                        Schemas.text("Letters a to z, digits, _ - . @"),
                        "role",
                        role("What the user may do"),
                        "tables",
                        tables("Read besides what the role may"),
                        "endpoints",
                        names("Called besides what the role may"),
                        "dashboards",
                        names("Seen besides what the role may"),
                        "password",
                        password()),
                    "name",
                    "role"),
                true)
            .gives(201, "The user", Schemas.ref("User"))
            .by(this::add),
        Route.put("/api/v1/users/{user}", "changeUser", "Changes what is given, and keeps the rest")
            .tag("access")
            .needs(Role.ADMIN)
            .path("user", "The name")
            .takes(
                Schemas.requiring(
                    Schemas.object(
                        "role",
                        role("What the user may do"),
                        "tables",
                        tables("Read besides what the role may"),
                        "endpoints",
                        names("Called besides what the role may"),
                        "dashboards",
                        names("Seen besides what the role may"),
                        "password",
                        password())),
                true)
            .gives(200, "The user", Schemas.ref("User"))
            .by(this::change),
        Route.delete("/api/v1/users/{user}", "dropUser", "Removes a user, all tokens and sessions")
            .tag("access")
            .needs(Role.ADMIN)
            .path("user", "The name")
            .gives(200, "It is done", Schemas.object("dropped", Schemas.text("The name")))
            .by(this::drop),
        Route.get("/api/v1/tokens", "listTokens", "Tokens, by name")
            .tag("access")
            .needs(Role.ADMIN)
            .gives(200, "Tokens", Schemas.object("tokens", Schemas.list(Schemas.ref("Token"))))
            .by(_ ->
                Answer.json(
                    Json.object(
                        "tokens", people.tokens().stream().map(PeopleRoutes::json).toList()))),
        Route.post("/api/v1/tokens", "createToken", "Makes a token for a user")
            .tag("access")
            .needs(Role.ADMIN)
            .takes(
                Schemas.requiring(
                    Schemas.object(
                        "name",
                        Schemas.text("Unique"),
                        "user",
                        Schemas.text("Whose it is"),
                        "role",
                        role("No more than this; the user's without it"),
                        "tables",
                        tables("No more than these"),
                        "endpoints",
                        names("No more than these"),
                        "dashboards",
                        names("No more than these, and those of the tables"),
                        "days",
                        Schemas.whole(0L, MOST_DAYS, People.LIFE.toDays())),
                    "name",
                    "user"),
                true)
            .gives(
                201,
                "The token, whose text is told this once",
                Schemas.object(
                    "token", Schemas.ref("Token"), "text", Schemas.text("What a client sends")))
            .by(this::token),
        Route.delete("/api/v1/tokens/{token}", "revokeToken", "Removes a token")
            .tag("access")
            .needs(Role.ADMIN)
            .path("token", "Its name")
            .gives(200, "It is done", Schemas.object("revoked", Schemas.text("Its name")))
            .by(this::revoke));
  }

  private static Map<String, @Nullable Object> role(String description) {
    return Schemas.oneOf(Role.words(), description);
  }

  private static Map<String, @Nullable Object> tables(String description) {
    return Schemas.list(Schemas.text("*, schema.* or schema.table"), description);
  }

  private static Map<String, @Nullable Object> names(String description) {
    return Schemas.list(Schemas.text("* or a name"), description);
  }

  private static Map<String, @Nullable Object> password() {
    return Schemas.text(
        "At least "
            + Passwords.LEAST
            + " characters, or nothing to take it away; without one, tokens let the user in");
  }

  private Map<String, @Nullable Object> reads(Role role) {
    Grants grants = site.current().checked().project().access().of(role);
    return Json.object(
        "role",
        role.word(),
        "tables",
        grants.tables(),
        "endpoints",
        grants.endpoints(),
        "dashboards",
        grants.dashboards());
  }

  private Answer add(Call call) {
    Map<String, @Nullable Object> body = call.body();
    People.Scope scope = scope(body);
    User user =
        people.add(
            call.who(),
            Call.text(body, "name").orElse(""),
            scope.role().orElse(Role.VIEWER),
            scope.grants(),
            Call.text(body, "password").filter(p -> !p.isEmpty()));
    return Answer.json(201, json(user));
  }

  private Answer change(Call call) {
    Map<String, @Nullable Object> body = call.body();
    User user = people.allow(call.who(), call.path("user"), scope(body));
    Optional<String> password = Call.text(body, "password");
    if (password.isPresent()) {
      people.password(call.who(), user.name(), password.filter(p -> !p.isEmpty()));
    }
    return Answer.json(
        json(
            people.users().stream()
                .filter(u -> u.name().equals(user.name()))
                .findFirst()
                .orElse(user)));
  }

  private Answer drop(Call call) {
    people.drop(call.who(), call.path("user"));
    return Answer.json(Json.object("dropped", User.known(call.path("user"))));
  }

  private Answer token(Call call) {
    Map<String, @Nullable Object> body = call.body();
    long days = Call.whole(body, "days", 0, MOST_DAYS).orElse(People.LIFE.toDays());
    People.Made made =
        people.token(
            call.who(),
            Call.text(body, "name").orElse(""),
            Call.text(body, "user").orElse(""),
            scope(body),
            days == 0 ? Optional.empty() : Optional.of(Duration.ofDays(days)));
    return Answer.json(201, Json.object("token", json(made.token()), "text", made.text()));
  }

  private Answer revoke(Call call) {
    people.revoke(call.who(), call.path("token"));
    return Answer.json(Json.object("revoked", call.path("token")));
  }

  private static People.Scope scope(Map<String, @Nullable Object> body) {
    return new People.Scope(
        Call.text(body, "role").map(PeopleRoutes::parsed),
        list(body, "tables"),
        list(body, "endpoints"),
        list(body, "dashboards"));
  }

  private static Role parsed(String word) {
    try {
      return Role.parse(word);
    } catch (TowpathException e) {
      throw Refusal.bad("role", String.valueOf(e.getMessage()), e.hint().orElse(null));
    }
  }

  private static Optional<List<String>> list(Map<String, @Nullable Object> body, String name) {
    return body.get(name) == null ? Optional.empty() : Optional.of(Call.texts(body, name));
  }

  static Map<String, @Nullable Object> json(User user) {
    return Json.object(
        "name",
        user.name(),
        "role",
        user.role().word(),
        "tables",
        user.grants().tables(),
        "endpoints",
        user.grants().endpoints(),
        "dashboards",
        user.grants().dashboards(),
        "password",
        user.password().isPresent(),
        "created",
        user.created().toString());
  }

  static Map<String, @Nullable Object> userSchema() {
    return Schemas.object(
        "name",
        Schemas.text("In lower case"),
        "role",
        role("What the user may do"),
        "tables",
        tables("Read besides what the role may"),
        "endpoints",
        names("Called besides what the role may"),
        "dashboards",
        names("Seen besides what the role may"),
        "password",
        Schemas.truth("Whether there is one"),
        "created",
        Schemas.moment("When"));
  }

  static Map<String, @Nullable Object> json(ApiToken token) {
    return Json.object(
        "name",
        token.name(),
        "user",
        token.user(),
        "begins",
        token.shown(),
        "role",
        token.role().word(),
        "tables",
        token.grants().tables(),
        "endpoints",
        token.grants().endpoints(),
        "dashboards",
        token.grants().dashboards(),
        "created",
        token.created().toString(),
        "expires",
        token.expires().map(Instant::toString).orElse(null),
        "used",
        token.used().map(Instant::toString).orElse(null));
  }

  static Map<String, @Nullable Object> tokenSchema() {
    return Schemas.object(
        "name",
        Schemas.text("Unique"),
        "user",
        Schemas.text("Whose it is"),
        "begins",
        Schemas.text("How its text begins"),
        "role",
        role("No more than this"),
        "tables",
        tables("No more than these"),
        "endpoints",
        names("No more than these"),
        "dashboards",
        names("No more than these, and those of the tables"),
        "created",
        Schemas.moment("When"),
        "expires",
        Schemas.orNull(Schemas.moment("When it ends; null when it does not by itself")),
        "used",
        Schemas.orNull(Schemas.moment("When it was last used, to about a minute")));
  }
}
