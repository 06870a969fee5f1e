package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A project that reads an API: met, built, built again when something changed. */
class HttpSourceEndToEndTest {
  private static final String TOKEN = "t0p-s3cr3t";

  @TempDir private Path folder;

  private final Map<String, String> bodies = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private Towpath towpath;

  @BeforeEach
  void start() throws IOException {
    bodies.put("/v1/orders?page=1", "{\"items\": [{\"id\": 1, \"who\": \"N\", \"total\": 5}]}");
    bodies.put("/v1/orders?page=2", "{\"items\": [{\"id\": 2, \"who\": \"S\", \"total\": 7}]}");
    bodies.put(
        "/v1/regions",
        "[{\"code\": \"N\", \"name\": \"North\"}, {\"code\": \"S\", \"name\": \"South\"}]");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    towpath = new Towpath(folder);
    towpath.write("towpath.yml", "project: t\n");
    towpath.write(".env", "API_TOKEN=" + TOKEN + "\n");
    towpath.write(
        "sources/shop.yml",
        """
        type: http
        url: http://127.0.0.1:%d/v1
        auth: {bearer: "${API_TOKEN}"}
        retries: 0
        tables:
          orders: {records: items, pagination: page}
          regions: {}
        """
            .formatted(server.getAddress().getPort()));
    towpath.write(
        "models/m/sales.sql",
        "SELECT who, sum(total)::BIGINT AS total FROM shop.orders GROUP BY who");
    towpath.write("models/m/names.sql", "SELECT name FROM shop.regions");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String uri = exchange.getRequestURI().toString();
    boolean known =
        ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"));
    String body = bodies.getOrDefault(uri, "{\"items\": []}");
    String tag = "\"" + Integer.toHexString(body.hashCode()) + "\"";
    exchange.getResponseHeaders().add("ETag", tag);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    if (!known) {
      body =
          "{\"error\": \"no access for "
              + exchange.getRequestHeaders().getFirst("Authorization")
              + "\"}";
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    if (known && tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
      asked.add("304 " + uri);
      exchange.sendResponseHeaders(304, -1);
    } else {
      asked.add((known ? "200 " : "401 ") + uri);
      exchange.sendResponseHeaders(known ? 200 : 401, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  @Test
  void onlyWhatChangedIsBuiltAgain() throws Exception {
    assertThat(towpath.run("run").good().out()).contains("published release 1");
    assertThat(towpath.rows(List.of("m.sales", "m.names")))
        .contains("'who': N, 'total': 5", "'who': S, 'total': 7", "North");
    assertThat(pages()).hasSize(2).allSatisfy(p -> assertThat(p).contains("/v1/orders"));
    assertThat(pages()).noneSatisfy(p -> assertThat(p).contains(TOKEN));

    asked.clear();
    Towpath.Result same = towpath.run("run").good();
    assertThat(same.out()).contains("nothing changed");
    assertThat(asked).filteredOn(a -> a.contains("regions")).containsExactly("304 /v1/regions");
    assertThat(same.err())
        .contains("shop.orders  2 rows")
        .contains("same rows as before", "m.sales  inputs came out the same")
        .doesNotContain("shop.regions", "m.names");

    bodies.put("/v1/orders?page=2", "{\"items\": [{\"id\": 2, \"who\": \"S\", \"total\": 8}]}");
    asked.clear();
    Towpath.Result changed = towpath.run("run").good();
    assertThat(changed.err())
        .contains("shop.orders", "m.sales")
        .doesNotContain("m.names", "came out the same");
    assertThat(towpath.rows(List.of("m.sales"))).contains("'who': S, 'total': 8");
    assertThat(asked).contains("304 /v1/regions").doesNotContain("200 /v1/regions");

    bodies.put("/v1/regions", "[{\"code\": \"N\", \"name\": \"Noord\"}]");
    assertThat(towpath.run("plan").good().out())
        .contains("shop.regions (source): the server has a newer version");
    assertThat(towpath.run("run").good().err())
        .contains("✓ m.names", "m.sales  inputs came out the same");
    assertThat(folder.resolve(".towpath/tmp")).satisfies(HttpSourceEndToEndTest::holdsNoSpool);
  }

  /** What the hidden column {@code _file} of the orders says, which only the files tell. */
  private List<String> pages() throws Exception {
    List<String> pages = new ArrayList<>();
    String files = folder.resolve(".towpath/lake/tables/shop") + "/orders*/**/*.parquet";
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT _file FROM read_parquet('" + files + "')")) {
      while (row.next()) {
        pages.add(row.getString(1));
      }
    }
    return pages;
  }

  private static void holdsNoSpool(Path tmp) throws IOException {
    if (Files.exists(tmp)) {
      try (var left = Files.list(tmp)) {
        assertThat(left).noneMatch(p -> p.getFileName().toString().startsWith("http-"));
      }
    }
  }

  @Test
  void whatIsNewTakesThePlaceOfWhatWas() throws IOException {
    towpath.write(
        "sources/shop.yml",
        """
        type: http
        url: http://127.0.0.1:%d/v1
        auth: {bearer: "${API_TOKEN}"}
        tables:
          orders:
            records: items
            mode: incremental
            cursor: at
            cursor_param: since
            key: id
            checks: [total < 100]
            on_new_column: add
        """
            .formatted(server.getAddress().getPort()));
    Files.delete(folder.resolve("models/m/names.sql"));
    bodies.put(
        "/v1/orders",
        "{\"items\": [{\"id\": 1, \"who\": \"N\", \"total\": 5, \"at\": 10}, {\"id\": 2, \"who\": \"S\","
            + " \"total\": 7, \"at\": 20}]}");
    towpath.run("run").good();
    bodies.put(
        "/v1/orders?since=20",
        "{\"items\": [{\"id\": 2, \"who\": \"S\", \"total\": 9, \"at\": 20}, {\"id\": 3, \"who\": \"N\","
            + " \"total\": 1, \"at\": 30}]}");
    towpath.run("run").good();
    assertThat(towpath.rows(List.of("m.sales")))
        .contains("'who': N, 'total': 6", "'who': S, 'total': 9");
    asked.clear();
    towpath.run("run").good(); // nothing came
    assertThat(asked).containsOnly("200 /v1/orders?since=30");
    towpath.run("rollback", "1").good();
    assertThat(towpath.rows(List.of("m.sales")))
        .contains("'who': N, 'total': 5", "'who': S, 'total': 7");
    asked.clear();
    towpath.run("run").good(); // the cursor went back with the data
    assertThat(asked).containsOnly("200 /v1/orders?since=20");
    assertThat(towpath.rows(List.of("m.sales")))
        .contains("'who': N, 'total': 6", "'who': S, 'total': 9");

    String good = "{\"id\": 4, \"who\": \"E\", \"total\": 2, \"at\": 40, \"note\": \"new\"}";
    String late = "{\"id\": 5, \"who\": \"W\", \"total\": %d, \"at\": 50}";
    bodies.put("/v1/orders?since=30", "{\"items\": [" + good + ", " + late.formatted(100) + "]}");
    assertThat(towpath.run("run").exit()).isEqualTo(1);
    bodies.put("/v1/orders?since=30", "{\"items\": [" + good + ", " + late.formatted(3) + "]}");
    towpath.run("run").good(); // from the cursor before the failed run, or nothing would come
    assertThat(towpath.rows(List.of("m.sales")))
        .contains("'who': N, 'total': 6", "'who': E, 'total': 2", "'who': W, 'total': 3");
    assertThat(towpath.rows(List.of("shop.orders")))
        .contains("'note': NULL", "'id': 4, 'who': E, 'total': 2, 'at': 40, 'note': new");
  }

  @Test
  void aRecordThatTwoPagesHoldIsTakenOnceAsItIsNewest() throws IOException {
    towpath.write(
        "sources/shop.yml",
        """
        type: http
        url: http://127.0.0.1:%d/v1
        auth: {bearer: "${API_TOKEN}"}
        tables:
          orders:
            {records: items, mode: incremental, cursor: at, cursor_param: since, key: id, pagination: page}
        """
            .formatted(server.getAddress().getPort()));
    Files.delete(folder.resolve("models/m/names.sql"));
    bodies.put(
        "/v1/orders?page=1",
        "{\"items\": [{\"id\": 1, \"who\": \"N\", \"total\": 5, \"at\": 10}, {\"id\": 2, \"who\": \"S\","
            + " \"total\": 9, \"at\": 30}]}");
    bodies.put(
        "/v1/orders?page=2",
        "{\"items\": [{\"id\": 2, \"who\": \"S\", \"total\": 7, \"at\": 20}, {\"id\": 1, \"who\": \"N\","
            + " \"total\": 6, \"at\": 10}]}");
    towpath.run("run").good();
    assertThat(towpath.rows(List.of("m.sales")))
        .contains("'who': N, 'total': 6", "'who': S, 'total': 9");
  }

  @Test
  void aRecordThatWasSetAsideAndComesAgainIsSetAsideOnce() throws IOException {
    towpath.write(
        "sources/shop.yml",
        """
        type: http
        url: http://127.0.0.1:%d/v1
        auth: {bearer: "${API_TOKEN}"}
        on_bad_row: reject
        tables:
          orders:
            records: items
            mode: incremental
            cursor: at
            cursor_param: since
            key: id
            columns: {id: bigint, who: varchar, total: bigint, at: bigint}
        """
            .formatted(server.getAddress().getPort()));
    Files.delete(folder.resolve("models/m/names.sql"));
    String good = "{\"id\": 1, \"who\": \"N\", \"total\": 5, \"at\": 10}";
    String bad = "{\"id\": 2, \"who\": \"S\", \"total\": 7.5, \"at\": 10}";
    bodies.put("/v1/orders", "{\"items\": [" + good + ", " + bad + "]}");
    bodies.put("/v1/orders?since=10", "{\"items\": [" + bad + ", " + good + "]}");
    towpath.run("run").good();
    String rejected = "SELECT \"text\" FROM shop.orders__rejected";
    assertThat(towpath.run("query", rejected, "--format", "csv").good().out().lines()).hasSize(2);
    for (int i = 0; i < 2; i++) {
      assertThat(towpath.run("run").good().out()).contains("nothing changed");
    }
    assertThat(towpath.run("query", rejected, "--format", "csv").good().out().lines()).hasSize(2);
    String other = bad.replace("7.5", "8.5");
    bodies.put("/v1/orders?since=10", "{\"items\": [" + bad + ", " + good + ", " + other + "]}");
    towpath.run("run").good();
    assertThat(towpath.run("query", rejected, "--format", "csv").good().out().lines()).hasSize(3);
  }

  @Test
  void aRunThatFailsLeavesTheReleaseAndNoSecret() throws IOException {
    towpath.run("run").good();
    towpath.write(".env", "API_TOKEN=wrong-" + TOKEN + "\n");
    Towpath.Result failed = towpath.run("run");
    assertThat(failed.exit()).isEqualTo(1);
    assertThat(failed.err())
        .contains("sources/shop.yml:")
        .contains("/v1/")
        .contains("answered 401 Unauthorized: {\"error\": \"no access for Bearer ${API_TOKEN}\"}")
        .contains("credentials under auth:")
        .doesNotContain(TOKEN);
    assertThat(towpath.rows(List.of("m.sales"))).contains("'who': S, 'total': 7");
  }

  @Test
  void connectTriesEverySource() throws IOException {
    towpath.write("data/a.csv", "x\n1\n");
    towpath.write("sources/local.yml", "type: files\ntables: {a: {path: data/a.csv}}\n");
    assertThat(towpath.run("check", "--connect").good().err())
        .contains("shop: http, 2 tables, 5 columns", "local: files, 1 table, 1 column");
    bodies.put("/v1/regions", "[{\"code\": 7, \"size\": 2}]");
    Towpath.Result drifted = towpath.run("check", "--connect");
    assertThat(drifted.exit()).isEqualTo(1);
    assertThat(drifted.err())
        .contains("shop.regions has BIGINT in column \"code\", where it had VARCHAR")
        .contains("shop.regions has lost its column \"name\"")
        .contains("shop.regions has a new column \"size\"");
    server.stop(0);
    Towpath.Result gone = towpath.run("check", "--connect");
    assertThat(gone.exit()).isEqualTo(1);
    assertThat(gone.err())
        .contains("/v1/regions cannot be reached")
        .contains("local: files")
        .doesNotContain("shop: http");
    assertThat(towpath.run("check").good().out()).contains("no error"); // offline, by schemas.lock
  }
}
