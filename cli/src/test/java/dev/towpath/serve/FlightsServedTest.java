package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.cli.Towpath;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The flights example as others see it: its endpoints, and the marts for a viewer. */
@Tag("integration")
class FlightsServedTest {
  /** Each endpoint by its file, and a call of it. */
  private static final Map<String, String> CALLS =
      Map.of(
          "days", "/days?origin=JFK&from=2013-03-01&to=2013-03-31",
          "flights", "/flights?origin=EWR&carrier=UA&carrier=B6&delayed=60",
          "hours", "/airports/LGA/hours",
          "league", "/league?min_flights=5000",
          "plane", "/planes/n14228",
          "route", "/routes/JFK/LAX?since=2013-06-01",
          "weather", "/weather");

  private static final List<String> CARRIERS = List.of("AA", "DL");

  @TempDir private static Path parent;
  private static Path folder;
  private static Served server;
  private static String viewer;

  @BeforeAll
  static void start() throws Exception {
    folder = Files.createDirectory(parent.resolve("flights"));
    Towpath.copy(Path.of("..", "examples", "flights"), folder);
    new Towpath(folder).run("run").good();
    viewer = Served.user(folder, "vera", "viewer");
    server = Served.start(folder, "--pg-port", "0");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static HttpResponse<String> compare(String token) throws Exception {
    return server.send(
        server
            .request("/compare", token)
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    Served.JSON.writeValueAsString(Map.of("carriers", CARRIERS)))));
  }

  @Test
  void everyEndpointAnswers() throws Exception {
    try (Stream<Path> files = Files.list(folder.resolve("apis"))) {
      assertThat(files.map(f -> f.getFileName().toString().replace(".sql", "")))
          .as("what is called here")
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(CALLS.keySet().stream(), Stream.of("compare")).toList());
    }
    for (Map.Entry<String, String> call : CALLS.entrySet()) {
      JsonNode rows = server.get(call.getValue()).path("data");
      assertThat(rows).as(call.getKey()).isNotEmpty();
    }
    assertThat(server.get(CALLS.get("days")).path("data")).hasSize(31);
    assertThat(server.get(CALLS.get("flights")).path("data"))
        .hasSize(50)
        .allSatisfy(row -> {
          assertThat(row.path("carrier").asText()).isIn("UA", "B6");
          assertThat(row.path("arr_delay").asInt()).isGreaterThanOrEqualTo(60);
        });
    assertThat(server.get(CALLS.get("plane")).at("/data/0/tailnum").asText()).isEqualTo("N14228");
    JsonNode compared = Served.JSON.readTree(compare(server.token()).body()).path("data");
    assertThat(compared.findValuesAsText("carrier")).containsExactlyInAnyOrder("AA", "DL");
  }

  /** A viewer calls every endpoint, also one that reads what they may not; of tables the marts. */
  @Test
  void aViewerSeesTheMartsOnlyOverHttp() throws Exception {
    for (String path : CALLS.values()) {
      assertThat(server.send(server.request(path, viewer)).statusCode()).as(path).isEqualTo(200);
    }
    assertThat(compare(viewer).statusCode()).isEqualTo(200);
    JsonNode assets =
        Served.JSON.readTree(server.send(server.request("/api/v1/assets", viewer)).body());
    assertThat(assets.path("assets").findValuesAsText("name"))
        .contains("marts.league", "marts.daily")
        .allMatch(name -> name.startsWith("marts."));
    assertThat(query("SELECT carrier FROM marts.league").statusCode()).isEqualTo(200);
    for (String hidden :
        List.of("core.flights", "raw.flights", "ref.airlines", "staging.flights")) {
      HttpResponse<String> refused = query("SELECT count(*) FROM " + hidden);
      assertThat(Served.problem(refused, 400).toString())
          .contains("unknown table \\\"" + hidden)
          .doesNotContain("did you mean");
    }
  }

  private static HttpResponse<String> query(String sql) throws Exception {
    return server.send(
        server
            .request("/api/v1/query", viewer)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(Served.JSON.writeValueAsString(Map.of("sql", sql)))));
  }

  @Test
  void aViewerSeesTheMartsOnlyAsAClientOfPostgres() throws Exception {
    int port =
        Served.JSON
            .readTree(folder.resolve(".towpath/server.json").toFile())
            .path("pg_port")
            .asInt();
    try (Connection connection =
        DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:" + port + "/flights", "token", viewer)) {
      List<String> schemas = new ArrayList<>();
      try (ResultSet tables =
          connection.getMetaData().getTables(null, null, "%", new String[] {"TABLE", "VIEW"})) {
        while (tables.next()) {
          schemas.add(tables.getString("TABLE_SCHEM"));
        }
      }
      assertThat(schemas).isNotEmpty().containsOnly("marts");
      assertThat(first(connection, "SELECT count(*) > 5 FROM marts.league")).isEqualTo("t");
      for (String hidden : List.of("core.flights", "raw.flights", "ref.airlines")) {
        assertThatThrownBy(() -> first(connection, "SELECT count(*) FROM " + hidden))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42P01"))
            .hasMessageContaining("unknown table \"" + hidden + "\"");
      }
    }
  }

  private static String first(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
