package dev.towpath.pgwire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.testing.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** PostgreSQL's own client. */
class PsqlTest {
  private static Servers servers;

  @BeforeAll
  static void start() throws SQLException {
    servers = Servers.usual();
  }

  @AfterAll
  static void stop() throws Exception {
    servers.assertQuiet();
    servers.close();
  }

  private static String psql(String... commands) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(PostgresServer.psql().toString(), "-X", "-v", "ON_ERROR_STOP=1"));
    for (String each : commands) {
      command.addAll(List.of("-c", each));
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("PGHOST", "127.0.0.1");
    builder.environment().put("PGPORT", String.valueOf(servers.port()));
    builder.environment().put("PGUSER", "admin");
    builder.environment().put("PGPASSWORD", TestDoor.PASSWORD);
    builder.environment().put("PGDATABASE", Servers.DATABASE);
    builder.environment().put("PAGER", "");
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  @Test
  void asksAndShows() throws Exception {
    assertThat(psql("SELECT count(*) FROM marts.daily"))
        .isEqualTo(" count \n-------\n  1000\n(1 row)\n\n");
    assertThat(psql("\\copy (SELECT id FROM staging.flights LIMIT 2) TO STDOUT CSV HEADER"))
        .isEqualTo("id\n0\n1\n");
  }

  @Test
  void describesATable() throws Exception {
    assertThat(psql("\\d marts.daily").lines().map(String::strip))
        .contains("Table \"marts.daily\"")
        .anySatisfy(line -> assertThat(line).matches("day +\\| date +\\| +\\| +\\|"))
        .anySatisfy(line -> assertThat(line).matches("revenue +\\| numeric\\(18,2\\) .*"))
        .anySatisfy(line -> assertThat(line).matches("list +\\| bigint\\[] .*"));
    assertThat(psql("\\d+ daily")).contains("Storage", "extended");
  }

  @Test
  void listsTablesSchemasAndDatabases() throws Exception {
    assertThat(psql("\\dt")).contains("marts   | daily", "staging | flights");
    assertThat(psql("\\dt marts.*")).contains("daily").doesNotContain("flights");
    assertThat(psql("\\dn")).contains("marts", "staging").doesNotContain("pg_");
    assertThat(psql("\\l")).contains("flights", "UTF8");
    assertThat(psql("\\df"))
        .as("functions of somebody's own: there are none")
        .contains("List of functions", "Result data type", "(0 rows)");
  }

  static List<String> browsing() throws Exception {
    return Files.readAllLines(
        Path.of(PsqlTest.class.getResource("/clients/psql-browse.txt").toURI()));
  }

  @ParameterizedTest
  @MethodSource("browsing")
  void browses(String command) throws Exception {
    assertThat(psql(command)).doesNotContain("ERROR");
  }
}
