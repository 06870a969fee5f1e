package dev.towpath.pages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.towpath.cli.Towpath;
import dev.towpath.testing.PostgresServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/sources.md}: each of its files reads what it is about, tried and run twice. */
@Tag("integration")
class SourcesPageTest {
  private static final String SECRET = "pq-31415";

  @TempDir private Path folder;
  private final Page page = Page.read("docs/sources.md");
  private Towpath project;

  @BeforeEach
  void project() throws IOException {
    project = new Towpath(folder);
    project.write("towpath.yml", "project: page\n");
  }

  @Test
  void files() throws IOException {
    project.write("sources/raw.yml", yaml("`files`"));
    zipped("data/flights/1.csv.gz", "day,origin\n2026-01-01,EWR\n2026-01-02,JFK\n");
    project.write("data/rates.json", "[{\"currency\": \"EUR\", \"rate\": 1.5}]");
    read("files, 2 tables, 4 columns");
    assertThat(rows("raw.flights")).isEqualTo("2026-01-01,EWR\n2026-01-02,JFK\n");
    assertThat(rows("raw.rates")).isEqualTo("EUR,1.5\n");
    zipped("data/flights/2.csv.gz", "day,origin\n2026-01-03,LGA\n");
    assertThat(project.run("run").good().err()).contains("raw.flights").doesNotContain("raw.rates");
    assertThat(rows("raw.flights")).endsWith("2026-01-03,LGA\n");
  }

  @Test
  void sqlite() throws Exception {
    project.write("sources/ref.yml", yaml("`sqlite`"));
    Path file = Files.createDirectories(folder.resolve("data")).resolve("reference.sqlite");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE airlines (carrier TEXT, name TEXT)");
      statement.execute("INSERT INTO airlines VALUES ('UA', 'United')");
      statement.execute("CREATE TABLE planes (tailnum TEXT, year INTEGER)");
      statement.execute("INSERT INTO planes VALUES ('N1', 1999)");
    }
    read("sqlite, 2 tables, 4 columns");
    assertThat(rows("ref.airlines") + rows("ref.planes")).isEqualTo("UA,United\nN1,1999\n");
    assertThat(project.run("run").good().out()).contains("nothing is stale");
  }

  @Test
  void aDatabase() throws IOException {
    PostgresServer server = PostgresServer.shared();
    server.sql(
        "postgres",
        "DROP DATABASE IF EXISTS shop_page WITH (FORCE)",
        "DROP ROLE IF EXISTS reader",
        "CREATE ROLE reader LOGIN PASSWORD '" + SECRET + "'",
        "CREATE DATABASE shop_page");
    server.sql(
        "shop_page",
        "CREATE TABLE orders (id int, updated_at timestamptz)",
        "INSERT INTO orders SELECT i, timestamptz '2026-01-01' + i * interval '1 h'"
            + " FROM generate_series(1, 50) i",
        "CREATE TABLE items (id int, price numeric(9,2))",
        "INSERT INTO items SELECT i, i / 4.0 FROM generate_series(1, 5000) i",
        "CREATE SCHEMA finance",
        "CREATE TABLE finance.rates (day date, currency text, rate numeric)",
        "INSERT INTO finance.rates VALUES ('2026-01-01', 'EUR', 1.25)",
        "GRANT USAGE ON SCHEMA finance TO reader",
        "GRANT SELECT ON orders, items, finance.rates TO reader");
    project.write(
        "sources/shop.yml",
        given(yaml("`postgres` and `mysql`"), "db.example.com:5432/shop", place(server)));
    project.write(".env", "SHOP_PASSWORD=" + SECRET + "\n");
    read("postgres, 3 tables, 7 columns");
    assertThat(rows("shop.rates")).isEqualTo("2026-01-01,EUR,1.250000\n");
    assertThat(sum("count(*) || ' ' || sum(price)", "shop.items")).isEqualTo("5000 3125625.00");
    server.sql(
        "shop_page",
        "UPDATE orders SET updated_at = '2026-02-01' WHERE id = 1",
        "INSERT INTO orders VALUES (51, '2026-02-01')");
    assertThat(project.run("run").good().err()).contains("1 row added, 1 updated");
    assertThat(sum("count(*) || ' ' || count(DISTINCT id)", "shop.orders")).isEqualTo("51 51");
  }

  private static String place(PostgresServer server) {
    return "127.0.0.1:" + server.port() + "/shop_page";
  }

  @Test
  void anApi() throws IOException {
    List<String> asked = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/", exchange -> answer(exchange, asked));
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort();
      project.write("sources/shop.yml", given(yaml("`http`"), "https://api.example.com", url));
      project.write(".env", "SHOP_TOKEN=" + SECRET + "\n");
      read("http, 3 tables, 6 columns");
      assertThat(rows("shop.orders")).isEqualTo("1,2026-01-01 10:00:00\n2,2026-01-01 11:00:00\n");
      assertThat(rows("shop.customers")).isEqualTo("1,Delft\n2,Breda\n");
      assertThat(rows("shop.regions")).isEqualTo("N,North\n");
      assertThat(asked)
          .contains("/v1/orders?limit=200", "/v1/orders?limit=200&cursor=c2")
          .contains("/v1/crm/customers", "/v1/crm/customers?page=2", "/v1/regions");
      asked.clear();
      project.run("run").good();
      assertThat(asked) // an hour before the greatest value
          .anyMatch(
              a -> a.startsWith("/v1/orders?") && a.contains("updated_since=2026-01-01T10%3A00"));
    } finally {
      server.stop(0);
    }
  }

  private static void answer(HttpExchange exchange, List<String> asked) throws IOException {
    String uri = exchange.getRequestURI().toString();
    asked.add(uri);
    String body = "{\"error\": \"who are you?\"}";
    int status = 401;
    if (("Bearer " + SECRET).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      status = 200;
      body = list(uri);
      if (uri.equals("/v1/crm/customers")) {
        exchange.getResponseHeaders().add("Link", "<" + uri + "?page=2>; rel=\"next\"");
      }
    }
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static String list(String uri) {
    if (uri.startsWith("/v1/orders")) {
      boolean second = uri.contains("cursor=c2");
      return "{\"data\": {\"items\": [{\"id\": %d, \"updated_at\": \"2026-01-01T1%d:00:00\"}]}, \"meta\": {\"next_cursor\": %s}}"
          .formatted(second ? 2 : 1, second ? 1 : 0, second ? "null" : "\"c2\"");
    }
    if (uri.startsWith("/v1/crm/customers")) {
      boolean second = uri.endsWith("page=2");
      return "[{\"id\": %d, \"address\": {\"city\": \"%s\"}}]"
          .formatted(second ? 2 : 1, second ? "Breda" : "Delft");
    }
    return "[{\"code\": \"N\", \"name\": \"North\"}]";
  }

  @Test
  void theBenchmarksTables() throws IOException {
    project.write("sources/tpch.yml", yaml("`tpch`"));
    read("tpch, 2 tables, 25 columns");
    assertThat(sum("count(*)", "tpch.lineitem")).isEqualTo("60175");
    assertThat(sum("count(*)", "tpch.orders")).isEqualTo("15000");
  }

  /** Tries the sources, checks them without a lock and with one, and reads them. */
  private void read(String reached) {
    assertThat(project.run("check", "--connect").good().err()).contains(reached);
    Towpath.Result run = project.run("run").good();
    assertThat(run.out()).contains("published release 1");
    assertThat(run.out() + run.err()).doesNotContain(SECRET);
    project.run("check").good();
  }

  private String yaml(String heading) {
    List<Page.Block> blocks =
        page.under(heading).stream().filter(b -> b.language().equals("yaml")).toList();
    assertThat(blocks).hasSize(1);
    return blocks.getFirst().text();
  }

  /** A file of the page with the test's server in place of the one that it makes up. */
  private static String given(String yaml, String there, String here) {
    assertThat(yaml).contains(there);
    return yaml.replace(there, here);
  }

  private String rows(String table) {
    return csv("SELECT * FROM " + table + " ORDER BY ALL");
  }

  private String sum(String what, String table) {
    return csv("SELECT " + what + " FROM " + table).strip();
  }

  private String csv(String sql) {
    String out = project.run("query", sql, "--format", "csv").good().out().replace("\r", "");
    return out.substring(out.indexOf('\n') + 1);
  }

  private void zipped(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.getBytes(UTF_8));
    }
  }
}
