package dev.towpath.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients over HTTP that mean harm or are broken: the server stays up, answers with a clear error,
 * keeps nothing of theirs open, and others notice nothing.
 */
class HttpAttackTest {
  private static final int ATTEMPTS = 10_000;
  private static final int AT_ONCE = 50;
  private static final Pattern ANSWER = Pattern.compile("HTTP/1\\.1 (\\d{3})");

  @TempDir private static Path folder;
  private static Served server;

  @BeforeAll
  static void start() throws Exception {
    Served.project(folder)
        .write("apis/rows.sql", "/* towpath\nget: /rows\n*/\nSELECT count(*) AS n FROM marts.m\n");
    server = Served.start(folder);
    server.build();
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static Socket socket() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(60_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  private static String host() {
    return "Host: 127.0.0.1:" + server.port() + "\r\n";
  }

  private static String bearer() {
    return "Authorization: Bearer " + server.token() + "\r\n";
  }

  /** All that comes before the other side ends the connection. */
  private static String untilEnd(Socket socket) {
    StringBuilder text = new StringBuilder();
    byte[] piece = new byte[8192];
    try {
      InputStream in = socket.getInputStream();
      for (int length = in.read(piece); length > 0; length = in.read(piece)) {
        text.append(new String(piece, 0, length, ISO_8859_1));
      }
    } catch (SocketTimeoutException e) {
      text.append("NEVER ENDED");
    } catch (IOException reset) {
      return text.toString();
    }
    return text.toString();
  }

  private static List<String> statuses(String answers) {
    return ANSWER.matcher(answers).results().map(m -> m.group(1)).toList();
  }

  private static void othersAreServed() throws Exception {
    HttpResponse<String> rows = server.send(server.request("/rows"));
    assertThat(rows.statusCode()).as(rows.body()).isEqualTo(200);
    assertThat(rows.body()).contains("\"n\":3");
  }

  /** Files and sockets that the server has open. */
  private static long handles() throws IOException {
    try (Stream<Path> open =
        Files.list(Path.of("/proc", Long.toString(server.process().pid()), "fd"))) {
      return open.count();
    }
  }

  private static String query(String sql, String accept) {
    String body = "{\"sql\": \"" + sql + "\"}";
    return "POST /api/v1/query HTTP/1.1\r\n"
        + host()
        + bearer()
        + "Content-Type: application/json\r\nAccept: "
        + accept
        + "\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  /** A request hidden in the body of another, by two readings of where that ends. */
  static Stream<String> smuggled() {
    String hidden = "GET /api/v1/users HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s\r\n";
    int length = hidden.length() + 60;
    return Stream.of(
        "Content-Length: 0\r\nContent-Length: " + length + "\r\n\r\n" + hidden,
        "Content-Length: " + length + "\r\nContent-Length: 0\r\n\r\n" + hidden,
        "Content-Length: 0, " + length + "\r\n\r\n" + hidden,
        "Content-Length: " + length + "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + hidden,
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + hidden,
        "Transfer-Encoding: identity, chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n" + hidden,
        "Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + hidden,
        "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + hidden,
        "Transfer-Encoding:\u000bchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + hidden,
        "X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: -1\r\n\r\n0\r\n\r\n" + hidden,
        "Content-Length: +0\r\n\r\n" + hidden,
        "Content-Length: 0x0\r\n\r\n" + hidden,
        "Content-Length: -1\r\n\r\n" + hidden,
        "Content-Length: 99999999999999999999\r\n\r\n" + hidden,
        "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n\r\n" + hidden,
        "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" + hidden,
        "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n" + hidden);
  }

  @ParameterizedTest
  @MethodSource("smuggled")
  void aRequestInARequestIsNotAnswered(String rest) throws Exception {
    try (Socket socket = socket()) {
      socket.setSoTimeout(40_000);
      send(
          socket,
          "POST /api/v1/query HTTP/1.1\r\nContent-Type: application/json\r\n"
              + host()
              + bearer()
              + rest.formatted(server.port(), bearer() + "Connection: close\r\n"));
      String answers = untilEnd(socket);
      assertThat(statuses(answers)).as(answers).containsExactly("400");
      assertThat(answers).doesNotContain("\"users\"", "NEVER ENDED", "Exception", "\tat ");
    }
    othersAreServed();
  }

  /** What looks like one header and is two, or is none. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "X: a\u0000b\r\n",
        "X\u0000: a\r\n",
        "X y: a\r\n",
        ": a\r\n",
        "X: a\rY: b\r\n",
        "Host: evil.example\r\n",
        "\u00e4: a\r\n",
        "no colon\r\n",
        " X: a\r\n"
      })
  void brokenHeadersAreRefused(String header) throws Exception {
    try (Socket socket = socket()) {
      send(
          socket,
          "GET /api/v1/project HTTP/1.1\r\n"
              + host()
              + bearer()
              + header
              + "Connection: close\r\n\r\n");
      String answers = untilEnd(socket);
      assertThat(statuses(answers)).as(answers).hasSize(1).first().isIn("400", "421");
      assertThat(answers).doesNotContain("\"small\"", "Exception", "Jetty");
    }
  }

  @Test
  void manyHeadersAreAsBoundAsLongOnes() throws Exception {
    try (Socket socket = socket()) {
      send(
          socket,
          "GET /rows HTTP/1.1\r\n" + host() + bearer() + "X-Many: y\r\n".repeat(20_000) + "\r\n");
      assertThat(statuses(untilEnd(socket))).containsExactly("431");
    }
    othersAreServed();
  }

  /** A name that leads here only since somebody's DNS says so, in each place where names stand. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /api/v1/project HTTP/1.1\r\nHost: rebound.example:%d\r\n",
        "GET http://rebound.example:%d/api/v1/project HTTP/1.1\r\nHost: 127.0.0.1:%1$d\r\n",
        "GET http://127.0.0.1:%d/api/v1/project HTTP/1.1\r\nHost: rebound.example:%1$d\r\n",
        "GET /api/v1/project HTTP/1.1\r\nHost: 127.0.0.1:%d.rebound.example\r\n",
        "GET /api/v1/project HTTP/1.1\r\nHost: 127.0.0.1:%d@rebound.example\r\n",
        "GET /api/v1/project HTTP/1.1\r\nHost: rebound.example\r\nX-Forwarded-Host: 127.0.0.1:%d\r\n",
        "GET /api/v1/project HTTP/1.1\r\nHost: 127.0.0.1.:%d\r\n",
        "GET /api/v1/project HTTP/1.1\r\nHost: 2130706433:%d\r\n",
        "GET /api/v1/project HTTP/1.0\r\nX: %d\r\n",
        "GET /rows HTTP/1.1\r\nHost: rebound.example:%d\r\n",
        "GET /console/ HTTP/1.1\r\nHost: rebound.example:%d\r\n"
      })
  void aReboundNameIsRefused(String head) throws Exception {
    othersAreServed(); // so that the answer is kept, which has a shorter way
    try (Socket socket = socket()) {
      send(socket, head.formatted(server.port()) + bearer() + "Connection: close\r\n\r\n");
      String answers = untilEnd(socket);
      assertThat(statuses(answers)).as(answers).hasSize(1).first().isIn("400", "421");
      assertThat(answers).doesNotContain("\"small\"", "\"n\":3", "<html");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TRACE /rows HTTP/1.1\r\n",
        "CONNECT 127.0.0.1:22 HTTP/1.1\r\n",
        "PRI * HTTP/2.0\r\n",
        "GET /rows HTTP/0.9\r\n",
        "GET /rows HTTP/3.0\r\n",
        "GET /rows HTTP/1.1 HTTP/1.1\r\n",
        "get /rows HTTP/1.1\r\n"
      })
  void otherMethodsAndVersionsAreRefused(String line) throws Exception {
    try (Socket socket = socket()) {
      socket.setSoTimeout(2_000); // after CONNECT nobody hangs up at once
      send(socket, line + host() + bearer() + "Connection: close\r\n\r\n");
      String answers = untilEnd(socket);
      assertThat(statuses(answers)).hasSize(1);
      assertThat(answers).doesNotContain("Exception", "Jetty", server.token(), "\"n\":3");
      assertThat(statuses(answers))
          .as(answers)
          .isSubsetOf("400", "404", "405", "421", "426", "501", "505");
    }
    othersAreServed();
  }

  /** What a value holds does not get out of the header in which it comes back. */
  @Test
  void aValueAddsNoHeader() throws Exception {
    String evil = "%0d%0aSet-Cookie:%20x=y%0d%0a";
    for (String path :
        List.of("/rows" + evil, "/api/v1/assets/" + evil, "/console" + evil, "/rows?x=" + evil)) {
      try (Socket socket = socket()) {
        send(
            socket,
            "GET " + path + " HTTP/1.1\r\n" + host() + bearer() + "Connection: close\r\n\r\n");
        assertThat(untilEnd(socket)).as(path).doesNotContain("\nSet-Cookie");
      }
    }
  }

  /** A header of proxies changes nothing where there is none: the log has the real address. */
  @Test
  void nobodyClaimsAnotherAddress() throws Exception {
    HttpResponse<String> wrong =
        server.send(
            server
                .bare("/api/v1/project")
                .header("X-Forwarded-For", "203.0.113.9")
                .header("Forwarded", "for=203.0.113.9")
                .header("Authorization", "Bearer not-a-token"));
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(server.send(server.request("/api/v1/audit")).body())
        .contains("from 127.0.0.1")
        .doesNotContain("203.0.113.9");
  }

  @Test
  void aClientThatVanishesMidResultLeavesNothingOpen() throws Exception {
    String endless = "SELECT n, md5(n::VARCHAR) AS h FROM range(100000000000) AS r(n)";
    for (String form :
        List.of("text/csv", "application/x-ndjson", "application/vnd.apache.arrow.stream")) {
      try (Socket socket = socket()) {
        send(socket, query(endless, form));
        byte[] piece = new byte[8192];
        int length = socket.getInputStream().read(piece);
        assertThat(new String(piece, 0, length, US_ASCII)).startsWith("HTTP/1.1 200");
        assertThat(server.metric("towpath_queries{state=\"open\"}")).isPositive();
        socket.setSoLinger(true, 0); // as one whose machine is gone: a reset, no goodbye
      }
      server.nothingIsOpen();
    }
    othersAreServed();
  }

  @Tag("integration")
  @Test
  void tenThousandAttemptsLeaveNothingBehind() throws Exception {
    othersAreServed();
    long before = handles();
    AtomicInteger refused = new AtomicInteger();
    AtomicInteger answered = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < AT_ONCE; t++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < ATTEMPTS / AT_ONCE; i++) {
                  try (Socket socket = socket()) {
                    switch (i % 5) {
                      case 0 -> send(socket, "\u0016\u0003\u0001\u0002\u0000\u0001"); // TLS
                      case 1 -> send(socket, "GET /rows HTTP/1.1\r\nHost: ");
                      case 2 -> {
                        send(
                            socket,
                            "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
                        if (statuses(untilEnd(socket)).contains("200")) {
                          answered.incrementAndGet();
                        }
                      }
                      case 3 -> send(socket, "GET / HTTP/1.1\r\n" + host() + "\r\n");
                      default -> {
                        // opened, and closed again
                      }
                    }
                  } catch (IOException e) {
                    refused.incrementAndGet();
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      othersAreServed();
      thread.join();
    }
    assertThat(answered.get() + refused.get()).isGreaterThanOrEqualTo(ATTEMPTS / 5);
    assertThat(refused.get()).as("not answered").isLessThan(ATTEMPTS / 100);
    othersAreServed();
    Served.until(() -> handles() <= before + AT_ONCE / 5);
  }

  /** Silent it never is, and yet it does not keep its place: a request has a minute to come. */
  @Tag("integration")
  @Test
  void whoTricklesIsDropped() throws Exception {
    try (Socket socket = socket()) {
      socket.setSoTimeout(90_000);
      send(socket, "GET /rows HTTP/1.1\r\n" + host() + "X: ");
      Thread trickle =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int i = 0; i < 40; i++) {
                    Thread.sleep(2_000);
                    send(socket, "x");
                  }
                } catch (IOException | InterruptedException dropped) {
                  Thread.currentThread().interrupt();
                }
              });
      assertThat(untilEnd(socket)).isEmpty();
      trickle.interrupt();
    }
    othersAreServed();
  }

  /**
   * Some say half a request, some take nothing of a result: they are dropped, and others served.
   */
  @Tag("integration")
  @Test
  void whoIsTooSlowIsDropped() throws Exception {
    List<Socket> half = new ArrayList<>();
    for (String said :
        List.of(
            "",
            "GET /rows HT",
            "GET /rows HTTP/1.1\r\n" + host(),
            "POST /api/v1/query HTTP/1.1\r\n"
                + host()
                + bearer()
                + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"sql\"",
            "POST /api/v1/query HTTP/1.1\r\n"
                + host()
                + bearer()
                + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"")) {
      for (int i = 0; i < 40; i++) {
        Socket socket = socket();
        send(socket, said);
        half.add(socket);
      }
    }
    Socket taking = new Socket();
    taking.setReceiveBufferSize(4096);
    taking.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    send(taking, query("SELECT repeat('x', 1000) AS s FROM range(1000000000)", "text/csv"));
    othersAreServed();
    for (Socket socket : half) {
      String answers = untilEnd(socket);
      assertThat(answers).doesNotContain("NEVER ENDED");
      assertThat(statuses(answers)).doesNotContain("200");
      socket.close();
    }
    server.nothingIsOpen();
    taking.close();
    othersAreServed();
  }
}
