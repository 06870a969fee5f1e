package dev.towpath.server;

import dev.towpath.core.access.Principal;
import dev.towpath.core.access.Role;
import dev.towpath.core.access.User;
import dev.towpath.core.access.WebSession;
import dev.towpath.core.store.AccessStore;
import dev.towpath.core.store.AuditLog;
import dev.towpath.spi.TowpathException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who signs in with a browser, who that is, and that they go. */
final class SessionRoutes {
  private static final String PATH = "/api/v1/session";

  private final Site site;
  private final AccessStore store;
  private final Entrance entrance;
  private final Sessions sessions;
  private final Supplier<Cookie> cookie;
  private final Passwords passwords = new Passwords();

  SessionRoutes(Entrance entrance, Sessions sessions, Supplier<Cookie> cookie) {
    this.site = entrance.site();
    this.store = site.store().access();
    this.entrance = entrance;
    this.sessions = sessions;
    this.cookie = cookie;
  }

  List<Route> routes() {
    return List.of(
        Route.post(PATH, "signIn", "Signs in by a password or a token; the answer sets a cookie")
            .tag("session")
            .access(Route.Access.LOGIN)
            .takes(
                Schemas.requiring(
                    Schemas.object(
                        "user",
                        Schemas.text("With a password"),
                        "password",
                        Schemas.text("Of the user"),
                        "token",
                        Schemas.text("Instead of both"))),
                true)
            .gives(201, "Who that is", schema())
            .by(this::signIn),
        Route.get(PATH, "getSession", "Who asks, and what they may do and read")
            .tag("session")
            .gives(200, "Who that is", schema())
            .by(call -> Answer.json(json(call.principal(), call.session()))),
        Route.delete(PATH, "signOut", "Ends the session")
            .tag("session")
            .needs(Role.VIEWER)
            .gives(
                200, "It is over", Schemas.object("ended", Schemas.truth("Whether there was one")))
            .by(this::signOut),
        Route.post(PATH + "/password", "changePassword", "Changes one's own password")
            .tag("session")
            .needs(Role.VIEWER)
            .takes(
                Schemas.object(
                    "old",
                    Schemas.text("The password until now"),
                    "new",
                    Schemas.text("At least " + Passwords.LEAST + " characters")),
                true)
            .gives(
                200,
                "It is changed, and all sessions of the user are over",
                Schemas.object("changed", Schemas.truth("Always")))
            .by(this::changePassword));
  }

  private static Map<String, @Nullable Object> schema() {
    return Schemas.object(
        "user",
        Schemas.text("The name; admin is whoever owns the project's folder"),
        "role",
        Schemas.oneOf(Role.words(), "What they may do"),
        "tables",
        Schemas.list(Schemas.text("*, schema.* or schema.table"), "What they may read"),
        "endpoints",
        Schemas.list(Schemas.text("* or a name"), "What they may call"),
        "csrf",
        Schemas.orNull(
            Schemas.text(
                "What a page sends as " + Guard.CSRF + " with every change; null with a token")));
  }

  private static Map<String, @Nullable Object> json(Principal who, Optional<String> session) {
    return Json.object(
        "user",
        who.name(),
        "role",
        who.role().word(),
        "tables",
        who.grants().tables(),
        "endpoints",
        who.grants().endpoints(),
        "csrf",
        session.map(Sessions::csrf).orElse(null));
  }

  private Answer signIn(Call call) {
    Map<String, @Nullable Object> body = call.body();
    Optional<String> user = Call.text(body, "user");
    Optional<String> password = Call.text(body, "password");
    Optional<String> token = Call.text(body, "token");
    boolean both = user.isPresent() && password.isPresent();
    if (both == token.isPresent()
        || (token.isPresent() && (user.isPresent() || password.isPresent()))) {
      throw Refusal.bad("user", "say who you are", "send user and password, or token");
    }
    Entrance.Entry entry =
        both
            ? entrance.enterByPassword(user.get(), password.get(), Guard.DOOR, call.from())
            : entrance.enterByToken(token.orElseThrow().strip(), Guard.DOOR, call.from());
    String secret = sessions.open(entry);
    return new Answer.Whole(
        201,
        "application/json",
        Json.write(json(entry.who(), Optional.of(secret))),
        Map.of("Set-Cookie", cookie.get().set(secret, WebSession.LONGEST.toSeconds())));
  }

  private Answer signOut(Call call) {
    call.session()
        .ifPresent(secret -> {
          sessions.end(secret);
          site.store()
              .audit()
              .add(
                  site.environment(),
                  call.does("sign out", Guard.DOOR, ""),
                  site.clock().instant());
        });
    return new Answer.Whole(
        200,
        "application/json",
        Json.write(Json.object("ended", call.session().isPresent())),
        Map.of("Set-Cookie", cookie.get().gone()));
  }

  private Answer changePassword(Call call) {
    Map<String, @Nullable Object> body = call.body();
    String name = call.principal().name();
    String old = Call.text(body, "old").orElse("");
    String fresh = Call.text(body, "new").orElse("");
    entrance.enterByPassword(name, old, Guard.DOOR, call.from());
    User.Password kept;
    try {
      kept = passwords.of(fresh);
    } catch (TowpathException e) {
      throw Refusal.bad("new", String.valueOf(e.getMessage()), e.hint().orElse(null));
    }
    boolean changed =
        store.password(
            name,
            Optional.of(kept),
            new AuditLog.Note(
                site.environment(),
                call.does("change password", name, "their own"),
                site.clock().instant()));
    if (!changed) {
      throw Refusal.of(
          409, "admin has no password but the token", "\"towpath user add\" makes users");
    }
    return Answer.json(Json.object("changed", true));
  }
}
