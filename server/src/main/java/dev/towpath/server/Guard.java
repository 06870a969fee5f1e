package dev.towpath.server;

import dev.towpath.core.access.Principal;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Looks at each request before anything else does: who it is, by a token or by a session's cookie;
 * and, since a web page that somebody looks at can send requests to their own machine, whether it
 * names a Host that is this server's and comes of a page that is.
 */
final class Guard {
  /** What a page sends beside the cookie with every change. */
  static final String CSRF = "X-CSRF-Token";

  /**
   * Somebody who may come in.
   *
   * @param who empty where anybody may
   * @param session the secret of the session, when that says who it is
   * @param from their address
   * @param still who they are at the moment that it is asked; empty when they may no longer come in
   */
  record Visitor(
      Optional<Principal> who,
      Optional<String> session,
      String from,
      Supplier<Optional<Principal>> still) {}

  /** As the audit log calls this way in. */
  static final String DOOR = "http";

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
  private static final String SCHEME = "bearer ";

  private final Entrance entrance;
  private final Sessions sessions;
  private final boolean behindProxy;
  private final Cookie cookie;
  private final Set<String> hosts = new TreeSet<>();
  private final Set<String> origins = new TreeSet<>();

  /**
   * A guard of a server.
   *
   * @param names what it goes by besides those of this machine
   * @param port that it has
   * @param tls whether it speaks TLS itself
   * @param outside where people reach it through a proxy, if they do
   */
  Guard(
      Entrance entrance,
      Sessions sessions,
      Collection<String> names,
      int port,
      boolean tls,
      Optional<URI> outside) {
    this.entrance = entrance;
    this.sessions = sessions;
    this.behindProxy = outside.isPresent();
    this.cookie =
        new Cookie(tls || outside.map(URI::getScheme).filter("https"::equals).isPresent(), port);
    String scheme = tls ? "https" : "http";
    TreeSet<String> all = new TreeSet<>(LOOPBACK);
    for (String name : names) {
      all.add(name.contains(":") && !name.startsWith("[") ? "[" + name + "]" : name);
    }
    for (String name : all) {
      String lower = name.toLowerCase(Locale.ROOT);
      hosts.add(lower + ":" + port);
      origins.add(scheme + "://" + lower + ":" + port);
      if (port == (tls ? 443 : 80)) {
        hosts.add(lower);
        origins.add(scheme + "://" + lower);
      }
    }
    outside.ifPresent(url -> {
      hosts.add(url.getAuthority().toLowerCase(Locale.ROOT));
      origins.add((url.getScheme() + "://" + url.getAuthority()).toLowerCase(Locale.ROOT));
    });
  }

  Cookie cookie() {
    return cookie;
  }

  /**
   * Says who comes in.
   *
   * @throws Refusal when they may not
   */
  Visitor admit(Asker asker, Route.Access access) {
    Visitor visitor =
        access == Route.Access.TOKEN
            ? known(asker)
            : new Visitor(Optional.empty(), Optional.empty(), from(asker), Optional::empty);
    switch (access) {
      case OPEN -> {
        // who probes whether a server lives calls it by any name
      }
      case PAGE -> requireHost(asker);
      case LOGIN, TOKEN, LINK, SIGNED -> {
        requireHost(asker);
        requireOrigin(asker);
      }
    }
    return visitor;
  }

  private Visitor known(Asker asker) {
    String from = from(asker);
    List<String> given = asker.all("Authorization");
    if (given.size() > 1) {
      throw Entrance.unauthorized("there are several Authorization headers");
    }
    if (given.size() == 1) {
      String token =
          token(given.getFirst()).orElseThrow(() -> Entrance.unauthorized("the token is wrong"));
      return new Visitor(
          Optional.of(entrance.enterByToken(token, DOOR, from).who()),
          Optional.empty(),
          from,
          () -> entrance.byHash(Entrance.hash(token)).map(Entrance.Entry::who));
    }
    Optional<String> secret = cookie.of(asker);
    Optional<Entrance.Entry> entry = secret.flatMap(sessions::entry);
    if (secret.isEmpty() || entry.isEmpty()) {
      throw Entrance.unauthorized(secret.isEmpty() ? "a token is needed" : "the session is over");
    }
    requireOwnPage(asker, secret.get());
    return new Visitor(
        Optional.of(entry.get().who()),
        secret,
        from,
        () -> sessions.entry(secret.get()).map(Entrance.Entry::who));
  }

  private static Optional<String> token(String header) {
    return header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? Optional.of(header.substring(SCHEME.length()).strip())
        : Optional.empty();
  }

  /**
   * Who comes in by a token, when nothing has to be asked of the store or noted for that, and
   * {@link #admit} would let them in.
   */
  Optional<Principal> atOnce(Asker asker) {
    List<String> given = asker.all("Authorization");
    return given.size() == 1 && isOurHost(asker) && isOurOrigin(asker)
        ? token(given.getFirst()).flatMap(token -> entrance.atOnce(token, DOOR, from(asker)))
        : Optional.empty();
  }

  /**
   * A browser sends the cookie whoever made it ask; what it must send besides, only our pages know.
   */
  private static void requireOwnPage(Asker asker, String secret) {
    if (!SAFE.contains(asker.method())
        && !Signature.same(Sessions.csrf(secret), asker.first(CSRF).orElse(""))) {
      throw Refusal.of(
          403,
          "a change by a session needs " + CSRF,
          "GET /api/v1/session tells it to pages of this server");
    }
  }

  /** Whether a request names this machine, as only a person at it does. */
  static boolean isLoopback(Asker asker) {
    String host = asker.first("Host").orElse("").toLowerCase(Locale.ROOT);
    int port = host.lastIndexOf(':');
    boolean named = port > host.lastIndexOf(']');
    return LOOPBACK.contains(named ? host.substring(0, port) : host);
  }

  /** Where a request comes from; a proxy adds who asked it at the end of what others claim. */
  String from(Asker asker) {
    String peer = asker.peer();
    List<String> through = behindProxy ? asker.all("X-Forwarded-For") : List.of();
    if (through.isEmpty()) {
      return peer;
    }
    String last = through.getLast();
    String client = last.substring(last.lastIndexOf(',') + 1).strip();
    return client.matches("[0-9A-Fa-f.:]{2,45}") ? client : peer;
  }

  private void requireHost(Asker asker) {
    if (!isOurHost(asker)) {
      throw Refusal.of(
          421, "this server does not go by that Host", "use " + String.join(" or ", hosts));
    }
  }

  private boolean isOurHost(Asker asker) {
    List<String> given = asker.all("Host");
    return given.size() == 1 && hosts.contains(given.getFirst().toLowerCase(Locale.ROOT));
  }

  private void requireOrigin(Asker asker) {
    if (!isOurOrigin(asker)) {
      throw Refusal.of(403, "requests from pages of other sites are refused", null);
    }
  }

  private boolean isOurOrigin(Asker asker) {
    Optional<String> origin = asker.first("Origin");
    boolean strange =
        origin.isPresent() && !origins.contains(origin.get().toLowerCase(Locale.ROOT));
    Optional<String> site = asker.first("Sec-Fetch-Site");
    boolean across =
        site.isPresent() && !site.get().equals("same-origin") && !site.get().equals("none");
    return !strange && !across;
  }
}
