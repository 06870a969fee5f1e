package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.testing.DatabaseServer;
import dev.towpath.testing.PostgresServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Appending to a database adds each row once, whatever the store forgot of it. */
@Tag("integration")
class AppendExportTest {
  @TempDir private Path folder;
  private final PostgresServer server = PostgresServer.shared();
  private Towpath towpath;

  @BeforeEach
  void project() throws IOException {
    server.sql("postgres", "DROP TABLE IF EXISTS appended", "DROP TABLE IF EXISTS towpath_exports");
    towpath = new Towpath(folder);
    towpath.write("towpath.yml", "project: p\n");
    String encoded = URLEncoder.encode(DatabaseServer.PASSWORD, StandardCharsets.UTF_8);
    towpath.write(".env", "PW=" + encoded.replace("+", "%20") + "\n");
    towpath.write("seeds/raw/t.csv", "id\n1\n2\n");
    towpath.write(
        "models/m/t.sql",
        """
        /* towpath
        exports: {to: "postgres://postgres:${PW}@127.0.0.1:%d/postgres", table: appended, mode: append}
        */
        SELECT id FROM raw.t
        """
            .formatted(server.port()));
  }

  private List<Long> rows() throws SQLException {
    List<Long> rows = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres",
                server.user(),
                DatabaseServer.PASSWORD);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT id FROM appended ORDER BY id")) {
      while (row.next()) {
        rows.add(row.getLong(1));
      }
    }
    return rows;
  }

  @Test
  void onlyNewRowsAreAdded() throws Exception {
    towpath.run("run").good();
    towpath.write("seeds/raw/t.csv", "id\n1\n2\n3\n");
    towpath.run("run").good();
    assertThat(rows()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void whatWentBackAndCameAgainIsNotAddedAgain() throws Exception {
    towpath.run("run").good();
    towpath.write("seeds/raw/t.csv", "id\n1\n2\n3\n");
    towpath.run("run").good();
    towpath.run("rollback").good();
    assertThat(towpath.run("export").good().err()).contains("0 rows");
    assertThat(rows()).containsExactly(1L, 2L, 3L);
    towpath.write("seeds/raw/t.csv", "id\n1\n2\n3\n4\n");
    towpath.run("run").good();
    assertThat(rows()).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void anUpsertByTheCommand() throws Exception {
    towpath.write("seeds/raw/t.csv", "id,v\n1,a\n2,b\n");
    towpath.write("models/m/t.sql", "SELECT id, v FROM raw.t\n");
    server.sql("postgres", "CREATE TABLE appended (id bigint PRIMARY KEY, v text)");
    server.sql("postgres", "INSERT INTO appended VALUES (2, 'old'), (3, 'theirs')");
    towpath.run("run").good();
    for (int i = 0; i < 2; i++) {
      towpath
          .run(
              "export",
              "m.t",
              "--to",
              "postgres://postgres:${PW}@127.0.0.1:" + server.port() + "/postgres",
              "--table",
              "appended",
              "--mode",
              "upsert",
              "--key",
              "id")
          .good();
      assertThat(rows()).containsExactly(1L, 2L, 3L);
    }
  }

  @Test
  void aRestoredStoreDoesNotAppendTheTableAgain() throws Exception {
    towpath.run("run").good();
    try (var files = Files.list(folder.resolve(".towpath"))) {
      for (Path file :
          files.filter(f -> f.getFileName().toString().startsWith("metadata")).toList()) {
        Files.delete(file);
      }
    }
    towpath.run("restore").good();
    towpath.write("seeds/raw/t.csv", "id\n1\n2\n3\n");
    towpath.run("run").good();
    assertThat(rows()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void whatWentThroughWithoutAnAnswerIsNotAddedAgain() throws Exception {
    towpath.run("run").good();
    towpath.write("seeds/raw/t.csv", "id\n1\n2\n3\n");
    towpath.run("run").good();
    forgetTheAnswer();
    towpath.write("seeds/raw/t.csv", "id\n1\n2\n3\n4\n");
    towpath.run("run").good();
    assertThat(rows()).containsExactly(1L, 2L, 3L, 4L);
    forgetTheAnswer();
    assertThat(towpath.run("export").good().err()).contains("0 rows");
    assertThat(rows()).containsExactly(1L, 2L, 3L, 4L);
  }

  /** As a process leaves the store that is killed between the target's commit and its own. */
  private void forgetTheAnswer() throws SQLException {
    Path store = folder.resolve(".towpath/metadata.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store);
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate("UPDATE export SET done = NULL")).isEqualTo(1);
    }
  }
}
