package dev.towpath.task.http;

import dev.towpath.spi.TowpathException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One question to a server.
 *
 * @param uri may hold a user and a password, which become a header
 * @param shown the method and the URL as people may see them
 */
public record Request(
    String method, URI uri, Map<String, String> headers, Optional<byte[]> body, String shown) {
  public Request {
    headers = Map.copyOf(headers);
  }

  /** A question whose URL people may see, but for user and password. */
  public Request(String method, URI uri, Map<String, String> headers, Optional<byte[]> body) {
    this(method, uri, headers, body, method + " " + bare(uri));
  }

  /**
   * The URL that a text is.
   *
   * @throws TowpathException when it is none; without showing it, since it may hold a secret
   */
  public static URI url(String key, String text) {
    try {
      URI uri = URI.create(text.strip());
      if (isWeb(uri)) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw new TowpathException(
          "\"" + key + "\" cannot be read as a URL",
          "write https://host/path, with signs such as spaces as %20",
          e);
    }
    throw new TowpathException(
        "\"" + key + "\" is no URL of a web server", "write https://host/path");
  }

  static boolean isWeb(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    return (scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null;
  }

  /** The URL without user and password. */
  static URI bare(URI uri) {
    String text = uri.toString();
    String login = uri.getRawUserInfo();
    return login == null ? uri : URI.create(text.replace(login + "@", ""));
  }

  /** The header that a user and a password in the URL mean. */
  Optional<String> login() {
    return Optional.ofNullable(uri.getUserInfo())
        .map(login ->
            "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
  }
}
