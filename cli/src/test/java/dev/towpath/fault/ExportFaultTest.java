package dev.towpath.fault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.cli.Towpath;
import dev.towpath.testing.DatabaseServer;
import dev.towpath.testing.PostgresServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The database that an export goes to is lost while its rows arrive. By then the release is
 * published and stays; the export is owed until it went through, whole and once.
 */
@Tag("integration")
class ExportFaultTest {
  private static final int ROWS = 1_000_000;
  private static final PostgresServer SERVER = PostgresServer.create();

  @TempDir Path folder;
  private Cli project;

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @BeforeEach
  void project() throws IOException {
    SERVER.sql(
        "postgres",
        "DROP TABLE IF EXISTS sink",
        "CREATE TABLE sink (id bigint PRIMARY KEY, v text, note text)",
        "INSERT INTO sink VALUES (-1, 'theirs', NULL), (7, 'old', 'kept')");
    project = Cli.in(folder);
    Towpath towpath = project.here();
    towpath.write("towpath.yml", "project: out\n");
    towpath.write(
        ".env",
        "SINK='postgres://%s:%s@127.0.0.1:%d/postgres'\n"
            .formatted(
                SERVER.user(),
                URLEncoder.encode(DatabaseServer.PASSWORD, UTF_8).replace("+", "%20"),
                SERVER.port()));
    towpath.write(
        "models/m/big.sql",
        """
        /* towpath
        exports:
          - {to: "${SINK}", table: sink, mode: upsert, key: id}
        */
        SELECT range AS id, md5(range::VARCHAR) AS v FROM range(%d)
        """
            .formatted(ROWS));
  }

  @Test
  void theDatabaseDiesAndTheNextRunDelivers() throws Exception {
    Cli.Running running = project.start("run");
    untilRowsArrive(running);
    SERVER.kill();
    Cli.Said failed = running.end().ends(1);
    assertThat(failed.out()).contains("published release 1 of dev");
    failed.tells(
        "models/m/big.sql:3:",
        "m.big was not exported to ${SINK}: PostgreSQL at 127.0.0.1:" + SERVER.port(),
        "what was published stays; 1 export will be tried again by the next run");
    assertThat(failed.err()).doesNotContain(DatabaseServer.PASSWORD, "secret");

    Cli.Said still = project.run("run").ends(1); // nothing is stale, and nobody is there yet
    assertThat(still.out()).contains("nothing is stale");
    still.tells("m.big was not exported");

    SERVER.start();
    assertThat(text("SELECT string_agg(id || ' ' || v, ', ' ORDER BY id) FROM sink"))
        .isEqualTo("-1 theirs, 7 old"); // half of an export is none
    Cli.Said again = project.run("run").good();
    again.tells("exported m.big to ${SINK}: 1000000 rows");
    delivered();
    assertThat(project.run("export").good().out()).contains("nothing is owed");
    assertThat(project.run("releases", "--json").good().out()).doesNotContain("\"release\":2");
  }

  @Test
  void aLostConnectionIsTriedAgainInTheSameRun() throws Exception {
    Cli.Running running = project.start("run");
    untilRowsArrive(running);
    text("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE " + ARRIVING);
    running.end().good().tells("exported m.big to ${SINK}: 1000000 rows");
    delivered();
  }

  @Test
  void towpathItselfDiesAndTheNextRunDelivers() throws Exception {
    Cli.Running running = project.start("run");
    untilRowsArrive(running);
    running.signal("KILL");
    assertThat(running.process().waitFor()).isNotZero();
    assertThat(project.here().run("releases").good().out()).contains("1");
    project.run("run").good().tells("exported m.big to ${SINK}: 1000000 rows");
    delivered();
  }

  private static final String ARRIVING =
      "query LIKE 'COPY %' AND state = 'active' AND pid <> pg_backend_pid()";

  private static void untilRowsArrive(Cli.Running running) throws SQLException {
    while (text("SELECT count(*) FROM pg_stat_activity WHERE " + ARRIVING).equals("0")) {
      assertThat(running.process().isAlive()).as("the export is over before it was seen").isTrue();
    }
  }

  private static void delivered() throws SQLException {
    assertThat(
            text(
                "SELECT count(*) || ' ' || count(DISTINCT id) || ' '"
                    + " || count(*) FILTER (WHERE v = md5(id::text)) FROM sink"))
        .isEqualTo((ROWS + 1) + " " + (ROWS + 1) + " " + ROWS);
    assertThat(text("SELECT note FROM sink WHERE id = 7")).isEqualTo("kept");
  }

  private static String text(String query) throws SQLException {
    try (Connection connection = SERVER.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }
}
