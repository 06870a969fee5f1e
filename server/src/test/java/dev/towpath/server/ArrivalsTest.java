package dev.towpath.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrivalsTest {
  private static final Duration PATIENCE = Duration.ofMillis(600);

  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);
  private final Arrivals arrivals = new Arrivals(new Arrivals.Limits(6, 4, PATIENCE));

  @BeforeEach
  void start() throws Exception {
    connector.addBean(arrivals);
    server.addConnector(connector);
    arrivals.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws Exception {
            String body = Content.Source.asString(request);
            if (Request.getPathInContext(request).equals("/slow")) {
              Thread.sleep(PATIENCE.multipliedBy(2));
            }
            Content.Sink.write(response, true, "read " + body, callback);
            return true;
          }
        });
    server.setHandler(arrivals);
    server.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
    arrivals.close();
  }

  private Socket socket(String from) throws IOException {
    Socket socket =
        new Socket(
            InetAddress.getLoopbackAddress(),
            connector.getLocalPort(),
            InetAddress.getByName(from),
            0);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  private static String untilEnd(Socket socket) {
    try {
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    } catch (IOException reset) {
      return "";
    }
  }

  private String asked(String from, String path) throws IOException {
    try (Socket socket = socket(from)) {
      send(socket, "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      return untilEnd(socket);
    }
  }

  /** A byte now and then keeps nobody's place for ever, wherever in the request it stands. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "GET / HTTP/1.1\r\nHost: x\r\nX: ",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nX: "
      })
  void whoTricklesIsDropped(String said) throws Exception {
    try (Socket socket = socket("127.0.0.1")) {
      send(socket, said);
      Thread.ofVirtual()
          .start(() -> {
            try {
              for (int i = 0; i < 200; i++) {
                Thread.sleep(50);
                send(socket, said.isEmpty() ? "\n" : "x");
              }
            } catch (IOException | InterruptedException dropped) {
              Thread.currentThread().interrupt();
            }
          });
      long began = System.nanoTime();
      untilEnd(socket);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(7));
    }
    assertThat(asked("127.0.0.1", "/")).startsWith("HTTP/1.1 200").endsWith("read ");
  }

  /** What takes time is the answer, for which nobody is dropped. */
  @Test
  void whoWaitsForAnAnswerIsNotDropped() throws Exception {
    assertThat(asked("127.0.0.1", "/slow")).startsWith("HTTP/1.1 200").endsWith("read ");
    try (Socket socket = socket("127.0.0.1")) {
      String head = " HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n";
      send(socket, "POST /slow" + head + "\r\nbody");
      send(socket, "POST /slow" + head + "Connection: close\r\n\r\nmore");
      assertThat(untilEnd(socket)).contains("read body").endsWith("read more");
    }
  }

  @Test
  void connectionsAreCountedByAddressAndInAll() throws Exception {
    List<Socket> open = new ArrayList<>();
    for (String from : List.of("127.0.0.2", "127.0.0.2", "127.0.0.2", "127.0.0.2", "127.0.0.3")) {
      open.add(open(from));
    }
    assertThat(asked("127.0.0.2", "/")).as("a fifth of one address").isEmpty();
    assertThat(asked("127.0.0.3", "/")).as("the last place").startsWith("HTTP/1.1 200");
    open.add(open("127.0.0.3"));
    assertThat(asked("127.0.0.4", "/")).as("a seventh in all").isEmpty();
    for (Socket socket : open) {
      socket.close();
    }
    open("127.0.0.4").close();
  }

  /** A connection that is answered; places that were left are there soon. */
  private Socket open(String from) throws Exception {
    for (int i = 0; i < 500; i++) {
      Socket socket = socket(from);
      send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      if (isAnswered(socket)) {
        return socket;
      }
      socket.close();
      Thread.sleep(10);
    }
    throw new AssertionError("there is no place for " + from);
  }

  private static boolean isAnswered(Socket socket) {
    try {
      return socket.getInputStream().read() == 'H';
    } catch (IOException reset) {
      return false;
    }
  }
}
