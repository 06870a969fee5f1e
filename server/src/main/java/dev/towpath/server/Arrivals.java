package dev.towpath.server;

import dev.towpath.spi.Beat;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what clients take before their requests are there: so many connections at a time, and so
 * much time until a request has arrived, however often a byte of it comes. Thread-safe.
 */
final class Arrivals extends Handler.Wrapper implements Connection.Listener, AutoCloseable {
  private static final int PER_PATIENCE = 60;
  private static final long ARRIVED = 0;

  private final Limits limits;
  private final Beat beat;
  private final Map<SocketAddress, Client> clients = new ConcurrentHashMap<>();

  /**
   * What clients may take.
   *
   * @param connections at a time
   * @param each of one address
   * @param patience until the head of a request has come, and then its body
   */
  record Limits(int connections, int each, Duration patience) {}

  /** A connection, and since when something is awaited of it. */
  private static final class Client {
    private final EndPoint line;
    private volatile long since = now();

    Client(EndPoint line) {
      this.line = line;
    }

    boolean isLate(Duration patience) {
      long since = this.since;
      return since != ARRIVED && System.nanoTime() - since > patience.toNanos();
    }
  }

  Arrivals(Limits limits) {
    this.limits = limits;
    this.beat = new Beat("http-arrivals", limits.patience().dividedBy(PER_PATIENCE));
    beat.at(this::look);
  }

  private static long now() {
    return System.nanoTime() | 1; // never what says that nothing is awaited
  }

  private void look() {
    clients.values().stream()
        .filter(client -> client.isLate(limits.patience()))
        .forEach(client -> client.line.close());
  }

  @Override
  public void onOpened(Connection connection) {
    if (!(connection.getEndPoint() instanceof SocketChannelEndPoint line)) {
      return; // what TLS has inside of a connection that is counted
    }
    SocketAddress from = line.getRemoteSocketAddress();
    if (clients.size() >= limits.connections() || of(from) >= limits.each()) {
      line.close();
    } else {
      clients.put(from, new Client(line));
    }
  }

  private long of(SocketAddress from) {
    return from instanceof InetSocketAddress here
        ? clients.keySet().stream()
            .filter(other ->
                other instanceof InetSocketAddress there
                    && here.getAddress().equals(there.getAddress()))
            .count()
        : 0;
  }

  @Override
  public void onClosed(Connection connection) {
    clients.values().removeIf(client -> client.line.equals(connection.getEndPoint()));
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Client client = clients.get(request.getConnectionMetaData().getRemoteSocketAddress());
    if (client == null) {
      return super.handle(request, response, callback);
    }
    boolean body =
        request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
    client.since = body ? now() : ARRIVED;
    Request.addCompletionListener(request, _ -> client.since = now());
    return super.handle(body ? new Arriving(request, client) : request, response, callback);
  }

  /** A request whose body has not been read to its end. */
  private static final class Arriving extends Request.Wrapper {
    private final Client client;

    Arriving(Request request, Client client) {
      super(request);
      this.client = client;
    }

    @Override
    public Content.@Nullable Chunk read() {
      Content.Chunk chunk = super.read();
      if (chunk != null && chunk.isLast()) {
        client.since = ARRIVED;
      }
      return chunk;
    }
  }

  @Override
  public void close() {
    beat.close();
  }
}
