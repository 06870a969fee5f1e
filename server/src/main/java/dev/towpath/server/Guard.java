package dev.towpath.server;

import dev.towpath.core.access.Principal;
import io.javalin.http.Context;
import java.net.URI;
import java.util.Collection;
import java.util.Collections;
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
  Visitor admit(Context context, Route.Access access) {
    boolean linked =
        access == Route.Access.LINK && context.queryParam(DashboardLinks.SIGNATURE) != null;
    Visitor visitor =
        access == Route.Access.TOKEN || (access == Route.Access.LINK && !linked)
            ? known(context)
            : new Visitor(Optional.empty(), Optional.empty(), from(context), Optional::empty);
    switch (access) {
      case OPEN -> {
        // who probes whether a server lives calls it by any name
      }
      case PAGE -> requireHost(context);
      case LOGIN, TOKEN, LINK, SIGNED -> {
        requireHost(context);
        requireOrigin(context);
      }
    }
    return visitor;
  }

  private Visitor known(Context context) {
    String from = from(context);
    List<String> given = Collections.list(context.req().getHeaders("Authorization"));
    if (given.size() > 1) {
      throw Entrance.unauthorized("there are several Authorization headers");
    }
    if (given.size() == 1) {
      String header = given.getFirst();
      if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
        throw Entrance.unauthorized("the token is wrong");
      }
      String token = header.substring(SCHEME.length()).strip();
      return new Visitor(
          Optional.of(entrance.byToken(token, DOOR, from)),
          Optional.empty(),
          from,
          () -> entrance.byHash(Entrance.hash(token)).map(Entrance.Entry::who));
    }
    Optional<String> secret = cookie.of(context);
    Optional<Entrance.Entry> entry = secret.flatMap(sessions::entry);
    if (secret.isEmpty() || entry.isEmpty()) {
      throw Entrance.unauthorized(secret.isEmpty() ? "a token is needed" : "the session is over");
    }
    requireOwnPage(context, secret.get());
    return new Visitor(
        Optional.of(entry.get().who()),
        secret,
        from,
        () -> sessions.entry(secret.get()).map(Entrance.Entry::who));
  }

  /**
   * A browser sends the cookie whoever made it ask; what it must send besides, only our pages know.
   */
  private static void requireOwnPage(Context context, String secret) {
    if (!SAFE.contains(context.method().name())
        && !Signature.same(
            Sessions.csrf(secret), Optional.ofNullable(context.header(CSRF)).orElse(""))) {
      throw Refusal.of(
          403,
          "a change by a session needs " + CSRF,
          "GET /api/v1/session tells it to pages of this server");
    }
  }

  /** Whether a request names this machine, as only a person at it does. */
  static boolean isLoopback(Context context) {
    String host = Optional.ofNullable(context.header("Host")).orElse("").toLowerCase(Locale.ROOT);
    return LOOPBACK.contains(host.replaceFirst(":\\d+$", ""));
  }

  /** Where a request comes from; a proxy adds who asked it at the end of what others claim. */
  String from(Context context) {
    String peer = context.req().getRemoteAddr();
    List<String> through = Collections.list(context.req().getHeaders("X-Forwarded-For"));
    if (!behindProxy || through.isEmpty()) {
      return peer;
    }
    String last = through.getLast();
    String client = last.substring(last.lastIndexOf(',') + 1).strip();
    return client.matches("[0-9A-Fa-f.:]{2,45}") ? client : peer;
  }

  private void requireHost(Context context) {
    List<String> given = Collections.list(context.req().getHeaders("Host"));
    if (given.size() != 1 || !hosts.contains(given.getFirst().toLowerCase(Locale.ROOT))) {
      throw Refusal.of(
          421, "this server does not go by that Host", "use " + String.join(" or ", hosts));
    }
  }

  private void requireOrigin(Context context) {
    String origin = context.header("Origin");
    boolean strange = origin != null && !origins.contains(origin.toLowerCase(Locale.ROOT));
    String site = context.header("Sec-Fetch-Site");
    boolean across = site != null && !site.equals("same-origin") && !site.equals("none");
    if (strange || across) {
      throw Refusal.of(403, "requests from pages of other sites are refused", null);
    }
  }
}
