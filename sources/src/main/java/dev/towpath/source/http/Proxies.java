package dev.towpath.source.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Proxies by the usual environment variables: {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code
 * ALL_PROXY} and {@code NO_PROXY}, in either case. Without them the JVM's own settings count. This
 * machine is asked directly.
 */
public final class Proxies extends ProxySelector {
  private final Map<String, String> environment;

  /** The proxies that these variables name. */
  public static ProxySelector of(Map<String, String> environment) {
    return new Proxies(environment);
  }

  Proxies(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  @Override
  public List<Proxy> select(URI uri) {
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    if (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]")) {
      return List.of(Proxy.NO_PROXY);
    }
    boolean secure = "https".equalsIgnoreCase(uri.getScheme());
    Optional<String> proxy =
        (secure ? variable("https_proxy", "HTTPS_PROXY") : variable("http_proxy", "HTTP_PROXY"))
            .or(() -> variable("all_proxy", "ALL_PROXY"));
    if (proxy.isEmpty()) {
      ProxySelector other = ProxySelector.getDefault();
      return other == null ? List.of(Proxy.NO_PROXY) : other.select(uri);
    }
    if (excepted(host)) {
      return List.of(Proxy.NO_PROXY);
    }
    URI address = URI.create(proxy.get().contains("://") ? proxy.get() : "http://" + proxy.get());
    int port = address.getPort() < 0 ? 80 : address.getPort();
    return List.of(
        new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(address.getHost(), port)));
  }

  private boolean excepted(String host) {
    for (String entry : variable("no_proxy", "NO_PROXY").orElse("").split(",")) {
      String name = entry.strip().toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", "");
      if (name.equals("*")
          || (!name.isEmpty() && (host.equals(name) || host.endsWith("." + name)))) {
        return true;
      }
    }
    return false;
  }

  private Optional<String> variable(String... names) {
    for (String name : names) {
      String value = environment.get(name);
      if (value != null && !value.isBlank()) {
        return Optional.of(value.strip());
      }
    }
    return Optional.empty();
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // whoever asked is told by the exception
  }
}
