package dev.towpath.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Releases that others publish while a run reads its source: the source's server sees to it. */
class RebaseTest {
  /** What happens while the first reading of the source is under way. */
  private interface Meanwhile {
    void happens() throws IOException;
  }

  @TempDir private Path folder;
  private final AtomicInteger requests = new AtomicInteger();
  private Meanwhile meanwhile = () -> {};
  private HttpServer server;
  private Towpath towpath;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    towpath = new Towpath(folder);
    towpath.write("towpath.yml", "project: t\n");
    towpath.write("models/m/regions.sql", "SELECT 'N' AS code");
    towpath.run("run").good();
    towpath.write(
        "sources/shop.yml",
        "type: http\nurl: http://127.0.0.1:%d\nretries: 0\ntables: {orders: {}}\n"
            .formatted(server.getAddress().getPort()));
    towpath.write(
        "models/m/sales.sql",
        """
        /* towpath
        checks: ["region IN (SELECT code FROM m.regions)"]
        */
        SELECT region FROM shop.orders
        """);
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    if (requests.incrementAndGet() == 2) { // the first one finds the columns, for the plan
      meanwhile.happens();
    }
    byte[] body = "[{\"region\": \"N\"}]".getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Test
  void aTableThatACheckReadsMayChange() {
    meanwhile =
        () -> {
          towpath.write("models/m/regions.sql", "SELECT 'N' AS code UNION ALL SELECT 'S'");
          towpath.run("run", "m.regions").good();
        };
    Towpath.Result result = towpath.run("run", "shop.orders", "m.sales").good();
    assertThat(result.out()).contains("published release 3");
    assertThat(result.err()).contains("release 2 was published meanwhile");
  }

  @Test
  void aCheckThatFailsOnWhatWasPublishedMeanwhileStopsTheRun() {
    meanwhile =
        () -> {
          towpath.write("models/m/regions.sql", "SELECT 'S' AS code");
          towpath.run("run", "m.regions").good();
        };
    Towpath.Result result = towpath.run("run", "shop.orders", "m.sales");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.out() + result.err()).contains("region IN (SELECT code FROM m.regions)");
    assertThat(towpath.run("releases").good().out()).doesNotContain("3 ");
  }

  /** Only a new plan can tell what becomes of the check; it says that it could not be done. */
  @Test
  void whenATableThatACheckReadsIsGoneTheRunIsPlannedAgain() {
    meanwhile =
        () -> {
          Files.delete(folder.resolve("models/m/regions.sql"));
          Files.delete(folder.resolve("models/m/sales.sql"));
          Files.delete(folder.resolve("sources/shop.yml"));
          towpath.run("run").good();
        };
    Towpath.Result result = towpath.run("run", "shop.orders", "m.sales").good();
    assertThat(result.err())
        .contains("another run published m.regions in release 2 meanwhile; planning again")
        .contains(
            "not checked: region IN (SELECT code FROM m.regions) of m.sales, until m.regions has"
                + " been built");
    assertThat(result.out()).contains("published release 3");
  }
}
