package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.towpath.cli.Towpath;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The OpenAPI document is one, and says what the server does. */
class ContractTest {
  private static final String BASE = "https://towpath.test/openapi.json";
  private static final String OF_ENDPOINTS = "https://towpath.test/endpoints.json";
  private static final Pattern NAME = Pattern.compile("\\{([^}]+)\\}");

  @TempDir private static Path folder;

  /** Method and path of what an answer of was looked at. */
  private static final Set<String> CALLED = new TreeSet<>();

  private static Served server;
  private static JsonNode document;
  private static JsonNode endpoints;
  private static SchemaRegistry registry;

  @BeforeAll
  static void start() throws Exception {
    Towpath project = Served.project(folder);
    project.write(
        "dashboards/map.md",
        """
        ---
        title: Map
        ---
        ```chart
        type: choropleth
        sql: SELECT 'N' AS a, 1 AS n
        locations: a
        value: n
        geo: dashboards/parts.geojson
        ```
        """);
    project.write(
        "dashboards/parts.geojson",
        """
        {"type": "FeatureCollection", "features": [{"type": "Feature", "id": "N",
          "geometry": {"type": "Polygon", "coordinates": [[[4, 52], [5, 52], [5, 53], [4, 52]]]}}]}
        """);
    project.write(
        "dashboards/page.md",
        """
        ---
        title: Page
        filters: {region: {type: varchar, options: [N, S]}}
        ---
        ```table
        sql: SELECT id FROM marts.m WHERE $region IS NULL OR region = $region
        ```
        """);
    project.write("flows/past.yml", "cron: \"0 2 * * *\"\npaused: true\nrun: job:long\n");
    project.write(
        "apis/rows.sql",
        """
        /* towpath
        description: Rows of a region
        get: /regions/{region}/rows
        params:
          region: varchar
          since: {type: date, default: 2026-01-01, min: 2020-01-01}
          ids: {type: bigint, list: true, default: 1}
          kind: {type: varchar, default: all, values: [all, none]}
        page: {size: 2, by: [id]}
        */
        SELECT id, region, day, part, [id, NULL] AS list, {'a': id} AS struct, MAP {'k': 1.5} AS map
        FROM marts.m WHERE region = $region AND day >= $since AND list_contains($ids, id)
          AND $kind = 'all'
        """);
    project.write(
        "apis/sum.sql",
        """
        /* towpath
        post: /sums
        params: {numbers: {type: double, list: true}}
        */
        SELECT list_sum($numbers) AS total
        """);
    server = Served.start(folder);
    document = server.get("/api/v1/openapi.json");
    endpoints = server.get("/api/v1/endpoints/openapi.json");
    registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder ->
                builder.schemas(
                    Map.of(
                        BASE,
                        whole(document, BASE),
                        OF_ENDPOINTS,
                        whole(endpoints, OF_ENDPOINTS))));
    assertThat(server.build().path("state").asText()).isEqualTo("SUCCESS");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  /** Every schema of a document has a place in one that a validator can read as a whole. */
  private static String whole(JsonNode document, String id) {
    ObjectNode whole = document.deepCopy();
    whole.put("$id", id);
    return whole.toString();
  }

  private static List<JsonNode> operations() {
    List<JsonNode> all = new ArrayList<>();
    document.path("paths").forEach(path -> path.forEach(all::add));
    return all;
  }

  @Test
  void theDocumentsAreWellFormed() {
    assertThat(operations(document)).hasSizeGreaterThan(20);
    assertThat(operations(endpoints)).containsExactlyInAnyOrder("rows", "sum");
  }

  /** Looks at a document; gives the ids of its operations. */
  private static Set<String> operations(JsonNode document) {
    assertThat(document.path("openapi").asText()).isEqualTo("3.1.0");
    assertThat(document.path("info").path("title").asText()).isNotEmpty();
    assertThat(document.path("info").path("version").asText()).isNotEmpty();
    Set<String> ids = new HashSet<>();
    Set<String> tags = new HashSet<>();
    document.path("tags").forEach(tag -> tags.add(tag.path("name").asText()));
    document
        .path("paths")
        .properties()
        .forEach(path -> {
          assertThat(path.getKey()).startsWith("/");
          path.getValue()
              .properties()
              .forEach(method -> {
                JsonNode operation = method.getValue();
                assertThat(method.getKey()).isIn("get", "post", "put", "delete", "patch");
                assertThat(ids.add(operation.path("operationId").asText()))
                    .as(operation.toString())
                    .isTrue();
                assertThat(operation.path("summary").asText()).isNotEmpty();
                operation.path("tags").forEach(tag -> assertThat(tags).contains(tag.asText()));
                Set<String> inPath = new TreeSet<>();
                operation
                    .path("parameters")
                    .forEach(parameter -> {
                      assertThat(parameter.path("in").asText()).isIn("path", "query", "header");
                      assertThat(parameter.path("schema").isObject()).isTrue();
                      if (parameter.path("in").asText().equals("path")) {
                        assertThat(parameter.path("required").asBoolean()).isTrue();
                        inPath.add(parameter.path("name").asText());
                      }
                    });
                assertThat(inPath)
                    .isEqualTo(
                        new TreeSet<>(
                            NAME.matcher(path.getKey()).results().map(m -> m.group(1)).toList()));
                assertThat(operation.path("responses").size()).isGreaterThan(1);
                operation
                    .path("responses")
                    .forEach(r -> assertThat(r.path("description").asText()).isNotEmpty());
              });
        });
    return ids;
  }

  @Test
  void everySchemaIsOne() {
    assertThat(schemas(document)).isGreaterThan(40);
    assertThat(schemas(endpoints)).isGreaterThan(5);
  }

  /** Looks at each schema of a document; gives how many there are. */
  private static int schemas(JsonNode document) {
    Schema meta =
        registry.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
    List<JsonNode> schemas = new ArrayList<>();
    document.path("components").path("schemas").forEach(schemas::add);
    document.findValues("schema").forEach(schemas::add);
    for (JsonNode schema : schemas) {
      assertThat(meta.validate(schema)).as(schema.toString()).isEmpty();
    }
    document
        .findValuesAsText("$ref")
        .forEach(ref -> assertThat(document.at(ref.substring(1)).isObject()).as(ref).isTrue());
    return schemas.size();
  }

  @Test
  void endpointsAnswerAsTheirDocumentSays() throws Exception {
    String rows = "/regions/{region}/rows";
    JsonNode page =
        agrees(endpoints, 200, "get", rows, server.send(server.request("/regions/N/rows")));
    assertThat(page.path("data")).hasSize(1);
    agrees(endpoints, 400, "get", rows, server.send(server.request("/regions/N/rows?since=x")));
    agrees(endpoints, 200, "post", "/sums", server.post("/sums", "{\"numbers\": [1, 2.5]}"));
    agrees(endpoints, 400, "post", "/sums", server.post("/sums", "{\"numbers\": 1}"));
  }

  /** Checks an answer of a status that the test expects by what the document says of it. */
  private static JsonNode agrees(
      int expected, String method, String path, HttpResponse<String> response) throws Exception {
    CALLED.add(method + " " + path);
    return agrees(document, expected, method, path, response);
  }

  private static JsonNode agrees(
      JsonNode document, int expected, String method, String path, HttpResponse<String> response)
      throws Exception {
    assertThat(response.statusCode())
        .as("%s %s: %s", method, path, response.body())
        .isEqualTo(expected);
    String status = Integer.toString(expected);
    JsonNode responses = document.path("paths").path(path).path(method).path("responses");
    String which = expected < 300 || responses.has(status) ? status : "default";
    String type = response.headers().firstValue("Content-Type").orElse("").replaceFirst(";.*", "");
    JsonNode content = responses.path(which).path("content");
    assertThat(content.has(type)).as("%s %s %s %s", method, path, status, type).isTrue();
    if (type.endsWith("json")) {
      String pointer =
          "/paths/"
              + path.replace("~", "~0").replace("/", "~1")
              + "/"
              + method
              + "/responses/"
              + which
              + "/content/"
              + type.replace("/", "~1")
              + "/schema";
      JsonNode body = Served.JSON.readTree(response.body());
      Schema schema =
          registry.getSchema(
              SchemaLocation.of(
                  (document.equals(endpoints) ? OF_ENDPOINTS : BASE) + "#" + pointer));
      assertThat(schema.validate(body)).as("%s %s: %s", method, path, response.body()).isEmpty();
      return body;
    }
    return Served.JSON.nullNode();
  }

  private static JsonNode get(String path, String called) throws Exception {
    return get(200, path, called);
  }

  private static JsonNode get(int status, String path, String called) throws Exception {
    return agrees(status, "get", path, server.send(server.request(called)));
  }

  private static JsonNode post(int status, String path, String called, String body)
      throws Exception {
    return agrees(status, "post", path, server.post(called, body));
  }

  private static void dashboards() throws Exception {
    String one = "/api/v1/dashboards/{name}";
    get("/api/v1/dashboards", "/api/v1/dashboards");
    get(one, "/api/v1/dashboards/page");
    get(404, one, "/api/v1/dashboards/none");
    get(one + "/options", "/api/v1/dashboards/page/options");
    get(one + "/blocks/{block}", "/api/v1/dashboards/page/blocks/table-1?region=N");
    get(400, one + "/blocks/{block}", "/api/v1/dashboards/page/blocks/table-1?regoin=N");
    get(one + "/blocks/{block}/geo", "/api/v1/dashboards/map/blocks/chart-1/geo?v=0");
    get(404, one + "/blocks/{block}/geo", "/api/v1/dashboards/page/blocks/table-1/geo");
    get(one + "/export", "/api/v1/dashboards/page/export?format=csv");
    post(200, one + "/links", "/api/v1/dashboards/page/links", "{\"expires\": \"1d\"}");
    post(400, one + "/links", "/api/v1/dashboards/page/links", "{\"expires\": \"never\"}");
    agrees(200, "delete", "/api/v1/links", server.send(server.request("/api/v1/links").DELETE()));
  }

  @Test
  void everyAnswerIsAsTheDocumentSays() throws Exception {
    get("/api/v1/project", "/api/v1/project");
    get("/api/v1/assets", "/api/v1/assets");
    get("/api/v1/assets/{asset}", "/api/v1/assets/marts.m");
    get("/api/v1/assets/{asset}", "/api/v1/assets/raw.t");
    get("/api/v1/assets/{asset}/lineage", "/api/v1/assets/marts.m/lineage");
    get("/api/v1/assets/{asset}/checks", "/api/v1/assets/marts.m/checks");
    String diff = "/api/v1/assets/{asset}/diff";
    get(diff, "/api/v1/assets/marts.m/diff?from=1&to=1&key=id");
    get(400, diff, "/api/v1/assets/marts.m/diff?from=1&to=1");
    get("/api/v1/connections", "/api/v1/connections");
    String column = "/api/v1/assets/{asset}/columns/{column}/lineage";
    JsonNode traced = get(column, "/api/v1/assets/raw.t/columns/ID/lineage");
    assertThat(traced.path("column").asText()).isEqualTo("raw.t.id");
    assertThat(traced.path("downstream").toString()).contains("marts.m.part");
    assertThat(get(404, column, "/api/v1/assets/raw.t/columns/regio/lineage").path("hint").asText())
        .isEqualTo("did you mean \"region\"?");
    get("/api/v1/columns", "/api/v1/columns");
    JsonNode nodes = get("/api/v1/graph", "/api/v1/graph").path("nodes");
    assertThat(nodes.findValuesAsText("id")).contains("raw.t", "marts.m", "job:talk");
    get("/api/v1/flows", "/api/v1/flows");
    get("/api/v1/flows/{flow}", "/api/v1/flows/typed");
    get(404, "/api/v1/flows/{flow}", "/api/v1/flows/none");
    get("/api/v1/flows/{flow}/firings", "/api/v1/flows/nightly/firings");
    String run =
        post(202, "/api/v1/flows/{flow}/runs", "/api/v1/flows/talk/runs", "{}").path("id").asText();
    post(400, "/api/v1/flows/{flow}/runs", "/api/v1/flows/typed/runs", "{}");
    post(200, "/api/v1/flows/{flow}/pause", "/api/v1/flows/nightly/pause", "");
    post(200, "/api/v1/flows/{flow}/resume", "/api/v1/flows/nightly/resume", "");
    get("/api/v1/runs/{run}", "/api/v1/runs/" + run);
    assertThat(server.ended(run)).isEqualTo("SUCCESS");
    get("/api/v1/runs", "/api/v1/runs?limit=1");
    get("/api/v1/runs", "/api/v1/runs?due_from=2026-01-01T00:00:00Z&due_to=2026-02-01T00:00:00Z");
    get(400, "/api/v1/runs", "/api/v1/runs?due_to=soon");
    get("/api/v1/runs/{run}", "/api/v1/runs/" + run);
    get("/api/v1/runs/{run}/logs", "/api/v1/runs/" + run + "/logs");
    get("/api/v1/runs/{run}/logs/{log}", "/api/v1/runs/" + run + "/logs/job.talk");
    post(200, "/api/v1/runs/{run}/cancel", "/api/v1/runs/" + run + "/cancel", "");
    post(409, "/api/v1/runs/{run}/retry", "/api/v1/runs/" + run + "/retry", "{}");
    post(
        200,
        "/api/v1/runs/{run}/retry",
        "/api/v1/runs/" + run + "/retry",
        "{\"tasks\": [\"job:talk\"]}");
    String past = "{\"from\": \"2026-01-01T00:00:00Z\", \"to\": \"2026-01-03T00:00:00Z\"";
    String backfills = "/api/v1/flows/past/backfills";
    assertThat(
            post(200, "/api/v1/flows/{flow}/backfills", backfills, past + ", \"dry_run\": true}")
                .path("intervals")
                .size())
        .isEqualTo(2);
    assertThat(get("/api/v1/backfills", "/api/v1/backfills").path("backfills"))
        .as("nothing was written")
        .isEmpty();
    String backfill =
        post(202, "/api/v1/flows/{flow}/backfills", backfills, past + "}")
            .path("backfill")
            .path("id")
            .asText();
    assertThat(get("/api/v1/backfills", "/api/v1/backfills").path("backfills")).hasSize(1);
    get("/api/v1/backfills/{backfill}", "/api/v1/backfills/" + backfill);
    for (String word : new String[] {"pause", "resume", "cancel"}) {
      post(
          200,
          "/api/v1/backfills/{backfill}/" + word,
          "/api/v1/backfills/" + backfill + "/" + word,
          "");
    }
    assertThat(get("/api/v1/audit", "/api/v1/audit").path("entries").size()).isGreaterThan(4);
    get("/api/v1/releases", "/api/v1/releases");
    get("/api/v1/releases", "/api/v1/releases?limit=1&before=1");
    get("/api/v1/releases/{release}", "/api/v1/releases/1");
    get(404, "/api/v1/releases/{release}", "/api/v1/releases/99");
    post(200, "/api/v1/query", "/api/v1/query", "{\"sql\": \"FROM marts.m\"}");
    post(400, "/api/v1/query", "/api/v1/query", "{\"sql\": \"FROM marts.x\"}");
    post(200, "/api/v1/query", "/api/v1/query", "{\"sql\": \"FROM marts.m\", \"watch\": \"mine\"}");
    get("/api/v1/query/progress/{watch}", "/api/v1/query/progress/mine");
    post(200, "/api/v1/query/plan", "/api/v1/query/plan", "{\"sql\": \"FROM marts.m\"}");
    post(400, "/api/v1/query/plan", "/api/v1/query/plan", "{\"sql\": \"FROM marts.x\"}");
    String build =
        post(202, "/api/v1/builds", "/api/v1/builds", "{\"full\": true}").path("id").asText();
    get("/api/v1/builds/{build}", "/api/v1/builds/" + build);
    Served.until(
        () -> !server.get("/api/v1/builds/" + build).path("state").asText().equals("RUNNING"));
    get("/api/v1/builds/{build}", "/api/v1/builds/" + build);
    String kept =
        get("/api/v1/builds", "/api/v1/builds").path("builds").path(0).path("id").asText();
    String tables = "/api/v1/builds/{build}/tables";
    assertThat(get(tables, "/api/v1/builds/" + kept + "/tables").path("tables").size())
        .isEqualTo(2);
    post(200, "/api/v1/builds/{build}/cancel", "/api/v1/builds/" + build + "/cancel", "");
    post(409, "/api/v1/rollback", "/api/v1/rollback", "{\"to\": 99}");
    post(200, "/api/v1/rollback", "/api/v1/rollback", "{\"to\": 1}");
    access();
    dashboards();
    get("/api/v1/endpoints/openapi.json", "/api/v1/endpoints/openapi.json");
    get("/api/docs", "/api/docs");
    get("/api/docs/page.js", "/api/docs/page.js");
    get("/api/docs/page.css", "/api/docs/page.css");
    get("/healthz", "/healthz");
    get("/readyz", "/readyz");
    get("/metrics", "/metrics");
    agrees(
        401,
        "post",
        "/api/v1/hooks/{flow}",
        server.send(
            server.bare("/api/v1/hooks/hook").POST(HttpRequest.BodyPublishers.ofString("{}"))));
    Set<String> all = new TreeSet<>();
    document
        .path("paths")
        .properties()
        .forEach(
            p -> p.getValue().properties().forEach(m -> all.add(m.getKey() + " " + p.getKey())));
    all.removeAll(CALLED);
    all.remove("get /api/v1/openapi.json");
    all.remove("get /api/v1/events"); // a stream: EventsTest
    assertThat(all).as("of these no answer was looked at").isEmpty();
  }

  private static void access() throws Exception {
    String users = "/api/v1/users";
    post(
        201,
        users,
        users,
        "{\"name\": \"ada\", \"role\": \"viewer\", \"password\": \"four words and more\"}");
    post(409, users, users, "{\"name\": \"ada\", \"role\": \"viewer\"}");
    get(users, users);
    agrees(
        200,
        "put",
        users + "/{user}",
        server.send(
            server
                .request(users + "/ada")
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"tables\": [\"raw.*\"]}"))));
    String tokens = "/api/v1/tokens";
    post(201, tokens, tokens, "{\"name\": \"t\", \"user\": \"ada\", \"days\": 0}");
    get(tokens, tokens);
    agrees(200, "delete", tokens + "/{token}", server.send(server.request(tokens + "/t").DELETE()));
    String session = "/api/v1/session";
    post(201, session, session, "{\"user\": \"ada\", \"password\": \"four words and more\"}");
    post(401, session, session, "{\"user\": \"ada\", \"password\": \"wrong\"}");
    get(session, session);
    post(401, session + "/password", session + "/password", "{\"old\": \"x\", \"new\": \"y\"}");
    agrees(200, "delete", session, server.send(server.request(session).DELETE()));
    agrees(200, "delete", users + "/{user}", server.send(server.request(users + "/ada").DELETE()));
  }

  @Test
  void whatIsOpenIsWhatTheDocumentSays() throws Exception {
    for (JsonNode operation : operations()) {
      boolean open = operation.has("security") && operation.path("security").isEmpty();
      assertThat(open)
          .as(operation.path("operationId").asText())
          .isEqualTo(
              Set.of(
                      "isAlive",
                      "isReady",
                      "callHook",
                      "signIn",
                      "getDocsPage",
                      "getDocsScript",
                      "getDocsStyle")
                  .contains(operation.path("operationId").asText()));
    }
  }
}
