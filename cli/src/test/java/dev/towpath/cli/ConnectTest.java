package dev.towpath.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

/** What other people's tools are handed is in their form, and holds no password. */
class ConnectTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private Towpath project;

  @BeforeEach
  void project() throws IOException {
    project = new Towpath(folder);
    project.write("towpath.yml", "project: \"a 'b' & <c>\"\n");
    project.write("seeds/raw/t.csv", "id\n1\n");
    project.run("run").good();
  }

  private String connect(String tool, String... more) {
    List<String> command =
        new java.util.ArrayList<>(
            List.of("connect", tool, "--host", "data.example.org", "--port", "5433"));
    command.addAll(List.of(more));
    return project.run(command.toArray(String[]::new)).good().out();
  }

  @Test
  void tableauOpensADataSource() throws Exception {
    Element root =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(connect("tableau", "--user", "ada").getBytes(UTF_8)))
            .getDocumentElement();
    assertThat(root.getTagName()).isEqualTo("datasource");
    Element connection = (Element) root.getElementsByTagName("connection").item(1);
    assertThat(connection.getAttribute("class")).isEqualTo("postgres");
    assertThat(connection.getAttribute("server")).isEqualTo("data.example.org");
    assertThat(connection.getAttribute("port")).isEqualTo("5433");
    assertThat(connection.getAttribute("dbname")).isEqualTo("a 'b' & <c>");
    assertThat(connection.getAttribute("username")).isEqualTo("ada");
    assertThat(connection.getAttribute("sslmode")).isEqualTo("require");
    assertThat(connection.hasAttribute("password")).isFalse();
    Element relation = (Element) root.getElementsByTagName("relation").item(0);
    assertThat(relation.getAttribute("table")).isEqualTo("[raw].[t]");
  }

  /** The table that is opened first is one that the user may read. */
  @Test
  void aUserOpensATableOfTheirs() throws IOException {
    project.write("towpath.yml", "project: p\naccess:\n  viewer: {tables: [zoo.*]}\n");
    project.write("seeds/zoo/z.csv", "id\n1\n");
    project.run("run").good();
    project.run("user", "add", "vera", "--role", "viewer", "--no-password").good();
    project.run("user", "add", "ed", "--role", "editor", "--no-password").good();
    assertThat(connect("python", "--user", "vera")).contains("zoo").doesNotContain("raw");
    assertThat(connect("tableau", "--user", "Vera")).contains("[zoo].[z]").doesNotContain("raw");
    assertThat(connect("tableau", "--user", "ed")).contains("[raw].[t]");
    assertThat(connect("tableau", "--user", "token")).contains("[raw].[t]");
  }

  @Test
  void powerBiOpensAFile() throws Exception {
    Path file = folder.resolve("x.pbids");
    assertThat(connect("powerbi", "-o", file.toString())).contains("asks for the password");
    JsonNode connection = JSON.readTree(Files.readString(file)).path("connections").path(0);
    assertThat(connection.path("details").path("protocol").asText()).isEqualTo("postgresql");
    assertThat(connection.path("details").path("address").path("server").asText())
        .isEqualTo("data.example.org:5433");
    assertThat(connection.path("details").path("address").path("database").asText())
        .isEqualTo("a 'b' & <c>");
  }

  @Test
  void aUrlIsTheDrivers() throws SQLException {
    String url = connect("jdbc", "--user", "ada@x").strip();
    Map<String, String> parts = new HashMap<>();
    for (DriverPropertyInfo info :
        DriverManager.getDriver(url).getPropertyInfo(url, new Properties())) {
      parts.put(info.name, info.value);
    }
    assertThat(parts)
        .containsEntry("PGDBNAME", "a 'b' & <c>")
        .containsEntry("PGHOST", "data.example.org")
        .containsEntry("PGPORT", "5433")
        .containsEntry("user", "ada@x")
        .containsEntry("sslmode", "require");
    assertThat(connect("jdbc", "--no-tls")).contains("sslmode=prefer");
    assertThat(connect("superset"))
        .startsWith(
            "postgresql+psycopg2://admin@data.example.org:5433/a%20%27b%27%20%26%20%3Cc%3E?");
  }

  @Test
  void metabaseHasAFormAndNoMore() throws IOException {
    JsonNode form = JSON.readTree(connect("metabase", "--user", "ada"));
    assertThat(form.toString())
        .isEqualTo(
            "{\"engine\":\"postgres\",\"name\":\"a 'b' & <c>\",\"details\":{\"host\":\"data.example.org\","
                + "\"port\":5433,\"dbname\":\"a 'b' & <c>\",\"user\":\"ada\",\"ssl\":true}}");
  }

  /** As ODBC reads it: name=value pairs with semicolons between, and braces around what has any. */
  @Test
  void excelHasAConnectionStringOfOdbc() {
    Map<String, String> parts = new HashMap<>();
    Matcher pair =
        Pattern.compile("([A-Za-z]+)=(\\{(?:[^}]|\\}\\})*\\}|[^;{]*)(?:;|$)")
            .matcher(connect("excel", "--user", "a}da;Pwd=x").strip());
    int end = 0;
    while (pair.find()) {
      assertThat(pair.start()).as("nothing between the pairs").isEqualTo(end);
      end = pair.end();
      String value = pair.group(2);
      parts.put(
          pair.group(1),
          value.startsWith("{")
              ? value.substring(1, value.length() - 1).replace("}}", "}")
              : value);
    }
    assertThat(parts)
        .containsOnlyKeys(
            "Driver", "Server", "Port", "Database", "Uid", "SSLmode", "UseDeclareFetch", "Fetch")
        .containsEntry("Driver", "PostgreSQL Unicode(x64)")
        .containsEntry("Server", "data.example.org")
        .containsEntry("Port", "5433")
        .containsEntry("Database", "a 'b' & <c>")
        .containsEntry("Uid", "a}da;Pwd=x")
        .containsEntry("SSLmode", "require");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tableau", "powerbi", "metabase", "superset", "excel", "jdbc", "python"})
  void nothingHoldsAPassword(String tool) {
    String token = project.run("token").good().out().strip();
    String text = connect(tool);
    assertThat(text).isNotBlank().doesNotContain(token).contains("5433");
    assertThat(text.toLowerCase(java.util.Locale.ROOT).replace("getpass", ""))
        .doesNotContain("pwd=", "password=\"", ":password@");
  }

  @Test
  void withoutAServerThatIsTold() {
    Towpath.Result result = project.run("connect", "jdbc");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).contains("--pg-port", "--host and --port");
    Towpath.Result unknown = project.run("connect", "tablau", "--host", "h", "--port", "1");
    assertThat(unknown.exit()).isEqualTo(2);
    assertThat(unknown.err()).contains("tableau");
  }
}
