package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.cli.Towpath;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Live events: in order, without loss, from whichever server they come. */
class EventsTest {
  @TempDir private static Path folder;
  private static Towpath project;
  private static Served server;

  @BeforeAll
  static void start() throws Exception {
    project = Served.project(folder);
    server = Served.start(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static String trigger(Served at) throws Exception {
    return at.posted("/api/v1/flows/talk/runs", Map.of()).path("id").asText();
  }

  /** The events of a run, up to its end. */
  private static List<Lines.Event> ofRun(Lines events, String run) throws Exception {
    List<Lines.Event> seen = new ArrayList<>();
    while (true) {
      Lines.Event event = events.next();
      JsonNode data = Served.JSON.readTree(event.data());
      if (data.path("run").asText().equals(run)) {
        assertThat(data.path("type").asText()).isEqualTo(event.type());
        assertThat(data.path("id").asText()).isEqualTo(event.id());
        seen.add(event);
        if (event.type().equals("run.ended")) {
          return seen;
        }
      }
    }
  }

  @Test
  void aRunIsTold() throws Exception {
    try (Lines events = server.follow(server.request("/api/v1/events"))) {
      assertThat(events.next().type()).isEqualTo("hello");
      String run = trigger(server);
      assertThat(ofRun(events, run).stream().map(Lines.Event::type))
          .containsSubsequence(
              "run.created", "run.started", "task.started", "task.ended", "run.ended");
    }
  }

  @Test
  void whoComesAgainMissesNothing() throws Exception {
    String run;
    Lines.Event hello;
    try (Lines events = server.follow(server.request("/api/v1/events"))) {
      hello = events.next();
      run = trigger(server);
    }
    assertThat(server.ended(run)).isEqualTo("SUCCESS");
    List<Lines.Event> whole;
    try (Lines events =
        server.follow(server.request("/api/v1/events").header("Last-Event-ID", hello.id()))) {
      whole = ofRun(events, run);
    }
    for (int i = 0; i < whole.size() - 1; i++) {
      try (Lines events =
          server.follow(server.request("/api/v1/events?after=" + whole.get(i).id()))) {
        assertThat(ofRun(events, run)).isEqualTo(whole.subList(i + 1, whole.size()));
      }
    }
  }

  @Test
  void serversTellEachOthersEvents() throws Exception {
    try (Served other = Served.start(folder);
        Lines here = server.follow(server.request("/api/v1/events"));
        Lines there = other.follow(other.request("/api/v1/events"))) {
      assertThat(here.next().type()).isEqualTo("hello");
      assertThat(there.next().type()).isEqualTo("hello");
      String run = trigger(other);
      assertThat(ofRun(here, run)).isEqualTo(ofRun(there, run));
    }
  }

  @Test
  void whoWasAwayForTooLongStartsAfresh() throws Exception {
    try (Lines events =
        server.follow(server.request("/api/v1/events").header("Last-Event-ID", "999999999"))) {
      assertThat(events.next().type()).isEqualTo("reset");
    }
    Served.problem(server.send(server.request("/api/v1/events").header("Last-Event-ID", "x")), 400);
  }

  /** Events are kept by how many there are of all environments, not of the one that is followed. */
  @Test
  void whoMissedEventsThatAreGoneStartsAfresh(@TempDir Path shared) throws Exception {
    Towpath two = Served.project(shared);
    two.write("towpath.yml", "project: small\nenvironments: {dev: {}, other: {}}\n");
    try (Served at = Served.start(shared);
        Lines events = at.follow(at.request("/api/v1/events"))) {
      assertThat(events.next().type()).isEqualTo("hello");
      List<Lines.Event> told = ofRun(events, trigger(at));
      try (Connection store =
              DriverManager.getConnection("jdbc:sqlite:" + shared.resolve(".towpath/metadata.db"));
          Statement statement = store.createStatement()) {
        statement.execute("UPDATE sqlite_sequence SET seq = 200999 WHERE name = 'event'");
      }
      two.run("--env", "other", "trigger", "talk").good();
      String newest = told.getLast().id();
      for (Lines.Event one : told) {
        try (Lines again =
            at.follow(at.request("/api/v1/events").header("Last-Event-ID", one.id()))) {
          Lines.Event first = again.next();
          assertThat(first.id()).isEqualTo(newest);
          assertThat(first.type()).isEqualTo(one.id().equals(newest) ? "hello" : "reset");
        }
      }
    }
  }

  @Test
  void anEditIsTold() throws Exception {
    try (Lines events = server.follow(server.request("/api/v1/events"))) {
      assertThat(events.next().type()).isEqualTo("hello");
      project.write("models/marts/extra.sql", "SELECT nothing FROM raw.t");
      JsonNode broken = Served.JSON.readTree(events.next("project.changed").data());
      assertThat(broken.path("current").asBoolean()).isFalse();
      assertThat(broken.path("problems").path(0).path("message").asText()).contains("nothing");
      project.write("models/marts/extra.sql", "SELECT id FROM raw.t");
      JsonNode mended = Served.JSON.readTree(events.next("project.changed").data());
      assertThat(mended.path("current").asBoolean()).isTrue();
    }
  }

  @Test
  void clientsThatTakeNothingHinderNobody() throws Exception {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 50; i++) {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(1024);
        socket.connect(
            new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        socket
            .getOutputStream()
            .write(
                ("GET /api/v1/events?after=0 HTTP/1.1\r\nHost: 127.0.0.1:"
                        + server.port()
                        + "\r\nAuthorization: Bearer "
                        + server.token()
                        + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        slow.add(socket);
      }
      try (Lines events = server.follow(server.request("/api/v1/events"))) {
        assertThat(events.next().type()).isEqualTo("hello");
        String run = trigger(server);
        assertThat(ofRun(events, run)).isNotEmpty();
      }
    } finally {
      for (Socket socket : slow) {
        close(socket);
      }
    }
    Served.until(() -> followers() <= 1);
  }

  private static void close(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private static double followers() throws Exception {
    return server
        .send(server.request("/metrics"))
        .body()
        .lines()
        .filter(l -> l.startsWith("towpath_event_followers "))
        .mapToDouble(l -> Double.parseDouble(l.substring(l.indexOf(' '))))
        .findFirst()
        .orElseThrow();
  }
}
