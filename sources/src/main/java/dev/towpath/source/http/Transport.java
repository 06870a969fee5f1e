package dev.towpath.source.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** Connections to servers. Thread-safe. */
final class Transport implements AutoCloseable {
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final int MOST_REDIRECTS = 5;
  private static final long LOOK_MILLIS = 100;

  /** However steadily bytes come: an answer that takes longer is given up. */
  private static final Duration WHOLE = Duration.ofMinutes(30);

  private final HttpClient client;

  Transport(ProxySelector proxies) {
    client =
        HttpClient.newBuilder()
            .proxy(proxies)
            .connectTimeout(Duration.ofSeconds(30))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /**
   * Asks and keeps the body in a file. Follows redirects; to another server it sends no header of
   * the request, since any of them may hold a secret.
   *
   * @param wanted whether the body of a good answer is read
   * @param timeout how long nothing may come
   * @throws IOException when the connection fails, or a redirect is not to be followed
   */
  Answer send(Request request, Path file, boolean wanted, Duration timeout)
      throws IOException, InterruptedException {
    URI uri = request.uri();
    Map<String, String> headers = request.headers();
    Optional<byte[]> body = request.body();
    for (int redirects = 0; ; redirects++) {
      HttpResponse<Path> response = exchange(uri, headers, body, file, wanted, timeout);
      Optional<String> target = response.headers().firstValue("Location");
      if (!REDIRECTS.contains(response.statusCode()) || target.isEmpty()) {
        return new Answer(response.statusCode(), response.headers(), uri, file);
      }
      URI next = target(uri, target.get());
      if (redirects == MOST_REDIRECTS) {
        throw new RedirectException("redirects again and again");
      }
      if (Request.weaker(uri, next)) {
        throw new RedirectException("redirects to a URL without encryption");
      }
      if (!Request.sameServer(uri, next)) {
        headers = Map.of();
        if (body.isPresent()) {
          throw new RedirectException("redirects a POST to another server, " + next.getHost());
        }
      }
      if (response.statusCode() < 307) {
        body = Optional.empty(); // as browsers do: what was posted is looked up with GET
      }
      uri = next;
    }
  }

  private static URI target(URI from, String location) throws RedirectException {
    try {
      URI next = Request.resolve(from, location);
      String scheme = String.valueOf(next.getScheme()).toLowerCase(Locale.ROOT);
      if ((scheme.equals("http") || scheme.equals("https")) && next.getHost() != null) {
        return next;
      }
    } catch (IllegalArgumentException e) {
      throw new RedirectException("redirects to what is no URL");
    }
    throw new RedirectException("redirects to what is no URL of a server");
  }

  private HttpResponse<Path> exchange(
      URI uri,
      Map<String, String> headers,
      Optional<byte[]> body,
      Path file,
      boolean wanted,
      Duration timeout)
      throws IOException, InterruptedException {
    HttpRequest.Builder builder = HttpRequest.newBuilder(uri);
    if (!"https".equalsIgnoreCase(uri.getScheme())) {
      builder.version(HttpClient.Version.HTTP_1_1); // an upgrade in clear text confuses servers
    }
    headers.forEach(builder::setHeader);
    builder.setHeader("Accept-Encoding", "gzip");
    if (!headers.containsKey("Accept")) {
      builder.setHeader("Accept", "application/json, application/x-ndjson;q=0.9, */*;q=0.1");
    }
    if (!headers.containsKey("User-Agent")) {
      builder.setHeader("User-Agent", "towpath");
    }
    body.ifPresent(b -> builder.POST(HttpRequest.BodyPublishers.ofByteArray(b)));
    AtomicLong heard = new AtomicLong(System.nanoTime());
    return await(
        client.sendAsync(
            builder.build(),
            info -> {
              heard.set(System.nanoTime());
              try {
                return new BodySink(file, wanted || info.statusCode() != 200, heard);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }),
        heard,
        timeout);
  }

  private static <T> T await(CompletableFuture<T> answer, AtomicLong heard, Duration timeout)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    boolean ended = false;
    try {
      while (true) {
        try {
          T result = answer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
          ended = true;
          return result;
        } catch (TimeoutException e) {
          long now = System.nanoTime();
          if (now - heard.get() > timeout.toNanos()) {
            throw new HttpTimeoutException("timed out");
          }
          if (now - start > WHOLE.toNanos()) {
            throw new TooLongException();
          }
        }
      }
    } catch (ExecutionException e) {
      ended = true;
      throw reason(e);
    } finally {
      if (!ended) {
        answer.cancel(true);
      }
    }
  }

  /** An answer that still comes, but has taken as long as any may. */
  static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLongException() {
      super("takes more than " + WHOLE.toMinutes() + " minutes");
    }
  }

  private static IOException reason(ExecutionException e) {
    return switch (e.getCause()) {
      case UncheckedIOException failure -> new DiskException(new IOException(failure));
      case RuntimeException failure -> throw failure;
      case IOException failure -> failure;
      case null, default -> new IOException(e);
    };
  }

  /** A redirect that is not followed; asking again would not help. */
  static final class RedirectException extends IOException {
    private static final long serialVersionUID = 1L;

    RedirectException(String message) {
      super(message);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
