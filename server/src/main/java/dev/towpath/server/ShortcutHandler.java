package dev.towpath.server;

import dev.towpath.core.access.Principal;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Gives kept answers before a request is routed, which costs several times what it takes to find
 * and write one. Whatever is unusual about a request (who asks has to be looked up, it has a body,
 * its answer is not kept) is left to the long way, which answers everything.
 */
final class ShortcutHandler extends Handler.Wrapper {
  private static final int OK = 200;
  private static final int NOT_MODIFIED = 304;

  private final Shortcuts shortcuts;
  private final Supplier<@Nullable Guard> guard;
  private final boolean tls;
  private final Metrics metrics;

  /**
   * Stands before what routes requests.
   *
   * @param guard null until the server has begun
   * @param tls whether the server speaks TLS itself
   */
  ShortcutHandler(
      Shortcuts shortcuts, Supplier<@Nullable Guard> guard, boolean tls, Metrics metrics) {
    this.shortcuts = shortcuts;
    this.guard = guard;
    this.tls = tls;
    this.metrics = metrics;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    long began = System.nanoTime();
    Optional<Shortcuts.Found> found = find(request);
    if (found.isEmpty()) {
      return super.handle(request, response, callback);
    }
    Shortcuts.Way way = found.get().way();
    HttpFields.Mutable headers = response.getHeaders();
    for (HttpField header : way.headers()) {
      headers.add(header);
    }
    if (tls && !Guard.isLoopback(Asker.of(request))) {
      headers.put(HttpServer.STRICT_TRANSPORT, HttpServer.A_YEAR);
    }
    boolean known =
        Tags.knows(Optional.ofNullable(request.getHeaders().get("If-None-Match")), way.tag());
    int status = known ? NOT_MODIFIED : OK;
    response.setStatus(status);
    if (known) {
      response.write(true, null, callback);
    } else {
      byte[] body = found.get().answer().body();
      headers.put(HttpHeader.CONTENT_LENGTH, body.length);
      response.write(true, ByteBuffer.wrap(body), callback);
    }
    metrics.answered(
        HttpMethod.GET.asString(), way.route(), status, (System.nanoTime() - began) / 1e9);
    return true;
  }

  private Optional<Shortcuts.Found> find(Request request) {
    HttpFields headers = request.getHeaders();
    if (!HttpMethod.GET.is(request.getMethod())
        || headers.contains(HttpHeader.CONTENT_LENGTH)
        || headers.contains(HttpHeader.TRANSFER_ENCODING)) {
      return Optional.empty();
    }
    Shortcuts.Key key =
        new Shortcuts.Key(
            String.valueOf(request.getHttpURI().getPathQuery()),
            Optional.ofNullable(headers.get("Accept")));
    Guard present = guard.get();
    if (present == null || !shortcuts.knows(key)) {
      return Optional.empty();
    }
    Optional<Principal> who = present.atOnce(Asker.of(request));
    return who.flatMap(principal -> shortcuts.find(key, principal));
  }
}
