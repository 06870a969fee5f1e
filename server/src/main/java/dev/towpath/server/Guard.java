package dev.towpath.server;

import io.javalin.http.Context;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who may come in. A token for all but what is open or signed; and, since a web page that somebody
 * looks at can send requests to their own machine, a Host that is this server's and an Origin that
 * is the same.
 */
final class Guard {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final String SCHEME = "bearer ";

  private final byte[] token;
  private final Set<String> hosts = new TreeSet<>();
  private final Set<String> origins = new TreeSet<>();

  /**
   * A guard of a server.
   *
   * @param host what it is bound to
   * @param port that it has
   * @param outside where people reach it through a proxy, if they do
   */
  Guard(String token, String host, int port, Optional<URI> outside) {
    this.token = digest(token);
    TreeSet<String> names = new TreeSet<>(LOOPBACK);
    names.add(host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host);
    for (String name : names) {
      String lower = name.toLowerCase(Locale.ROOT);
      hosts.add(lower + ":" + port);
      origins.add("http://" + lower + ":" + port);
      if (port == 80) {
        hosts.add(lower);
        origins.add("http://" + lower);
      }
    }
    outside.ifPresent(url -> {
      hosts.add(url.getAuthority().toLowerCase(Locale.ROOT));
      origins.add((url.getScheme() + "://" + url.getAuthority()).toLowerCase(Locale.ROOT));
    });
  }

  /** Throws unless the request may come in. */
  void admit(Context context, Route.Access access) {
    if (access == Route.Access.OPEN) {
      return; // whoever probes whether a server lives calls it by whatever name
    }
    if (access == Route.Access.TOKEN) {
      requireToken(context);
    }
    requireHost(context);
    requireOrigin(context);
  }

  private void requireToken(Context context) {
    String header = context.header("Authorization");
    boolean bearer =
        header != null
            && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
            && MessageDigest.isEqual(token, digest(header.substring(SCHEME.length()).strip()));
    if (!bearer) {
      throw Refusal.of(
          401,
          header == null ? "a token is needed" : "the token is wrong",
          "send Authorization: Bearer and the token, which \"towpath token\" prints",
          "WWW-Authenticate",
          "Bearer realm=\"towpath\"");
    }
  }

  /** Digests have one length, so that comparing them tells nothing about the token's. */
  private static byte[] digest(String text) {
    return Signature.sha256(text.getBytes(StandardCharsets.UTF_8))
        .getBytes(StandardCharsets.US_ASCII);
  }

  private void requireHost(Context context) {
    List<String> given = java.util.Collections.list(context.req().getHeaders("Host"));
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
