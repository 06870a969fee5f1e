package dev.towpath.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.towpath.cli.Towpath;
import dev.towpath.testing.DatabaseServer;
import dev.towpath.testing.MariaDbServer;
import dev.towpath.testing.PostgresServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A flow that asks a web server, writes what it answers into a database, and waits for both; its
 * tries are the flow's own.
 */
@Tag("integration")
class OutsideFlowTest {
  @TempDir private Path folder;
  private final Queue<String> asked = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean ready = new AtomicBoolean();

  @ParameterizedTest
  @ValueSource(strings = {"postgres", "mysql"})
  void whatOneAnswersTheNextWrites(String kind) throws Exception {
    boolean postgres = kind.equals("postgres");
    DatabaseServer database = postgres ? PostgresServer.shared() : MariaDbServer.shared();
    if (!postgres) {
      database.sql("mysql", "CREATE OR REPLACE DATABASE postgres"); // as the other one calls it
    }
    database.sql(
        "postgres",
        "DROP TABLE IF EXISTS notes",
        "CREATE TABLE notes (id int, month varchar(20), approved boolean DEFAULT false)");
    HttpServer web = web();
    try {
      project(
          "%s://%s:%s@127.0.0.1:%d/postgres"
              .formatted(
                  kind,
                  database.user(),
                  URLEncoder.encode(DatabaseServer.PASSWORD, UTF_8).replace("+", "%20"),
                  database.port()),
          web.getAddress().getPort());
      try (Served server = Served.start(folder)) {
        String run =
            server
                .posted("/api/v1/flows/outside/runs", Map.of("params", Map.of("month", "2026-02")))
                .path("id")
                .asText();
        waits(server, run, "job:approved");
        waits(server, run, "job:open");
        database.sql("postgres", "UPDATE notes SET approved = true WHERE id = 77");
        ready.set(true);
        assertThat(server.ended(run)).as(shown(server, run).toPrettyString()).isEqualTo("SUCCESS");
        assertThat(folder.resolve(".towpath/logs").resolve(run).resolve("job.tell.log"))
            .hasContent("note 77 of 2026-02 is open, 1 of them, said ada");
        server.stop();
        assertThat(server.said()).doesNotContain(DatabaseServer.PASSWORD);
      }
      try (var connection = database.connect("postgres");
          ResultSet rows =
              connection.createStatement().executeQuery("SELECT id, month FROM notes")) {
        assertThat(rows.next()).isTrue();
        assertThat(List.of(rows.getInt(1), rows.getString(2))).isEqualTo(List.of(77, "2026-02"));
        assertThat(rows.next()).as("written once").isFalse();
      }
      assertThat(asked).startsWith("{\"month\":\"2026-02\"}", "{\"month\":\"2026-02\"}").hasSize(2);
    } finally {
      web.stop(0);
    }
  }

  private static void waits(Served server, String run, String task) throws Exception {
    Served.until(() -> {
      for (JsonNode one : shown(server, run).path("tasks")) {
        if (one.path("name").asText().equals(task)) {
          return one.path("state").asText().equals("DEFERRED");
        }
      }
      return false;
    });
  }

  private static JsonNode shown(Served server, String run) throws Exception {
    return server.get("/api/v1/runs/" + run);
  }

  /** Which is in trouble the first time that it is asked for a report. */
  private HttpServer web() throws Exception {
    HttpServer web =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/reports",
        exchange -> {
          asked.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          byte[] body = "{\"report\": {\"id\": 77}}".getBytes(UTF_8);
          exchange.sendResponseHeaders(asked.size() == 1 ? 503 : 201, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    web.createContext(
        "/open/77",
        exchange -> {
          byte[] body = "{\"by\": \"ada\"}".getBytes(UTF_8);
          exchange.sendResponseHeaders(ready.get() ? 200 : 404, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    web.start();
    return web;
  }

  private void project(String database, int port) throws Exception {
    Towpath project = new Towpath(folder);
    project.write("towpath.yml", "project: outside\n");
    project.write(".env", "DB=" + database + "\nAPI=http://127.0.0.1:" + port + "\n");
    project.write(
        "jobs/ask.yml",
        """
        type: http
        url: "${API}/reports"
        body: {month: "${params.month}"}
        outputs: {id: /report/id}
        """);
    project.write(
        "jobs/note.yml",
        """
        type: sql
        url: ${DB}
        needs: job:ask
        params: {id: "${outputs.ask.id}"}
        sql: |
          INSERT INTO notes (id, month) VALUES (CAST($id AS %s), $month);
          SELECT count(*) AS n FROM notes WHERE month = $month;
        """
            .formatted(database.startsWith("postgres") ? "int" : "signed"));
    project.write(
        "jobs/approved.yml",
        """
        type: sensor
        needs: job:note
        url: ${DB}
        sql: SELECT approved, id FROM notes WHERE month = $month
        every: 1s
        """);
    project.write(
        "jobs/open.yml",
        """
        type: sensor
        needs: job:ask
        http: "${API}/open/${outputs.ask.id}"
        outputs: {by: /by}
        every: 1s
        """);
    project.write(
        "jobs/tell.yml",
        """
        type: shell
        needs: [job:note, job:approved, job:open]
        env: {ID: "${outputs.approved.id}", N: "${outputs.note.n}", BY: "${outputs.open.by}"}
        run: echo "note $ID of $TOWPATH_PARAM_MONTH is open, $N of them, said $BY"
        """);
    project.write(
        "flows/outside.yml",
        """
        run: job:*
        params: {month: varchar}
        retries: {max: 1, delay: 1s}
        """);
  }
}
