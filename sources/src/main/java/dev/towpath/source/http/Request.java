package dev.towpath.source.http;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One question to a server.
 *
 * @param headers with those that prove who asks
 * @param shown the URL as messages and rows say it, without secrets
 */
record Request(URI uri, Map<String, String> headers, Optional<byte[]> body, String shown) {
  Request {
    headers = Map.copyOf(headers);
  }

  /** One more header. */
  Request with(String name, String value) {
    Map<String, String> more = new java.util.HashMap<>(headers);
    more.put(name, value);
    return new Request(uri, more, body, shown);
  }

  /**
   * What a reference in an answer means, as RFC 3986 has it; Java's own loses the last step of the
   * path before a bare query.
   *
   * @throws IllegalArgumentException when it is no URL
   */
  static URI resolve(URI base, String reference) {
    String text = reference.strip();
    String path = base.getRawPath() == null ? "" : base.getRawPath();
    return text.startsWith("?")
        ? base.resolve((path.isEmpty() ? "/" : path) + text)
        : base.resolve(text);
  }

  /** Whether two URLs lead to one server, which may then see the same secrets. */
  static boolean sameServer(URI one, URI other) {
    return lower(one.getScheme()).equals(lower(other.getScheme()))
        && lower(one.getHost()).equals(lower(other.getHost()))
        && port(one) == port(other);
  }

  /** Whether going from one to the other gives up encryption. */
  static boolean weaker(URI from, URI to) {
    return lower(from.getScheme()).equals("https") && !lower(to.getScheme()).equals("https");
  }

  private static int port(URI uri) {
    return uri.getPort() >= 0 ? uri.getPort() : lower(uri.getScheme()).equals("https") ? 443 : 80;
  }

  private static String lower(@org.jspecify.annotations.Nullable String text) {
    return text == null ? "" : text.toLowerCase(Locale.ROOT);
  }
}
