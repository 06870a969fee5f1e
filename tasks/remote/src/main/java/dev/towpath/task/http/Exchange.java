package dev.towpath.task.http;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Asks web servers, once each. Redirects are followed, but what a request says about who asks goes
 * to the server it was meant for and to no other. Thread-safe.
 */
public final class Exchange {
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final int MOST_REDIRECTS = 5;

  private final ProxySelector proxies;
  private @Nullable HttpClient client;

  /** An exchange through the proxies that there are. */
  public Exchange(ProxySelector proxies) {
    this.proxies = proxies;
  }

  /** Made when it is first needed: it has a thread of its own, and most commands never ask. */
  private synchronized HttpClient client() {
    HttpClient made = client;
    if (made == null) {
      made =
          HttpClient.newBuilder()
              .proxy(proxies)
              .connectTimeout(Duration.ofSeconds(30))
              .followRedirects(HttpClient.Redirect.NEVER)
              .build();
      client = made;
    }
    return made;
  }

  /**
   * Asks.
   *
   * @param patience how long all of it may take
   * @throws TowpathException when no whole answer came
   * @throws CancelledException when this thread was interrupted
   */
  public Answer ask(Request request, Duration patience) {
    try {
      return follow(request, System.nanoTime() + patience.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException(e);
    } catch (HttpTimeoutException e) { // whoever asks has no say in how long that is
      throw failure(
          request.shown() + " did not answer within " + words(patience),
          "see whether the server is up; retries: say how often that may happen",
          e);
    } catch (IOException e) {
      throw broken(request, e, patience);
    }
  }

  /**
   * Asks, and takes a redirect for the answer.
   *
   * @param end the {@link System#nanoTime} when it has to be there
   * @param patience how long that was in all, for people
   * @param mostBytes of the body
   * @throws TowpathException when no whole answer came
   * @throws CancelledException when this thread was interrupted
   */
  public Answer once(Request request, long end, Duration patience, int mostBytes) {
    try {
      HttpResponse<Body> response = once(request, end, mostBytes);
      return new Answer(request, response.statusCode(), response.headers(), response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException(e);
    } catch (IOException e) {
      throw broken(request, e, patience);
    }
  }

  private Answer follow(Request request, long end) throws IOException, InterruptedException {
    Request next = request;
    for (int redirects = 0; ; redirects++) {
      HttpResponse<Body> response = once(next, end, Body.MOST_BYTES);
      Optional<String> target = response.headers().firstValue("Location");
      if (!REDIRECTS.contains(response.statusCode()) || target.isEmpty()) {
        return new Answer(next, response.statusCode(), response.headers(), response.body());
      }
      if (redirects == MOST_REDIRECTS) {
        throw new RedirectException("redirects again and again");
      }
      next = redirected(next, response.statusCode(), target.get());
    }
  }

  private static Request redirected(Request from, int status, String location)
      throws RedirectException {
    URI to = target(from.uri(), location);
    boolean plain = from.method().equals("GET") || from.method().equals("HEAD");
    if (secure(from.uri()) && !secure(to)) {
      throw new RedirectException("redirects to a URL without encryption");
    }
    if (!sameServer(from.uri(), to)) {
      if (!plain) {
        throw new RedirectException(
            "redirects a " + from.method() + " to another server, " + to.getHost());
      }
      return new Request(from.method(), to, Map.of(), Optional.empty());
    }
    if (plain || status >= 307) {
      return new Request(from.method(), to, from.headers(), from.body());
    }
    // as browsers do: what came of a POST is looked up with GET
    return new Request("GET", to, from.headers(), Optional.empty());
  }

  private static URI target(URI from, String location) throws RedirectException {
    try {
      URI to = from.resolve(location.strip());
      if (Request.isWeb(to)) {
        return to;
      }
    } catch (IllegalArgumentException e) {
      throw new RedirectException("redirects to what is no URL");
    }
    throw new RedirectException("redirects to what is no URL of a server");
  }

  private static boolean secure(URI uri) {
    return "https".equalsIgnoreCase(uri.getScheme());
  }

  private static boolean sameServer(URI one, URI other) {
    return secure(one) == secure(other)
        && one.getHost().equalsIgnoreCase(other.getHost())
        && port(one) == port(other);
  }

  private static int port(URI uri) {
    return uri.getPort() >= 0 ? uri.getPort() : secure(uri) ? 443 : 80;
  }

  private HttpResponse<Body> once(Request request, long end, int mostBytes)
      throws IOException, InterruptedException {
    HttpRequest.Builder builder = HttpRequest.newBuilder(Request.bare(request.uri()));
    if (!secure(request.uri())) {
      builder.version(HttpClient.Version.HTTP_1_1); // an upgrade in clear text confuses servers
    }
    builder.setHeader("User-Agent", "towpath");
    request.login().ifPresent(login -> builder.setHeader("Authorization", login));
    request.headers().forEach(builder::setHeader);
    builder.method(
        request.method(),
        request
            .body()
            .map(HttpRequest.BodyPublishers::ofByteArray)
            .orElseGet(HttpRequest.BodyPublishers::noBody));
    CompletableFuture<HttpResponse<Body>> answer =
        client().sendAsync(builder.build(), _ -> new Body.Sink(mostBytes));
    boolean over = false;
    try {
      HttpResponse<Body> response = answer.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      over = true;
      return response;
    } catch (TimeoutException e) {
      throw new HttpTimeoutException("timed out");
    } catch (ExecutionException e) {
      over = true;
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } finally {
      if (!over) {
        answer.cancel(true);
      }
    }
  }

  private static TowpathException broken(Request request, IOException e, Duration patience) {
    String shown = request.shown();
    String host = request.uri().getHost();
    return switch (e) {
      case RedirectException _ ->
          failure(shown + " " + e.getMessage(), "write the URL that it ends at under url:", e);
      case HttpTimeoutException _ ->
          failure(
              shown + " did not answer within " + words(patience),
              "see whether the server is up; timeout: gives it longer",
              e);
      case SSLException _ ->
          failure(
              shown + " cannot be reached with encryption: " + reason(e),
              "see whether the certificate is valid and trusted by the JDK",
              e);
      case ConnectException _ when e.getCause() instanceof UnresolvedAddressException ->
          failure(
              shown + " cannot be reached: no server is known as " + host,
              "see whether the URL is right and the network is up",
              e);
      case ConnectException _ ->
          failure(
              shown + " cannot be reached: the connection was refused",
              "see whether the server is up and the URL has the right port",
              e);
      default ->
          failure(
              shown + " broke off: " + reason(e),
              "see whether the server is well; retries: help",
              e);
    };
  }

  private static TowpathException failure(String message, String hint, IOException cause) {
    return new TowpathException(message, hint, cause);
  }

  private static String words(Duration patience) {
    return patience.toMillis() % 1_000 == 0 || patience.toSeconds() > 9
        ? patience.toSeconds() + " s"
        : patience.toMillis() + " ms";
  }

  private static String reason(Throwable e) {
    String message = e.getMessage();
    Throwable cause = e.getCause();
    return message == null || message.isBlank()
        ? cause == null ? e.getClass().getSimpleName() : reason(cause)
        : message.lines().findFirst().orElse("").toLowerCase(Locale.ROOT).startsWith("java.")
            ? message.substring(message.indexOf(':') + 1).strip()
            : message.lines().findFirst().orElse("");
  }

  /** A redirect that is not followed; asking again would not help. */
  private static final class RedirectException extends IOException {
    private static final long serialVersionUID = 1L;

    RedirectException(String message) {
      super(message);
    }
  }
}
