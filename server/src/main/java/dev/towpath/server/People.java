package dev.towpath.server;

import dev.towpath.core.access.ApiToken;
import dev.towpath.core.access.Grants;
import dev.towpath.core.access.Role;
import dev.towpath.core.access.User;
import dev.towpath.core.store.AccessStore;
import dev.towpath.core.store.AuditLog;
import dev.towpath.spi.Names;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** What admins do with users and tokens, by commands and over HTTP. Thread-safe. */
public final class People {
  /** How long a token lasts unless somebody says how long. */
  public static final Duration LIFE = Duration.ofDays(90);

  private static final int SHOWN = 6;

  private final AccessStore store;
  private final String environment;
  private final InstantSource clock;
  private final Passwords passwords = new Passwords();

  /**
   * Those of a store.
   *
   * @param environment whose audit log tells what was done
   */
  public People(AccessStore store, String environment, InstantSource clock) {
    this.store = store;
    this.environment = environment;
    this.clock = clock;
  }

  /** A token that has been made; its text is told this once. */
  public record Made(ApiToken token, String text) {
    /** Without the text. */
    @Override
    public String toString() {
      return "Made[" + token + "]";
    }
  }

  /** What a token is limited to; empty is whatever its user may. */
  public record Scope(
      Optional<Role> role,
      Optional<List<String>> tables,
      Optional<List<String>> endpoints,
      Optional<List<String>> dashboards) {
    /** No limits. */
    public static final Scope WHOLE =
        new Scope(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** What a user is granted besides what the role may: nothing that is not said. */
    public Grants grants() {
      return new Grants(
          tables.orElse(List.of()), endpoints.orElse(List.of()), dashboards.orElse(List.of()));
    }

    private boolean limits() {
      return tables.isPresent() || endpoints.isPresent() || dashboards.isPresent();
    }
  }

  public List<User> users() {
    return store.users();
  }

  public List<ApiToken> tokens() {
    return store.tokens();
  }

  /**
   * Adds a user.
   *
   * @param who does it
   * @param grants what the user may read besides what the role may
   * @param password none for a program, which comes in by tokens
   */
  public User add(String who, String name, Role role, Grants grants, Optional<String> password) {
    User user =
        new User(
            User.fresh(name), role, sound(grants), password.map(passwords::of), clock.instant());
    if (!store.add(user, note(who, "add user", user.name(), role.word() + ", " + grants))) {
      throw Refusal.of(
          409, "there is a user \"" + user.name() + "\" already", "\"user grant\" changes one");
    }
    return user;
  }

  /** Changes what a user may do and read; what is not given stays. */
  public User allow(String who, String name, Scope scope) {
    User user = user(name);
    Role role = scope.role().orElse(user.role());
    Grants grants =
        sound(
            new Grants(
                scope.tables().orElse(user.grants().tables()),
                scope.endpoints().orElse(user.grants().endpoints()),
                scope.dashboards().orElse(user.grants().dashboards())));
    AuditLog.Note note = note(who, "grant", user.name(), role.word() + ", " + grants);
    if (!store.allow(user.name(), role, grants, note)) {
      throw unknown(name);
    }
    return new User(user.name(), role, grants, user.password(), user.created());
  }

  /** Changes a password or takes it away; whoever is signed in with the old one is so no more. */
  public void password(String who, String name, Optional<String> password) {
    User user = user(name);
    String action = password.isPresent() ? "change password" : "remove password";
    if (!store.password(
        user.name(), password.map(passwords::of), note(who, action, user.name(), ""))) {
      throw unknown(name);
    }
  }

  /** Removes a user, whose tokens and sessions end with that. */
  public void drop(String who, String name) {
    User user = user(name);
    if (!store.drop(user.name(), note(who, "drop user", user.name(), ""))) {
      throw unknown(name);
    }
  }

  /**
   * Makes a token for a user.
   *
   * @param life without it, the token does not end by itself
   */
  public Made token(String who, String name, String user, Scope scope, Optional<Duration> life) {
    User owner = user(user);
    boolean limited = scope.limits();
    // who may do everything could give themselves what is left out
    Role role = scope.role().orElse(limited ? owner.role().atMost(Role.EDITOR) : owner.role());
    if (limited && role == Role.ADMIN) {
      throw Refusal.bad(
          "role",
          "an admin's token cannot be limited to tables, endpoints or dashboards",
          "give it a lesser role");
    }
    // An endpoint reads every table, whoever calls it: who is limited to some must be given it.
    List<String> open = scope.tables().isPresent() ? List.of() : Grants.ALL.endpoints();
    Grants rest = // who may read some tables sees the dashboards of those
        new Grants(scope.tables().orElse(Grants.ALL.tables()), scope.endpoints().orElse(open));
    Grants grants =
        sound(
            scope
                .dashboards()
                .map(d -> new Grants(rest.tables(), rest.endpoints(), d))
                .orElse(rest));
    String text = Token.fresh();
    Instant now = clock.instant();
    ApiToken token =
        new ApiToken(
            ApiToken.fresh(name),
            owner.name(),
            Entrance.hash(text),
            text.substring(0, Token.PREFIX.length() + SHOWN),
            role,
            grants,
            now,
            life.map(now::plus),
            Optional.empty());
    AuditLog.Note note =
        note(
            who,
            "create token",
            token.name(),
            "of "
                + owner.name()
                + ", "
                + role.word()
                + ", "
                + grants
                + token.expires().map(end -> ", until " + end).orElse(", for good"));
    if (!store.add(token, note)) {
      throw Refusal.of(
          409, "there is a token \"" + name + "\" already", "revoke it, or choose another name");
    }
    return new Made(token, text);
  }

  /** Removes a token, which ends what it began. */
  public void revoke(String who, String name) {
    if (!store.revoke(name, note(who, "revoke token", name, ""))) {
      throw Refusal.of(
          404,
          "there is no token \"" + name + "\"",
          Names.nearest(name, store.tokens().stream().map(ApiToken::name).toList())
              .map(n -> "did you mean \"" + n + "\"?")
              .orElse("\"towpath token ls\" lists them"));
    }
  }

  private User user(String name) {
    return store.user(User.known(name)).orElseThrow(() -> unknown(name));
  }

  private Refusal unknown(String name) {
    return Refusal.of(
        404,
        "there is no user \"" + name + "\"",
        Names.nearest(name, store.users().stream().map(User::name).toList())
            .map(n -> "did you mean \"" + n + "\"?")
            .orElse("\"towpath user ls\" lists them"));
  }

  private static Grants sound(Grants grants) {
    for (String pattern : grants.tables()) {
      Grants.mistake(pattern)
          .ifPresent(mistake -> {
            throw Refusal.bad("tables", mistake, "write \"*\", schema.* or schema.table");
          });
    }
    if (grants.endpoints().stream().anyMatch(e -> e.isBlank() || e.contains("\n"))) {
      throw Refusal.bad("endpoints", "an endpoint has a name", "write \"*\" or names of endpoints");
    }
    if (grants.dashboards().stream().anyMatch(d -> d.isBlank() || d.contains("\n"))) {
      throw Refusal.bad(
          "dashboards", "a dashboard has a name", "write \"*\" or names of files in dashboards/");
    }
    return grants;
  }

  private AuditLog.Note note(String who, String action, String subject, String detail) {
    return new AuditLog.Note(
        environment, new AuditLog.Act(who, action, subject, detail), clock.instant());
  }
}
