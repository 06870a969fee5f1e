package dev.towpath.source.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;

/** A real HTTP server whose answers a test decides, the faulty ones too. */
final class TestApi implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Function<Call, Reply>> routes = new HashMap<>();
  private final Deque<Reply> faults = new ArrayDeque<>();
  private final List<Call> calls = new CopyOnWriteArrayList<>();

  /** A request as it arrived. */
  record Call(String path, Map<String, String> query, Map<String, String> headers, String body) {
    String param(String name) {
      return query.getOrDefault(name, "");
    }

    int number(String name, int absent) {
      return query.containsKey(name) ? Integer.parseInt(param(name)) : absent;
    }

    Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name.toLowerCase(java.util.Locale.ROOT)));
    }
  }

  /**
   * An answer.
   *
   * @param cut how many bytes of the body are sent of those that were promised; negative for all
   * @param stall whether nothing comes after the first bytes until the server is closed
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Reply(int status, Map<String, String> headers, byte[] body, int cut, boolean stall) {
    static Reply json(String body) {
      return of(200, body).with("Content-Type", "application/json");
    }

    static Reply of(int status, String body) {
      return new Reply(status, Map.of(), body.getBytes(StandardCharsets.UTF_8), -1, false);
    }

    Reply with(String header, String value) {
      Map<String, String> more = new HashMap<>(headers);
      more.put(header, value);
      return new Reply(status, more, body, cut, stall);
    }

    Reply bytes(byte[] content) {
      return new Reply(status, headers, content, cut, stall);
    }

    Reply cutAfter(int bytes) {
      return new Reply(status, headers, body, bytes, stall);
    }

    Reply stalling() {
      return new Reply(status, headers, body, cut, true);
    }

    Reply gzipped() throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
        gzip.write(body);
      }
      return with("Content-Encoding", "gzip").bytes(out.toByteArray());
    }
  }

  TestApi() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** What is answered at a path. */
  TestApi on(String path, Function<Call, Reply> answer) {
    routes.put(path, answer);
    return this;
  }

  /** The next requests are answered so, whatever they ask for; one reply each. */
  void fail(Reply... replies) {
    synchronized (faults) {
      faults.addAll(List.of(replies));
    }
  }

  List<Call> calls() {
    return calls;
  }

  private void handle(HttpExchange exchange) throws IOException {
    Map<String, String> query = new HashMap<>();
    String raw = exchange.getRequestURI().getRawQuery();
    for (String part : raw == null ? new String[0] : raw.split("&", -1)) {
      String[] both = part.split("=", 2);
      query.merge(decode(both[0]), decode(both[1]), (a, b) -> a + "," + b);
    }
    Map<String, String> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) ->
            headers.put(name.toLowerCase(java.util.Locale.ROOT), values.getFirst()));
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Call call = new Call(exchange.getRequestURI().getPath(), query, headers, body);
    calls.add(call);
    Reply fault;
    synchronized (faults) {
      fault = faults.poll();
    }
    Reply reply =
        fault != null
            ? fault
            : routes.getOrDefault(call.path(), _ -> Reply.of(404, "no such path")).apply(call);
    send(exchange, reply);
  }

  private static String decode(String text) {
    return java.net.URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static void send(HttpExchange exchange, Reply reply) throws IOException {
    reply.headers().forEach((name, value) -> exchange.getResponseHeaders().add(name, value));
    if (reply.status() == 0) { // hang up
      exchange.close();
      return;
    }
    boolean bodyless = reply.status() == 304 || reply.body().length == 0;
    exchange.sendResponseHeaders(reply.status(), bodyless ? -1 : reply.body().length);
    if (!bodyless) {
      int length = reply.cut() < 0 ? reply.body().length : reply.cut();
      OutputStream out = exchange.getResponseBody();
      out.write(reply.body(), 0, length);
      out.flush();
      if (reply.stall()) {
        try {
          Thread.sleep(java.time.Duration.ofMinutes(5));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
    exchange.close();
  }

  @Override
  public void close() {
    threads.shutdownNow();
    server.stop(0);
  }
}
